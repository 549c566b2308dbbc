#include "agent/sketches/reference_cells.h"

#include <algorithm>
#include <cmath>

#include "agent/sketches/row_totals.h"

namespace leeway {
namespace {

constexpr std::uint64_t kManyCells = 4 * FineCells::kEqualCells;
constexpr std::size_t kMostBeyond = 1024;  // numbers beyond the first ones that are kept

ColumnReference base_of(std::vector<WeightedValue> first) {
  ColumnReference base;
  base.minimum = first.front().value;
  base.edges = {first.back().value};
  base.counts.resize(base.edges.size() + 3);
  base.values = std::move(first);
  return base;
}

// Appends the rows of one cell to the values.
class CellWriter {
 public:
  CellWriter(ReferenceValues& out, double rows) : out_(out), all_(rows) {}

  // `sum` is that of the distances from `high`; `first` are the cell's values among the first numbers.
  void add(double low, double high, double rows, double sum, std::span<const WeightedValue> first);

 private:
  void append(double value, std::uint64_t rows);

  ReferenceValues& out_;
  double all_;
};

void CellWriter::append(double value, std::uint64_t rows) {
  if (rows == 0) {
    return;
  }
  if (!out_.values.empty() && value <= out_.values.back().value) {
    out_.values.back().weight += rows;
  } else {
    out_.values.push_back({value, rows});
  }
}

void CellWriter::add(double low, double high, double rows, double sum, std::span<const WeightedValue> first) {
  if (rows == 0) {
    return;
  }
  const double mean = std::clamp(high + sum / rows, low, high);
  double known = 0;
  double known_sum = 0;
  for (const WeightedValue& item : first) {
    known += static_cast<double>(item.weight);
    known_sum += static_cast<double>(item.weight) * (item.value - high);
  }
  if (known == rows || low >= just_below(high)) {  // nothing was added, or only one value fits
    for (const WeightedValue& item : first) {
      append(item.value, known == rows ? item.weight : static_cast<std::uint64_t>(rows));
    }
    return;
  }
  if (rows > 1) {
    out_.distance_error += rows / all_ * 2 * (high - mean) * (mean - low) / (high - low);
    out_.rank_error = std::max(out_.rank_error, rows / all_);
  }
  if (first.empty()) {
    append(mean, static_cast<std::uint64_t>(rows));
    return;
  }
  // Towards the end that the mean is nearer to, all by the same part of their distance, so that they stay in the cell.
  const double before = std::clamp(high + known_sum / known, low, high);
  const double end = mean > before ? high : low;
  const double part = end == before ? 0 : (mean - before) / (end - before);
  double seen = 0;
  std::uint64_t given = 0;
  for (const WeightedValue& item : first) {
    seen += static_cast<double>(item.weight);
    const auto until = static_cast<std::uint64_t>(std::llround(rows * seen / known));
    append(item.value + (end - item.value) * part, until - given);
    given = until;
  }
}

}  // namespace

ReferenceCells::ReferenceCells(std::vector<WeightedValue> first, bool many)
    : many_(many), base_(base_of(std::move(first))), cells_(base_, many ? kManyCells : FineCells::kEqualCells) {
  cells_.count(base_.values, sums_);
}

void ReferenceCells::add(std::span<const double> numbers) {
  cells_.count(numbers, sums_);
  for (const double number : numbers) {
    if ((number < base_.minimum || number > base_.edges.back()) && beyond_.held() < kMostBeyond) {
      beyond_.add(std::span(&number, 1));
    }
  }
}

ReferenceValues ReferenceCells::values(double minimum, double maximum) const {
  ReferenceValues result;
  const double rows = total_of(sums_.counts);
  CellWriter writer(result, rows);
  constexpr std::size_t kBelow = ColumnReference::kBelowCell;
  const std::span<const WeightedValue> kept = beyond_.sorted();
  const auto first_above =
      std::find_if(kept.begin(), kept.end(), [&](const WeightedValue& item) { return item.value > base_.minimum; });
  const auto split = static_cast<std::size_t>(first_above - kept.begin());
  // Of the rows beyond the first numbers, the outermost is known if they were too many to be kept.
  const auto beyond = [&](std::size_t cell, double low, double high, double outermost) {
    const std::span<const WeightedValue> exact = cell == kBelow ? kept.first(split) : kept.subspan(split);
    if (rows_of(exact) == sums_.counts[cell]) {
      result.values.insert(result.values.end(), exact.begin(), exact.end());
      return;
    }
    const double others = sums_.counts[cell] - 1;
    if (outermost == low) {
      writer.add(low, low, 1, 0, {});
    }
    if (others > 0) {
      const double origin = cells_.origins()[cell];
      const double from_high = sums_.sums[cell] + sums_.counts[cell] * (origin - high) - (outermost - high);
      writer.add(low, high, others, from_high, {});
    }
    if (outermost == high) {
      writer.add(high, high, 1, 0, {});
    }
  };
  if (sums_.counts[kBelow] > 0) {
    beyond(kBelow, minimum, base_.minimum, minimum);
  }
  double low = just_below(base_.minimum);
  for (std::size_t i = 0; i < cells_.edges().size(); ++i) {
    const std::size_t cell = kBelow + 1 + i;
    const double high = cells_.edges()[i];
    writer.add(low, high, sums_.counts[cell], sums_.sums[cell], cells_.values_in(cell));
    low = high;
  }
  if (sums_.counts.back() > 0) {
    beyond(sums_.counts.size() - 1, low, maximum, maximum);
  }
  return result;
}

void ReferenceCells::save(StateWriter& out) const {
  out.u8(many_ ? 1 : 0);
  save_values(base_.values, out);
  beyond_.save(out);
  for (std::size_t cell = 0; cell < sums_.counts.size(); ++cell) {
    out.u64(static_cast<std::uint64_t>(sums_.counts[cell]));
    out.f64(sums_.sums[cell]);
  }
}

Expected<std::unique_ptr<ReferenceCells>> ReferenceCells::load(StateReader& in) {
  const Error corrupt{ErrorCode::kCorrupt, "saved reference is invalid"};
  const bool many = in.version() >= kManyCellsVersion && in.u8() != 0;
  Expected<std::vector<WeightedValue>> first = load_values(in);
  if (!first || first->empty()) {
    return corrupt;
  }
  auto cells = std::make_unique<ReferenceCells>(std::move(*first), many);
  if (const Expected<void> loaded = cells->beyond_.load(in); !loaded) {
    return loaded.error();
  }
  for (std::size_t cell = 0; cell < cells->sums_.counts.size(); ++cell) {
    cells->sums_.counts[cell] = static_cast<double>(in.u64());
    cells->sums_.sums[cell] = in.f64();
  }
  if (in.version() < FineSums::kDistancesVersion) {
    cells->cells_.take_origins(cells->sums_);
  }
  return in.ok() ? std::move(cells) : Expected<std::unique_ptr<ReferenceCells>>(corrupt);
}

}  // namespace leeway
