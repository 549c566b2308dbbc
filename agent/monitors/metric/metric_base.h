// The part shared by all kinds of [[metric]]: name, help, `when`, labels, the series and the count of skipped records.
// A kind derives from MetricBase and keeps one value per series. Used by counter, gauge, state_set and histogram.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/core/failure_counts.h"
#include "agent/metrics/metric_catalog.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/shared/file_series.h"
#include "agent/monitors/shared/label_set.h"
#include "agent/monitors/shared/monitor_context.h"
#include "agent/monitors/shared/record_filter.h"

namespace leeway {

struct MetricDefinition {
  MetricDesc desc;  // help is "" if the user gave none
  RecordFilter filter;
  LabelSet labels;
  TimePoint started{};

  // Gauges have no value before their first record, so none of their series is declared in advance.
  static MetricDefinition read(MonitorContext& context, MetricType type);
};

class MetricBase : public Monitor {
 public:
  explicit MetricBase(MetricDefinition definition);

  void observe(const RecordBatch& batch) final;
  void advance(TimePoint now) final { table_.advance(now); }
  void save(StateWriter& out) const final;
  // After an error the state is as after construction.
  Expected<void> load(StateReader& in) final;
  void describe(MetricCatalog& catalog) const final;
  // The panels that show the metric; a kind with other panels overrides it.
  void declare(Catalog& catalog) const override;
  void collect(SnapshotBuilder& out) const final;
  void report(std::vector<MetricStatus>& out) const override;

 protected:
  // Drops from `rows` the records whose value cannot be used and keeps the values of the others for record().
  virtual void read_values(const RecordBatch& batch, Selection& rows, FailureCounts& failures) = 0;
  // series[i] is the series of rows[i], or kNoSeries: the record does not count.
  virtual void record(const RecordBatch& batch, std::span<const Row> rows, std::span<const Series> series) = 0;

  // Makes room for series below `size`; new ones start at their zero. 0 forgets all.
  virtual void resize(std::size_t size) = 0;
  virtual void save_series(Series series, StateWriter& out) const = 0;
  virtual void load_series(Series series, StateReader& in) = 0;
  // Resets the series to its state before its first record. Gauges only.
  virtual void forget_series(Series /*series*/) {}
  // What a page says of all series of the metric, beyond its desc.
  virtual void collect_family(MetricFamily& /*family*/) const {}
  virtual void collect_series(Series series, MetricFamily& family, SnapshotBuilder& out) const = 0;

  const MetricDesc& desc() const { return definition_.desc; }
  const SeriesTable& table() const { return table_; }

 private:
  void observe_records(const RecordBatch& batch);
  void renew_series(const RecordBatch& batch);
  bool is_gauge() const { return definition_.desc.type == MetricType::kGauge; }
  SeriesTable fresh_table() const;
  Expected<void> load_all(StateReader& in);

  MetricDefinition definition_;
  SeriesTable table_;
  FailureCounts failures_{};
  FileSeries file_series_;      // of a gauge
  std::vector<Series> series_;  // of the selected rows of the batch
};

}  // namespace leeway
