#include "agent/pipeline/config_watch.h"

#include <boost/asio/post.hpp>
#include <string>
#include <utility>
#include <vector>

namespace leeway {
namespace {

constexpr std::chrono::milliseconds kQuiet(500);
constexpr std::chrono::milliseconds kInterval = std::chrono::seconds(5);

}  // namespace

ConfigWatch::ConfigWatch(boost::asio::io_context& context, boost::asio::thread_pool& worker, FileSystem& files,
                         ConfigFiles& watched, std::function<void()> on_change)
    : context_(context),
      worker_(worker),
      files_(files),
      watched_(watched),
      on_change_(std::move(on_change)),
      timer_(context),
      directories_(context, [this](bool /*names_changed*/) { look_in(kQuiet); }) {}

void ConfigWatch::stop() {
  stopped_ = true;
  timer_.cancel();
  directories_.stop();
}

void ConfigWatch::look_in(std::chrono::milliseconds delay) {
  if (stopped_ || looking_) {
    return;
  }
  timer_.expires_after(delay);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) {
      look();
    }
  });
}

void ConfigWatch::look() {
  if (stopped_ || looking_) {
    return;
  }
  looking_ = true;
  boost::asio::post(worker_, [this] {
    const bool changed = watched_.changed(files_);
    boost::asio::post(context_, [this, changed, directories = watched_.directories()] {
      looking_ = false;
      if (stopped_) {
        return;
      }
      directories_.update(directories);
      if (changed) {
        on_change_();
      }
      look_in(kInterval);
    });
  });
}

}  // namespace leeway
