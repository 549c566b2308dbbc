#include "agent/monitors/state/state.h"

#include "agent/core/units.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/shared/segments.h"
#include "agent/monitors/shared/source_merge.h"
#include "agent/monitors/state/held_events.h"
#include "agent/monitors/state/state_input.h"
#include "agent/monitors/state/state_metrics.h"
#include "agent/monitors/state/state_rules.h"

namespace leeway {
namespace {

// A record that begins or ends something, or both.
struct StateRecord {
  TimePoint time = kNoTime;
  bool starts = false;
  bool ends = false;
  Outcome outcome = Outcome::kSuccess;
  Series series = 0;
  std::string key{};
};

constexpr std::uint32_t kTimelyVersion = 2;  // of the encoding: the first one with the number of timely records

class StateMonitor final : public Monitor {
 public:
  StateMonitor(StateSettings settings, StateInput input, TimePoint started, std::size_t sources)
      : settings_(std::move(settings)),
        input_(std::move(input)),
        started_(started),
        sources_(sources),
        held_(fresh()) {}

  void observe(const RecordBatch& batch) override;
  void advance(TimePoint now) override {
    held_.table.advance(now);
    pass_to(held_, now);
  }
  Duration tolerated_disorder() const override { return settings_.lateness / kOneIn; }
  bool merge_sources() override;
  void complete(TimePoint time) override;
  std::uint32_t state_version() const override { return kTimelyVersion; }
  void save(StateWriter& out) const override;
  Expected<void> load(StateReader& in) override;
  void describe(MetricCatalog& catalog) const override { describe_state_metrics(settings_, catalog); }
  void declare(Catalog& catalog) const override { add_state_rules(settings_, catalog); }
  void collect(SnapshotBuilder& out) const override;
  void report(std::vector<MetricStatus>& out) const override;

 private:
  struct Held {
    SeriesTable table;
    StateTracker tracker;
    HeldEvents waiting{};
    FailureCounts failures{};
    TimePoint newest = kNoTime;  // the event clock, and all times of records
    LateRecords late{};
  };

  static constexpr int kOneIn = 10;  // of `lateness`: most of it is for records that are late in their file

  Held fresh() const;
  void take(Held& held, StateEvent event) const;
  void take_record(Held& held, StateRecord record) const;
  void give(std::size_t source, StateRecord record);
  void apply(Held& held, const StateEvent& event) const;
  void pass_to(Held& held, TimePoint now) const;
  // No record of this time or before it can come any more, unless it is late.
  TimePoint settled(const Held& held) const {
    const bool waits = settings_.lateness > Duration{} && held.newest != kNoTime;
    return waits ? held.newest - settings_.lateness - Duration(1) : held.newest;
  }
  void collect_series(Series series, const OpenKeys& open, SnapshotBuilder& out) const;
  Expected<void> load(Held& held, StateReader& in) const;

