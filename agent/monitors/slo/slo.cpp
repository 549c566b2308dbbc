#include "agent/monitors/slo/slo.h"

#include <algorithm>
#include <memory>

#include "agent/core/units.h"
#include "agent/metrics/series_table.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/shared/record_filter.h"
#include "agent/monitors/shared/segments.h"
#include "agent/monitors/slo/slo_goodness.h"
#include "agent/monitors/slo/slo_maintenance.h"
#include "agent/monitors/slo/slo_metrics.h"
#include "agent/monitors/slo/slo_panels.h"
#include "agent/monitors/slo/slo_rules.h"
#include "agent/monitors/slo/slo_series.h"
#include "agent/monitors/slo/slo_target.h"

namespace leeway {
namespace {

// Which records are judged, and how.
struct SloInput {
  RecordFilter filter;
  Goodness goodness;
  std::optional<LabelSet> by;
  SloMaintenance maintenance;
};

class Slo final : public Monitor {
 public:
  Slo(SloTarget target, SloAlertSettings alerts, SloInput input, TimePoint started)
      : target_(std::move(target)),
        alerts_(std::move(alerts)),
        input_(std::move(input)),
        common_slot_(SloSeries(target_.period).common_slot()),
        state_(fresh(started)) {}

  void observe(const RecordBatch& batch) override;
  void advance(TimePoint now) override;
  std::uint32_t state_version() const override { return 4; }
  void save(StateWriter& out) const override;
  Expected<void> load(StateReader& in) override;
  void describe(MetricCatalog& catalog) const override { describe_slo_metrics(target_, catalog); }
  void declare(Catalog& catalog) const override;
  void collect(SnapshotBuilder& out) const override;
  void report(std::vector<MetricStatus>& out) const override;

 private:
  struct State {
    SeriesTable table;  // by the labels of `by`; without it, of one series
    // As in the table; none for records beyond its limit, which are not judged.
    std::vector<std::unique_ptr<SloSeries>> series{};
    TimePoint created = kNoTime;
    std::uint64_t unlabelled = 0;  // records that could not be judged for want of a label
    FailureCounts failures{};
  };

  State fresh(TimePoint created) const;
  void resize(State& state) const;
  void find_series(const RecordBatch& batch, Selection& rows);
  void leave_out_maintenance(const RecordBatch& batch, Selection& rows);
  void judge(const RecordBatch& batch, Selection& rows);
  void count(const RecordBatch& batch, const Selection& rows);
  Expected<void> load_series(State& state, StateReader& in) const;
  double burn_rate(const EventCounts& counts) const;
  void collect_series(Series series, SnapshotBuilder& out) const;

  SloTarget target_;
  SloAlertSettings alerts_;
  SloInput input_;
  Duration common_slot_{};
  State state_;
  std::vector<Series> series_;     // of the selected rows of the batch; only with `by`
  Selection selected_;             // those rows
  std::vector<std::uint8_t> bad_;  // of those that were judged
};

Slo::State Slo::fresh(TimePoint created) const {
  State state{SeriesTable(input_.by ? input_.by->options() : SeriesOptions())};
  state.created = created;
  if (!input_.by) {
    state.table.create({}, created);
  } else {
    for (const std::vector<std::string>& values : input_.by->initial_series()) {
      state.table.create(values, created);
    }
  }
  resize(state);
  return state;
}

void Slo::resize(State& state) const {
  state.series.resize(std::max<std::size_t>(state.series.size(), kFirstSeries));
  while (state.series.size() < state.table.size()) {
    state.series.push_back(std::make_unique<SloSeries>(target_.period));
  }
}

void Slo::advance(TimePoint now) {
  state_.table.advance(now);
  for (Series series = kFirstSeries; series < state_.series.size(); ++series) {
    state_.series[series]->advance(now);
  }
}

// Rows without a series leave `rows`.
void Slo::find_series(const RecordBatch& batch, Selection& rows) {
  state_.table.resolve(input_.by->columns(batch, rows), rows, batch.times(), series_, state_.failures);
  resize(state_);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    state_.unlabelled += series_[i] == kNoSeries ? 1 : 0;
    if (is_judged(series_[i])) {
      series_[kept] = series_[i];
      rows[kept++] = rows[i];
    }
  }
  rows.resize(kept);
  series_.resize(kept);
}

void Slo::leave_out_maintenance(const RecordBatch& batch, Selection& rows) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Series series = input_.by ? series_[i] : kFirstSeries;
    if (input_.maintenance.holds(batch.times()[rows[i]])) {
      state_.series[series]->add_in_maintenance();
      continue;
    }
    if (input_.by) {
      series_[kept] = series;
    }
    rows[kept++] = rows[i];
  }
  rows.resize(kept);
}

