#include "agent/monitors/drift/drift_column.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/monitors/drift/column_values.h"
#include "agent/sketches/window_capture.h"

namespace leeway {
namespace {

constexpr std::size_t kBlockRows = 256;        // counted together
constexpr std::size_t kLongestCategory = 128;  // bytes
constexpr std::size_t kCachedTexts = 4096;

LabelInterner fresh_texts() { return LabelInterner(LabelSpec{"column"}, kLongestCategory, kCachedTexts); }

}  // namespace

DriftColumn::DriftColumn(const DriftSettings& settings)
    : settings_(settings), captured_texts_(fresh_texts()), texts_(fresh_texts()) {
  if (settings.rolling()) {
    rolling_.emplace(settings.open_slots());
  } else {
    begin_capture();
  }
}

DriftColumn::DriftColumn(const DriftSettings& settings, ColumnReference reference) : DriftColumn(settings) {
  adopt(std::move(reference));
}

DriftColumn::DriftColumn(const DriftSettings& settings, const ColumnFacts& facts)
    : settings_(settings), facts_(facts), captured_texts_(fresh_texts()), texts_(fresh_texts()) {}

void DriftColumn::count_numbers(std::span<const Value> values, DriftSlot& to) {
  std::array<double, kBlockRows> numbers;
  std::array<std::uint32_t, kBlockRows> cells;
  WindowSums& slot = to.sums;
  double* const counts = slot.cells.data();
  const std::size_t above = reference_->above_cell();
  const double mean = reference_->mean;
  for (std::size_t begin = 0; begin < values.size(); begin += kBlockRows) {
    const std::span<const Value> block = values.subspan(begin, std::min(kBlockRows, values.size() - begin));
    const std::size_t size = finite_numbers(block, numbers.data(), to.absent);
    counts[ColumnReference::kMissingCell] += static_cast<double>(block.size() - size);
    index_->find(std::span(numbers).first(size), cells.data());
    double sum = slot.sum;
    for (std::size_t i = 0; i < size; ++i) {
      ++counts[cells[i]];
      sum += numbers[i] - mean;
      if (cells[i] == ColumnReference::kBelowCell) {
        slot.below_sum += numbers[i] - reference_->minimum;
      } else if (cells[i] == above) {
        slot.above_sum += numbers[i] - reference_->edges.back();
      }
    }
    slot.sum = sum;
  }
}

void DriftColumn::keep_numbers(std::span<const Value> values, DriftSlot& slot) {
  std::array<double, kBlockRows> numbers;
  for (std::size_t begin = 0; begin < values.size(); begin += kBlockRows) {
    const std::span<const Value> block = values.subspan(begin, std::min(kBlockRows, values.size() - begin));
    const std::span<const double> kept = std::span(numbers).first(finite_numbers(block, numbers.data(), slot.absent));
    slot.sums.cells[ColumnReference::kMissingCell] += static_cast<double>(block.size() - kept.size());
    if (slot.sums.fine.empty()) {
      slot.values.add(kept);
      limit_values(slot);
    } else {
      scorer_->fine_cells().count(kept, slot.sums.fine);
    }
  }
}

void DriftColumn::limit_values(DriftSlot& slot) {
  const auto held = [this] {
    std::size_t all = 0;
    for (const DriftSlot& each : slots_) {
      all += each.values.held();
    }
    return all;
  };
  if (held() > kMostValues) {
    slot.values.sorted();  // values that are repeated count once
  }
  if (held() > kMostValues) {
    scorer_->fine_cells().count(slot.values.sorted(), slot.sums.fine);
    slot.values.clear();
  }
}

void DriftColumn::count_categories(std::span<const Value> values, DriftSlot& slot) {
  double* const counts = slot.sums.cells.data();
  for (const Value& value : values) {
    if (!is_category(value)) {
      ++counts[ColumnReference::kMissingCell];
      slot.absent += is_absent(value) ? 1 : 0;
      continue;
    }
    const LabelInterner::Code code = texts_.find(value);
    ++counts[code == LabelInterner::kUnknown ? reference_->unseen_cell(class_of_text(texts_.text_of(value)))
                                             : category_cells_[code]];
  }
}

void DriftColumn::add(std::span<const Value> values, std::size_t open) {
  if (rolling_) {
    capture(values, rolling_->open(open), nullptr);
  } else if (capture_) {
    capture(waits_for_values() ? from_first_value(values) : values, *capture_, counter_ ? &*counter_ : nullptr);
  } else if (frozen()) {
    count(values, slots_[(slot_ + open) % slots_.size()]);
  }
}

// The segment's reference is complete, without a value of this column.
bool DriftColumn::waits_for_values() const { return counter_ && counter_->values() == 0 && facts_.rows > 0; }

std::span<const Value> DriftColumn::from_first_value(std::span<const Value> values) {
  const auto first = std::find_if(values.begin(), values.end(),
                                  [](const Value& value) { return finite_number(value) || is_category(value); });
  return {first, values.end()};
}

void DriftColumn::count(std::span<const Value> values, DriftSlot& slot) {
  if (keeps_values_) {
    keep_numbers(values, slot);
  } else if (reference_->kind == ColumnKind::kNumber) {
    count_numbers(values, slot);
  } else {
    count_categories(values, slot);
  }
}

void DriftColumn::adopt(ColumnReference reference) {
  capture_.reset();
  counter_.reset();
  reference_ = std::make_shared<const ColumnReference>(std::move(reference));
  part_.emplace(reference_part(reference_));
  cycles_ = window_cycles(*reference_);
  calibrations_.emplace(settings_, reference_);
  texts_ = fresh_texts();
  category_cells_.clear();
  for (std::size_t i = 0; i < reference_->categories.size(); ++i) {
    texts_.add_text(reference_->categories[i]);
    category_cells_.push_back(reference_->category_cell(i));
  }
  if (reference_->kind == ColumnKind::kNumber) {
    index_.emplace(*reference_);
  }
  scorer_ = std::make_unique<DriftScorer>(*reference_, settings_.methods_for(reference_->kind), settings_.pseudo_count);
  keeps_values_ = scorer_->needs_values();
  DriftSlot empty;
  empty.sums.cells.resize(keeps_values_ ? 1 : reference_->cells());
  slots_.assign(settings_.held_slots(), empty);
  slot_ = settings_.slots - 1;
  window_.cells.resize(reference_->cells());
  if (!rolling_ || results_.size() != scorer_->size()) {
    results_.assign(scorer_->size(), {});  // with a rolling one, the last ones are shown until the next are there
  }
  scored_bins_.assign(reference_->bin_count(), 0);
}

std::vector<DriftSlot*> DriftColumn::window_slots() {
  std::vector<DriftSlot*> result;
  for (std::size_t back = 0; back < settings_.slots; ++back) {
    result.push_back(&slots_[(slot_ + slots_.size() - back) % slots_.size()]);
  }
  return result;
}

void DriftColumn::sum_slots() {
  window_.clear();
  if (!keeps_values_) {
    for (const DriftSlot* const slot : window_slots()) {
      window_ += slot->sums;
    }
    return;
  }
  for (const DriftSlot* const slot : window_slots()) {
    window_.cells[ColumnReference::kMissingCell] += slot->sums.cells[ColumnReference::kMissingCell];
  }
  sum_values();
  window_.complete(*reference_, window_.fine.empty() ? nullptr : &scorer_->fine_cells());
}

void DriftColumn::sum_values() {
  const std::vector<DriftSlot*> slots = window_slots();
  const bool all_kept =
      std::all_of(slots.begin(), slots.end(), [](const DriftSlot* slot) { return slot->sums.fine.empty(); });
  if (all_kept && slots.size() == 1) {
    window_.values = slots[0]->values.sorted();
    return;
  }
  ValueCounts values;
  for (const DriftSlot* const slot : slots) {
    if (all_kept) {
      values.add(slot->values);
    } else if (slot->sums.fine.empty()) {
      scorer_->fine_cells().count(slot->values.sorted(), window_.fine);
    } else {
      window_.fine += slot->sums.fine;
    }
  }
  window_.values = values.sorted();
}

DriftWindow DriftColumn::score() {
  if (!frozen() || unfilled_ > 0) {
    return {};
  }
  sum_slots();
  DriftWindow result;
  result.rows = static_cast<std::uint64_t>(window_.rows());
  for (const DriftSlot* const slot : window_slots()) {
    result.absent += slot->absent;
  }
  result.bins.assign(reference_->bin_count(), 0);
  reference_->to_bins(window_.cells, result.bins);
  if (result.rows != 0) {
    result.scores.resize(scorer_->size());
    result.errors.resize(scorer_->size());
    scorer_->score(window_, result.scores, result.errors);
  }
  return result;
}

bool DriftColumn::is_tested(const DriftWindow& window) const {
  return window.rows >= settings_.min_rows &&
         std::any_of(window.scores.begin(), window.scores.end(), [](double score) { return !std::isnan(score); });
}

bool DriftColumn::is_calibrated(const DriftWindow& window, Background* background) {
  return !is_tested(window) || calibrations_->ready(window.rows, background);
}

std::vector<NullScores> DriftColumn::calibration(const DriftWindow& window) const {
  return is_tested(window) ? calibrations_->of(window.rows) : std::vector<NullScores>{};
}

void DriftColumn::show(const DriftWindow& window, const std::vector<NullScores>& null) {
  if (window.bins.empty()) {
    return;
  }
  scored_ = true;
  scored_rows_ = window.rows;
  scored_absent_ = window.absent;
  scored_bins_ = window.bins;
  results_.assign(scorer_->size(), {});
  for (std::size_t i = 0; i < window.scores.size(); ++i) {
    if (std::isnan(window.scores[i])) {
      continue;
    }
    results_[i].score = window.scores[i];
    results_[i].error = window.errors[i];
    if (!null.empty()) {
      results_[i].noise_floor = null[i].mean;
      results_[i].window_ratio = null[i].window_ratio;
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
  if (frozen()) {
    slot_ = (slot_ + 1) % slots_.size();
    slots_[(slot_ + settings_.open_slots() - 1) % slots_.size()].clear();
    unfilled_ -= unfilled_ > 0 ? 1 : 0;
  }
}

void DriftColumn::clear_slot() {
  if (rolling_) {
    rolling_->discard_open();
  } else if (frozen()) {
    slots_[slot_].clear();
  }
}

}  // namespace leeway
