// Reads a web configuration again and again, and says when there is something new in it. Used by WebReload, on a thread
// that may wait for a disk. No clock of its own and no threads.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "exporters/http/web_settings.h"

namespace leeway {

class WebFileWatch {
 public:
  using Outcome = Expected<std::shared_ptr<const WebSettings>>;

  // `files` must outlive it.
  WebFileWatch(FileSystem& files, std::shared_ptr<const WebSettings> current)
      : files_(files), current_(std::move(current)) {}

  // Nothing while the files are as before. What has changed counts once two calls have read the same, so that a
  // certificate and its key are not read between the replacement of one and of the other. An outcome is returned once:
  // new settings, an error, or the settings in use once the files are again as they were before an error.
  std::optional<Outcome> check(TimePoint now);

 private:
  FileSystem& files_;
  std::shared_ptr<const WebSettings> current_;
  WebInputs seen_;     // by the last call, if it differed from what is in use
  WebInputs refused_;  // that gave an error; empty if the last outcome was none
};

}  // namespace leeway