// Leaves in `rows` those that were judged.
void Slo::judge(const RecordBatch& batch, Selection& rows) {
  selected_ = rows;
  input_.goodness.decide(batch, rows, bad_, state_.failures);
  if (rows.size() == selected_.size()) {
    return;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < selected_.size(); ++i) {
    const Series series = input_.by ? series_[i] : kFirstSeries;
    if (kept == rows.size() || rows[kept] != selected_[i]) {
      state_.series[series]->add_unjudged();
    } else if (input_.by) {
      series_[kept++] = series;
    } else {
      ++kept;
    }
  }
}

// Events of one slot are added to the windows together.
void Slo::count(const RecordBatch& batch, const Selection& rows) {
  SloSeries* held = state_.series[kFirstSeries].get();
  SloSeries::Run run;  // that of `held`
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (input_.by && state_.series[series_[i]].get() != held) {
      held->run = run;
      held = state_.series[series_[i]].get();
      run = held->run;
    }
    const TimePoint time = batch.times()[rows[i]];
    if (time == kNoTime) {
      held->add_untimed({1, bad_[i]});
      continue;
    }
    if (run.counts.events == 0 || time < run.start || time >= run.start + common_slot_) {
      if (run.counts.events != 0) {
        held->add(run.start, run.counts);
      }
      run.counts = {};
      const Duration rest = time.time_since_epoch() % common_slot_;
      run.start = time - (rest < Duration{} ? rest + common_slot_ : rest);
    }
    ++run.counts.events;
    run.counts.bad += bad_[i];
  }
  held->run = run;
  for (Series at = kFirstSeries; at < state_.series.size(); ++at) {
    SloSeries& series = *state_.series[at];
    if (series.run.counts.events != 0) {
      series.add(series.run.start, series.run.counts);
      series.run = {};
    }
  }
}

void Slo::observe(const RecordBatch& batch) {
  Selection& rows = input_.filter.select(batch, state_.failures);
  if (input_.by && !rows.empty()) {
    find_series(batch, rows);
  }
  if (!input_.maintenance.empty()) {
    leave_out_maintenance(batch, rows);
  }
  if (rows.empty()) {
    return;
  }
  judge(batch, rows);
  if (!rows.empty()) {
    count(batch, rows);
  }
}

// Of at least one event.
double Slo::burn_rate(const EventCounts& counts) const {
  return static_cast<double>(counts.bad) / static_cast<double>(counts.events) / error_budget(target_.objective);
}

void Slo::save(StateWriter& out) const {
  out.i64(state_.created.time_since_epoch().count());
  state_.table.save(out);
  out.u64(state_.unlabelled);
  for (Series series = kFirstSeries; series < state_.series.size(); ++series) {
    state_.series[series]->save(out);
  }
  save_failures(state_.failures, out);
}

Expected<void> Slo::load_series(State& state, StateReader& in) const {
  if (in.version() > 2) {  // before, there was one series, without a table
    if (Expected<void> loaded = state.table.load(in); !loaded) {
      return loaded;
    }
    state.unlabelled = in.u64();
    resize(state);
  }
  for (Series series = kFirstSeries; series < state.series.size(); ++series) {
    if (Expected<void> loaded = state.series[series]->load(in); !loaded) {
      return loaded;
    }
  }
  state.failures = load_failures(in);
  return in.expect_end();
}

