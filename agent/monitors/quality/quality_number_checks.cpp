#include <algorithm>
#include <cmath>

#include "agent/metrics/label_interner.h"
#include "agent/monitors/quality/quality_checks.h"
#include "agent/monitors/quality/quality_values.h"
#include "agent/sketches/kll_sketch.h"
#include "agent/sketches/moments.h"

namespace leeway {
namespace {

constexpr std::uint32_t kQuantileItems = 1024;  // 25 KiB, 0.3 % of rank
constexpr std::size_t kLongestGroup = 128;      // bytes of a group's text
constexpr std::size_t kCachedGroups = 4096;

class MomentsCheck final : public QualityCheck {
 public:
  using QualityCheck::QualityCheck;
  void add(const QualityRows& rows) override {
    const std::span<const Value> values = rows.inputs[settings_.inputs.front()];
    for (const std::uint32_t place : rows.places) {
      if (const std::optional<double> number = usable_number(values[place])) {
        moments_.add(*number);
      }
    }
  }
  void clear_run() override { moments_ = {}; }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override {
    switch (settings_.kind) {
      case QualityKind::kMean:
        return {.value = moments_.mean(), .rows = moments_.count()};
      case QualityKind::kStd:
        return {.value = moments_.standard_deviation(), .rows = moments_.count()};
      case QualityKind::kMinimum:
        return {.value = moments_.minimum(), .rows = moments_.count()};
      case QualityKind::kMaximum:
        return {.value = moments_.maximum(), .rows = moments_.count()};
      default:
        break;
    }
    const std::optional<double> now =
        settings_.kind == QualityKind::kMeanChange ? moments_.mean() : moments_.standard_deviation();
    return {.value = change(now), .previous_value = now, .rows = moments_.count()};
  }
  void save_run(StateWriter& out) const override { moments_.save(out); }
  Expected<void> load_run(StateReader& in) override {
    moments_.load(in, in.version() >= kMeanRestVersion);
    return {};
  }

 private:
  Moments moments_;
};

class QuantileCheck final : public QualityCheck {
 public:
  explicit QuantileCheck(const QualityCheckSettings& settings) : QualityCheck(settings), sketch_(kQuantileItems) {}
  void add(const QualityRows& rows) override {
    const std::span<const Value> values = rows.inputs[settings_.inputs.front()];
    for (const std::uint32_t place : rows.places) {
      if (const std::optional<double> number = usable_number(values[place])) {
        sketch_.add(*number);
      }
    }
  }
  void clear_run() override { sketch_ = KllSketch(kQuantileItems); }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override {
    if (sketch_.count() == 0) {
      return {.rows = 0};
    }
    const double rank = std::ceil(settings_.quantile * static_cast<double>(sketch_.count()));
    const auto least = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rank));
    return {.value = value_at_rank(sketch_.sorted(), least), .exact = sketch_.exact(), .rows = sketch_.count()};
  }
  void save_run(StateWriter& out) const override { sketch_.save(out); }
  Expected<void> load_run(StateReader& in) override { return sketch_.load(in); }

 private:
  KllSketch sketch_;
};

// Over the rows in which both are finite numbers.
class CorrelationCheck final : public QualityCheck {
 public:
  using QualityCheck::QualityCheck;
  void add(const QualityRows& rows) override {
    for (const std::uint32_t place : rows.places) {
      const Value& first = rows.inputs[settings_.inputs[0]][place];
      const Value& second = rows.inputs[settings_.inputs[1]][place];
      const std::optional<double> x = finite_number_of(first);
      const std::optional<double> y = finite_number_of(second);
      if (x && y) {
        moments_.add(*x, *y);
      } else if (!is_absent(first) && !is_absent(second)) {
        leave_out();
      }
    }
  }
  void clear_run() override { moments_ = {}; }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override {
    return {.value = moments_.correlation(), .rows = moments_.count()};
  }
  void save_run(StateWriter& out) const override { moments_.save(out); }
  Expected<void> load_run(StateReader& in) override {
    moments_.load(in, in.version() >= kMeanRestVersion);
    return {};
  }

 private:
  CoMoments moments_;
};

// Means of the named groups, in the order in which they should ascend; other and empty groups do not count.
class GroupOrderCheck final : public QualityCheck {
 public:
  explicit GroupOrderCheck(const QualityCheckSettings& settings)
      : QualityCheck(settings),
        texts_(LabelSpec{"group"}, kLongestGroup, kCachedGroups),
        groups_(settings.texts.size()) {
    for (const std::string& text : settings.texts) {
      texts_.add_text(std::string(texts_.limited(text)));
    }
  }
  void add(const QualityRows& rows) override {
    for (const std::uint32_t place : rows.places) {
      const LabelInterner::Code group = texts_.find(rows.inputs[settings_.inputs[0]][place]);
      if (group >= groups_.size()) {
        continue;
      }
      if (const std::optional<double> number = usable_number(rows.inputs[settings_.inputs[1]][place])) {
        groups_[group].add(*number);
      }
    }
  }
  void clear_run() override { groups_.assign(groups_.size(), {}); }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override {
    std::vector<double> means;
    std::uint64_t rows = 0;
    for (const Moments& group : groups_) {
      rows += group.count();
      if (const std::optional<double> mean = group.mean()) {
        means.push_back(*mean);
      }
    }
    if (means.size() < 2) {
      return {.rows = rows};
    }
    double wrong = 0;
    for (std::size_t i = 1; i < means.size(); ++i) {
      wrong += means[i] > means[i - 1] ? 0 : 1;
    }
    return {.value = wrong, .rows = rows};
  }
  void save_run(StateWriter& out) const override {
    for (const Moments& group : groups_) {
      group.save(out);
    }
  }
  Expected<void> load_run(StateReader& in) override {
    for (Moments& group : groups_) {
      group.load(in, in.version() >= kMeanRestVersion);
    }
    return {};
  }

 private:
  LabelInterner texts_;
  std::vector<Moments> groups_;
};

}  // namespace

std::unique_ptr<QualityCheck> make_number_check(const QualityCheckSettings& settings) {
  switch (settings.kind) {
    case QualityKind::kMean:
    case QualityKind::kStd:
    case QualityKind::kMinimum:
    case QualityKind::kMaximum:
    case QualityKind::kMeanChange:
    case QualityKind::kStdChange:
      return std::make_unique<MomentsCheck>(settings);
    case QualityKind::kQuantile:
      return std::make_unique<QuantileCheck>(settings);
    case QualityKind::kCorrelation:
      return std::make_unique<CorrelationCheck>(settings);
    case QualityKind::kGroupOrder:
      return std::make_unique<GroupOrderCheck>(settings);
    default:
      return nullptr;
  }
}

}  // namespace leeway
