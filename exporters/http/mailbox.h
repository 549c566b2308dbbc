// Hands work of other threads to the server's thread while there is a server; what is posted after that is dropped.
// Used by sessions that wait for the writer.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <mutex>
#include <utility>

namespace leeway {

class Mailbox {
 public:
  explicit Mailbox(boost::asio::io_context& context) : context_(&context) {}

  // Any thread. Never runs `work` before it returns; drops it once closed.
  void post(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    if (context_ != nullptr) {
      boost::asio::post(*context_, std::move(work));
    }
  }
  // The context may be destroyed afterwards. Idempotent.
  void close() {
    const std::lock_guard lock(mutex_);
    context_ = nullptr;
  }

 private:
  std::mutex mutex_;
  boost::asio::io_context* context_;
};

}  // namespace leeway
