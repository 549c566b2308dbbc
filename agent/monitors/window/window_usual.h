// What the value of a window is compared with: the key `usual` of [[window]]. Used by its settings, state and rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/config/table_reader.h"
#include "agent/core/clock.h"
#include "agent/monitors/window/window_aggregates.h"

namespace leeway {

enum class UsualKind : std::uint8_t {
  kConstant,
  kPrevious,  // the window before
  kShifted,   // the window that ended `span` ago: yesterday, last week
  kRolling,   // the whole steps of the last `span` before the window
};

struct WindowUsual {
  UsualKind kind = UsualKind::kConstant;
  std::string words;       // "the 7d before"
  double constant = 0;     // of kConstant
  Duration span{};         // of kShifted and kRolling
  Duration step{};         // of the history that they need
  Duration min_history{};  // of kRolling: with less of it nothing is usual

  bool has_history() const { return kind == UsualKind::kShifted || kind == UsualKind::kRolling; }
  // Of a window of length `over`.
  std::int64_t history_steps(Duration over) const { return (span + over) / step + 2; }
};

// None if the key is absent, or after an error.
std::optional<WindowUsual> read_window_usual(TableReader& reader, Duration over, const AggregateKind& kind);

}  // namespace leeway
