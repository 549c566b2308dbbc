#include "agent/monitors/quality/quality_run.h"

#include "agent/core/number_text.h"
#include "agent/monitors/quality/quality_metrics.h"
#include "agent/monitors/shared/segments.h"

namespace leeway {
namespace {

void add(const char* metric, SeriesLabels labels, const std::optional<double>& value, SnapshotBuilder& out) {
  if (value) {
    out.add(out.family(quality_metric(metric)), labels, *value);
  }
}

}  // namespace

QualityRun::QualityRun(const QualitySettings& settings) : settings_(settings) {
  for (const QualityCheckSettings& check : settings.checks) {
    checks_.push_back(QualityCheck::make(check));
  }
  for (const QualitySummarySettings& summary : settings.summaries) {
    summaries_.emplace_back(summary);
  }
}

void QualityRun::see_columns(std::span<const std::string> columns) {
  for (const std::unique_ptr<QualityCheck>& check : checks_) {
    check->see_columns(columns);
  }
}

void QualityRun::add(const QualityRows& rows, FailureCounts& failures, std::span<std::uint64_t> overflowed) {
  rows_ += rows.places.size();
  for (const std::unique_ptr<QualityCheck>& check : checks_) {
    check->add(rows);
  }
  for (std::size_t i = 0; i < summaries_.size(); ++i) {
    overflowed[i] += summaries_[i].add(rows, failures);
  }
}

void QualityRun::end_run(TimePoint time) {
  for (const std::unique_ptr<QualityCheck>& check : checks_) {
    check->end_run(rows_);
  }
  for (QualitySummary& summary : summaries_) {
    summary.end_run();
  }
  last_rows_ = rows_;
  last_run_ = time;
  ++runs_;
  rows_ = 0;
}

void QualityRun::clear() {
  for (const std::unique_ptr<QualityCheck>& check : checks_) {
    check->clear();
  }
  for (QualitySummary& summary : summaries_) {
    summary.clear();
  }
  rows_ = 0;
}

void QualityRun::collect_check(const QualityCheck& check, std::span<const Label> segment, SnapshotBuilder& out) const {
  const QualityCheckSettings& settings = check.settings();
  const QualityOutcome& outcome = check.outcome();
  const SeriesLabels own = segment_labels(
      {{"quality", settings_.name}, {"check", settings.name}, {"column", settings.column}}, segment, out);
  leeway::add(kQualityLeftOut, own, outcome.left_out, out);
  leeway::add(kQualityUnjudged, own, static_cast<double>(check.unjudged_runs()), out);
  if (settings.kind == QualityKind::kFreshness) {
    leeway::add(kQualityNewest, own, outcome.value, out);
    return;
  }
  const std::optional<bool> passed = check.passed();
  leeway::add(kQualityPassed, own, passed ? std::optional(*passed ? 1.0 : 0.0) : std::nullopt, out);
  leeway::add(kQualityValue, own, outcome.value, out);
  leeway::add(kQualityViolations, own, outcome.violations, out);
  leeway::add(kQualityExact, own, outcome.value ? std::optional(outcome.exact ? 1.0 : 0.0) : std::nullopt, out);
  if (outcome.rows) {
    leeway::add(kQualityCheckRows, own, static_cast<double>(*outcome.rows), out);
  }
  for (const auto& [bound, limit] : {std::pair("min", settings.limits.minimum), {"max", settings.limits.maximum}}) {
    const SeriesLabels of_bound = segment_labels(
        {{"quality", settings_.name}, {"check", settings.name}, {"column", settings.column}, {"bound", bound}}, segment,
        out);
    leeway::add(kQualityLimit, of_bound, limit, out);
  }
}

void QualityRun::collect_summary(const QualitySummary& summary, std::span<const Label> segment,
                                 SnapshotBuilder& out) const {
  for (const QualityGroup& group : summary.groups()) {
    std::vector<Label> of_group;
    for (std::size_t i = 0; i < group.keys.size(); ++i) {
      of_group.push_back({kQualityGroupLabels[i], group.keys[i]});
    }
    of_group.insert(of_group.end(), segment.begin(), segment.end());
    for (std::size_t column = 0; column < group.columns.size(); ++column) {
      const QualityFigures& figures = group.columns[column];
      const std::string& name = summary.settings().columns[column];
      const SeriesLabels own = segment_labels({{"quality", settings_.name}, {"column", name}}, of_group, out);
      leeway::add(kQualitySummaryRows, own, static_cast<double>(figures.rows), out);
      leeway::add(kQualityMean, own, figures.mean, out);
      leeway::add(kQualityStd, own, figures.standard_deviation, out);
      leeway::add(kQualityMin, own, figures.minimum, out);
      leeway::add(kQualityMax, own, figures.maximum, out);
      leeway::add(kQualityNullRatio, own, figures.null_ratio, out);
      leeway::add(kQualitySummaryLeftOut, own, figures.left_out, out);
      leeway::add(kQualityDistinct, own, figures.distinct, out);
      for (std::size_t i = 0; i < figures.quantiles.size(); ++i) {
        const std::string quantile = plain_number(summary.settings().quantiles[i]);
        leeway::add(
            kQualityQuantile,
            segment_labels({{"quality", settings_.name}, {"column", name}, {"quantile", quantile}}, of_group, out),
            figures.quantiles[i], out);
      }
    }
  }
}

void QualityRun::collect(SeriesLabels segment, TimePoint created, SnapshotBuilder& out) const {
  const SeriesLabels own = segment_labels({{"quality", settings_.name}}, segment.pairs(), out);
  out.add(out.family(quality_metric(kQualityRuns)), own, static_cast<double>(runs_), created);
  if (runs_ == 0) {
    return;
  }
  leeway::add(kQualityRows, own, static_cast<double>(last_rows_), out);
  if (last_run_ != kNoTime) {
    leeway::add(kQualityLastRun, own, to_unix_seconds(last_run_), out);
  }
  for (const std::unique_ptr<QualityCheck>& check : checks_) {
    collect_check(*check, segment.pairs(), out);
  }
  for (const QualitySummary& summary : summaries_) {
    collect_summary(summary, segment.pairs(), out);
  }
}

void QualityRun::save(StateWriter& out) const {
  for (const std::uint64_t number : {rows_, runs_, last_rows_}) {
    out.u64(number);
  }
  out.i64(last_run_.time_since_epoch().count());
  for (const std::unique_ptr<QualityCheck>& check : checks_) {
    check->save(out);
  }
  for (const QualitySummary& summary : summaries_) {
    summary.save(out);
  }
}

Expected<void> QualityRun::load(StateReader& in) {
  for (std::uint64_t* number : {&rows_, &runs_, &last_rows_}) {
    *number = in.u64();
  }
  last_run_ = TimePoint(Duration(in.i64()));
  for (const std::unique_ptr<QualityCheck>& check : checks_) {
    if (Expected<void> loaded = check->load(in); !loaded) {
      return loaded;
    }
  }
  for (QualitySummary& summary : summaries_) {
    if (Expected<void> loaded = summary.load(in); !loaded) {
      return loaded;
    }
  }
  return {};
}

}  // namespace leeway
