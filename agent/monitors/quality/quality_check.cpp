#include "agent/monitors/quality/quality_check.h"

#include <algorithm>
#include <cmath>

#include "agent/metrics/label_interner.h"
#include "agent/monitors/quality/quality_share.h"
#include "agent/monitors/quality/quality_values.h"
#include "agent/sketches/hyper_log_log.h"
#include "agent/sketches/key_counter.h"
#include "agent/sketches/kll_sketch.h"
#include "agent/sketches/moments.h"

namespace leeway {
namespace {

constexpr int kDistinctPrecision = 14;          // 16 KiB, 0.8 %
constexpr std::uint32_t kQuantileItems = 1024;  // 25 KiB, 0.3 % of rank
constexpr std::size_t kLongestGroup = 128;      // bytes of a group's text
constexpr std::size_t kCachedGroups = 4096;

const Error kImpossible{ErrorCode::kCorrupt, "saved quality check is impossible"};

Expected<void> sound(const StateReader& in) { return in.ok() ? Expected<void>{} : Expected<void>{kImpossible}; }

// Relative to what was before; none where that is nothing.
std::optional<double> change(const std::optional<double>& now, const std::optional<double>& before) {
  if (!now || !before || *before == 0) {
    return std::nullopt;
  }
  const double ratio = (*now - *before) / std::abs(*before);
  return std::isfinite(ratio) ? std::optional(ratio) : std::nullopt;
}

class RowsCheck final : public QualityCheck {
 public:
  using QualityCheck::QualityCheck;
  void add(const QualityRows& /*rows*/) override {}
  void clear() override {}

 protected:
  QualityOutcome judge(std::uint64_t rows) override {
    const auto now = static_cast<double>(rows);
    if (settings_.kind == QualityKind::kRows) {
      return {now, {}, {}};
    }
    return {change(now, previous_), {}, now};
  }
  void save_run(StateWriter& /*out*/) const override {}
  Expected<void> load_run(StateReader& /*in*/) override { return {}; }
};

// The value is a time: how old that is, is for whoever looks to say.
class FreshnessCheck final : public QualityCheck {
 public:
  using QualityCheck::QualityCheck;
  void add(const QualityRows& rows) override {
    for (const std::uint32_t place : rows.places) {
      std::optional<double> time;
      if (!settings_.inputs.empty()) {
        time = finite_number_of(rows.inputs[settings_.inputs.front()][place]);
      } else if (rows.times[place] != kNoTime) {
        time = to_unix_seconds(rows.times[place]);
      }
      if (time) {
        newest_ = std::max(newest_.value_or(*time), *time);
      }
    }
  }
  void clear() override { newest_.reset(); }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override { return {newest_, {}, {}}; }
  void save_run(StateWriter& out) const override { save_optional(newest_, out); }
  Expected<void> load_run(StateReader& in) override {
    newest_ = load_optional(in);
    return {};
  }

 private:
  std::optional<double> newest_;
};

class ColumnCheck final : public QualityCheck {
 public:
  using QualityCheck::QualityCheck;
  void begin(std::span<const std::string> columns) override {
    for (const std::string& column : columns) {
      found_ = found_ || column == settings_.texts.front();
    }
    named_ = !columns.empty();
  }
  void add(const QualityRows& rows) override {
    const std::span<const Value> values = rows.inputs[settings_.inputs.front()];
    found_ = found_ || std::any_of(rows.places.begin(), rows.places.end(), [&](std::uint32_t place) {
               return !(values[place].kind == ValueKind::kMissing || values[place].failure == Failure::kMissingField);
             });
  }
  void clear() override { found_ = named_ = false; }

 protected:
  QualityOutcome judge(std::uint64_t rows) override {
    return rows == 0 && !named_ ? QualityOutcome{} : QualityOutcome{found_ ? 1.0 : 0.0, {}, {}};
  }
  void save_run(StateWriter& out) const override {
    out.u8(static_cast<std::uint8_t>((found_ ? 1 : 0) | (named_ ? 2 : 0)));
  }
  Expected<void> load_run(StateReader& in) override {
    const std::uint8_t flags = in.u8();
    found_ = (flags & 1) != 0;
    named_ = (flags & 2) != 0;
    return {};
  }

 private:
  bool found_ = false;
  bool named_ = false;  // the file says which columns it has
};

class ExtraColumnsCheck final : public QualityCheck {
 public:
  using QualityCheck::QualityCheck;
  void begin(std::span<const std::string> columns) override {
    if (!columns.empty()) {
      extra_ = static_cast<double>(std::count_if(columns.begin(), columns.end(), [&](const std::string& column) {
        return !std::binary_search(settings_.texts.begin(), settings_.texts.end(), column);
      }));
    }
  }
  void add(const QualityRows& /*rows*/) override {}
  void clear() override { extra_.reset(); }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override { return {extra_, {}, {}}; }
  void save_run(StateWriter& out) const override { save_optional(extra_, out); }
  Expected<void> load_run(StateReader& in) override {
    extra_ = load_optional(in);
    return {};
  }

