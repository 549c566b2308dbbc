// Names of a [[quality]]'s series, and versions of files to feed it with. Shared by its tests.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace quality_fixture {

using std::chrono::seconds;

inline std::string with_checks(const std::string& checks, const std::string& keys = "") {
  return "name = \"scores\"\n" + keys + checks;
}
inline std::string check(const std::string& kind) { return "[[quality.check]]\n" + kind + "\n"; }

inline std::string series(const std::string& metric, const std::string& rest = "") {
  return "leeway_quality_" + metric + "{quality=\"scores\"" + rest + "}";
}
inline std::string of(const std::string& metric, const std::string& check, const std::string& column = "") {
  return series("check_" + metric, ",check=\"" + check + "\"" + (column.empty() ? "" : ",column=\"" + column + "\""));
}

using Cells = std::vector<std::pair<std::string, Value>>;

// Feeds versions of a file, or plain records.
class Feed {
 public:
  explicit Feed(MonitorFixture& fixture) : fixture_(fixture) { batch_.reset(fixture.schema().size()); }

  Feed& begin(std::uint64_t id, const std::vector<std::string>& columns = {}) {
    id_ = id;
    batch_.set_file_version(
        {.file = file_, .id = id, .modified = kOrigin + seconds(id), .first = true, .columns = columns, .path = path_});
    give();
    in_version_ = true;
    return *this;
  }
  // The next versions are of another file.
  Feed& of_file(std::uint64_t file, const std::string& path = "") {
    file_ = file;
    path_ = path;
    return *this;
  }
  Feed& row(const Cells& cells, Duration time = {}) {
    const Row row = batch_.append(kOrigin + time, 0);
    for (const auto& [path, value] : cells) {
      for (FieldId field = 0; field < fixture_.schema().size(); ++field) {
        if (fixture_.schema().fields()[field].to_string() == path) {
          batch_.cell(field, row) =
              value.kind == ValueKind::kString ? Value::of_string(batch_.own(value.string())) : value;
        }
      }
    }
    now_ = std::max(now_, time);
    if (batch_.full()) {
      flush();
    }
    return *this;
  }
  Feed& flush(bool last = false) {
    if (in_version_) {
      batch_.set_file_version(
          {.file = file_, .id = id_, .modified = kOrigin + seconds(id_), .last = last, .path = path_});
    }
    give();
    return *this;
  }
  Feed& end() {
    flush(true);
    in_version_ = false;
    return *this;
  }
  // A whole version with one column.
  void version(std::uint64_t id, const std::string& column, const std::vector<Value>& values) {
    begin(id);
    for (const Value& value : values) {
      row({{column, value}});
    }
    end();
  }

 private:
  void give() {
    fixture_.monitor().observe(batch_);
    fixture_.monitor().advance(kOrigin + now_);
    batch_.reset(fixture_.schema().size());
  }

  MonitorFixture& fixture_;
  RecordBatch batch_;
  std::uint64_t file_ = 0;
  std::string path_;
  std::uint64_t id_ = 0;
  bool in_version_ = false;
  Duration now_{};
};

inline Value number(double value) { return Value::of_double(value); }
inline Value text(std::string_view value) { return Value::of_string(value); }
inline const double kNan = std::nan("");
inline const double kInfinity = std::numeric_limits<double>::infinity();

// One check of each kind, and a summary.
inline constexpr char kEverything[] =
    "columns = { required = ['x'], extra = 'forbidden' }|rows = { min = 1 }|rows_change = { min = 0 }|"
    "freshness = '1h'|type = { column = 'x', is = 'number' }|null_ratio = { column = 'x' }|nan_ratio = { column = 'x' "
    "}|"
    "inf_ratio = { column = 'x' }|range = { column = 'x', min = 0 }|in_set = { column = 'g', values = ['a'] }|"
    "matches = { column = 'g', pattern = '^a' }|expression = 'x < y'|unique = { columns = ['x', 'g'], max_keys = 300 }|"
    "distinct = { column = 'x', min = 1 }|varies = 'x'|mean = { column = 'x', min = 0 }|std = { column = 'x', min = 0 "
    "}|"
    "minimum = { column = 'x', min = 0 }|maximum = { column = 'x', min = 0 }|"
    "quantile = { column = 'x', q = 0.9, min = 0 }|mean_change = { column = 'x', min = 0 }|"
    "std_change = { column = 'x', min = 0 }|correlation = { columns = ['x', 'y'], min = 0 }|"
    "group_order = { group = 'g', value = 'x', ascending = ['a', 'b', 'c'] }|";

inline std::string everything(const std::string& keys) {
  std::string checks;
  std::string kinds = kEverything;
  for (std::size_t bar = kinds.find('|'); bar != std::string::npos; bar = kinds.find('|')) {
    checks += check(kinds.substr(0, bar));
    kinds.erase(0, bar + 1);
  }
  return with_checks(
      checks + "[[quality.summary]]\ncolumns = ['x', 'y']\nby = ['g', 'x > 0']\nquantiles = [0.1, 0.9]\n", keys);
}

}  // namespace quality_fixture
}  // namespace leeway
