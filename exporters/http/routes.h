// Which request gets which answer. No sockets and no waiting: an answer that needs the writer is an action, which the
// session requests from the writer. Used by sessions and the fuzz target.
#pragma once

#include <cstdint>
#include <memory>

#include "agent/core/clock.h"
#include "agent/core/exporter.h"
#include "exporters/http/http_exporter.h"
#include "exporters/http/request_reader.h"
#include "exporters/http/response.h"

namespace leeway {

struct Decision {
  enum class Action : std::uint8_t {
    kAnswer,  // send `response`
    kScrape,  // request a snapshot, then send metrics_response()
    kReload,  // request a reload, then send reload_response()
  };
  Action action = Action::kAnswer;
  Response response;
};

class Routes {
 public:
  // `source` and `clock` must outlive it.
  Routes(
      bool enable_lifecycle, const SnapshotSource& source, const Clock& clock, FirstPage first_page = no_first_page,
      ConfigurationSource configuration = [] { return ConfigurationStatus{}; })
      : enable_lifecycle_(enable_lifecycle),
        source_(source),
        clock_(clock),
        first_page_(std::move(first_page)),
        configuration_(std::move(configuration)) {}

  Decision decide(const Request& request) const;

 private:
  Response first_page() const;
  Response status() const;
  Response unmatched() const;
  Response ready() const;

  bool enable_lifecycle_;
  const SnapshotSource& source_;
  const Clock& clock_;
  FirstPage first_page_;
  ConfigurationSource configuration_;
};

// 500 if `renderer` throws.
Response metrics_response(const PageRenderer& renderer, const std::shared_ptr<const Snapshot>& snapshot,
                          const Request& request);
Response reload_response(const Expected<void>& outcome);

}  // namespace leeway
