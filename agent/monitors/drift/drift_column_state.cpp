// Part of DriftColumn: its saved state.
#include <algorithm>
#include <cmath>

#include "agent/monitors/drift/drift_column.h"
#include "agent/monitors/drift/reference_part.h"

namespace leeway {

void DriftColumn::save(StateWriter& out) const {
  out.u8(frozen() ? 1 : 0);
  if (rolling_) {
    rolling_->save(out);
  }
  if (!frozen()) {
    facts_.save(out);
    out.u8(static_cast<std::uint8_t>((capture_ ? 1 : 0) | (counter_ ? 2 : 0)));
    if (capture_) {
      capture_->save(out);
    }
    if (counter_) {
      counter_->save(out);
    }
    return;
  }
  out.part(*part_);
  out.u64(slot_);
  out.u8(keeps_values_ ? 1 : 0);
  for (const DriftSlot& slot : slots_) {
    slot.save(out);
  }
  out.u64(unfilled_);
  out.u8(scored_ ? 1 : 0);
  out.u64(scored_rows_);
  out.u64(scored_absent_);
  for (const double rows : scored_bins_) {
    out.u64(static_cast<std::uint64_t>(rows));
  }
  for (const DriftResult& result : results_) {
    out.u8(static_cast<std::uint8_t>((result.score ? 1 : 0) | (result.threshold_error > 0 ? 2 : 0)));
    for (const double number : {result.score.value_or(0), result.error, result.noise_floor, result.threshold,
                                result.p_value, result.window_ratio}) {
      out.f64(number);
    }
    if (result.threshold_error > 0) {
      out.f64(result.threshold_error);
    }
    out.i64(result.band);
  }
}

// Of a slot as it was saved before FineSums::kDistancesVersion.
void DriftColumn::take_origins(WindowSums& sums) {
  if (!sums.fine.empty()) {
    scorer_->fine_cells().take_origins(sums.fine);
  } else if (!keeps_values_ && reference_->kind == ColumnKind::kNumber) {
    sums.take_origins(*reference_);
  }
}

// Before kWindowsVersion there was one open slot.
Expected<void> DriftColumn::load_slots(StateReader& in) {
  const Error corrupt{ErrorCode::kCorrupt, "saved drift window is invalid"};
  const std::size_t saved = in.version() < kWindowsVersion ? settings_.slots : slots_.size();
  slot_ = in.u64();
  if (!in.ok() || slot_ >= saved) {
    return corrupt;
  }
  if (in.version() < ReferenceCapture::kStateVersion) {
    if (Expected<void> loaded = load_slots_without_values(in, saved); !loaded) {
      return loaded;
    }
  } else if ((in.u8() != 0) != keeps_values_) {
    return corrupt;
  }
  for (std::size_t i = 0; i < saved && in.version() >= ReferenceCapture::kStateVersion; ++i) {
    if (Expected<void> loaded = slots_[i].load(in); !loaded) {
      return loaded;
    }
    const std::size_t fine = slots_[i].sums.fine.counts.size();
    if (fine != 0 && (!keeps_values_ || fine != scorer_->fine_cells().size())) {
      return corrupt;
    }
    if (in.version() < FineSums::kDistancesVersion) {
      take_origins(slots_[i].sums);
    }
  }
  if (saved < slots_.size()) {
    // In the order of time: the oldest first, then the only open one.
    std::rotate(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>((slot_ + 1) % saved),
                slots_.begin() + static_cast<std::ptrdiff_t>(saved));
    slot_ = saved - 1;
  }
  return {};
}

// Each cell's rows are then values at its position, as in the values of such a reference.
Expected<void> DriftColumn::load_slots_without_values(StateReader& in, std::size_t saved) {
  for (DriftSlot& slot : std::span(slots_).first(saved)) {
    WindowSums sums;
    sums.cells.resize(reference_->cells());
    load_sums(sums, in);
    if (!keeps_values_) {
      slot.sums = std::move(sums);
      take_origins(slot.sums);
      continue;
    }
    slot.sums.cells[ColumnReference::kMissingCell] = sums.cells[ColumnReference::kMissingCell];
    for (std::size_t cell = ColumnReference::kBelowCell; cell < sums.cells.size() && in.ok(); ++cell) {
      const double rows = sums.cells[cell];
      const double sum = cell == ColumnReference::kBelowCell ? sums.below_sum
                         : cell == reference_->above_cell()  ? sums.above_sum
                                                             : rows * reference_->positions[cell];
      if (rows > 0) {
        const WeightedValue item{sum / rows, static_cast<std::uint64_t>(rows)};
        slot.values.add(std::span(&item, 1));
      }
    }
  }
  return {};
}

Expected<void> DriftColumn::load(StateReader& in, std::size_t blocks) {
  const Error corrupt{ErrorCode::kCorrupt, "saved drift column is invalid"};
  const bool with_facts = in.version() >= kFactsVersion;
  const bool was_frozen = in.u8() != 0;
  if (Expected<void> loaded = rolling_ ? rolling_->load(in, blocks) : Expected<void>{}; !loaded) {
    return loaded;
  }
  if (!was_frozen) {
    return load_capture(in);
  }
  Expected<ColumnReference> reference = load_reference(in);
  if (!reference) {
    return reference.error();
  }
  adopt(std::move(*reference));
  if (Expected<void> loaded = load_slots(in); !loaded) {
    return loaded;
  }
  unfilled_ = with_facts ? in.u64() : 0;
  scored_ = !with_facts || in.u8() != 0;
  scored_rows_ = in.u64();
  scored_absent_ = with_facts ? in.u64() : 0;
  for (double& rows : scored_bins_) {
    rows = static_cast<double>(in.u64());
  }
  for (std::size_t i = 0; i < results_.size(); ++i) {
    if (!is_saved(methods()[i], in.version())) {
      continue;
    }
    DriftResult& result = results_[i];
    const std::uint8_t flags = in.u8();
    const double score = in.f64();
    result.score = (flags & 1) != 0 ? std::optional(score) : std::nullopt;
    result.error = in.version() >= ReferenceCapture::kStateVersion ? in.f64() : 0;
    for (double* number : {&result.noise_floor, &result.threshold, &result.p_value}) {
      *number = in.f64();
    }
    result.window_ratio = in.version() >= ReferenceCapture::kDividedVersion ? in.f64() : 0;
    result.threshold_error = (flags & 2) != 0 ? in.f64() : 0;
    result.band = static_cast<int>(in.i64());
  }
  return in.ok() ? Expected<void>{} : Expected<void>{corrupt};
}

}  // namespace leeway
