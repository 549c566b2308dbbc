// The kinds of monitors: one row each. To add a kind, write its pair of files and add a row in builtin.cpp.
// Used by the pipeline's assembly.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "agent/core/monitor.h"
#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

struct MonitorKind {
  std::string_view section;  // the array of tables: "metric", "slo"
  std::string_view type;     // its `type`, or "" if the section has only one kind
  // Reads all of its table (the common keys `name`, `type` and `source` are already known to the reader) and returns
  // null if the diagnostics got an error.
  std::unique_ptr<Monitor> (*build)(MonitorContext& context);
  bool several_sources = false;  // whether `source` may be a list
  // Keys of its table that say how its state is shown, not what the state is: with others it goes on. Besides `alerts`
  // and `title`, which all kinds have.
  std::span<const std::string_view> shown_by{};
};

std::span<const MonitorKind> builtin_monitors();

}  // namespace leeway
