#include "agent/monitors/drift/drift_cycles.h"

#include "agent/monitors/drift/drift_column.h"
#include "agent/monitors/drift/drift_metrics.h"
#include "agent/monitors/shared/segments.h"

namespace leeway {
namespace {

constexpr std::array kParts{CyclePart::kHour, CyclePart::kWeekday};
constexpr std::array<const char*, 2> kFunctions{"hour", "weekday"};
constexpr std::array<const char*, 2> kPeriods{"a day", "a week"};

}  // namespace

WindowCycles window_cycles(const ColumnReference& reference) {
  WindowCycles result;
  for (const CyclePart part : kParts) {
    result[static_cast<std::size_t>(part)] = window_cycle(reference, part);
  }
  return result;
}

std::optional<CyclePart> longer_cycle(const WindowCycles& cycles) {
  std::optional<CyclePart> result;
  double largest = 0;
  for (const CyclePart part : kParts) {
    const std::optional<WindowCycle>& cycle = cycles[static_cast<std::size_t>(part)];
    if (cycle && cycle->found && cycle->ratio > largest) {
      largest = cycle->ratio;
      result = part;
    }
  }
  return result;
}

std::string cycle_words(const DriftSettings& settings, const WindowCycles& cycles) {
  const std::optional<CyclePart> part = longer_cycle(cycles);
  if (!part) {
    return "";
  }
  const auto index = static_cast<std::size_t>(*part);
  const std::string field = settings.time_field.empty() ? "FIELD" : settings.time_field;
  const std::string expression = std::string(kFunctions[index]) + "(" + field + ")";
  return std::string("the windows of its reference follow a cycle of ") + kPeriods[index] +
         ", which is longer than the window (" + settings.window_text() +
         "), so its thresholds are high enough for every part of the cycle and small changes are not seen; compare "
         "like with like: " +
         (settings.segment ? "add " + expression + " to 'segment'" : "segment = \"" + expression + "\"") +
         (settings.profile ? std::string(", with a reference of each segment, such as { last = \"") +
                                 (*part == CyclePart::kHour ? "7d" : "28d") + "\" }: that of a file is one for all"
                           : "") +
         (settings.time_field.empty() ? ", FIELD being the field with the time" : "");
}

std::string cycle_note(const DriftSettings& settings, std::span<const DriftColumn> columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (const std::string words = cycle_words(settings, columns[i].cycles()); !words.empty()) {
      return "[[drift]] '" + settings.name + "'" +
             (settings.source.empty() ? "" : ", reference '" + settings.source + "'") + ": column '" +
             settings.columns[i].label + "': " + words;
    }
  }
  return "";
}

void collect_cycles(const DriftSettings& settings, const DriftColumn& column, const std::string& label,
                    SeriesLabels segment, SnapshotBuilder& out) {
  out.add(
      out.family(drift_metric(kDriftReferenceWindows)),
      segment_labels({{"drift", settings.name}, {"source", settings.source}, {"column", label}}, segment.pairs(), out),
      static_cast<double>(column.reference()->windows.size()));
  for (const CyclePart part : kParts) {
    const auto index = static_cast<std::size_t>(part);
    if (const std::optional<WindowCycle>& cycle = column.cycles()[index]) {
      out.add(out.family(drift_metric(kDriftCycle)),
              segment_labels(
                  {{"drift", settings.name}, {"source", settings.source}, {"column", label}, {"by", kFunctions[index]}},
                  segment.pairs(), out),
              cycle->found ? 1 : 0);
    }
  }
  for (std::size_t i = 0; i < column.results().size(); ++i) {
    if (const double ratio = column.results()[i].window_ratio; ratio > 0) {
      out.add(out.family(drift_metric(kDriftWindowRatio)),
              segment_labels({{"drift", settings.name},
                              {"source", settings.source},
                              {"column", label},
                              {"method", to_string(column.methods()[i])}},
                             segment.pairs(), out),
              ratio);
    }
  }
}

}  // namespace leeway
