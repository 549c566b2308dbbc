#include "agent/monitors/window/window.h"

#include <cmath>
#include <limits>

#include "agent/core/units.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/shared/segments.h"
#include "agent/monitors/shared/source_merge.h"
#include "agent/monitors/window/window_input.h"
#include "agent/monitors/window/window_metrics.h"
#include "agent/monitors/window/window_ranges.h"
#include "agent/monitors/window/window_rules.h"
#include "agent/monitors/window/window_state.h"

namespace leeway {
namespace {

// Of one source of a replay, until the others are as far.
struct WaitingRecord {
  Series series = 0;
  Observation record{};
  std::optional<std::string> text{};  // of the value that it points to
};

constexpr std::uint32_t kTimelyVersion = 3;  // of the encoding: the first one with the number of timely records

// What is usually nothing is infinitely many times that: an alert on it must not be quiet.
std::optional<double> times_of(double value, double usual) {
  if (usual != 0) {
    return value / usual;
  }
  return value == 0 ? std::nullopt : std::optional(std::copysign(std::numeric_limits<double>::infinity(), value));
}

class Window final : public Monitor {
 public:
  Window(WindowSettings settings, WindowInput input, TimePoint started, std::size_t sources)
      : settings_(std::move(settings)),
        input_(std::move(input)),
        started_(started),
        sources_(sources),
        state_(fresh()) {
    resize(state_);
  }

  void observe(const RecordBatch& batch) override;
  void advance(TimePoint now) override {
    state_.now = std::max(state_.now, now);
    state_.table.advance(now);
  }
  Duration tolerated_disorder() const override { return settings_.lateness / kOneIn; }
  bool merge_sources() override;
  Duration shortest_window() const override { return settings_.over; }
  void complete(TimePoint time) override;
  std::uint32_t state_version() const override { return kTimelyVersion; }
  void save(StateWriter& out) const override;
  Expected<void> load(StateReader& in) override;
  void describe(MetricCatalog& catalog) const override { describe_window_metrics(settings_, catalog); }
  void declare(Catalog& catalog) const override { add_window_rules(settings_, catalog); }
  void collect(SnapshotBuilder& out) const override;
  void report(std::vector<MetricStatus>& out) const override;

 private:
  struct State {
    SeriesTable table;
    std::vector<std::unique_ptr<WindowState>> windows;  // by series
    FailureCounts failures{};
    TimePoint first = kNoTime;   // of all records of the sources that were not late, the earliest time
    TimePoint newest = kNoTime;  // of all, the latest
    TimePoint now = kNoTime;     // the event clock
    LateRecords late{};
  };

  State fresh() const {
    State state{SeriesTable(input_.labels().options()), {}};
    if (input_.labels().options().labels.empty()) {
      state.table.create({}, started_);
    }
    return state;
  }
  void resize(State& state) const {
    while (state.windows.size() < state.table.size()) {
      state.windows.push_back(make_window_state(settings_));
    }
  }
  bool is_late(TimePoint time, TimePoint newest) const { return time == kNoTime || time < newest - settings_.lateness; }
  void see_times(std::size_t source, std::span<const TimePoint> times, Row& from, Row end);
  void give(std::size_t source, Series series, const Observation& record);
  void take(Series series, const Observation& record);
  void take_merged(TimePoint order, const WaitingRecord& waiting);
  static constexpr int kOneIn = 10;  // of `lateness`: most of it is for records that are late in their file
  static constexpr std::size_t kMostListed = 100;  // sets of label values with a list of frequent values

  void list_top(std::vector<TopValues>& out) const;
  void collect_series(Series series, SnapshotBuilder& out) const;
  Expected<void> load(State& state, StateReader& in) const;