 private:
  std::optional<double> extra_;
};

// Rows in which a column of the key is absent have no key.
class UniqueCheck final : public QualityCheck {
 public:
  explicit UniqueCheck(const QualityCheckSettings& settings) : QualityCheck(settings), keys_(settings.max_keys) {}
  void add(const QualityRows& rows) override {
    for (const std::uint32_t place : rows.places) {
      std::optional<std::uint64_t> key = hash_of(rows.inputs[settings_.inputs.front()][place]);
      for (std::size_t i = 1; key && i < settings_.inputs.size(); ++i) {
        const std::optional<std::uint64_t> next = hash_of(rows.inputs[settings_.inputs[i]][place]);
        key = next ? std::optional(combine_hashes(*key, *next)) : std::nullopt;
      }
      if (key) {
        keys_.add(*key);
      }
    }
  }
  void clear() override { keys_.clear(); }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override {
    if (keys_.rows() == 0) {
      return {};
    }
    const double repeated = keys_.repeated_rows();
    return {repeated / static_cast<double>(keys_.rows()), repeated, {}, keys_.exact()};
  }
  void save_run(StateWriter& out) const override { keys_.save(out); }
  Expected<void> load_run(StateReader& in) override { return keys_.load(in); }

 private:
  KeyCounter keys_;
};

class DistinctCheck final : public QualityCheck {
 public:
  explicit DistinctCheck(const QualityCheckSettings& settings) : QualityCheck(settings), values_(kDistinctPrecision) {}
  void add(const QualityRows& rows) override {
    const std::span<const Value> values = rows.inputs[settings_.inputs.front()];
    for (const std::uint32_t place : rows.places) {
      if (const std::optional<std::uint64_t> hash = hash_of(values[place])) {
        values_.add(*hash);
      }
    }
  }
  void clear() override { values_.clear(); }

 protected:
  QualityOutcome judge(std::uint64_t rows) override {
    return rows == 0 ? QualityOutcome{} : QualityOutcome{std::round(values_.estimate()), {}, {}, values_.exact()};
  }
  void save_run(StateWriter& out) const override { values_.save(out); }
  Expected<void> load_run(StateReader& in) override { return values_.load(in); }

 private:
  HyperLogLog values_;
};

class VariesCheck final : public QualityCheck {
 public:
  using QualityCheck::QualityCheck;
  void add(const QualityRows& rows) override {
    const std::span<const Value> values = rows.inputs[settings_.inputs.front()];
    for (const std::uint32_t place : rows.places) {
      const std::optional<std::uint64_t> hash = hash_of(values[place]);
      if (hash) {
        varies_ = varies_ || (count_ > 0 && *hash != first_);
        first_ = count_ == 0 ? *hash : first_;
        ++count_;
      }
    }
  }
  void clear() override {
    varies_ = false;
    count_ = first_ = 0;
  }

 protected:
  // One value alone cannot vary.
  QualityOutcome judge(std::uint64_t /*rows*/) override {
    return count_ < 2 ? QualityOutcome{} : QualityOutcome{varies_ ? 1.0 : 0.0, {}, {}};
  }
  void save_run(StateWriter& out) const override {
    out.u8(varies_ ? 1 : 0);
    out.u64(count_);
    out.u64(first_);
  }
  Expected<void> load_run(StateReader& in) override {
    varies_ = in.u8() != 0;
    count_ = in.u64();
    first_ = in.u64();
    return {};
  }

 private:
  bool varies_ = false;
  std::uint64_t count_ = 0;
  std::uint64_t first_ = 0;
};

class MomentsCheck final : public QualityCheck {
 public:
  using QualityCheck::QualityCheck;
  void add(const QualityRows& rows) override {
    const std::span<const Value> values = rows.inputs[settings_.inputs.front()];
    for (const std::uint32_t place : rows.places) {
      if (const std::optional<double> number = finite_number_of(values[place])) {
        moments_.add(*number);
      }
    }
  }
  void clear() override { moments_ = {}; }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override {
    switch (settings_.kind) {
      case QualityKind::kMean:
        return {moments_.mean(), {}, {}};
      case QualityKind::kStd:
        return {moments_.standard_deviation(), {}, {}};
      case QualityKind::kMinimum:
        return {moments_.minimum(), {}, {}};
      case QualityKind::kMaximum:
        return {moments_.maximum(), {}, {}};
      default:
        break;
    }
    const std::optional<double> now =
        settings_.kind == QualityKind::kMeanChange ? moments_.mean() : moments_.standard_deviation();
    return {change(now, previous_), {}, now};
  }
  void save_run(StateWriter& out) const override { moments_.save(out); }
  Expected<void> load_run(StateReader& in) override {
    moments_.load(in);
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
      if (const std::optional<double> number = finite_number_of(values[place])) {
        sketch_.add(*number);
      }
    }
  }
  void clear() override { sketch_ = KllSketch(kQuantileItems); }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override {
    if (sketch_.count() == 0) {
      return {};
    }
    const double rank = std::ceil(settings_.quantile * static_cast<double>(sketch_.count()));
    const auto least = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rank));
    return {value_at_rank(sketch_.sorted(), least), {}, {}, sketch_.exact()};
  }
  void save_run(StateWriter& out) const override { sketch_.save(out); }
  Expected<void> load_run(StateReader& in) override { return sketch_.load(in); }

 private:
  KllSketch sketch_;
};

