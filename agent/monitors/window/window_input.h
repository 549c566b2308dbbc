// The records of [[window]] as observations. Used by the monitor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/metrics/label_interner.h"
#include "agent/monitors/shared/label_set.h"
#include "agent/monitors/shared/numeric_value.h"
#include "agent/monitors/shared/record_filter.h"
#include "agent/monitors/window/window_cells.h"
#include "agent/monitors/window/window_settings.h"
#include "agent/sketches/top_keys.h"

namespace leeway {

class WindowInput {
 public:
  // Reads `when`, `value`, `good` and the labels; reports errors. No value after one.
  static std::optional<WindowInput> read(TableReader& reader, const Schemas& schemas, WindowInputKind kind);

  // The records that count. Valid until the next call.
  Selection& select(const RecordBatch& batch, const WindowSettings& settings, FailureCounts& failures);
  // Of the selected record with this index. Its value is valid until the next select().
  Observation observation(std::size_t index, TimePoint time, const WindowSettings& settings);

  LabelSet& labels() { return labels_; }
  const LabelSet& labels() const { return labels_; }
  // The text of `value` or `good`.
  std::string subject() const;
  std::string clause() const { return filter_.clause(); }

 private:
  WindowInput(RecordFilter filter, LabelSet labels) : filter_(std::move(filter)), labels_(std::move(labels)) {}

  void read_hashes(const RecordBatch& batch, bool texts, Selection& rows, FailureCounts& failures);
  void decide_hits(const RecordBatch& batch, Selection& rows, FailureCounts& failures);

  RecordFilter filter_;
  LabelSet labels_;
  std::optional<SourceExpression> good_{};
  std::optional<NumericValue> value_{};
  std::optional<SourceExpression> anything_{};       // a value of any kind
  LabelInterner texts_{{}, TopKeys::kMostBytes, 0};  // of the aggregate top
  // Of the selected rows of the batch:
  std::vector<std::uint8_t> hits_{};     // if there is `good`
  std::vector<std::uint64_t> hashes_{};  // or a value of any kind
  std::vector<Value> values_{};          // with hashes_, of the aggregate top
};

}  // namespace leeway
