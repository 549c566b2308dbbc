#include "agent/monitors/metric/gauge.h"

#include "agent/monitors/metric/metric_base.h"
#include "agent/monitors/metric/state_set.h"
#include "agent/monitors/shared/numeric_value.h"
#include "agent/panels/metric_panels.h"

namespace leeway {
namespace {

enum class Aggregate : std::uint8_t { kLast, kMin, kMax };

struct Reading {
  double value = 0;
  TimePoint time = kNoTime;  // of its record; kFirstPlausible if that has none

  bool replaced_by(const Reading& other, Aggregate aggregate) const {
    if (time == kNoTime) {
      return true;
    }
    switch (aggregate) {
      case Aggregate::kLast:
        return other.time >= time;
      case Aggregate::kMin:
        return other.value < value;
      case Aggregate::kMax:
        return other.value > value;
    }
    return false;
  }
};

class Gauge final : public MetricBase {
 public:
  // For dashboards: whether the expression can give nothing but 1 and 0.
  void declare(Catalog& catalog) const override {
    const std::string& text = value_.text();
    if (text.ends_with("? 1 : 0") || text.ends_with("? 0 : 1")) {
      add_state_panel(desc(), {}, catalog);
    } else {
      MetricBase::declare(catalog);
    }
  }

  Gauge(MetricDefinition definition, NumericValue value, Aggregate aggregate)
      : MetricBase(std::move(definition)), value_(std::move(value)), aggregate_(aggregate) {
    Gauge::resize(table().size());
  }

 private:
  void read_values(const RecordBatch& batch, Selection& rows, FailureCounts& failures) override {
    value_.evaluate(batch, rows, failures);
  }

  void record(const RecordBatch& batch, std::span<const Row> rows, std::span<const Series> series) override {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (series[i] != kNoSeries) {
        Reading& held = readings_[series[i]];
        const Reading reading{value_.numbers()[i], std::max(batch.times()[rows[i]], kFirstPlausible)};
        if (held.replaced_by(reading, aggregate_)) {
          held = reading;
        }
      }
    }
  }

  void resize(std::size_t size) override { readings_.resize(size); }

  void save_series(Series series, StateWriter& out) const override {
    out.f64(readings_[series].value);
    out.i64(readings_[series].time.time_since_epoch().count());
  }

  void load_series(Series series, StateReader& in) override {
    readings_[series].value = in.f64();
    readings_[series].time = TimePoint(Duration(in.i64()));
  }

  void forget_series(Series series) override { readings_[series] = {}; }

  void collect_series(Series series, MetricFamily& family, SnapshotBuilder& out) const override {
    out.add(family, table().labels(series), readings_[series].value);
  }

  NumericValue value_;
  Aggregate aggregate_;
  std::vector<Reading> readings_;  // by series
};

}  // namespace

std::unique_ptr<Monitor> build_gauge(MonitorContext& context) {
  TableReader& reader = context.reader;
  if (reader.has("states")) {
    return build_state_set(context);
  }
  const ErrorCheck errors(reader);
  MetricDefinition definition = MetricDefinition::read(context, MetricType::kGauge);
  if (!reader.has("value")) {
    reader.missing("value", "an expression for the number to show");
  }
  std::optional<NumericValue> value = NumericValue::read(reader, "value", context.schemas);
  const std::string aggregate = reader.choice("aggregate", {"last", "min", "max"}, "last");
  if (errors.failed() || !value) {
    return nullptr;
  }
  if (definition.desc.help.empty()) {
    const std::string word = aggregate == "last" ? "Last" : aggregate == "min" ? "Smallest" : "Largest";
    definition.desc.help = word + " value of " + value->text() + " in records" + definition.filter.clause() + ".";
  }
  const Aggregate kind = aggregate == "last"  ? Aggregate::kLast
                         : aggregate == "min" ? Aggregate::kMin
                                              : Aggregate::kMax;
  return std::make_unique<Gauge>(std::move(definition), std::move(*value), kind);
}

}  // namespace leeway