  StateSettings settings_;
  StateInput input_;
  TimePoint started_;
  std::size_t sources_;
  Held held_;
  std::optional<SourceMerge<StateRecord>> merge_;  // of a replay of several sources
};

StateMonitor::Held StateMonitor::fresh() const {
  Held held{SeriesTable(input_.labels().options()), StateTracker(settings_.limits)};
  for (const std::vector<std::string>& values : input_.labels().initial_series()) {
    held.table.create(values, started_);
  }
  if (input_.labels().options().labels.empty()) {
    held.table.create({}, started_);
  }
  held.tracker.resize(held.table.size());
  return held;
}

void StateMonitor::apply(Held& held, const StateEvent& event) const {
  held.tracker.pass(event.time);
  if (event.is_end) {
    held.tracker.end(event.series, event.key, event.time, event.outcome);
  } else {
    held.tracker.start(event.series, event.key, event.time);
  }
}

void StateMonitor::take(Held& held, StateEvent event) const {
  const bool settles = event.time <= settled(held) && held.waiting.empty();
  if (settles) {
    apply(held, event);
    return;
  }
  held.waiting.push(std::move(event));
  if (held.waiting.size() > settings_.limits.max_keys) {
    apply(held, held.waiting.pop());
  }
}

// What cannot be preceded by anything any more counts.
void StateMonitor::pass_to(Held& held, TimePoint now) const {
  if (now <= held.newest) {
    return;
  }
  held.newest = now;
  const TimePoint limit = settled(held);
  while (!held.waiting.empty() && held.waiting.front().time <= limit) {
    apply(held, held.waiting.pop());
  }
  held.tracker.pass(limit);
}

// The clock has passed the record.
void StateMonitor::take_record(Held& held, StateRecord record) const {
  const bool is_late = record.time == kNoTime || (settings_.lateness > Duration{} && record.time <= settled(held));
  ++(is_late ? held.late.records : held.late.timely);
  if (is_late && record.time != kNoTime && held.late.first == kNoTime) {
    held.late.first = record.time;
    held.late.behind = held.newest - record.time;
  }
  if (record.time == kNoTime) {
    return;
  }
  if (record.starts) {
    take(held, {record.time, false, {}, record.series, record.key});
  }
  if (record.ends) {
    take(held, {record.time, true, record.outcome, record.series, std::move(record.key)});
  }
}

void StateMonitor::give(std::size_t source, StateRecord record) {
  if (!merge_) {
    take_record(held_, std::move(record));
    return;
  }
  if (merge_->is_full()) {
    merge_->release_first([this](TimePoint order, StateRecord first) {
      pass_to(held_, order);
      take_record(held_, std::move(first));
    });
  }
  merge_->push(source, std::move(record));
}

bool StateMonitor::merge_sources() {
  if (sources_ > 1) {
    merge_.emplace(sources_);
  }
  return merge_.has_value();
}

void StateMonitor::complete(TimePoint time) {
  merge_->release(time, [this](TimePoint order, StateRecord record) {
    pass_to(held_, order);
    take_record(held_, std::move(record));
  });
  pass_to(held_, std::min(time, merge_->latest()));
}

void StateMonitor::observe(const RecordBatch& batch) {
  const std::span<const StateInput::Row> rows = input_.select(batch, held_.table, held_.failures);
  held_.tracker.resize(held_.table.size());
  const std::span<const TimePoint> times = batch.times();
  Row seen = 0;
  // Also times of other records, up to each row: what counts must not depend on how records are divided into batches.
  const auto see = [&](Row end) {
    for (; seen < end; ++seen) {
      if (merge_) {
        merge_->see(batch.input(), times[seen]);
      } else {
        pass_to(held_, times[seen]);
      }
    }
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const StateInput::Row& found = rows[i];
    see(found.row + 1);
    if (is_judged(found.series)) {
      give(batch.input(),
           {times[found.row], found.starts, found.ends, found.outcome, found.series, std::string(input_.key(i))});
    }
  }
  see(static_cast<Row>(times.size()));
}

void StateMonitor::collect_series(Series series, const OpenKeys& open, SnapshotBuilder& out) const {
  const SeriesLabels labels = held_.table.labels(series);
  const TimePoint created = held_.table.created(series);
  const SeriesProgress& progress = held_.tracker.of(series);
  const auto gauge = [&](const MetricDesc& desc, double value) { out.add(out.family(desc), labels, value); };
  const auto time = [&](const MetricDesc& desc, TimePoint at) {
    if (at != kNoTime && !desc.name.empty()) {
      gauge(desc, to_unix_seconds(at));
    }
  };
  gauge(settings_.in_progress, static_cast<double>(open.count));
  time(settings_.oldest_start, open.oldest);
  for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
    const std::span<const Label> own = labels.pairs();
    std::vector<Label> pairs(own.begin(), own.end());
    pairs.push_back({"outcome", kOutcomes[i]});
    out.add(out.family(settings_.ended), out.labels(pairs), static_cast<double>(progress.ended[i]), created);
  }
  out.add_histogram(out.family(settings_.duration), labels, progress.durations, progress.duration_sum, created);
  time(settings_.last_success, progress.last_success);
  time(settings_.last_failure, progress.last_failure);
  if (settings_.times_out()) {
    gauge(settings_.overdue, static_cast<double>(open.overdue));
    out.add(out.family(settings_.timed_out), labels, static_cast<double>(progress.timed_out), created);
  }
}

void StateMonitor::collect(SnapshotBuilder& out) const {
  const std::vector<OpenKeys> open = held_.tracker.open();
  for (Series series = kFirstSeries; series < held_.table.size(); ++series) {
    if (held_.table.visible(series) || open[series].count > 0) {
      collect_series(series, open[series], out);
    }
  }
  const SeriesLabels own = out.labels({{"state", settings_.name}});
  const auto counter = [&](const char* name, std::uint64_t value) {
    out.add(out.family(state_metric(name)), own, static_cast<double>(value), started_);
  };
  counter(kStateMatched, held_.tracker.matched_ends());
  counter(kStateUnmatched, held_.tracker.unmatched_ends());
  counter(kStateOverflowed, held_.tracker.overflowed_starts());
  counter(kStateLate, held_.late.records);
  counter(kStateTimely, held_.late.timely);
}

void StateMonitor::report(std::vector<MetricStatus>& out) const {
  MetricStatus status;
  status.name = "state:" + settings_.name;
  held_.table.report(status);
  status.overflowed_starts = held_.tracker.overflowed_starts();
  status.skipped = skipped_by_reason(held_.failures);
  status.late = held_.late;
  status.late.allowed = settings_.lateness;
  out.push_back(std::move(status));
}

void StateMonitor::save(StateWriter& out) const {
  held_.table.save(out);
  held_.tracker.save(out);
  held_.waiting.save(out);
  save_failures(held_.failures, out);
  out.i64(held_.newest.time_since_epoch().count());
  out.u64(held_.late.records);
  out.u64(held_.late.timely);
}

Expected<void> StateMonitor::load(Held& held, StateReader& in) const {
  if (Expected<void> loaded = held.table.load(in); !loaded) {
    return loaded;
  }
  held.tracker.resize(held.table.size());
  if (!held.tracker.load(in) || !held.waiting.load(in, held.table.size())) {
    return Error{ErrorCode::kCorrupt, "saved state of what is in progress is invalid"};
  }
  held.failures = load_failures(in);
  held.newest = TimePoint(Duration(in.i64()));
  held.late.records = in.u64();
  held.late.timely = in.version() >= kTimelyVersion ? in.u64() : 0;
  return in.expect_end();
}

Expected<void> StateMonitor::load(StateReader& in) {
  Held held = fresh();
  Expected<void> loaded = load(held, in);
  if (loaded) {
    held_ = std::move(held);
  }
  return loaded;
}

}  // namespace

std::unique_ptr<Monitor> build_state(MonitorContext& context) {
  const ErrorCheck errors(context.reader);
  StateSettings settings = read_state_settings(context.reader);
  std::optional<StateInput> input = StateInput::read(context.reader, context.schemas);
  if (!input) {
    context.reader.accept("alerts");
    return nullptr;
  }
  settings.alerts = read_state_alerts(context.reader, settings, input->has_good(), input->labels().names());
  if (errors.failed()) {
    return nullptr;
  }
  complete_state_metrics(input->labels(), input->has_good(), input->has_key(), settings);
  return std::make_unique<StateMonitor>(std::move(settings), std::move(*input), context.started,
                                        context.schemas.all().size());
}

}  // namespace leeway
