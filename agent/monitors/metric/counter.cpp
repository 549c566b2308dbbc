#include "agent/monitors/metric/counter.h"

#include <algorithm>

#include "agent/monitors/metric/metric_base.h"
#include "agent/monitors/shared/numeric_value.h"

namespace leeway {
namespace {

// Doubles up to here are exact whole numbers.
constexpr double kLargestExact = 9007199254740992.0;
// Beyond this, a further value might overflow.
constexpr std::uint64_t kLargestWhole = std::uint64_t{1} << 63;

struct Sum {
  std::uint64_t whole = 0;  // of the whole numbers
  double rest = 0;          // of all other values

  // `value` is not negative.
  void add(double value) {
    if (value <= kLargestExact && whole < kLargestWhole) {
      const auto digits = static_cast<std::int64_t>(value);
      if (static_cast<double>(digits) == value) {
        whole += static_cast<std::uint64_t>(digits);
        return;
      }
    }
    rest += value;
  }
  double total() const { return static_cast<double>(whole) + rest; }
};

class Counter final : public MetricBase {
 public:
  Counter(MetricDefinition definition, std::optional<NumericValue> value)
      : MetricBase(std::move(definition)), value_(std::move(value)) {
    Counter::resize(table().size());
  }

 private:
  void read_values(const RecordBatch& batch, Selection& rows, FailureCounts& failures) override {
    if (!value_) {
      return;
    }
    value_->evaluate(batch, rows, failures);
    std::vector<double>& numbers = value_->numbers();
    const auto negative = std::find_if(numbers.begin(), numbers.end(), [](double number) { return number < 0; });
    std::size_t kept = static_cast<std::size_t>(negative - numbers.begin());
    for (std::size_t i = kept; i < rows.size(); ++i) {
      if (numbers[i] < 0) {
        ++failures[static_cast<std::size_t>(Failure::kNegative)];
        value_->note_skipped(batch, rows[i], Failure::kNegative);
        continue;
      }
      numbers[kept] = numbers[i];
      rows[kept++] = rows[i];
    }
    rows.resize(kept);
  }

  void record(const RecordBatch&, std::span<const Row>, std::span<const Series> series) override {
    if (value_) {
      const double* const values = value_->numbers().data();
      add_each(series, [values](std::size_t i, Sum& sum) { sum.add(values[i]); });
    } else {
      add_each(series, [](std::size_t, Sum& sum) { ++sum.whole; });
    }
  }

  // Calls add(i, sum) for each record, with the sum of its series. Consecutive records are often of one series: its sum
  // stays in registers.
  template <typename Add>
  void add_each(std::span<const Series> series, Add add) {
    Series held = kNoSeries;
    Sum sum;  // of `held`
    for (std::size_t i = 0; i < series.size(); ++i) {
      const Series at = series.data()[i];
      if (at != held) {
        put_back(held, sum);
        held = at;
        sum = at == kNoSeries ? Sum() : sums_.data()[at];
      }
      add(i, sum);
    }
    put_back(held, sum);
  }

  void put_back(Series series, const Sum& sum) {
    if (series != kNoSeries) {
      sums_.data()[series] = sum;
    }
  }

  void resize(std::size_t size) override { sums_.resize(size); }

  void save_series(Series series, StateWriter& out) const override {
    out.u64(sums_[series].whole);
    out.f64(sums_[series].rest);
  }

  void load_series(Series series, StateReader& in) override {
    sums_[series].whole = in.u64();
    sums_[series].rest = in.f64();
  }

  void collect_series(Series series, MetricFamily& family, SnapshotBuilder& out) const override {
    out.add(family, table().labels(series), sums_[series].total(), table().created(series));
  }

  std::optional<NumericValue> value_;
  std::vector<Sum> sums_;  // by series
};

}  // namespace

std::unique_ptr<Monitor> build_counter(MonitorContext& context) {
  const ErrorCheck errors(context.reader);
  MetricDefinition definition = MetricDefinition::read(context, MetricType::kCounter);
  std::optional<NumericValue> value = NumericValue::read(context.reader, "value", context.schemas);
  if (definition.desc.help.empty()) {
    definition.desc.help = (value ? "Sum of " + value->text() + " over records" : std::string("Number of records")) +
                           definition.filter.clause() + ".";
  }
  if (errors.failed()) {
    return nullptr;
  }
  return std::make_unique<Counter>(std::move(definition), std::move(value));
}

}  // namespace leeway
