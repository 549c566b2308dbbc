// The real streams: sockets of all kinds, FIFOs, what happens to their paths, and what is counted.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "agent/core/descriptor.h"
#include "agent/core/file_system.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Received final : StreamSink {
  void bytes(std::uint64_t channel, std::string_view bytes) override { text[channel] += bytes; }
  void end(std::uint64_t channel, bool orderly) override { ends[channel] = orderly; }
  void datagram(std::string_view bytes, std::size_t size) override {
    datagrams.emplace_back(bytes);
    sizes.push_back(size);
  }
  std::map<std::uint64_t, std::string> text;
  std::map<std::uint64_t, bool> ends;
  std::vector<std::string> datagrams;
  std::vector<std::size_t> sizes;
};

class PosixStreamTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "leeway_stream_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ / name; }
  std::unique_ptr<StreamEndpoint> open(const StreamAddress& address, const StreamOptions& options = {}) {
    Expected<std::unique_ptr<StreamEndpoint>> endpoint = files_.open_stream(address, options);
    EXPECT_TRUE(endpoint) << endpoint.error().message;
    return endpoint ? *std::move(endpoint) : nullptr;
  }
  // Until `enough`, with a long patience: a test that fails takes its time.
  template <typename Enough>
  static void receive_until(StreamEndpoint& endpoint, Received& received, Enough enough) {
    for (int i = 0; i < 10 && !enough(); ++i) {
      ASSERT_TRUE(endpoint.receive(received, std::chrono::seconds(5)));
    }
    EXPECT_TRUE(enough());
  }
  Descriptor connect_local(const std::string& to, int type) const {
    Descriptor client(::socket(AF_UNIX, type, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, to.data(), to.size());
    EXPECT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    return client;
  }
  static void write(const Descriptor& to, std::string_view text) {
    EXPECT_EQ(::write(to.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  static Descriptor open_writer(const std::string& fifo) {
    Descriptor writer(::open(fifo.c_str(), O_WRONLY | O_NONBLOCK));
    EXPECT_TRUE(writer.valid());
    return writer;
  }

  std::filesystem::path directory_;
  PosixFileSystem files_;
};

TEST_F(PosixStreamTest, ReadsConnectionsApart) {
  const auto endpoint = open({StreamKind::kUnix, path("s"), 0});
  Descriptor a = connect_local(path("s"), SOCK_STREAM);
  Descriptor b = connect_local(path("s"), SOCK_STREAM);
  write(a, "from a");
  write(b, "from b");
  Received received;
  receive_until(*endpoint, received, [&] { return received.text.size() == 2; });
  EXPECT_EQ(received.text.at(1), "from a");
  EXPECT_EQ(received.text.at(2), "from b");
  EXPECT_EQ(endpoint->status().open, 2U);
  a.close();
  receive_until(*endpoint, received, [&] { return received.ends.size() == 1; });
  EXPECT_TRUE(received.ends.at(1));
  EXPECT_EQ(endpoint->status().open, 1U);
  EXPECT_EQ(endpoint->status().connections, 2U);
}

TEST_F(PosixStreamTest, RefusesConnectionsBeyondTheLimit) {
  const auto endpoint = open({StreamKind::kUnix, path("s"), 0}, {.max_connections = 1});
  const Descriptor first = connect_local(path("s"), SOCK_STREAM);
  const Descriptor second = connect_local(path("s"), SOCK_STREAM);
  Received received;
  receive_until(*endpoint, received, [&] { return endpoint->status().refused == 1; });
  EXPECT_EQ(endpoint->status().open, 1U);
  char byte = 0;
  EXPECT_LE(::read(second.get(), &byte, 1), 0);  // it is closed
  write(first, "still read");
  receive_until(*endpoint, received, [&] { return received.text[1] == "still read"; });
}

TEST_F(PosixStreamTest, ReadsDatagrams) {
  const auto endpoint = open({StreamKind::kUnixDatagram, path("d"), 0}, {.max_datagram = 10});
  const Descriptor client = connect_local(path("d"), SOCK_DGRAM);
  write(client, "one");
  write(client, "longer than ten");
  write(client, "");
  Received received;
  receive_until(*endpoint, received, [&] { return received.datagrams.size() == 3; });
  EXPECT_THAT(received.datagrams, ElementsAre("one", "longer tha", ""));
  EXPECT_THAT(received.sizes, ElementsAre(3, 15, 0));
}

TEST_F(PosixStreamTest, CountsDatagramsThatTheKernelDrops) {
  // Any free port: the kernel's choice cannot be asked for, so some are tried.
  Expected<std::unique_ptr<StreamEndpoint>> endpoint = Error{};
  std::uint16_t port = 20'000;
  for (; !endpoint && port < 20'100; ++port) {
    endpoint = files_.open_stream({StreamKind::kUdp, "127.0.0.1", port}, {.receive_buffer = 4096});
  }
  ASSERT_TRUE(endpoint);
  const Descriptor client(::socket(AF_INET, SOCK_DGRAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port - 1));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  constexpr std::size_t kSent = 1000;
  for (std::size_t i = 0; i < kSent; ++i) {
    write(client, "datagram");
  }
  Received received;
  ASSERT_TRUE((*endpoint)->receive(received, std::chrono::seconds(5)));
  EXPECT_GT((*endpoint)->status().dropped, 0U);
  EXPECT_EQ(received.datagrams.size() + (*endpoint)->status().dropped, kSent);
  EXPECT_GT((*endpoint)->status().receive_buffer, 0U);
}

TEST_F(PosixStreamTest, AnAddressHasOneOwner) {
  auto endpoint = open({StreamKind::kUnix, path("s"), 0}, {.mode = 0620});
  struct stat info {};
  ASSERT_EQ(::stat(path("s").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0620U);
  const auto second = files_.open_stream({StreamKind::kUnix, path("s"), 0}, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kInUse);
  EXPECT_THAT(second.error().message, HasSubstr("cannot listen at 'unix://"));
  EXPECT_TRUE(endpoint->check_path());
  endpoint.reset();
  EXPECT_FALSE(std::filesystem::exists(path("s")));
  std::ofstream(path("file")) << "no socket";
  const auto file = files_.open_stream({StreamKind::kUnix, path("file"), 0}, {});
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().message, HasSubstr("is no socket"));
  EXPECT_TRUE(std::filesystem::exists(path("file")));
}

TEST_F(PosixStreamTest, ReplacesTheSocketOfAProcessThatWasKilled) {
  {
    const Descriptor killed(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path("s").data(), path("s").size());
    ASSERT_EQ(::bind(killed.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  const auto endpoint = open({StreamKind::kUnix, path("s"), 0});
  const Descriptor client = connect_local(path("s"), SOCK_STREAM);
  std::filesystem::remove(path("s"));
  EXPECT_FALSE(endpoint->check_path());
}

TEST_F(PosixStreamTest, ReadsTheWritersOfAFifoOneAfterTheOther) {
  ASSERT_EQ(::mkfifo(path("f").c_str(), 0600), 0);
  const auto endpoint = open({StreamKind::kFifo, path("f"), 0});
  Received received;
  ASSERT_TRUE(endpoint->receive(received, Duration::zero()));
  EXPECT_EQ(endpoint->status().open, 0U);
  for (std::uint64_t writer = 1; writer <= 3; ++writer) {
    {
      const Descriptor out = open_writer(path("f"));
      write(out, "text " + std::to_string(writer));
    }
    receive_until(*endpoint, received, [&] { return received.ends.size() == writer; });
    EXPECT_EQ(received.text.at(writer), "text " + std::to_string(writer));
    EXPECT_EQ(endpoint->status().connections, writer);
    EXPECT_EQ(endpoint->status().open, 0U);
  }
  { const Descriptor silent = open_writer(path("f")); }
  const Descriptor out = open_writer(path("f"));
  ASSERT_TRUE(endpoint->receive(received, Duration::zero()));
  EXPECT_EQ(endpoint->status().open, 1U);  // it is there, although it has not written
}

TEST_F(PosixStreamTest, FindsOutThatAFifoWasReplaced) {
  ASSERT_EQ(::mkfifo(path("f").c_str(), 0600), 0);
  const auto endpoint = open({StreamKind::kFifo, path("f"), 0});
  EXPECT_TRUE(endpoint->check_path());
  std::filesystem::remove(path("f"));
  EXPECT_FALSE(endpoint->check_path());
  ASSERT_EQ(::mkfifo(path("g").c_str(), 0600), 0);
  std::filesystem::rename(path("g"), path("f"));
  EXPECT_FALSE(endpoint->check_path());
}

TEST_F(PosixStreamTest, OpensNothingButFifos) {
  std::ofstream(path("file")) << "text";
  for (const std::string& name : {path("file"), path("none"), std::string("/dev/zero")}) {
    EXPECT_FALSE(files_.open_stream({StreamKind::kFifo, name, 0}, {})) << name;
  }
  EXPECT_THAT(files_.open_stream({StreamKind::kFifo, path("file"), 0}, {}).error().message,
              HasSubstr("read a file by type = \"log\""));
}

TEST_F(PosixStreamTest, IsInterrupted) {
  const auto endpoint = open({StreamKind::kUnix, path("s"), 0});
  endpoint->interrupt();
  Received received;
  ASSERT_TRUE(endpoint->receive(received, std::chrono::hours(1)));
  EXPECT_TRUE(received.text.empty());
}

TEST_F(PosixStreamTest, StandardInputHasOneReader) {
  const auto first = open({});
  const auto second = files_.open_stream({}, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kInUse);
}

}  // namespace
}  // namespace leeway
