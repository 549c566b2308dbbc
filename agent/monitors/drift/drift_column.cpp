#include "agent/monitors/drift/drift_column.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace leeway {
namespace {

constexpr std::size_t kBlockRows = 256;        // counted together
constexpr std::size_t kLongestCategory = 128;  // bytes
constexpr std::size_t kCachedTexts = 4096;

LabelInterner fresh_texts() { return LabelInterner(LabelSpec{"column"}, kLongestCategory, kCachedTexts); }

// The number as in NumericValue; no value if it is not a finite number.
std::optional<double> finite_number(const Value& value) {
  if (!value.is_number() && !value.is_time()) {
    return std::nullopt;
  }
  const double number = value.is_number() ? value.as_double() : value.seconds();
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
  reference_ = std::make_shared<const ColumnReference>(std::move(reference));
  calibrations_.emplace(settings_, reference_);
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

DriftWindow DriftColumn::score() {
  window_.clear();
  for (const WindowSums& slot : slots_) {
    window_ += slot;
  }
  DriftWindow result;
  result.rows = static_cast<std::uint64_t>(window_.rows());
  result.bins.assign(reference_->bin_count(), 0);
  reference_->to_bins(window_.cells, result.bins);
  if (result.rows != 0) {
    result.scores.resize(scorer_->size());
    scorer_->score(window_, result.scores);
  }
  return result;
}

bool DriftColumn::is_tested(const DriftWindow& window) const {
  return window.rows >= settings_.min_rows && !window.scores.empty();
}

bool DriftColumn::is_calibrated(const DriftWindow& window, Background& background) {
  return !is_tested(window) || calibrations_->ready(window.rows, background);
}

std::vector<NullScores> DriftColumn::calibration(const DriftWindow& window) const {
  return is_tested(window) ? calibrations_->of(window.rows) : std::vector<NullScores>{};
}

void DriftColumn::show(const DriftWindow& window, const std::vector<NullScores>& null) {
  scored_rows_ = window.rows;
  scored_bins_ = window.bins;
  results_.assign(scorer_->size(), {});
  for (std::size_t i = 0; i < window.scores.size(); ++i) {
    if (std::isnan(window.scores[i])) {
      continue;
    }
    results_[i].score = window.scores[i];
    if (!null.empty()) {
      results_[i].noise_floor = null[i].mean;
      results_[i].p_value = null[i].p_value(window.scores[i]);
    }
  }
}

void DriftColumn::judge(const std::vector<NullScores>& null, double level) {
  for (std::size_t i = 0; i < null.size(); ++i) {
    DriftResult& result = results_[i];
    if (!result.score) {
      continue;
    }
    result.threshold = settings_.threshold ? *settings_.threshold : null[i].threshold(level);
    result.threshold_error = settings_.threshold ? 0 : null[i].error(level);
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
    out.u8(static_cast<std::uint8_t>((result.score ? 1 : 0) | (result.threshold_error > 0 ? 2 : 0)));
    for (const double number : {result.score.value_or(0), result.noise_floor, result.threshold, result.p_value}) {
      out.f64(number);
    }
    if (result.threshold_error > 0) {
      out.f64(result.threshold_error);
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
    const std::uint8_t flags = in.u8();
    const double score = in.f64();
    result.score = (flags & 1) != 0 ? std::optional(score) : std::nullopt;
    for (double* number : {&result.noise_floor, &result.threshold, &result.p_value}) {
      *number = in.f64();
    }
    result.threshold_error = (flags & 2) != 0 ? in.f64() : 0;
    result.band = static_cast<int>(in.i64());
  }
  const bool sound = in.ok() && slot_ < slots_.size();
  return sound ? Expected<void>{} : Expected<void>{corrupt};
}

}  // namespace leeway
