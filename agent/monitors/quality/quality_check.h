// One check of a [[quality]] in one segment: its sums over a run, and its result for the last run. Driven by
// the monitor.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "agent/core/record_batch.h"
#include "agent/core/state_io.h"
#include "agent/monitors/quality/quality_settings.h"

namespace leeway {

// Before it in the monitor's encoding, means of checks are without their rests.
inline constexpr std::uint32_t kMeanRestVersion = 4;

// Rows of a batch that belong to one run.
struct QualityRows {
  std::span<const std::span<const Value>> inputs;  // results of QualitySettings::inputs
  std::span<const std::uint32_t> places;           // of the rows in each of `inputs`
  std::span<const TimePoint> times;                // of all rows of the inputs
};

// The result of a run.
struct QualityOutcome {
  std::optional<double> value{};           // none: undefined for this run
  std::optional<double> violations{};      // rows; none: the check does not count rows
  std::optional<double> previous_value{};  // the base of the next change; not exported
  bool exact = true;
  std::optional<std::uint64_t> rows{};  // that the value is of; none: the check is not of values
  // Of the rows with a value, the share that the check's value is not of, because they have none that it can use; none
  // if the check uses all values, or the run has none.
  std::optional<double> left_out{};
};

class QualityCheck {
 public:
  explicit QualityCheck(const QualityCheckSettings& settings) : settings_(settings) {}
  QualityCheck(const QualityCheck&) = delete;
  QualityCheck& operator=(const QualityCheck&) = delete;
  virtual ~QualityCheck() = default;

  static std::unique_ptr<QualityCheck> make(const QualityCheckSettings& settings);

  virtual void add(const QualityRows& rows) = 0;
  // As QualityRun::see_columns.
  virtual void see_columns(std::span<const std::string> /*columns*/) {}
  // Ends the run of `rows` rows and sets outcome().
  void end_run(std::uint64_t rows);
  // Discards the current run.
  void clear();

  const QualityCheckSettings& settings() const { return settings_; }
  const QualityOutcome& outcome() const { return outcome_; }
  // Whether the last run passed or failed: not if it gave no value, or one that is of too few of its rows.
  bool is_judged() const;
  // Runs with rows, one after the other up to the last, that were not judged.
  std::uint64_t unjudged_runs() const { return unjudged_runs_; }
  // No value if the run was not judged.
  std::optional<bool> passed() const;

  void save(StateWriter& out) const;
  // After an error the check must be discarded.
  Expected<void> load(StateReader& in);

 protected:
  // As clear(), of what the kind of check holds.
  virtual void clear_run() = 0;
  virtual QualityOutcome judge(std::uint64_t rows) = 0;
  virtual void save_run(StateWriter& out) const = 0;
  virtual Expected<void> load_run(StateReader& in) = 0;

  // A row of the current run has a value, but none that the check can use.
  void leave_out() { ++left_out_; }
  // None for a value that is no finite number, which is left out unless it is null.
  std::optional<double> usable_number(const Value& value);
  // The change to `now` from the last run that had a value, relative to that value; none if that is 0 or missing.
  std::optional<double> change(const std::optional<double>& now) const;

  const QualityCheckSettings& settings_;

 private:
  bool is_of_its_rows() const;  // or leaves out no more of them than it may

  std::optional<double> previous_;  // the base of a change: from the last run that had one
  QualityOutcome outcome_;
  std::uint64_t unjudged_runs_ = 0;
  std::uint64_t left_out_ = 0;  // rows of the current run
};

}  // namespace leeway
