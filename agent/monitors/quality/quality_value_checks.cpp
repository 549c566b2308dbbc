#include <algorithm>
#include <cmath>

#include "agent/monitors/quality/quality_checks.h"
#include "agent/monitors/quality/quality_values.h"
#include "agent/sketches/hyper_log_log.h"
#include "agent/sketches/key_counter.h"

namespace leeway {
namespace {

constexpr int kDistinctPrecision = 14;  // 16 KiB, 0.8 %

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
      } else if (std::none_of(settings_.inputs.begin(), settings_.inputs.end(),
                              [&](std::size_t input) { return is_absent(rows.inputs[input][place]); })) {
        leave_out();
      }
    }
  }
  void clear_run() override { keys_.clear(); }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override {
    if (keys_.rows() == 0) {
      return {.rows = 0};
    }
    const double repeated = keys_.repeated_rows();
    return {.value = repeated / static_cast<double>(keys_.rows()),
            .violations = repeated,
            .exact = keys_.exact(),
            .rows = keys_.rows()};
  }
  void save_run(StateWriter& out) const override { keys_.save(out); }
  Expected<void> load_run(StateReader& in) override { return keys_.load(in); }

 private:
  KeyCounter keys_;
};

// A column that is null in all rows has no distinct value, but one that is not there, or holds nothing that can be
// compared, is not judged.
class DistinctCheck final : public QualityCheck {
 public:
  explicit DistinctCheck(const QualityCheckSettings& settings) : QualityCheck(settings), values_(kDistinctPrecision) {}
  void add(const QualityRows& rows) override {
    const std::span<const Value> values = rows.inputs[settings_.inputs.front()];
    for (const std::uint32_t place : rows.places) {
      if (const std::optional<std::uint64_t> hash = hash_of(values[place])) {
        values_.add(*hash);
        ++counted_;
      } else if (is_null(values[place])) {
        ++nulls_;
      } else if (!is_absent(values[place])) {
        ++others_;
        leave_out();
      }
    }
  }
  void clear_run() override {
    values_.clear();
    counted_ = nulls_ = others_ = 0;
  }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override {
    if (counted_ == 0 && (nulls_ == 0 || others_ > 0)) {
      return {.rows = 0};
    }
    const double estimate = std::min(std::round(values_.estimate()), static_cast<double>(counted_));
    return {.value = estimate, .exact = values_.exact(), .rows = counted_};
  }
  void save_run(StateWriter& out) const override {
    values_.save(out);
    for (const std::uint64_t number : {counted_, nulls_, others_}) {
      out.u64(number);
    }
  }
  Expected<void> load_run(StateReader& in) override {
    Expected<void> loaded = values_.load(in);
    if (in.version() >= 2) {
      for (std::uint64_t* const number : {&counted_, &nulls_, &others_}) {
        *number = in.u64();
      }
    } else {
      counted_ = static_cast<std::uint64_t>(std::llround(values_.estimate()));  // at least
      nulls_ = 1;
    }
    return loaded;
  }

 private:
  HyperLogLog values_;
  std::uint64_t counted_ = 0;  // rows with a value that can be compared
  std::uint64_t nulls_ = 0;
  std::uint64_t others_ = 0;  // rows with a value that cannot: a list, a failed conversion
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
      } else if (!is_absent(values[place])) {
        leave_out();
      }
    }
  }
  void clear_run() override {
    varies_ = false;
    count_ = first_ = 0;
  }

 protected:
  // One value alone cannot vary.
  QualityOutcome judge(std::uint64_t /*rows*/) override {
    return {.value = count_ < 2 ? std::nullopt : std::optional(varies_ ? 1.0 : 0.0), .rows = count_};
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

}  // namespace

std::unique_ptr<QualityCheck> make_value_check(const QualityCheckSettings& settings) {
  switch (settings.kind) {
    case QualityKind::kUnique:
      return std::make_unique<UniqueCheck>(settings);
    case QualityKind::kDistinct:
      return std::make_unique<DistinctCheck>(settings);
    case QualityKind::kVaries:
      return std::make_unique<VariesCheck>(settings);
    default:
      return nullptr;
  }
}

}  // namespace leeway
