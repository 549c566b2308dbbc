// The configured labels of a metric or SLO, and their values for a batch. Shared by all kinds of [[metric]], and by
// [[slo]], which calls the first key `by`.
//   labels = ["endpoint", "http.method"]           fields; the label is named like the last step of the path
//   labels = { code = "http.code", slow = "t > 1" } names and expressions
//   map    = { code = { "200" = "ok", "*" = "other" } }   replaces the value; "*" for all values not listed
//   values = { code = ["ok", "other"] }            known values, after the map: their series start at 0
//   max_series = 1000, max_label_length = 128, expire = "7d"
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/metrics/metric_desc.h"
#include "agent/metrics/series_table.h"
#include "agent/monitors/shared/source_expression.h"

namespace leeway {

struct LabelKeys {
  const char* labels = "labels";   // the key that names them
  bool takes_values = true;        // whether `values` is a key
  std::int64_t max_series = 1000;  // where the key is absent
  std::int64_t most_series = 1'000'000;
};

class LabelSet {
 public:
  // Reads the keys above; reports errors to the reader's diagnostics.
  static LabelSet read(TableReader& reader, const Schemas& schemas, MetricType type, const LabelKeys& keys);

  LabelSet(LabelSet&&) = default;
  LabelSet& operator=(LabelSet&&) = default;

  std::vector<std::string> names() const;
  const SeriesOptions& options() const { return options_; }
  SeriesOptions& options() { return options_; }
  // Every combination of the known values, one value per label.
  const std::vector<std::vector<std::string>>& initial_series() const { return initial_; }

  // The label values of `rows`, for SeriesTable::resolve. Valid until the next call and no longer than `batch`.
  std::span<const LabelColumn> columns(const RecordBatch& batch, std::span<const Row> rows);
  // The row got no series: the first label without a value becomes the example, as Expression::note_skipped() does it.
  // Ends what columns() returned.
  void note_skipped(const RecordBatch& batch, Row row);

 private:
  LabelSet() = default;
  void add(TableReader& reader, MetricType type, const std::string& name, const ConfigValue& at,
           SourceExpression expression);
  void read_labels(TableReader& reader, const Schemas& schemas, MetricType type, std::string_view key);
  void read_map(TableReader& reader);
  void read_values(TableReader& reader);
  LabelSpec* find(TableReader& reader, const std::string& name, const ConfigValue& at);

  SeriesOptions options_;
  std::vector<SourceExpression> expressions_;  // one per label
  std::vector<std::vector<std::string>> initial_;
  std::vector<LabelColumn> columns_;
};

}  // namespace leeway