Expected<void> Slo::load(StateReader& in) {
  State state = fresh(TimePoint(Duration(in.i64())));
  Expected<void> loaded = load_series(state, in);
  if (loaded) {
    state_ = std::move(state);
  }
  return loaded;
}

void Slo::declare(Catalog& catalog) const {
  add_slo_rules(target_, alerts_, catalog);
  add_slo_panels(target_, alerts_, catalog);
  if (!target_.maintenance.empty()) {
    catalog.unjudged[target_.name] = target_.maintenance;
  }
}

void Slo::collect_series(Series at, SnapshotBuilder& out) const {
  const SloSeries& series = *state_.series[at];
  const std::span<const Label> by = state_.table.labels(at).pairs();
  const SeriesLabels labels = segment_labels({{"slo", target_.name}}, by, out);
  const TimePoint created = state_.table.created(at);
  out.add(out.family(slo_metric(kSloEvents)), labels, static_cast<double>(series.total().events), created);
  out.add(out.family(slo_metric(kSloBadEvents)), labels, static_cast<double>(series.total().bad), created);
  out.add(out.family(slo_metric(kSloUnjudged)), labels, static_cast<double>(series.unjudged()), created);
  if (!target_.maintenance.empty()) {
    out.add(out.family(slo_metric(kSloMaintenance)), labels, static_cast<double>(series.in_maintenance()), created);
  }
  MetricFamily& burn_rates = out.family(slo_metric(kSloBurnRate));
  for (const SlidingWindow& window : series.windows()) {
    if (window.sum().events != 0) {
      const std::string width = format_duration(window.width());
      out.add(burn_rates, segment_labels({{"slo", target_.name}, {"window", width}}, by, out), burn_rate(window.sum()));
    }
  }
  MetricFamily& budget = out.family(slo_metric(kSloBudget));
  if (series.period().sum().events != 0) {
    out.add(budget, labels, 1 - burn_rate(series.period().sum()));
  }
}

void Slo::collect(SnapshotBuilder& out) const {
  const SeriesLabels labels = out.labels({{"slo", target_.name}});
  for (Series series = kFirstSeries; series < state_.series.size(); ++series) {
    if (state_.table.visible(series)) {
      collect_series(series, out);
    }
  }
  out.add(out.family(slo_metric(kSloObjective)), labels, target_.objective);
  if (input_.by) {
    out.add(out.family(slo_metric(kSloUnjudged)), labels, static_cast<double>(state_.unlabelled), state_.created);
  }
}

void Slo::report(std::vector<MetricStatus>& out) const {
  MetricStatus status;
  if (input_.by) {
    state_.table.report(status);
    status.of_segments = true;
  }
  status.name = "slo:" + target_.name;
  status.skipped = skipped_by_reason(state_.failures);
  status.watches_mismatches = true;
  out.push_back(std::move(status));
}

}  // namespace

std::unique_ptr<Monitor> build_slo(MonitorContext& context) {
  TableReader& reader = context.reader;
  const ErrorCheck errors(reader);
  SloTarget target = read_slo_target(reader);
  target.sources = context.sources;
  RecordFilter filter = RecordFilter::read(reader, context.schemas);
  std::optional<Goodness> goodness = Goodness::read(reader, context.schemas);
  std::optional<LabelSet> by = read_slo_labels(reader, context.schemas, target);
  SloMaintenance maintenance = SloMaintenance::read(reader, context.maintenance);
  target.maintenance = maintenance.names();
  SloAlertSettings alerts = read_slo_alerts(reader, target.objective, target.period);
  if (errors.failed() || !goodness) {
    return nullptr;
  }
  return std::make_unique<Slo>(std::move(target), std::move(alerts),
                               SloInput{std::move(filter), std::move(*goodness), std::move(by), std::move(maintenance)},
                               context.started);
}

}  // namespace leeway
