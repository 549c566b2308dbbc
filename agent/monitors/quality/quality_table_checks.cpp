#include <algorithm>

#include "agent/monitors/quality/quality_checks.h"
#include "agent/monitors/quality/quality_values.h"

namespace leeway {
namespace {

class RowsCheck final : public QualityCheck {
 public:
  using QualityCheck::QualityCheck;
  void add(const QualityRows& /*rows*/) override {}
  void clear_run() override {}

 protected:
  QualityOutcome judge(std::uint64_t rows) override {
    const auto now = static_cast<double>(rows);
    if (settings_.kind == QualityKind::kRows) {
      return {.value = now};
    }
    return {.value = change(now), .previous_value = now};
  }
  void save_run(StateWriter& /*out*/) const override {}
  Expected<void> load_run(StateReader& /*in*/) override { return {}; }
};

// The value is a time; its age is computed when it is read.
class FreshnessCheck final : public QualityCheck {
 public:
  using QualityCheck::QualityCheck;
  void add(const QualityRows& rows) override {
    for (const std::uint32_t place : rows.places) {
      std::optional<double> time;
      if (!settings_.inputs.empty()) {
        time = usable_number(rows.inputs[settings_.inputs.front()][place]);
        times_ += time ? 1 : 0;
      } else if (rows.times[place] != kNoTime) {
        time = to_unix_seconds(rows.times[place]);
      }
      if (time) {
        newest_ = std::max(newest_.value_or(*time), *time);
      }
    }
  }
  void clear_run() override {
    newest_.reset();
    times_ = 0;
  }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override {
    return {.value = newest_, .rows = settings_.inputs.empty() ? std::nullopt : std::optional(times_)};
  }
  void save_run(StateWriter& out) const override {
    save_optional(newest_, out);
    out.u64(times_);
  }
  Expected<void> load_run(StateReader& in) override {
    newest_ = load_optional(in);
    times_ = in.version() >= 3 ? in.u64() : newest_ ? 1 : 0;
    return {};
  }

 private:
  std::optional<double> newest_;
  std::uint64_t times_ = 0;  // rows with one in the column
};

class ColumnCheck final : public QualityCheck {
 public:
  using QualityCheck::QualityCheck;
  void see_columns(std::span<const std::string> columns) override {
    for (const std::string& column : columns) {
      found_ = found_ || column == settings_.texts.front();
    }
    named_ = named_ || !columns.empty();
  }
  void add(const QualityRows& rows) override {
    const std::span<const Value> values = rows.inputs[settings_.inputs.front()];
    found_ = found_ || std::any_of(rows.places.begin(), rows.places.end(), [&](std::uint32_t place) {
               return !(values[place].kind == ValueKind::kMissing || values[place].failure == Failure::kMissingField);
             });
  }
  void clear_run() override { found_ = named_ = false; }

 protected:
  QualityOutcome judge(std::uint64_t rows) override {
    return rows == 0 && !named_ ? QualityOutcome{} : QualityOutcome{.value = found_ ? 1.0 : 0.0};
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
  bool named_ = false;  // the file names its columns
};

class ExtraColumnsCheck final : public QualityCheck {
 public:
  using QualityCheck::QualityCheck;
  void see_columns(std::span<const std::string> columns) override {
    if (!columns.empty()) {
      const auto extra =
          static_cast<double>(std::count_if(columns.begin(), columns.end(), [&](const std::string& column) {
            return !std::binary_search(settings_.texts.begin(), settings_.texts.end(), column);
          }));
      extra_ = std::max(extra_.value_or(0), extra);
    }
  }
  void add(const QualityRows& /*rows*/) override {}
  void clear_run() override { extra_.reset(); }

 protected:
  QualityOutcome judge(std::uint64_t /*rows*/) override { return {.value = extra_}; }
  void save_run(StateWriter& out) const override { save_optional(extra_, out); }
  Expected<void> load_run(StateReader& in) override {
    extra_ = load_optional(in);
    return {};
  }

 private:
  std::optional<double> extra_;
};

}  // namespace

std::unique_ptr<QualityCheck> make_table_check(const QualityCheckSettings& settings) {
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
    default:
      return nullptr;
  }
}

}  // namespace leeway
