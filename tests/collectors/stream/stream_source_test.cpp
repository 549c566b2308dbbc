// Stream sources from their configuration: what is an error, and what `check` says.
#include "collectors/stream/stream_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "agent/config/toml_reader.h"
#include "collectors/builtin.h"
#include "collectors/stream/stream_keys.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Built {
  std::string errors;
  std::string summary;
  std::string input;
};

Built build(std::string_view type, const std::string& keys, std::optional<std::string> path = std::nullopt) {
  Diagnostics diagnostics;
  const ConfigTable table = parse_toml(keys, "test.toml", diagnostics);
  TableReader reader(table, {}, "[[source]]", diagnostics);
  CollectorContext context{reader, std::move(path), builtin_formats()};
  Built built;
  for (const CollectorKind& kind : builtin_collectors()) {
    if (kind.type == type) {
      const std::unique_ptr<SourceDefinition> definition = kind.build(context);
      reader.report_unused_keys();
      MemoryFileSystem files;
      built.summary = definition == nullptr ? "" : definition->summary(files);
      built.input = definition == nullptr ? "" : definition->exclusive_input();
    }
  }
  built.errors = diagnostics.to_string();
  return built;
}

std::string socket_error(const std::string& listen) {
  return build("socket", "listen = '" + listen + "'\nformat = 'json'").errors;
}

TEST(StreamSource, SaysWhatItReads) {
  EXPECT_EQ(build("stdin", "format = 'json'").summary, "json, lines of standard input, each at most once");
  EXPECT_EQ(build("socket", "listen = 'udp://localhost:5514'\nformat = 'syslog'").summary,
            "syslog, lines sent to udp://127.0.0.1:5514, each at most once");
  EXPECT_THAT(build("fifo", "path = '/f.jsonl'").summary, HasSubstr("json, lines of /f.jsonl, each at most once; "));
}

TEST(StreamSource, ALogAtAMinusIsStandardInput) {
  EXPECT_EQ(build("log", "path = '-'\nformat = 'json'").input, "standard input");
  EXPECT_EQ(build("log", "path = '/app.log'\nexclude = 'x'\nstart = 'end'\nformat = 'json'", "-").input,
            "standard input");
  EXPECT_EQ(build("log", "path = '/app.log'\nformat = 'json'").input, "");
  EXPECT_EQ(build("socket", "listen = 'udp://127.0.0.1:5514'\nformat = 'json'", "-").input, "standard input");
  EXPECT_THAT(build("log", "path = '-'\nstart = 'end'\nformat = 'json'").errors, HasSubstr("'start' is for files"));
  EXPECT_THAT(build("socket", "listen = 'udp://127.0.0.1:5514'\nformat = 'json'", "/x").errors,
              HasSubstr("has no path; expected -"));
}

TEST(StreamSource, AddressesOfAllKinds) {
  for (const char* text : {"udp://127.0.0.1:5514", "tcp://[::1]:1", "unix:///run/a.sock", "unixgram:///run/a.sock"}) {
    const Expected<StreamAddress> address = parse_listen(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), text);
    EXPECT_TRUE(is_loopback(*address));
    EXPECT_THAT(socket_error(text), IsEmpty());
  }
}

TEST(StreamSource, SaysWhatIsWrongWithAnAddress) {
  EXPECT_THAT(socket_error("udb://127.0.0.1:5514"), HasSubstr("did you mean 'udp'?"));
  EXPECT_THAT(socket_error("127.0.0.1:5514"), HasSubstr("expected \"udp://127.0.0.1:5514\""));
  EXPECT_THAT(socket_error("udp://127.0.0.1"), HasSubstr("without a port from 1 to 65535"));
  EXPECT_THAT(socket_error("udp://127.0.0.1:0"), HasSubstr("without a port"));
  EXPECT_THAT(socket_error("tcp://127.0.0.1:65536"), HasSubstr("without a port"));
  EXPECT_THAT(socket_error("tcp://logs.example.org:514"), HasSubstr("expected an IP address"));
  EXPECT_THAT(socket_error("tcp://::1:514"), HasSubstr("expected an IP address"));
  EXPECT_THAT(socket_error("unix://run/a.sock"), HasSubstr("expected an absolute path"));
  EXPECT_THAT(socket_error("unix:///" + std::string(107, 'a')), HasSubstr("up to 107 bytes"));
  EXPECT_THAT(build("socket", "format = 'json'").errors, HasSubstr("'listen' is missing"));
}

TEST(StreamSource, ListensToOtherHostsOnlyIfItIsTold) {
  for (const char* text : {"udp://0.0.0.0:5514", "tcp://192.0.2.1:514", "tcp://[::]:514"}) {
    EXPECT_THAT(socket_error(text), HasSubstr("allow_remote = true")) << text;
    EXPECT_THAT(build("socket", "listen = '" + std::string(text) + "'\nallow_remote = true\nformat = 'json'").errors,
                IsEmpty());
  }
}

TEST(StreamSource, ChecksItsLimits) {
  const std::string udp = "listen = 'udp://127.0.0.1:5514'\nformat = 'json'\n";
  EXPECT_THAT(build("socket", udp + "framing = 'octet_counting'").errors, HasSubstr("expected \"auto\", \"newline\""));
  EXPECT_THAT(build("socket", udp + "max_connections = 0").errors, HasSubstr("max_connections"));
  EXPECT_THAT(build("socket", udp + "receive_buffer = '1GiB'").errors, HasSubstr("up to 512MiB"));
  EXPECT_THAT(build("socket", udp + "buffer = '1KiB'").errors, HasSubstr("from 64KiB to 1GiB"));
  EXPECT_THAT(build("socket", udp + "mode = '0999'").errors, HasSubstr("permissions in octal"));
  EXPECT_THAT(build("socket", udp + "path = '/x'").errors, HasSubstr("unknown key 'path'"));
  EXPECT_THAT(build("fifo", "format = 'json'").errors, HasSubstr("'path' is missing"));
}

}  // namespace
}  // namespace leeway
