// The thread on which monitors of `leeway run` compute. It gives way to the threads that read and answer.
// Used by RunLoop.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>

#include "agent/core/background.h"

namespace leeway {

class BackgroundThread final : public Background {
 public:
  // `wake` is called on the thread after each piece of work.
  explicit BackgroundThread(std::function<void()> wake);
  // Drops what has not begun and waits for what has.
  ~BackgroundThread() override;

  void run(std::function<void()> work) override;

 private:
  std::function<void()> wake_;
  boost::asio::thread_pool pool_;
};

}  // namespace leeway
