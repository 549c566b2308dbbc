// inotify on the directories of the sources: a hint that something changed, so that polling can be slow. Losing it
// (no inotify on this file system, no watches left, a queue overflow) costs latency, never data.
// Used by the run loop, on its thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace leeway {

class DirectoryWatch {
 public:
  // `on_change(true)` if files were created, removed or renamed, `on_change(false)` if one was written to.
  DirectoryWatch(boost::asio::io_context& context, std::function<void(bool)> on_change);

  // Watches exactly these directories, which are sorted, from now on. Those that cannot be watched are left to polling.
  void update(const std::vector<std::string>& directories);
  void stop();

 private:
  void wait();
  void drain();

  boost::asio::posix::stream_descriptor descriptor_;
  std::function<void(bool)> on_change_;
  std::map<std::string, int> watches_;
};

}  // namespace leeway
