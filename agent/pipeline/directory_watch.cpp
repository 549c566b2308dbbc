#include "agent/pipeline/directory_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>

namespace leeway {
namespace {

constexpr std::uint32_t kNames = IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::size_t kBufferBytes = 64 * (sizeof(inotify_event) + NAME_MAX + 1);

}  // namespace

DirectoryWatch::DirectoryWatch(boost::asio::io_context& context, std::function<void(bool)> on_change)
    : descriptor_(context), on_change_(std::move(on_change)) {
  const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd >= 0) {
    descriptor_.assign(fd);
    wait();
  }
}

void DirectoryWatch::update(const std::vector<std::string>& directories) {
  if (!descriptor_.is_open()) {
    return;
  }
  for (auto watch = watches_.begin(); watch != watches_.end();) {
    if (!std::binary_search(directories.begin(), directories.end(), watch->first)) {
      inotify_rm_watch(descriptor_.native_handle(), watch->second);
      watch = watches_.erase(watch);
    } else {
      ++watch;
    }
  }
  for (const std::string& directory : directories) {
    // Adding a watch again detects that the directory was replaced; it costs one system call.
    const int watch =
        inotify_add_watch(descriptor_.native_handle(), directory.c_str(), kNames | IN_MODIFY | IN_ONLYDIR);
    if (watch >= 0) {
      watches_[directory] = watch;
    } else {
      watches_.erase(directory);
    }
  }
}

void DirectoryWatch::stop() {
  boost::system::error_code ignored;
  descriptor_.close(ignored);
}

void DirectoryWatch::wait() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this](const boost::system::error_code& error) {
                           if (!error) {
                             drain();
                             wait();
                           }
                         });
}

void DirectoryWatch::drain() {
  alignas(inotify_event) std::array<char, kBufferBytes> buffer;
  bool names_changed = false;
  bool any = false;
  for (;;) {
    const ssize_t size = ::read(descriptor_.native_handle(), buffer.data(), buffer.size());
    if (size <= 0) {
      break;
    }
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof(event));
      any = true;
      names_changed = names_changed || (event.mask & (kNames | IN_Q_OVERFLOW)) != 0;
      at += sizeof(event) + event.len;
    }
  }
  if (any) {
    on_change_(names_changed);
  }
}

}  // namespace leeway
