#include "agent/monitors/window/window.h"

#include <array>
#include <cstring>

#include "agent/core/units.h"
#include "agent/metrics/label_interner.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/shared/label_set.h"
#include "agent/monitors/shared/numeric_value.h"
#include "agent/monitors/shared/record_filter.h"
#include "agent/monitors/shared/segments.h"
#include "agent/monitors/window/window_metrics.h"
#include "agent/monitors/window/window_rules.h"
#include "agent/monitors/window/window_state.h"
#include "agent/sketches/top_keys.h"

namespace leeway {
namespace {

// The same for equal numbers, however they were written; a number is not the text of it. All bits are well mixed.
std::uint64_t hash_of_value(const Value& value) {
  if (value.kind == ValueKind::kString) {
    return hash_text(value.string());
  }
  if (value.kind == ValueKind::kBool) {
    return hash_text(value.boolean ? "\x01"
                                     "true"
                                   : "\x01"
                                     "false");
  }
  std::array<char, sizeof(double) + 1> bytes{'\x02'};
  const double number = value.as_double() + 0.0;  // -0 is 0
  std::memcpy(&bytes[1], &number, sizeof(number));
  return hash_text({bytes.data(), bytes.size()});
}

// The expressions of an entry.
struct WindowInput {
  RecordFilter filter;
  LabelSet labels;
  std::optional<SourceExpression> good;
  std::optional<NumericValue> value;
  std::optional<SourceExpression> anything;  // a value of any kind
};

class Window final : public Monitor {
 public:
  Window(WindowSettings settings, WindowInput input, TimePoint started)
      : settings_(std::move(settings)), input_(std::move(input)), started_(started), state_(fresh()) {
    resize(state_);
  }

  void observe(const RecordBatch& batch) override;
  void advance(TimePoint now) override {
    state_.now = std::max(state_.now, now);
    state_.table.advance(now);
  }
  std::uint32_t state_version() const override { return SpreadCell::kOriginVersion; }
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
    TimePoint first = kNoTime;   // of all records of the sources, the earliest time
    TimePoint newest = kNoTime;  // and the latest
    TimePoint now = kNoTime;     // the event clock
    std::uint64_t late = 0;
  };

  State fresh() const {
    State state{SeriesTable(input_.labels.options()), {}};
    if (input_.labels.options().labels.empty()) {
      state.table.create({}, started_);
    }
    return state;
  }
  void resize(State& state) const {
    while (state.windows.size() < state.table.size()) {
      state.windows.push_back(make_window_state(settings_));
    }
  }
  void read_hashes(const RecordBatch& batch, Selection& rows);
  void decide_hits(const RecordBatch& batch, Selection& rows);
  void see_times(std::span<const TimePoint> times, Row& from, Row end);
  static constexpr std::size_t kMostListed = 100;  // sets of label values with a list of frequent values

  void list_top(std::vector<TopValues>& out) const;
  void collect_series(Series series, SnapshotBuilder& out) const;
  Expected<void> load(State& state, StateReader& in) const;

  WindowSettings settings_;
  WindowInput input_;
  TimePoint started_;
  LabelInterner texts_{{}, TopKeys::kMostBytes, 0};  // of the aggregate top
  State state_;
  std::vector<std::uint8_t> hits_;     // of the selected rows of the batch, if there is `good`
  std::vector<std::uint64_t> hashes_;  // or a value of any kind
  std::vector<Value> values_;          // with hashes_, of the aggregate top
  std::vector<Series> series_;         // of the selected rows
};

// Rows without a verdict leave `rows`.
void Window::decide_hits(const RecordBatch& batch, Selection& rows) {
  const std::span<const Value> values = input_.good->of(batch).evaluate(batch, rows);
  hits_.resize(rows.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (values[i].kind == ValueKind::kBool) {
      hits_[kept] = values[i].boolean ? 1 : 0;
      rows[kept++] = rows[i];
      continue;
    }
    const Failure failure = LabelInterner::failure_of(values[i]);
    ++state_.failures[static_cast<std::size_t>(failure == Failure::kNone ? Failure::kWrongType : failure)];
  }
  rows.resize(kept);
}

// Rows without a value leave `rows`.
void Window::read_hashes(const RecordBatch& batch, Selection& rows) {
  const std::span<const Value> values = input_.anything->of(batch).evaluate(batch, rows);
  hashes_.resize(rows.size());
  values_.assign(settings_.aggregate == WindowAggregate::kTop ? rows.size() : 0, {});
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (const Failure failure = LabelInterner::failure_of(values[i]); failure != Failure::kNone) {
      ++state_.failures[static_cast<std::size_t>(failure)];
      continue;
    }
    hashes_[kept] = hash_of_value(values[i]);
    if (!values_.empty()) {
      values_[kept] = values[i];
    }
    rows[kept++] = rows[i];
  }
  rows.resize(kept);
}

