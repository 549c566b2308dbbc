// Keeps what it is told to run until it is released: a thread that is slow.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "agent/core/background.h"

namespace leeway {

class HeldBackground final : public Background {
 public:
  void run(std::function<void()> work) override { held_.push_back(std::move(work)); }
  void release() {
    for (const std::function<void()>& work : std::exchange(held_, {})) {
      work();
    }
  }

 private:
  std::vector<std::function<void()>> held_;
};

}  // namespace leeway
