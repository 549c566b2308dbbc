#include "agent/monitors/quality/quality_summary.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/monitors/quality/quality_group_text.h"
#include "agent/monitors/quality/quality_metrics.h"
#include "agent/monitors/quality/quality_values.h"

namespace leeway {
namespace {

constexpr int kSummaryPrecision = 12;         // 4 KiB, 1.6 %
constexpr std::uint32_t kSummaryItems = 512;  // 12 KiB, 0.5 % of rank

void save_figures(const QualityFigures& figures, StateWriter& out) {
  out.u64(figures.rows);
  out.f64(figures.distinct);
  for (const std::optional<double>* number :
       {&figures.null_ratio, &figures.mean, &figures.standard_deviation, &figures.minimum, &figures.maximum}) {
    save_optional(*number, out);
  }
  save_optional(figures.left_out, out);
  out.u64(figures.quantiles.size());
  for (const double quantile : figures.quantiles) {
    out.f64(quantile);
  }
}

void load_figures(QualityFigures& figures, StateReader& in) {
  figures.rows = in.u64();
  figures.distinct = in.f64();
  for (std::optional<double>* number :
       {&figures.null_ratio, &figures.mean, &figures.standard_deviation, &figures.minimum, &figures.maximum}) {
    *number = load_optional(in);
  }
  figures.left_out = in.version() >= 3 ? load_optional(in) : std::nullopt;
  const std::uint64_t quantiles = in.count(sizeof(double));
  for (std::uint64_t i = 0; i < quantiles && in.ok(); ++i) {
    figures.quantiles.push_back(in.f64());
  }
}

}  // namespace

QualitySummary::Cell::Cell() : sketch(kSummaryItems), values(kSummaryPrecision) {}

QualitySummary::QualitySummary(const QualitySummarySettings& settings) : settings_(settings), table_(fresh_table()) {
  resize();
}

SeriesTable QualitySummary::fresh_table() const {
  SeriesOptions options;
  for (std::size_t i = 0; i < settings_.by.size(); ++i) {
    options.labels.push_back(LabelSpec{kQualityGroupLabels[i]});
  }
  options.max_series = std::max<std::size_t>(1, settings_.max_groups);
  return SeriesTable(std::move(options));
}

void QualitySummary::resize() { cells_.resize(table_.size() * settings_.inputs.size()); }

std::uint64_t QualitySummary::add(const QualityRows& rows, FailureCounts& failures) {
  std::array<LabelColumn, kMostQualityGroupLabels> labels;
  for (std::size_t i = 0; i < settings_.by.size(); ++i) {
    labels[i] = {rows.inputs[settings_.by[i]].data(), true};
  }
  table_.resolve(std::span(labels).first(settings_.by.size()), rows.places, rows.times, series_, failures);
  resize();
  for (std::size_t column = 0; column < settings_.inputs.size(); ++column) {
    const std::span<const Value> values = rows.inputs[settings_.inputs[column]];
    for (std::size_t i = 0; i < rows.places.size(); ++i) {
      if (series_[i] == kNoSeries || series_[i] == kOverflowSeries) {
        continue;
      }
      Cell& cell = cells_[series_[i] * settings_.inputs.size() + column];
      const Value& value = values[rows.places[i]];
      ++cell.rows;
      cell.absent += is_absent(value) ? 1 : 0;
      if (const std::optional<std::uint64_t> hash = hash_of(value)) {
        cell.values.add(*hash);
      }
      if (const std::optional<double> number = finite_number_of(value)) {
        cell.moments.add(*number);
        if (!settings_.quantiles.empty()) {
          cell.sketch.add(*number);
        }
      }
    }
  }
  return static_cast<std::uint64_t>(std::count(series_.begin(), series_.end(), kOverflowSeries));
}

QualityFigures QualitySummary::figures_of(const Cell& cell) const {
  QualityFigures figures;
  figures.rows = cell.rows;
  const std::uint64_t values = cell.rows - cell.absent;
  if (cell.rows > 0) {
    figures.null_ratio = static_cast<double>(cell.absent) / static_cast<double>(cell.rows);
  }
  if (values > 0) {
    figures.left_out = static_cast<double>(values - cell.moments.count()) / static_cast<double>(values);
  }
  figures.distinct = std::min(std::round(cell.values.estimate()), static_cast<double>(values));
  figures.mean = cell.moments.mean();
  figures.standard_deviation = cell.moments.standard_deviation();
  figures.minimum = cell.moments.minimum();
  figures.maximum = cell.moments.maximum();
  if (cell.sketch.count() > 0) {
    const std::vector<WeightedValue> sorted = cell.sketch.sorted();
    for (const double quantile : settings_.quantiles) {
      const double rank = std::ceil(quantile * static_cast<double>(cell.sketch.count()));
      figures.quantiles.push_back(value_at_rank(sorted, std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rank))));
    }
  }
  return figures;
}

void QualitySummary::end_run() {
  groups_.clear();
  for (Series series = kFirstSeries; series < table_.size(); ++series) {
    QualityGroup& group = groups_.emplace_back();
    for (const Label& label : table_.labels(series).pairs()) {
      group.keys.emplace_back(label.value);
    }
    for (std::size_t column = 0; column < settings_.inputs.size(); ++column) {
      group.columns.push_back(figures_of(cells_[series * settings_.inputs.size() + column]));
    }
  }
  clear();
}

void QualitySummary::clear() {
  table_ = fresh_table();
  cells_.clear();
  resize();
}

void QualitySummary::save(StateWriter& out) const {
  table_.save(out);
  for (const Cell& cell : cells_) {
    out.u64(cell.rows);
    out.u64(cell.absent);
    cell.moments.save(out);
    cell.sketch.save(out);
    cell.values.save(out);
  }
  out.u64(groups_.size());
  for (const QualityGroup& group : groups_) {
    out.text(quality_group_text(group.keys));
    for (const QualityFigures& figures : group.columns) {
      save_figures(figures, out);
    }
  }
}

Expected<void> QualitySummary::load(StateReader& in) {
  if (Expected<void> loaded = table_.load(in); !loaded) {
    return loaded;
  }
  resize();
  for (Cell& cell : cells_) {
    cell.rows = in.u64();
    cell.absent = in.u64();
    cell.moments.load(in, in.version() >= kMeanRestVersion);
    if (Expected<void> loaded = cell.sketch.load(in); !loaded) {
      return loaded;
    }
    if (Expected<void> loaded = cell.values.load(in); !loaded) {
      return loaded;
    }
  }
  const std::uint64_t groups = in.count();
  for (std::uint64_t i = 0; i < groups && in.ok(); ++i) {
    QualityGroup& group = groups_.emplace_back();
    group.keys = quality_group_keys(in.text());
    if (group.keys.size() != settings_.by.size()) {
      return Error{ErrorCode::kCorrupt, "saved summary has an invalid group"};
    }
    group.columns.resize(settings_.inputs.size());
    for (QualityFigures& figures : group.columns) {
      load_figures(figures, in);
    }
  }
  return in.ok() ? Expected<void>{} : Expected<void>{Error{ErrorCode::kCorrupt, "saved summary is invalid"}};
}

}  // namespace leeway
