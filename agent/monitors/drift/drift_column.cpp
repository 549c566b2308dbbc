#include "agent/monitors/drift/drift_column.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace leeway {
namespace {

constexpr std::size_t kBlockRows = 256;        // counted together
constexpr std::size_t kLongestCategory = 128;  // bytes
constexpr std::size_t kCachedTexts = 4096;
constexpr std::size_t kCalibrations = 6;  // kept at a time
constexpr double kStepsPerOctave = 2;     // of rows, between which calibrations are interpolated

LabelInterner fresh_texts() { return LabelInterner(LabelSpec{"column"}, kLongestCategory, kCachedTexts); }

// The number as in NumericValue; no value if it is not a finite number.
std::optional<double> finite_number(const Value& value) {
  double number = 0;
  if (value.is_number()) {
    number = value.as_double();
  } else if (value.kind == ValueKind::kDuration || value.kind == ValueKind::kTimestamp) {
    number = to_seconds(Duration(value.integer));
  } else {
    return std::nullopt;
  }
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

bool is_category(const Value& value) { return value.kind == ValueKind::kString || value.kind == ValueKind::kBool; }

void save_sums(const WindowSums& sums, StateWriter& out) {
  for (const double rows : sums.cells) {
    out.u64(static_cast<std::uint64_t>(rows));
  }
  for (const double sum : {sums.sum, sums.below_sum, sums.above_sum}) {
    out.f64(sum);
  }
}
void load_sums(WindowSums& sums, StateReader& in) {
  for (double& rows : sums.cells) {
    rows = static_cast<double>(in.u64());
  }
  for (double* sum : {&sums.sum, &sums.below_sum, &sums.above_sum}) {
    *sum = in.f64();
  }
}

}  // namespace

DriftColumn::DriftColumn(const DriftSettings& settings)
    : settings_(settings), capture_(std::make_unique<ReferenceCapture>()), texts_(fresh_texts()) {}

DriftColumn::DriftColumn(const DriftSettings& settings, ColumnReference reference) : DriftColumn(settings) {
  adopt(std::move(reference));
  capture_.reset();
}

void DriftColumn::capture(std::span<const Value> values) {
  std::array<double, kBlockRows> numbers;
  for (std::size_t begin = 0; begin < values.size(); begin += kBlockRows) {
    std::size_t size = 0;
    for (const Value& value : values.subspan(begin, std::min(kBlockRows, values.size() - begin))) {
      if (const std::optional<double> number = finite_number(value)) {
        numbers[size++] = *number;
      } else if (is_category(value)) {
        capture_->add_category(texts_.text_of(value));
      } else {
        capture_->add_missing();
      }
    }
    capture_->add_numbers(std::span(numbers).first(size));
  }
}

void DriftColumn::count_numbers(std::span<const Value> values) {
  std::array<double, kBlockRows> numbers;
  std::array<std::uint32_t, kBlockRows> cells;
  WindowSums& slot = slots_[slot_];
  double* const counts = slot.cells.data();
  const std::size_t above = reference_->above_cell();
  for (std::size_t begin = 0; begin < values.size(); begin += kBlockRows) {
    const std::span<const Value> block = values.subspan(begin, std::min(kBlockRows, values.size() - begin));
    std::size_t size = 0;
    for (const Value& value : block) {
      if (value.kind == ValueKind::kDouble && std::isfinite(value.number)) {
        numbers[size++] = value.number;
      } else if (const std::optional<double> number = finite_number(value)) {
        numbers[size++] = *number;
      }
    }
    counts[ColumnReference::kMissingCell] += static_cast<double>(block.size() - size);
    index_->find(std::span(numbers).first(size), cells.data());
    double sum = slot.sum;
    for (std::size_t i = 0; i < size; ++i) {
      ++counts[cells[i]];
      sum += numbers[i];
      if (cells[i] == ColumnReference::kBelowCell) {
        slot.below_sum += numbers[i];
      } else if (cells[i] == above) {
        slot.above_sum += numbers[i];
      }
    }
    slot.sum = sum;
  }
}

void DriftColumn::count_categories(std::span<const Value> values) {
  double* const counts = slots_[slot_].cells.data();
  for (const Value& value : values) {
    if (!is_category(value)) {
      ++counts[ColumnReference::kMissingCell];
      continue;
    }
    const LabelInterner::Code code = texts_.find(value);
    const std::size_t cell = code == LabelInterner::kUnknown ? reference_->unseen_cell()
                             : code < reference_->frequent   ? 1 + std::size_t{code}
                                                             : reference_->unseen_cell() - 1;
    ++counts[cell];
  }
}

void DriftColumn::add(std::span<const Value> values) {
  if (!frozen()) {
    capture(values);
  } else if (reference_->kind == ColumnKind::kNumber) {
    count_numbers(values);
  } else {
    count_categories(values);
  }
}

void DriftColumn::freeze() {
  adopt(capture_->freeze(settings_.reference));
  capture_.reset();
}

void DriftColumn::adopt(ColumnReference reference) {
  reference_ = std::make_unique<const ColumnReference>(std::move(reference));
  calibration_.reset();
  calibrations_.clear();
  texts_ = fresh_texts();
  for (const std::string& category : reference_->categories) {
    texts_.add_text(category);
  }
  if (reference_->kind == ColumnKind::kNumber) {
    index_.emplace(*reference_);
  }
  scorer_ = std::make_unique<DriftScorer>(*reference_, settings_.methods_for(reference_->kind), settings_.pseudo_count);
  WindowSums empty;
  empty.cells.resize(reference_->cells());
  slots_.assign(settings_.slots, empty);
  window_ = empty;
  results_.assign(scorer_->size(), {});
  scored_bins_.assign(reference_->bin_count(), 0);
}

const std::vector<NullScores>& DriftColumn::calibrated_at(std::uint64_t rows) {
  const auto found = calibrations_.find(rows);
  if (found != calibrations_.end()) {
    return found->second;
  }
  if (calibrations_.size() >= kCalibrations) {
    calibrations_.clear();
  }
  if (calibration_ == nullptr || calibration_->rows() != rows) {
    calibration_ = std::make_unique<Calibration>(*scorer_, rows, settings_.draws(), settings_.false_alarm_rate);
  }
  calibration_->draw(settings_.draws());
  std::vector<NullScores> result = calibration_->take_scores();
  calibration_.reset();
  return calibrations_.emplace(rows, std::move(result)).first->second;
}

std::uint64_t DriftColumn::calibrate_some(std::uint64_t draws) {
  const std::uint64_t rows = settings_.step_rows * settings_.slots;
  if (rows == 0 || !frozen() || scorer_->size() == 0 || calibrations_.contains(rows)) {
    return 0;
  }
  if (calibration_ == nullptr) {
    calibration_ = std::make_unique<Calibration>(*scorer_, rows, settings_.draws(), settings_.false_alarm_rate);
  }
  return calibration_->draw(draws);
}

// Windows by rows have one size. Those by time have any: interpolates between the two nearest of a few sizes.
std::vector<NullScores> DriftColumn::calibrated(std::uint64_t rows) {
  if (settings_.step_rows != 0) {
    return calibrated_at(rows);
  }
  const double position = kStepsPerOctave * std::log2(static_cast<double>(rows));
  const auto size_at = [](double step) {
    return static_cast<std::uint64_t>(std::llround(std::exp2(step / kStepsPerOctave)));
  };
  const std::uint64_t less = size_at(std::floor(position));
  const std::uint64_t more = size_at(std::ceil(position));
  std::vector<NullScores> lower = calibrated_at(less);
  if (less == more) {
    return lower;
  }
  return interpolate(lower, calibrated_at(more), position - std::floor(position));
}

void DriftColumn::score() {
  window_.clear();
  for (const WindowSums& slot : slots_) {
    window_ += slot;
  }
  scored_rows_ = static_cast<std::uint64_t>(window_.rows());
  reference_->to_bins(window_.cells, scored_bins_);
  results_.assign(scorer_->size(), {});
  if (scored_rows_ == 0 || results_.empty()) {
    return;
  }
  std::vector<double> scores(results_.size());
  scorer_->score(window_, scores);
  const bool enough = scored_rows_ >= settings_.min_rows;
  const std::vector<NullScores> null = enough ? calibrated(scored_rows_) : std::vector<NullScores>{};
  for (std::size_t i = 0; i < results_.size(); ++i) {
    if (std::isnan(scores[i])) {
      continue;
    }
    results_[i].score = scores[i];
    if (enough) {
      results_[i].noise_floor = null[i].mean;
      results_[i].p_value = null[i].p_value(scores[i]);
    }
  }
}

void DriftColumn::judge(double level) {
  if (scored_rows_ < settings_.min_rows || results_.empty()) {
    return;
  }
  const std::vector<NullScores> null = settings_.threshold ? std::vector<NullScores>{} : calibrated(scored_rows_);
  for (std::size_t i = 0; i < results_.size(); ++i) {
    DriftResult& result = results_[i];
    if (!result.score) {
      continue;
    }
    result.threshold = settings_.threshold ? *settings_.threshold : null[i].threshold(level);
    if (!(*result.score > result.threshold)) {
      result.band = 0;
    } else if (settings_.bands && *result.score >= settings_.bands->severe) {
      result.band = kDriftBandSevere;
    } else if (settings_.bands && *result.score >= settings_.bands->moderate) {
      result.band = kDriftBandModerate;
    } else {
      result.band = kDriftBandDrift;
    }
  }
}

void DriftColumn::next_slot() {
  slot_ = (slot_ + 1) % slots_.size();
  slots_[slot_].clear();
}

void DriftColumn::clear_slots() {
  for (WindowSums& slot : slots_) {
    slot.clear();
  }
}

void DriftColumn::save(StateWriter& out) const {
  out.u8(frozen() ? 1 : 0);
  if (!frozen()) {
    capture_->save(out);
    return;
  }
  reference_->save(out);
  out.u64(slot_);
  for (const WindowSums& slot : slots_) {
    save_sums(slot, out);
  }
  out.u64(scored_rows_);
  for (const double rows : scored_bins_) {
    out.u64(static_cast<std::uint64_t>(rows));
  }
  for (const DriftResult& result : results_) {
    out.u8(result.score ? 1 : 0);
    for (const double number : {result.score.value_or(0), result.noise_floor, result.threshold, result.p_value}) {
      out.f64(number);
    }
    out.i64(result.band);
  }
}

Expected<void> DriftColumn::load(StateReader& in) {
  const Error corrupt{ErrorCode::kCorrupt, "saved drift column is invalid"};
  if (in.u8() == 0) {
    return capture_->load(in);
  }
  Expected<ColumnReference> reference = ColumnReference::load(in);
  if (!reference) {
    return reference.error();
  }
  adopt(std::move(*reference));
  capture_.reset();
  slot_ = in.u64();
  for (WindowSums& slot : slots_) {
    load_sums(slot, in);
  }
  scored_rows_ = in.u64();
  for (double& rows : scored_bins_) {
    rows = static_cast<double>(in.u64());
  }
  for (DriftResult& result : results_) {
    const bool has_score = in.u8() != 0;
    const double score = in.f64();
    result.score = has_score ? std::optional(score) : std::nullopt;
    for (double* number : {&result.noise_floor, &result.threshold, &result.p_value}) {
      *number = in.f64();
    }
    result.band = static_cast<int>(in.i64());
  }
  const bool sound = in.ok() && slot_ < slots_.size();
  return sound ? Expected<void>{} : Expected<void>{corrupt};
}

}  // namespace leeway
