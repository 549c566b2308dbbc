#include "agent/pipeline/signal_watch.h"

#include <csignal>
#include <utility>

namespace leeway {
namespace {

void mask_reload_signals(int how) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(how, &signals, nullptr);
}

}  // namespace

void hold_reload_signals() { mask_reload_signals(SIG_BLOCK); }

SignalWatch::SignalWatch(SignalHandlers handlers)
    : handlers_(std::move(handlers)), signals_(context_, SIGTERM, SIGINT, SIGHUP), overdue_(context_) {
  wait();
  thread_ = std::thread([this] {
    mask_reload_signals(SIG_UNBLOCK);
    context_.run();
  });
}

SignalWatch::~SignalWatch() {
  context_.stop();
  thread_.join();
}

void SignalWatch::wait() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) {
      return;
    }
    if (signal == SIGHUP) {
      handlers_.on_reload();
      wait();
      return;
    }
    handlers_.on_stop(signal);
    expect_end();
    wait();
  });
}

void SignalWatch::expect_end() {
  const auto linger = std::exchange(handlers_.linger, std::chrono::milliseconds::zero());
  const auto deadline = std::chrono::steady_clock::now() + linger + handlers_.patience;
  if (std::exchange(stopping_, true) && overdue_.expiry() <= deadline) {
    return;
  }
  overdue_.expires_at(deadline);
  overdue_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) {
      handlers_.on_stop_overdue();
    }
  });
}

}  // namespace leeway
