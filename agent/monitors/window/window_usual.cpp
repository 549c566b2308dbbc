#include "agent/monitors/window/window_usual.h"

#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/window/window_times.h"

namespace leeway {
namespace {

constexpr Duration kDay = std::chrono::hours(24);
constexpr int kLeastPart = 7;  // of a rolling history, as of conditions of alerts

std::optional<WindowUsual> shifted(TableReader& reader, Duration over, Duration span, const std::string& words) {
  WindowUsual usual{UsualKind::kShifted, words};
  usual.span = span;
  if (over > span) {
    reader.error("usual", "'usual' is " + words +
                              ", which is less than the window ago; expected an 'over' of at most " +
                              format_duration(span));
    return std::nullopt;
  }
  const std::optional<Duration> step = history_step_of(over, span);
  if (!step) {
    reader.error("usual", "a window of " + format_duration(over) + " is too short to be kept until " + words +
                              " comes; expected an 'over' of 5m or more");
    return std::nullopt;
  }
  usual.step = *step;
  return usual;
}

std::optional<WindowUsual> rolling(TableReader& reader, Duration over, Duration span, std::int64_t most_steps) {
  WindowUsual usual{UsualKind::kRolling, "the " + format_duration(span) + " before"};
  usual.span = span;
  const std::optional<Duration> step = step_of(span, most_steps);
  if (span < 2 * over || span > kLongestWindow || !step) {
    reader.error("usual", "'usual' is " + format_duration(span) + "; expected a round time of at least twice 'over', " +
                              format_duration(2 * over) + ", and at most " + format_duration(kLongestWindow));
    return std::nullopt;
  }
  usual.step = *step;
  usual.min_history = reader.duration("min_history").value_or(std::max(span / kLeastPart, over));
  if (usual.min_history > span) {
    reader.error("min_history", "'min_history' is longer than 'usual', " + format_duration(span));
  }
  return usual;
}

// What else the aggregate could be compared with.
std::string others(const AggregateKind& kind) {
  return std::string(kind.previous ? "\"previous\", " : "") + (kind.shifted ? "\"yesterday\", \"last_week\", " : "") +
         (kind.rolling ? "a time such as \"7d\", " : "") + (kind.previous ? "or a number" : "a number");
}

std::optional<WindowUsual> read_text(TableReader& reader, Duration over, const std::string& text,
                                     const AggregateKind& kind) {
  const bool shift = text == "yesterday" || text == "last_week";
  const Expected<Duration> span = parse_duration(text);
  if (text != "previous" && !shift && !span) {
    reader.error("usual", "'usual' is \"" + text + "\"; expected " + others(kind));
    return std::nullopt;
  }
  if (!(text == "previous" ? kind.previous : shift ? kind.shifted : kind.rolling)) {
    reader.error("usual", "the aggregate " + std::string(kind.name) + " cannot be compared with \"" + text +
                              "\": " + (shift ? "too much would have to be kept" : "it is not comparable") +
                              "; expected " + others(kind));
    return std::nullopt;
  }
  if (text == "previous") {
    return WindowUsual{UsualKind::kPrevious, "the " + format_duration(over) + " before"};
  }
  if (shift) {
    return text == "yesterday" ? shifted(reader, over, kDay, "the same time yesterday")
                               : shifted(reader, over, 7 * kDay, "the same time last week");
  }
  return rolling(reader, over, *span, kind.most_steps);
}

}  // namespace

std::optional<WindowUsual> read_window_usual(TableReader& reader, Duration over, const AggregateKind& kind) {
  const ConfigValue* const value = reader.value("usual", KeyType::kText | KeyType::kNumber);
  std::optional<WindowUsual> usual;
  if (value == nullptr) {
    return usual;
  }
  if (const auto* const text = value->get_if<std::string>()) {
    usual = read_text(reader, over, *text, kind);
  } else if (const std::optional<double> constant = reader.number("usual")) {
    usual = WindowUsual{UsualKind::kConstant, number_text(*constant), *constant};
  }
  if (usual && usual->kind != UsualKind::kRolling && reader.has("min_history")) {
    reader.error("min_history", "'min_history' is for a 'usual' that is a time, such as \"7d\"");
  }
  return usual;
}

}  // namespace leeway
