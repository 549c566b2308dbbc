#include "collectors/files/background_task.h"

#include <system_error>
#include <utility>

namespace leeway {

void BackgroundTask::start(std::function<ReadStep(std::stop_token)> work) {
  started_ = true;
  done_ = false;
  try {
    thread_ = std::jthread([this, work = std::move(work)](std::stop_token stop) {
      result_ = work(std::move(stop));
      done_.store(true, std::memory_order_release);
      done_.notify_all();
      if (wake_) {
        wake_();
      }
    });
  } catch (const std::system_error& error) {
    result_ = ReadStep::failed(Error{ErrorCode::kIo, std::string("cannot start a thread: ") + error.what()});
    done_ = true;
  }
}

ReadStep BackgroundTask::result() {
  if (!done_.load(std::memory_order_acquire)) {
    return ReadStep::waiting();
  }
  cancel();
  return std::exchange(result_, {});
}

void BackgroundTask::wait() {
  if (started_) {
    done_.wait(false, std::memory_order_acquire);
  }
}

void BackgroundTask::cancel() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  started_ = false;
}

}  // namespace leeway
