#include "agent/pipeline/background_thread.h"

#include <sys/resource.h>

#include <boost/asio/post.hpp>
#include <utility>

namespace leeway {
namespace {

constexpr int kNiceness = 10;

}  // namespace

BackgroundThread::BackgroundThread(std::function<void()> wake) : wake_(std::move(wake)), pool_(1) {
  // On Linux a thread has a niceness of its own.
  boost::asio::post(pool_, [] { ::setpriority(PRIO_PROCESS, 0, kNiceness); });
}

BackgroundThread::~BackgroundThread() {
  pool_.stop();
  pool_.join();
}

void BackgroundThread::run(std::function<void()> work) {
  boost::asio::post(pool_, [this, work = std::move(work)] {
    work();
    wake_();
  });
}

}  // namespace leeway