  WindowSettings settings_;
  WindowInput input_;
  TimePoint started_;
  std::size_t sources_;
  State state_;
  std::optional<SourceMerge<WaitingRecord>> merge_;  // of a replay of several sources
  std::vector<Series> series_;                       // of the selected rows
};

// Also of records that are not selected: which records are late must not depend on how records are divided into
// batches.
void Window::see_times(std::size_t source, std::span<const TimePoint> times, Row& from, Row end) {
  for (; from < end; ++from) {
    const TimePoint time = times[from];
    const TimePoint newest = merge_ ? merge_->see(source, time) : std::max(state_.newest, time);
    if (!merge_) {
      state_.newest = newest;
    }
    if (!is_late(time, newest) && (state_.first == kNoTime || time < state_.first)) {
      state_.first = time;
    }
  }
}

void Window::take(Series series, const Observation& record) {
  if (!is_late(record.time, state_.newest) && state_.windows[series]->add(record)) {
    ++state_.late.timely;
    return;
  }
  ++state_.late.records;
  if (state_.late.first == kNoTime && record.time != kNoTime) {
    state_.late.first = record.time;
    state_.late.behind = state_.newest - record.time;
  }
}

void Window::take_merged(TimePoint order, const WaitingRecord& waiting) {
  state_.newest = std::max(state_.newest, order);
  if (!waiting.text) {
    take(waiting.series, waiting.record);
    return;
  }
  const Value value = Value::of_string(*waiting.text);
  Observation record = waiting.record;
  record.raw = &value;
  take(waiting.series, record);
}

void Window::give(std::size_t source, Series series, const Observation& record) {
  if (!merge_) {
    take(series, record);
    return;
  }
  const auto merged = [this](TimePoint order, const WaitingRecord& waiting) { take_merged(order, waiting); };
  if (merge_->is_full()) {
    merge_->release_first(merged);
  }
  WaitingRecord waiting{series, record};
  if (record.raw != nullptr) {
    waiting.text = record.texts->text_of(*record.raw);
    waiting.record.raw = nullptr;
  }
  merge_->push(source, std::move(waiting));
}

bool Window::merge_sources() {
  if (sources_ > 1) {
    merge_.emplace(sources_);
  }
  return merge_.has_value();
}

void Window::complete(TimePoint time) {
  merge_->release(time, [this](TimePoint order, const WaitingRecord& waiting) { take_merged(order, waiting); });
  state_.newest = std::max(state_.newest, std::min(time, merge_->latest()));
  state_.now = std::max(state_.now, state_.newest);
}

void Window::observe(const RecordBatch& batch) {
  Selection& rows = input_.select(batch, settings_, state_.failures);
  const std::span<const TimePoint> times = batch.times();
  state_.table.resolve(input_.labels().columns(batch, rows), rows, times, series_, state_.failures);
  resize(state_);
  Row seen = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    see_times(batch.input(), times, seen, rows[i] + 1);
    if (is_judged(series_[i])) {
      give(batch.input(), series_[i], input_.observation(i, times[rows[i]], settings_));
    }
  }
  see_times(batch.input(), times, seen, static_cast<Row>(times.size()));
  state_.now = std::max(state_.now, state_.newest);
}

void Window::collect_series(Series series, SnapshotBuilder& out) const {
  const WindowReading reading = state_.windows[series]->read(state_.now, state_.first);
  const SeriesLabels labels = state_.table.labels(series);
  MetricFamily& values = out.family(settings_.desc);
  if (reading.value) {
    out.add(values, labels, *reading.value);
  }
  if (settings_.has_samples()) {
    out.add(out.family(settings_.samples), labels, static_cast<double>(reading.samples));
  }
  if (!reading.usual) {
    return;
  }
  out.add(out.family(settings_.usual_value), labels, *reading.usual);
  if (reading.value) {
    out.add(out.family(settings_.above_usual), labels, *reading.value - *reading.usual);
    if (const std::optional<double> times = times_of(*reading.value, *reading.usual)) {
      out.add(out.family(settings_.times_usual), labels, *times);
    }
  }
}

void Window::collect(SnapshotBuilder& out) const {
  // Without labels there is a series from the start; it has been seen once its source has.
  for (Series series = kFirstSeries; series < state_.table.size(); ++series) {
    const bool seen = state_.table.updated(series) || input_.labels().options().labels.empty();
    if (seen && state_.first != kNoTime && state_.table.visible(series)) {
      collect_series(series, out);
    }
  }
  const std::string& name = settings_.desc.name;
  out.add(out.family(window_metric(kWindowLate)), out.labels({{"window", name}}),
          static_cast<double>(state_.late.records), started_);
  out.add(out.family(window_metric(kWindowTimely)), out.labels({{"window", name}}),
          static_cast<double>(state_.late.timely), started_);
  std::vector<std::pair<const char*, std::string>> info{{"window", name}, {"aggregate", settings_.kind().name}};
  if (settings_.kind().has_window) {
    info.emplace_back("over", format_duration(settings_.over));
    info.emplace_back("step", format_duration(settings_.step));
  }
  std::vector<Label> labels;
  labels.reserve(info.size());
  for (const auto& [label, value] : info) {
    labels.push_back({label, value});
  }
  out.add(out.family(window_metric(kWindowInfo)), out.labels(labels), 1);
}

void Window::list_top(std::vector<TopValues>& out) const {
  for (Series series = kFirstSeries; series < state_.table.size() && out.size() < kMostListed; ++series) {
    TopValues top = state_.windows[series]->top(state_.now);
    if (!top.values.empty() && state_.table.visible(series)) {
      for (const Label& label : state_.table.labels(series).pairs()) {
        top.labels.emplace_back(label.name, label.value);
      }
      out.push_back(std::move(top));
    }
  }
}

void Window::report(std::vector<MetricStatus>& out) const {
  MetricStatus status;
  status.name = settings_.desc.name;
  state_.table.report(status);
  status.skipped = skipped_by_reason(state_.failures);
  status.late = state_.late;
  status.late.allowed = settings_.lateness;
  if (settings_.aggregate == WindowAggregate::kTop) {
    list_top(status.top);
  }
  out.push_back(std::move(status));
}

void Window::save(StateWriter& out) const {
  state_.table.save(out);
  for (Series series = kFirstSeries; series < state_.windows.size(); ++series) {
    state_.windows[series]->save(out);
  }
  save_failures(state_.failures, out);
  for (const TimePoint time : {state_.first, state_.newest, state_.now}) {
    out.i64(time.time_since_epoch().count());
  }
  out.u64(state_.late.records);
  out.u64(state_.late.timely);
}

Expected<void> Window::load(State& state, StateReader& in) const {
  if (Expected<void> loaded = state.table.load(in); !loaded) {
    return loaded;
  }
  resize(state);
  for (Series series = kFirstSeries; series < state.windows.size(); ++series) {
    if (!state.windows[series]->load(in)) {
      return Error{ErrorCode::kCorrupt, "saved window is invalid"};
    }
  }
  state.failures = load_failures(in);
  for (TimePoint* const time : {&state.first, &state.newest, &state.now}) {
    *time = TimePoint(Duration(in.i64()));
  }
  state.late.records = in.u64();
  state.late.timely = in.version() >= kTimelyVersion ? in.u64() : 0;
  return in.expect_end();
}

Expected<void> Window::load(StateReader& in) {
  State state = fresh();
  Expected<void> loaded = load(state, in);
  if (loaded) {
    state_ = std::move(state);
  }
  return loaded;
}

}  // namespace

std::unique_ptr<Monitor> build_window(MonitorContext& context) {
  TableReader& reader = context.reader;
  const ErrorCheck errors(reader);
  WindowSettings settings = read_window_settings(reader);
  std::optional<WindowInput> input = WindowInput::read(reader, context.schemas, settings.kind().input);
  if (errors.failed() || !input) {
    reader.accept("alerts");
    return nullptr;
  }
  complete_window_metrics(input->subject(), input->clause(), input->labels().names(), settings);
  set_window_ranges(input->labels().options().expire.value_or(Duration{}), settings);
  settings.alerts = read_window_alerts(reader, settings);
  if (errors.failed()) {
    return nullptr;
  }
  return std::make_unique<Window>(std::move(settings), std::move(*input), context.started,
                                  context.schemas.all().size());
}

}  // namespace leeway
