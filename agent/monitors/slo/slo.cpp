#include "agent/monitors/slo/slo.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "agent/core/units.h"
#include "agent/metrics/label_interner.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/shared/numeric_value.h"
#include "agent/monitors/shared/record_filter.h"
#include "agent/monitors/slo/slo_metrics.h"
#include "agent/monitors/slo/slo_panels.h"
#include "agent/monitors/slo/slo_rules.h"
#include "agent/monitors/slo/slo_windows.h"
#include "agent/sketches/sliding_window.h"

namespace leeway {
namespace {

constexpr std::size_t kWindowSlots = 60;
constexpr std::size_t kPeriodSlots = 720;

// Decides which records are good, in one of the two forms.
struct Goodness {
  std::optional<SourceExpression> good;
  std::optional<NumericValue> value;
  double below = 0;

  // bad[i] becomes whether rows[i] is bad; undecided rows are removed from `rows`.
  void decide(const RecordBatch& batch, Selection& rows, std::vector<std::uint8_t>& bad, FailureCounts& failures);

 private:
  void decide_by_good(const RecordBatch& batch, Selection& rows, std::vector<std::uint8_t>& bad,
                      FailureCounts& failures);
};

void Goodness::decide(const RecordBatch& batch, Selection& rows, std::vector<std::uint8_t>& bad,
                      FailureCounts& failures) {
  if (good) {
    decide_by_good(batch, rows, bad, failures);
    return;
  }
  value->evaluate(batch, rows, failures);
  bad.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bad[i] = value->numbers()[i] < below ? 0 : 1;
  }
}

void Goodness::decide_by_good(const RecordBatch& batch, Selection& rows, std::vector<std::uint8_t>& bad,
                              FailureCounts& failures) {
  const std::span<const Value> values = good->of(batch).evaluate(batch, rows);
  bad.resize(rows.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Value& verdict = values[i];
    if (verdict.kind == ValueKind::kBool) {
      bad[kept] = verdict.boolean ? 0 : 1;
      rows[kept++] = rows[i];
      continue;
    }
    const Failure failure = LabelInterner::failure_of(verdict);
    ++failures[static_cast<std::size_t>(failure == Failure::kNone ? Failure::kWrongType : failure)];
  }
  rows.resize(kept);
}

class Slo final : public Monitor {
 public:
  Slo(SloTarget target, SloAlertSettings alerts, RecordFilter filter, Goodness goodness, TimePoint started)
      : target_(std::move(target)),
        alerts_(std::move(alerts)),
        filter_(std::move(filter)),
        goodness_(std::move(goodness)),
        started_(started) {
    state_ = fresh();
    Duration::rep common = 0;
    for (const SlidingWindow& window : state_.windows) {
      common = std::gcd(common, window.slot_width().count());
    }
    common_slot_ = Duration(common);
  }

  void observe(const RecordBatch& batch) override;
  void advance(TimePoint now) override {
    for (SlidingWindow& window : state_.windows) {
      window.advance(now);
    }
  }
  std::uint32_t state_version() const override { return 2; }
  void save(StateWriter& out) const override;
  Expected<void> load(StateReader& in) override;
  void describe(MetricCatalog& catalog) const override { describe_slo_metrics(target_, catalog); }
  void declare(Catalog& catalog) const override;
  void collect(SnapshotBuilder& out) const override;
  void report(std::vector<MetricStatus>& out) const override;

 private:
  struct State {
    EventCounts total;
    std::uint64_t unjudged = 0;
    std::vector<SlidingWindow> windows;  // those of burn_rate_windows(), then the period
    TimePoint created = kNoTime;
    FailureCounts failures{};
  };

  State fresh() const;
  double burn_rate(const EventCounts& counts) const;
  void add(TimePoint time, const EventCounts& counts);

  SloTarget target_;
  SloAlertSettings alerts_;
  RecordFilter filter_;
  Goodness goodness_;
  TimePoint started_;
  State state_;
  Duration common_slot_{};         // divides the slots of all windows: events of one such slot are added together
  std::vector<std::uint8_t> bad_;  // of the selected rows of the batch
};

Slo::State Slo::fresh() const {
  State state;
  for (const Duration width : burn_rate_windows(target_.period)) {
    state.windows.emplace_back(width, kWindowSlots);
  }
  state.windows.emplace_back(target_.period, kPeriodSlots);
  state.created = started_;
  return state;
}

void Slo::add(TimePoint time, const EventCounts& counts) {
  state_.total += counts;
  for (SlidingWindow& window : state_.windows) {
    window.add(time, counts);
  }
}

void Slo::observe(const RecordBatch& batch) {
  Selection& rows = filter_.select(batch, state_.failures);
  if (rows.empty()) {
    return;
  }
  const std::size_t selected = rows.size();
  goodness_.decide(batch, rows, bad_, state_.failures);
  state_.unjudged += selected - rows.size();
  EventCounts counts;  // of the events since `start`, all in [start, start + common_slot_)
  TimePoint start = kNoTime;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TimePoint time = batch.times()[rows[i]];
    if (counts.events == 0 || time < start || time >= start + common_slot_) {
      if (counts.events != 0) {
        add(start, counts);
      }
      counts = {};
      const Duration since_epoch = time.time_since_epoch();
      const Duration rest = since_epoch % common_slot_;
      start = time - (rest < Duration{} ? rest + common_slot_ : rest);
    }
    ++counts.events;
    counts.bad += bad_[i];
  }
  if (counts.events != 0) {
    add(start, counts);
  }
}

// Of at least one event.
double Slo::burn_rate(const EventCounts& counts) const {
  return static_cast<double>(counts.bad) / static_cast<double>(counts.events) / error_budget(target_.objective);
}

