#include "agent/monitors/metric/state_set.h"

#include <algorithm>

#include "agent/monitors/metric/metric_base.h"
#include "agent/panels/metric_panels.h"

namespace leeway {
namespace {

constexpr std::string_view kStateLabel = "state";
constexpr std::size_t kMostStates = 100;

class StateSet final : public MetricBase {
 public:
  StateSet(MetricDefinition definition, SourceExpression value, std::vector<std::string> states)
      : MetricBase(std::move(definition)), value_(std::move(value)), states_(std::move(states)) {
    StateSet::resize(table().size());
  }

  void declare(Catalog& catalog) const override { add_state_panel(desc(), states_, catalog); }

  void report(std::vector<MetricStatus>& out) const override {
    MetricBase::report(out);
    out.back().held *= states_.size();
    out.back().series_limit *= states_.size();
  }

 private:
  struct Held {
    std::size_t state = 0;
    TimePoint time = kNoTime;
  };

  void read_values(const RecordBatch& batch, Selection& rows, FailureCounts& failures) override {
    Expression& expression = value_.of(batch);
    const std::span<const Value> values = expression.evaluate(batch, rows);
    current_.resize(rows.size());
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Failure failure = find(values[i], current_[kept]);
      if (failure == Failure::kNone) {
        rows[kept++] = rows[i];
      } else {
        ++failures[static_cast<std::size_t>(failure)];
        expression.note_skipped(batch, rows[i], failure);
      }
    }
    rows.resize(kept);
  }

  Failure find(const Value& value, std::size_t& state) const {
    if (const Failure failure = LabelInterner::failure_of(value); failure != Failure::kNone) {
      return failure;
    }
    if (value.kind != ValueKind::kString) {
      return Failure::kWrongType;
    }
    const auto found = std::find(states_.begin(), states_.end(), value.string());
    state = static_cast<std::size_t>(found - states_.begin());
    return found == states_.end() ? Failure::kUnknownValue : Failure::kNone;
  }

  void record(const RecordBatch& batch, std::span<const Row> rows, std::span<const Series> series) override {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const TimePoint time = batch.times()[rows[i]];
      if (series[i] != kNoSeries && time >= held_[series[i]].time) {
        held_[series[i]] = {current_[i], time};
      }
    }
  }

  void resize(std::size_t size) override { held_.resize(size); }

  void save_series(Series series, StateWriter& out) const override {
    out.u64(held_[series].state);
    out.i64(held_[series].time.time_since_epoch().count());
  }

  void load_series(Series series, StateReader& in) override {
    held_[series].state = in.u64();
    held_[series].time = TimePoint(Duration(in.i64()));
  }

  void forget_series(Series series) override { held_[series] = {}; }

  void collect_series(Series series, MetricFamily& family, SnapshotBuilder& out) const override {
    const std::span<const Label> own = table().labels(series).pairs();
    std::vector<Label> pairs(own.begin(), own.end());
    Label& label = pairs.emplace_back(Label{kStateLabel, {}});
    for (std::size_t state = 0; state < states_.size(); ++state) {
      label.value = states_[state];
      out.add(family, out.labels(pairs), held_[series].state == state ? 1 : 0);
    }
  }

  SourceExpression value_;
  std::vector<std::string> states_;
  std::vector<Held> held_;            // by series
  std::vector<std::size_t> current_;  // states of the selected rows of the batch
};

std::vector<std::string> read_states(TableReader& reader) {
  std::vector<std::string> states = reader.strings("states").value_or(std::vector<std::string>{});
  if (states.empty() || states.size() > kMostStates) {
    reader.error("states", "'states' has " + std::to_string(states.size()) + " entries; expected 1 to " +
                               std::to_string(kMostStates));
  }
  std::vector<std::string> sorted = states;
  std::sort(sorted.begin(), sorted.end());
  if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end()) {
    reader.error("states", "'states' lists '" + *twice + "' twice");
  }
  return states;
}

}  // namespace

std::unique_ptr<Monitor> build_state_set(MonitorContext& context) {
  TableReader& reader = context.reader;
  const ErrorCheck errors(reader);
  MetricDefinition definition = MetricDefinition::read(context, MetricType::kGauge);
  if (!reader.has("value")) {
    reader.missing("value", "an expression for the name of the state");
  }
  std::optional<SourceExpression> value = SourceExpression::read(reader, "value", context.schemas, StaticType::kString);
  std::vector<std::string> states = read_states(reader);
  definition.desc.range = {0, 1, "a state holds or does not", "a state holds or does not"};
  std::vector<std::string>& names = definition.desc.label_names;
  if (std::find(names.begin(), names.end(), kStateLabel) != names.end()) {
    reader.error("labels", "label 'state' is taken by the states of the gauge; expected another name");
  }
  names.emplace_back(kStateLabel);
  if (errors.failed() || !value) {
    return nullptr;
  }
  SeriesOptions& options = definition.labels.options();
  options.max_series = std::max<std::size_t>(1, options.max_series / states.size());
  if (definition.desc.help.empty()) {
    definition.desc.help =
        "1 for the last state of " + value->text() + " in records" + definition.filter.clause() + ", 0 for the others.";
  }
  return std::make_unique<StateSet>(std::move(definition), std::move(*value), std::move(states));
}

}  // namespace leeway
