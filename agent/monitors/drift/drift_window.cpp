#include "agent/monitors/drift/drift_window.h"

#include <algorithm>
#include <string>

namespace leeway {
namespace {

constexpr std::int64_t kLeastWindowRows = 30;
constexpr std::int64_t kDefaultMinRows = 100;
constexpr std::int64_t kMostSlots = 100;
constexpr Duration kUsualLateness = std::chrono::minutes(1);
constexpr std::int64_t kMostRows = 1'000'000'000;

void set_slots(TableReader& table, std::int64_t whole, std::int64_t step, DriftSettings& settings) {
  if (step <= 0 || whole % step != 0 || whole / step > kMostSlots) {
    table.error("step", "'step' does not divide the window into at most " + std::to_string(kMostSlots) +
                            " equal parts; a window is a whole number of steps");
    return;
  }
  settings.slots = static_cast<std::size_t>(whole / step);
}

constexpr char kNoVersions[] = "the source has no files with versions; expected { rows = 1000 } or { time = \"1h\" }";

void read_window_of_versions(TableReader& table, const MonitorContext& context, DriftSettings& settings) {
  settings.by_version = true;
  settings.slots = static_cast<std::size_t>(table.integer("versions", 1, kMostSlots).value_or(1));
  if (!context.has_file_versions) {
    table.error("versions", kNoVersions);
  }
}

// "version", which is also meant where nothing is said of a source of files.
void read_window_in_words(MonitorContext& context, DriftSettings& settings) {
  TableReader& reader = context.reader;
  settings.by_version = true;
  if (!reader.has("window") && !context.has_file_versions) {
    reader.missing("window", "{ rows = 1000 } or { time = \"1h\" }");
  } else if (reader.has("window") && reader.string("window") != "version") {
    reader.error("window",
                 "'window' is no window; expected \"version\", { versions = 7 }, { rows = 1000 } or "
                 "{ time = \"1h\" }");
  } else if (!context.has_file_versions) {
    reader.error("window", kNoVersions);
  }
}

}  // namespace

void read_drift_window(MonitorContext& context, DriftSettings& settings) {
  TableReader& reader = context.reader;
  const ConfigValue* const value = reader.value("window", KeyType::kText | KeyType::kTable, {"version"});
  settings.spans = WindowClock({}, context.schema().time_zone());
  if (value == nullptr || value->get_if<std::string>() != nullptr) {
    read_window_in_words(context, settings);
    return;
  }
  std::optional<TableReader> table = reader.table("window");
  if (!table) {
    return;
  }
  if (table->has("rows") + table->has("time") + table->has("versions") != 1) {
    table->error("rows", "how long is the window? expected one of 'rows', 'time' and 'versions'");
    for (const char* const key : {"rows", "time", "versions", "step", "lateness"}) {
      table->accept(key);
    }
  } else if (table->has("versions")) {
    read_window_of_versions(*table, context, settings);
  } else if (table->has("rows")) {
    const std::int64_t rows = table->integer("rows", kLeastWindowRows, kMostRows).value_or(kLeastWindowRows);
    const std::int64_t step = table->integer("step", 1, kMostRows).value_or(rows);
    settings.step_rows = static_cast<std::uint64_t>(step);
    set_slots(*table, rows, step, settings);
  } else {
    const Duration time = table->duration("time").value_or(std::chrono::hours(1));
    const Duration step = table->duration("step").value_or(time);
    settings.step_time = step;
    set_slots(*table, time.count(), step.count(), settings);
    settings.steps = WindowClock(step, context.schema().time_zone());
    settings.spans = WindowClock(step * static_cast<std::int64_t>(settings.slots), context.schema().time_zone());
    settings.lateness = table->duration_or_zero("lateness").value_or(std::min<Duration>(step / 10, kUsualLateness));
    if (settings.open_slots() > static_cast<std::size_t>(kMostSlots)) {
      table->error("lateness", "'lateness' is more than " + std::to_string(kMostSlots - 1) + " times the " +
                                   std::string(table->has("step") ? "step" : "window"));
      settings.lateness = {};
    }
  }
  table->report_unused_keys();
}

void read_min_rows(TableReader& reader, DriftSettings& settings) {
  const std::uint64_t window = settings.step_rows * settings.slots;  // 0: not by rows
  const auto usual = static_cast<std::uint64_t>(kDefaultMinRows);
  settings.min_rows = window == 0 ? usual : std::min(usual, window);
  if (const std::optional<std::int64_t> rows = reader.integer("min_rows", 1, kMostRows)) {
    settings.min_rows = static_cast<std::uint64_t>(*rows);
  }
  if (window != 0 && settings.min_rows > window) {
    reader.error("min_rows", "'min_rows' is more than the " + std::to_string(window) +
                                 " rows of a window, so none would ever be judged");
  }
}

}  // namespace leeway
