// Notices that the configuration's files have changed: by inotify, where a ConfigMap's symbolic link is switched for
// example, and by looking again every few seconds where there is no such hint. Used by the run loop, on its thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>

#include "agent/config/config_files.h"
#include "agent/core/file_system.h"
#include "agent/pipeline/directory_watch.h"

namespace leeway {

class ConfigWatch {
 public:
  // `watched` is only touched on `worker`, where configurations are read too. `on_change` is called on the thread of
  // `context`, half a second after the last hint, so that whoever writes the file has ended.
  ConfigWatch(boost::asio::io_context& context, boost::asio::thread_pool& worker, FileSystem& files,
              ConfigFiles& watched, std::function<void()> on_change);

  void start() { look(); }
  void stop();

 private:
  void look_in(std::chrono::milliseconds delay);
  void look();

  boost::asio::io_context& context_;
  boost::asio::thread_pool& worker_;
  FileSystem& files_;
  ConfigFiles& watched_;
  std::function<void()> on_change_;
  boost::asio::steady_timer timer_;
  DirectoryWatch directories_;
  bool looking_ = false;
  bool stopped_ = false;
};

}  // namespace leeway
