// What became of the reloads of the configuration, for the page at / and the status. Used by `leeway run`.
#pragma once

#include <mutex>
#include <string>

#include "agent/core/clock.h"
#include "agent/core/configuration_status.h"
#include "agent/core/expected.h"

namespace leeway {

// Safe to call from any thread.
class ReloadState {
 public:
  // `clock` must outlive it.
  explicit ReloadState(const Clock& clock) : clock_(clock) {}

  // The outcome of a reload.
  void reloaded(const Expected<void>& outcome) {
    const std::lock_guard lock(mutex_);
    if (outcome) {
      status_ = {};
      return;
    }
    const std::string text = outcome.error().to_string();
    status_.error = text.substr(0, text.find('\n'));
    status_.outdated_since = status_.outdated_since == kNoTime ? clock_.wall() : status_.outdated_since;
  }

  ConfigurationStatus status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

 private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  ConfigurationStatus status_;  // guarded by mutex_
};

}  // namespace leeway
