// The records of [[state]] as starts and ends of keys. Used by the monitor.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "agent/metrics/label_interner.h"
#include "agent/monitors/shared/label_set.h"
#include "agent/monitors/shared/monitor_context.h"
#include "agent/monitors/shared/record_filter.h"
#include "agent/monitors/state/state_tracker.h"

namespace leeway {

class StateInput {
 public:
  // Reads `when`, `start`, `end`, `key`, `good` and the labels; reports errors. No value after one.
  static std::optional<StateInput> read(TableReader& reader, const Schemas& schemas);

  struct Row {
    leeway::Row row = 0;
    bool starts = false;
    bool ends = false;
    Outcome outcome = Outcome::kSuccess;  // of an end
    Series series = kNoSeries;
  };
  // The records of the batch that begin or end something, in their order. Valid until the next call.
  std::span<const Row> select(const RecordBatch& batch, SeriesTable& table, FailureCounts& failures);
  // Of the result's row with this index; "" without `key`. Valid until the next call.
  std::string_view key(std::size_t index);

  const LabelSet& labels() const { return labels_; }
  bool has_good() const { return good_.has_value(); }
  bool has_key() const { return key_.has_value(); }

 private:
  StateInput(RecordFilter filter, SourceExpression start, SourceExpression end, LabelSet labels)
      : filter_(std::move(filter)), start_(std::move(start)), end_(std::move(end)), labels_(std::move(labels)) {}

  void select_marked(const RecordBatch& batch, Selection& rows, FailureCounts& failures);
  void select_keyed(const RecordBatch& batch, Selection& rows, FailureCounts& failures);
  void judge(const RecordBatch& batch, const Selection& rows, FailureCounts& failures);

  RecordFilter filter_;
  SourceExpression start_;
  SourceExpression end_;
  LabelSet labels_;
  std::optional<SourceExpression> key_{};
  std::optional<SourceExpression> good_{};
  std::span<const Value> keys_{};
  std::vector<std::size_t> key_of_{};  // the index in keys_, by row of the result
  LabelInterner texts_{LabelSpec{"key"}, kLongestKey, 1};
  std::vector<Row> found_{};
  std::vector<Series> series_{};

  static constexpr std::size_t kLongestKey = 128;  // bytes; of longer ones a part and a hash
};

}  // namespace leeway
