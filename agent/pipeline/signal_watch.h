// SIGTERM, SIGINT and SIGHUP of `leeway run`, received on a thread of their own: the agent answers them while its other
// threads wait for a disk. Used by RunLoop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <thread>

namespace leeway {

// All are called on that thread.
struct SignalHandlers {
  std::function<void()> on_reload;          // SIGHUP
  std::function<void(int signal)> on_stop;  // SIGTERM or SIGINT
  // `linger` and `patience` after the first of them, `patience` after the others, if there is still a SignalWatch.
  std::function<void()> on_stop_overdue;
  std::chrono::milliseconds linger{};
  std::chrono::milliseconds patience{};
};

// Keeps a SIGHUP that comes before there is a SignalWatch, while the configuration is being read, for it. On the main
// thread, before others are started.
void hold_reload_signals();

class SignalWatch {
 public:
  explicit SignalWatch(SignalHandlers handlers);
  // Returns when no handler is running. Not from a handler.
  ~SignalWatch();

 private:
  void wait();
  void expect_end();

  SignalHandlers handlers_;
  boost::asio::io_context context_{1};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer overdue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace leeway