// Of the rows in which both are finite numbers.
class CorrelationCheck final : public QualityCheck {
 public:
  using QualityCheck::QualityCheck;
  void add(const QualityRows& rows) override {
    for (const std::uint32_t place : rows.places) {
      const std::optional<double> x = finite_number_of(rows.inputs[settings_.inputs[0]][place]);
      const std::optional<double> y = finite_number_of(rows.inputs[settings_.inputs[1]][place]);
      if (x && y) {
        moments_.add(*x, *y);
      }
    }
  }
  void clear() override { moments_ = {}; }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override { return {moments_.correlation(), {}, {}}; }
  void save_run(StateWriter& out) const override { moments_.save(out); }
  Expected<void> load_run(StateReader& in) override {
    moments_.load(in);
    return {};
  }

 private:
  CoMoments moments_;
};

// Means of the groups that are named, in the order in which they ought to ascend; others and empty ones do not count.
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
      const std::optional<double> number = finite_number_of(rows.inputs[settings_.inputs[1]][place]);
      if (group < groups_.size() && number) {
        groups_[group].add(*number);
      }
    }
  }
  void clear() override { groups_.assign(groups_.size(), {}); }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override {
    std::vector<double> means;
    for (const Moments& group : groups_) {
      if (const std::optional<double> mean = group.mean()) {
        means.push_back(*mean);
      }
    }
    if (means.size() < 2) {
      return {};
    }
    double wrong = 0;
    for (std::size_t i = 1; i < means.size(); ++i) {
      wrong += means[i] > means[i - 1] ? 0 : 1;
    }
    return {wrong, {}, {}};
  }
  void save_run(StateWriter& out) const override {
    for (const Moments& group : groups_) {
      group.save(out);
    }
  }
  Expected<void> load_run(StateReader& in) override {
    for (Moments& group : groups_) {
      group.load(in);
    }
    return {};
  }

 private:
  LabelInterner texts_;
  std::vector<Moments> groups_;
};

}  // namespace

std::unique_ptr<QualityCheck> QualityCheck::make(const QualityCheckSettings& settings) {
  if (QualityShare::is_kind(settings.kind)) {
    return std::make_unique<QualityShare>(settings);
  }
  switch (settings.kind) {
    case QualityKind::kRows:
    case QualityKind::kRowsChange:
      return std::make_unique<RowsCheck>(settings);
    case QualityKind::kFreshness:
      return std::make_unique<FreshnessCheck>(settings);
    case QualityKind::kColumns:
      return std::make_unique<ColumnCheck>(settings);
    case QualityKind::kExtraColumns:
      return std::make_unique<ExtraColumnsCheck>(settings);
    case QualityKind::kUnique:
      return std::make_unique<UniqueCheck>(settings);
    case QualityKind::kDistinct:
      return std::make_unique<DistinctCheck>(settings);
    case QualityKind::kVaries:
      return std::make_unique<VariesCheck>(settings);
    case QualityKind::kQuantile:
      return std::make_unique<QuantileCheck>(settings);
    case QualityKind::kCorrelation:
      return std::make_unique<CorrelationCheck>(settings);
    case QualityKind::kGroupOrder:
      return std::make_unique<GroupOrderCheck>(settings);
    default:
      return std::make_unique<MomentsCheck>(settings);
  }
}

void QualityCheck::finish(std::uint64_t rows) {
  outcome_ = judge(rows);
  if (outcome_.previous_value) {
    previous_ = outcome_.previous_value;
  }
  clear();
}

std::optional<bool> QualityCheck::passed() const {
  return outcome_.value ? std::optional(settings_.limits.hold(*outcome_.value)) : std::nullopt;
}

void QualityCheck::save(StateWriter& out) const {
  save_optional(previous_, out);
  save_optional(outcome_.value, out);
  save_optional(outcome_.violations, out);
  out.u8(outcome_.exact ? 1 : 0);
  save_run(out);
}

Expected<void> QualityCheck::load(StateReader& in) {
  previous_ = load_optional(in);
  outcome_.value = load_optional(in);
  outcome_.violations = load_optional(in);
  outcome_.exact = in.u8() != 0;
  if (Expected<void> loaded = load_run(in); !loaded) {
    return loaded;
  }
  return sound(in);
}

}  // namespace leeway
