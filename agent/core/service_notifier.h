// Tells a service manager that started this process how it is: systemd's Type=notify, or any other with the protocol of
// sd_notify(3). Used by `leeway run`.
#pragma once

#include <string>

#include "agent/core/clock.h"

namespace leeway {

class ServiceNotifier {
 public:
  // Where the environment says ($NOTIFY_SOCKET, $WATCHDOG_USEC, $WATCHDOG_PID). Without a manager, send() does nothing.
  ServiceNotifier();

  // Assignments as in sd_notify(3), separated by newlines: "READY=1". Any thread; never waits: what the manager cannot
  // take at this moment is lost.
  void send(const std::string& state) const;
  bool has_manager() const { return !socket_.empty(); }
  // The manager ends a process that was silent for this long; zero: it does not.
  Duration watchdog() const { return watchdog_; }

 private:
  std::string socket_;
  Duration watchdog_{};
};

}  // namespace leeway