// Also of records that are not selected: which records are late must not depend on how records are divided into
// batches.
void Window::see_times(std::span<const TimePoint> times, Row& from, Row end) {
  for (; from < end; ++from) {
    state_.newest = std::max(state_.newest, times[from]);
    if (times[from] != kNoTime && (state_.first == kNoTime || times[from] < state_.first)) {
      state_.first = times[from];
    }
  }
}

void Window::observe(const RecordBatch& batch) {
  Selection& rows = input_.filter.select(batch, state_.failures);
  if (!rows.empty() && input_.good) {
    decide_hits(batch, rows);
  }
  if (!rows.empty() && input_.value) {
    input_.value->evaluate(batch, rows, state_.failures);
  }
  if (!rows.empty() && input_.anything) {
    read_hashes(batch, rows);
  }
  const std::span<const TimePoint> times = batch.times();
  state_.table.resolve(input_.labels.columns(batch, rows), rows, times, series_, state_.failures);
  resize(state_);
  Row seen = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    see_times(times, seen, rows[i] + 1);
    if (!is_judged(series_[i])) {
      continue;
    }
    Observation record{times[rows[i]]};
    if (input_.value) {
      record.value = input_.value->numbers()[i];
    }
    if (input_.anything) {
      record.hash = hashes_[i];
    }
    if (!values_.empty()) {
      record.raw = &values_[i];
      record.texts = &texts_;
    }
    record.hit = input_.good ? hits_[i] != 0 : settings_.is_within(record.value);
    const bool late = record.time == kNoTime || record.time < state_.newest - settings_.lateness;
    if (late || !state_.windows[series_[i]]->add(record)) {
      ++state_.late;
    }
  }
  see_times(times, seen, static_cast<Row>(times.size()));
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
    if (*reading.usual != 0) {
      out.add(out.family(settings_.times_usual), labels, *reading.value / *reading.usual);
    }
  }
}

void Window::collect(SnapshotBuilder& out) const {
  // Without labels there is a series from the start; it has been seen once its source has.
  for (Series series = kFirstSeries; series < state_.table.size(); ++series) {
    const bool seen = state_.table.updated(series) || input_.labels.options().labels.empty();
    if (seen && state_.first != kNoTime && state_.table.visible(series)) {
      collect_series(series, out);
    }
  }
  const std::string& name = settings_.desc.name;
  out.add(out.family(window_metric(kWindowLate)), out.labels({{"window", name}}), static_cast<double>(state_.late),
          started_);
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
  out.u64(state_.late);
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
  state.late = in.u64();
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
  const bool is_number = settings.kind().input == WindowInputKind::kNumber;
  WindowInput input{RecordFilter::read(reader, context.schemas),
                    LabelSet::read(reader, context.schemas, MetricType::kGauge, {"labels", false}),
                    SourceExpression::read(reader, "good", context.schemas, StaticType::kBool), std::nullopt,
                    std::nullopt};
  if (is_number) {
    input.value = NumericValue::read(reader, "value", context.schemas);
  } else {
    input.anything = SourceExpression::read(reader, "value", context.schemas);
  }
  if (errors.failed()) {
    return nullptr;
  }
  const std::string subject = input.value      ? input.value->text()
                              : input.anything ? input.anything->text()
                              : input.good     ? input.good->text()
                                               : "";
  complete_window_metrics(subject, input.filter.clause(), input.labels.names(), settings);
  return std::make_unique<Window>(std::move(settings), std::move(input), context.started);
}

}  // namespace leeway
