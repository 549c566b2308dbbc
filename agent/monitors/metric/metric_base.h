// What all kinds of [[metric]] share: name, help, `when`, labels, the series and the count of skipped records. A kind
// derives from MetricBase and keeps one value per series. Used by counter, gauge, state_set and histogram.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/metrics/metric_catalog.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/shared/file_series.h"
#include "agent/monitors/shared/label_set.h"
#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// Failures as leeway_metric_skipped_records_total shows them: only reasons that occurred.
std::map<std::string, std::uint64_t> skipped_by_reason(const FailureCounts& failures);
void save_failures(const FailureCounts& failures, StateWriter& out);
FailureCounts load_failures(StateReader& in);

// The records that an entry is about: those for which `when` is true, or all.
class RecordFilter {
 public:
  static RecordFilter read(TableReader& reader, Schema& schema);

  // Valid until the next call; the caller may drop further rows from it.
  Selection& select(const RecordBatch& batch, FailureCounts& failures);
  // " where <when>" or "", for generated help.
  std::string clause() const { return when_ ? " where " + when_->text() : ""; }

 private:
  std::optional<Expression> when_;
  Selection rows_;
};

struct MetricDefinition {
  MetricDesc desc;  // help is "" where the user wrote none
  RecordFilter filter;
  LabelSet labels;
  TimePoint started{};

  // Gauges have no value before their first record, so nothing of theirs is declared in advance.
  static MetricDefinition read(MonitorContext& context, MetricType type);
};

class MetricBase : public Monitor {
 public:
  explicit MetricBase(MetricDefinition definition);

  void observe(const RecordBatch& batch) final;
  void advance(TimePoint now) final { table_.advance(now); }
  void save(StateWriter& out) const final;
  // On an error everything is as after construction.
  Expected<void> load(StateReader& in) final;
  void describe(MetricCatalog& catalog) const final;
  // The panels that show the metric; a kind that is looked at in another way overrides it.
  void declare(Catalog& catalog) const override;
  void collect(SnapshotBuilder& out) const final;
  void report(std::vector<MetricStatus>& out) const override;

 protected:
  // Drops from `rows` the records whose value cannot be used and keeps the values of the others for record().
  virtual void read_values(const RecordBatch& batch, Selection& rows, FailureCounts& failures) = 0;
  // series[i] is the series of rows[i], or kNoSeries: the record does not count.
  virtual void record(const RecordBatch& batch, std::span<const Row> rows, std::span<const Series> series) = 0;

  // Makes room for series below `size`; new ones are at their zero. 0 forgets all.
  virtual void resize(std::size_t size) = 0;
  virtual void save_series(Series series, StateWriter& out) const = 0;
  virtual void load_series(Series series, StateReader& in) = 0;
  // Back to how it was before its first record. Gauges only.
  virtual void forget_series(Series /*series*/) {}
  virtual void collect_series(Series series, MetricFamily& family, SnapshotBuilder& out) const = 0;

  const MetricDesc& desc() const { return definition_.desc; }
  const SeriesTable& table() const { return table_; }

 private:
  void observe_records(const RecordBatch& batch);
  void renew_series(const FileVersionPart& part);
  bool is_gauge() const { return definition_.desc.type == MetricType::kGauge; }
  SeriesTable fresh_table() const;
  Expected<void> load_all(StateReader& in);

  MetricDefinition definition_;
  SeriesTable table_;
  FailureCounts failures_{};
  FileSeries file_series_;      // of a gauge
  std::vector<Series> series_;  // of the selected rows of the batch
};

// Whether reading a table has reported an error: what a build function asks at its end.
class ErrorCheck {
 public:
  explicit ErrorCheck(TableReader& reader) : reader_(reader), before_(reader.diagnostics().errors().size()) {}
  bool failed() const { return reader_.diagnostics().errors().size() != before_; }

 private:
  TableReader& reader_;
  std::size_t before_;
};

}  // namespace leeway
