#include "agent/core/service_notifier.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "agent/core/descriptor.h"

namespace leeway {
namespace {

// Receives as systemd does, at an abstract address.
class Manager {
 public:
  explicit Manager(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  }
  std::string receive() {
    std::array<char, 200> text{};
    const ssize_t size = ::recv(socket_.get(), text.data(), text.size(), 0);
    return size < 0 ? "nothing" : std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  Descriptor socket_;
};

class ServiceNotifierTest : public testing::Test {
 protected:
  void TearDown() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
      ::unsetenv(name);
    }
  }
};

TEST_F(ServiceNotifierTest, SendsAStateInOneMessage) {
  const std::string name = "leeway-notifier-test-" + std::to_string(::getpid());
  Manager manager(name);
  ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  const ServiceNotifier notifier;
  EXPECT_TRUE(notifier.has_manager());
  notifier.send("READY=1\nSTATUS=fine");
  EXPECT_EQ(manager.receive(), "READY=1\nSTATUS=fine");
  EXPECT_EQ(manager.receive(), "nothing");
}

TEST_F(ServiceNotifierTest, IsSilentWithoutAManagerOrWithOneThatIsGone) {
  EXPECT_FALSE(ServiceNotifier().has_manager());
  ServiceNotifier().send("READY=1");
  for (const std::string& address : {std::string("/nowhere/socket"), std::string(500, 'x')}) {
    ::setenv("NOTIFY_SOCKET", address.c_str(), 1);
    ServiceNotifier().send("READY=1");
  }
}

TEST_F(ServiceNotifierTest, TheWatchdogIsForTheProcessThatItNames) {
  EXPECT_EQ(ServiceNotifier().watchdog(), Duration::zero());
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(ServiceNotifier().watchdog(), std::chrono::seconds(30));
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(ServiceNotifier().watchdog(), std::chrono::seconds(30));
  ::setenv("WATCHDOG_PID", std::to_string(::getpid() + 1).c_str(), 1);
  EXPECT_EQ(ServiceNotifier().watchdog(), Duration::zero());
}

}  // namespace
}  // namespace leeway