void Slo::save(StateWriter& out) const {
  out.i64(state_.created.time_since_epoch().count());
  out.u64(state_.total.events);
  out.u64(state_.total.bad);
  out.u64(state_.unjudged);
  for (const SlidingWindow& window : state_.windows) {
    window.save(out);
  }
  save_failures(state_.failures, out);
}

Expected<void> Slo::load(StateReader& in) {
  State state = fresh();
  state.created = TimePoint(Duration(in.i64()));
  state.total.events = in.u64();
  state.total.bad = in.u64();
  state.unjudged = in.version() > 1 ? in.u64() : 0;
  for (SlidingWindow& window : state.windows) {
    if (Expected<void> loaded = window.load(in); !loaded) {
      return loaded;
    }
  }
  state.failures = load_failures(in);
  Expected<void> finished = in.expect_end();
  if (finished) {
    state_ = std::move(state);
  }
  return finished;
}

void Slo::declare(Catalog& catalog) const {
  add_slo_rules(target_, alerts_, catalog);
  add_slo_panels(target_, alerts_, catalog);
}

void Slo::collect(SnapshotBuilder& out) const {
  const State& state = state_;
  const SeriesLabels labels = out.labels({{"slo", target_.name}});
  out.add(out.family(slo_metric(kSloEvents)), labels, static_cast<double>(state.total.events), state.created);
  out.add(out.family(slo_metric(kSloBadEvents)), labels, static_cast<double>(state.total.bad), state.created);
  out.add(out.family(slo_metric(kSloUnjudged)), labels, static_cast<double>(state.unjudged), state.created);
  out.add(out.family(slo_metric(kSloObjective)), labels, target_.objective);
  MetricFamily& burn_rates = out.family(slo_metric(kSloBurnRate));
  for (std::size_t i = 0; i + 1 < state.windows.size(); ++i) {
    const SlidingWindow& window = state.windows[i];
    if (window.sum().events == 0) {
      continue;
    }
    out.add(burn_rates, out.labels({{"slo", target_.name}, {"window", format_duration(window.width())}}),
            burn_rate(window.sum()));
  }
  MetricFamily& budget = out.family(slo_metric(kSloBudget));
  if (state.windows.back().sum().events != 0) {
    out.add(budget, labels, 1 - burn_rate(state.windows.back().sum()));
  }
}

void Slo::report(std::vector<MetricStatus>& out) const {
  MetricStatus status;
  status.name = "slo:" + target_.name;
  status.skipped = skipped_by_reason(state_.failures);
  out.push_back(std::move(status));
}

void check_objective(TableReader& reader, double objective) {
  if (objective > 0 && objective < 1 && error_budget(objective) > 0) {
    return;
  }
  std::string hint;
  if (objective > 1 && objective < 100) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.12g", objective / 100);
    hint = "; it is a ratio, not a percentage: did you mean " + std::string(text.data()) + "?";
  } else if (objective >= 1) {
    hint = "; an objective of 100 % leaves no error budget";
  }
  reader.error("objective", "'objective' is out of range; expected a number between 0 and 1, both exclusive" + hint);
}

SloTarget read_target(TableReader& reader) {
  SloTarget target;
  target.name = reader.required_string("name");
  target.period = reader.duration("period").value_or(kDefaultPeriod);
  if (!reader.has("objective")) {
    reader.missing("objective", "a number between 0 and 1 such as 0.999");
  } else if (const std::optional<double> objective = reader.number("objective")) {
    target.objective = *objective;
    check_objective(reader, *objective);
  }
  if (target.period < kShortestPeriod || target.period > kLongestPeriod || target.period % kPeriodStep != Duration{}) {
    reader.error("period", "'period' is " + format_duration(target.period) + "; expected whole hours from " +
                               format_duration(kShortestPeriod) + " to " + format_duration(kLongestPeriod));
  }
  return target;
}

Goodness read_goodness(TableReader& reader, const Schemas& schemas) {
  Goodness goodness;
  const bool by_good = reader.has("good");
  const bool by_value = reader.has("value") || reader.has("below");
  if (by_good == by_value) {
    reader.error(by_good ? "good" : "name",
                 by_good ? "both 'good' and 'value' are given; expected one of them"
                         : "no criterion for good events; expected 'good', or 'value' with 'below'");
  }
  goodness.good = SourceExpression::read(reader, "good", schemas, StaticType::kBool);
  goodness.value = NumericValue::read(reader, "value", schemas);
  const std::optional<double> below = reader.number("below");
  if (below && !std::isfinite(*below)) {
    reader.error("below", "'below' is not finite; expected the bound that values of good events stay under");
  }
  goodness.below = below.value_or(0);
  if (by_value && !reader.has("below")) {
    reader.missing("below", "the bound that values of good events stay under");
  }
  if (by_value && !reader.has("value")) {
    reader.missing("value", "an expression for the number to compare with 'below'");
  }
  return goodness;
}

}  // namespace

std::unique_ptr<Monitor> build_slo(MonitorContext& context) {
  TableReader& reader = context.reader;
  const ErrorCheck errors(reader);
  SloTarget target = read_target(reader);
  target.sources = context.sources;
  RecordFilter filter = RecordFilter::read(reader, context.schemas);
  Goodness goodness = read_goodness(reader, context.schemas);
  SloAlertSettings alerts = read_slo_alerts(reader, target.objective, target.period);
  if (errors.failed() || (!goodness.good && !goodness.value)) {
    return nullptr;
  }
  return std::make_unique<Slo>(std::move(target), std::move(alerts), std::move(filter), std::move(goodness),
                               context.started);
}

}  // namespace leeway
