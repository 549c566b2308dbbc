// Reads the web configuration again while the server runs. Used by HttpExporter.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "agent/core/clock.h"
#include "exporters/http/http_exporter.h"
#include "exporters/http/mailbox.h"
#include "exporters/http/web_file_watch.h"
#include "exporters/http/web_gate.h"
#include "exporters/http/worker.h"

namespace leeway {

// Server's thread only.
class WebReload {
 public:
  // All references must outlive it; `clock` also a disk that does not answer.
  WebReload(boost::asio::io_context& context, const HttpOptions& options, std::shared_ptr<Mailbox> mailbox,
            WebGate& gate, const Clock& clock);

  void start() { check_later(); }

 private:
  void check_later();
  void check();
  void complain_if_overdue();
  void apply(const std::optional<WebFileWatch::Outcome>& outcome);

  const HttpOptions& options_;
  std::shared_ptr<const WebSettings> current_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<Mailbox> mailbox_;
  WebGate& gate_;
  const Clock& clock_;
  std::shared_ptr<WebFileWatch> watch_;  // used by one job of `worker_` at a time
  std::optional<MonotonicTime> checking_since_;
  bool overdue_ = false;
  Worker worker_{1, std::chrono::milliseconds(500)};
};

}  // namespace leeway
