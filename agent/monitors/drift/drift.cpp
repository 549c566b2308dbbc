#include "agent/monitors/drift/drift.h"

#include <algorithm>

#include "agent/core/number_text.h"
#include "agent/metrics/series_table.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/drift/drift_column.h"
#include "agent/monitors/drift/drift_group.h"
#include "agent/monitors/drift/drift_metrics.h"
#include "agent/monitors/drift/drift_rules.h"
#include "agent/monitors/shared/record_filter.h"
#include "agent/monitors/shared/segments.h"

namespace leeway {
namespace {

constexpr std::uint64_t kDrawsAhead = 500;  // of calibrations, a call: about 4 ms

// One segment of the records, or all of them: its columns and where its window stands.
struct DriftSegment {
  explicit DriftSegment(const DriftSettings& settings) {
    for (const DriftColumnSettings& column : settings.columns) {
      if (settings.profile) {
        columns.emplace_back(settings, settings.profile->columns.at(column.label));
      } else {
        columns.emplace_back(settings);
      }
    }
    frozen = settings.profile.has_value();
  }

  std::vector<DriftColumn> columns;
  bool frozen = false;
  std::uint64_t reference_rows = 0;
  TimePoint reference_start = kNoTime;
  bool started = false;         // `step` is known; windows by time
  std::int64_t step = 0;        // number of the current step since the epoch
  std::uint64_t slot_rows = 0;  // of the current slot; windows by rows
  std::uint64_t ended = 0;      // slots, up to those of a window
  std::uint64_t windows = 0;    // judged
};

class Drift final : public DriftMonitor {
 public:
  Drift(DriftSettings settings, RecordFilter filter, TimePoint started)
      : settings_(std::move(settings)),
        filter_(std::move(filter)),
        started_(started),
        table_(segment_table(settings_.segment, settings_.max_segments, started_)) {
    resize();
  }

  void observe(const RecordBatch& batch) override;
  void advance(TimePoint now) override;
  void save(StateWriter& out) const override;
  Expected<void> load(StateReader& in) override;
  void describe(MetricCatalog& catalog) const override { describe_drift_metrics(settings_, catalog); }
  void declare(Catalog& catalog) const override {
    add_drift_rules(settings_, catalog);
    add_drift_panels(settings_, catalog);
  }
  void collect(SnapshotBuilder& out) const override;
  void report(std::vector<MetricStatus>& out) const override;
  const DriftSettings& settings() const override { return settings_; }
  std::optional<DriftProfile> profile() const override;
  void reset() override;

 private:
  void resize();
  // Freezes the reference where it ends before a record at `time`, and ends the slots that it passes.
  void pass_time(DriftSegment& segment, TimePoint time);
  bool reference_due(const DriftSegment& segment, TimePoint time) const;
  // Windows by time begin with the step of `moment`.
  void freeze(DriftSegment& segment, TimePoint moment);
  // Where the selected rows end that, from `begin` on, go to the same slot of the same segment.
  std::size_t run_end(const DriftSegment& segment, std::size_t begin) const;
  // After these rows were added: freezes the reference, or ends the slot, where it is complete.
  void pass_rows(DriftSegment& segment, std::size_t begin, std::size_t end);
  void end_slot(DriftSegment& segment);
  void judge(DriftSegment& segment);
  Expected<void> load_all(StateReader& in);
  void collect_segment(Series series, SnapshotBuilder& out) const;
  void collect_column(const DriftColumn& column, bool judged, const std::string& label, const std::string& segment,
                      SnapshotBuilder& out) const;
  std::string info_labels() const;

  DriftSettings settings_;
  RecordFilter filter_;
  TimePoint started_;
  SeriesTable table_;
  std::vector<std::unique_ptr<DriftSegment>> segments_;  // by series
  FailureCounts failures_{};
  std::vector<Series> series_;                  // of the selected rows of the batch
  std::vector<TimePoint> times_;                // likewise
  std::vector<std::span<const Value>> values_;  // of the selected rows, a column each
};

void Drift::resize() {
  while (segments_.size() < table_.size()) {
    segments_.push_back(std::make_unique<DriftSegment>(settings_));
  }
}

void Drift::observe(const RecordBatch& batch) {
  Selection& rows = filter_.select(batch, failures_);
  if (rows.empty()) {
    return;
  }
  resolve_segments(settings_.segment, batch, rows, table_, series_, failures_);
  resize();
  values_.clear();
  for (DriftColumnSettings& column : settings_.columns) {
    values_.push_back(column.value.evaluate(batch, rows));
  }
  times_.clear();
  for (const Row row : rows) {
    times_.push_back(batch.times()[row]);
  }
  for (std::size_t i = 0; i < rows.size();) {
    if (!is_judged(series_[i])) {
      ++i;
      continue;
    }
    DriftSegment& segment = *segments_[series_[i]];
    pass_time(segment, times_[i]);
    const std::size_t end = run_end(segment, i);
    for (std::size_t column = 0; column < values_.size(); ++column) {
      segment.columns[column].add(values_[column].subspan(i, end - i));
    }
    pass_rows(segment, i, end);
    i = end;
  }
}

std::size_t Drift::run_end(const DriftSegment& segment, std::size_t begin) const {
  std::size_t longest = times_.size() - begin;
  if (settings_.step_rows != 0 && segment.frozen) {
    longest = std::min<std::size_t>(longest, settings_.step_rows - segment.slot_rows);
  } else if (!segment.frozen) {
    longest =
        std::min<std::size_t>(longest, settings_.first_rows == 0 ? 1 : settings_.first_rows - segment.reference_rows);
  }
  const bool by_time = segment.frozen && settings_.step_time != Duration{};
  const TimePoint step_end = by_time && segment.started ? TimePoint((segment.step + 1) * settings_.step_time) : kNoTime;
  std::size_t end = begin + 1;
  while (end < begin + longest && series_[end] == series_[begin] &&
         (!by_time || times_[end] == kNoTime || (step_end != kNoTime && times_[end] < step_end))) {
    ++end;
  }
  return end;
}

bool Drift::reference_due(const DriftSegment& segment, TimePoint time) const {
  if (settings_.first_rows != 0) {
    return segment.reference_rows >= settings_.first_rows;
  }
  return segment.reference_start != kNoTime && time != kNoTime &&
         time - segment.reference_start >= settings_.first_time &&
         segment.reference_rows >= std::uint64_t{kLeastReferenceRows};
}

void Drift::freeze(DriftSegment& segment, TimePoint moment) {
  segment.frozen = true;
  for (DriftColumn& column : segment.columns) {
    column.freeze();
  }
  if (settings_.step_time != Duration{} && moment != kNoTime) {
    segment.started = true;
    segment.step = step_of_time(moment, settings_.step_time);
  }
}

void Drift::pass_time(DriftSegment& segment, TimePoint time) {
  if (!segment.frozen && reference_due(segment, time)) {
    // Not now: how late one looks must not matter.
    freeze(segment, segment.reference_start + settings_.first_time);
  }
  if (!segment.frozen || settings_.step_time == Duration{} || time == kNoTime) {
    return;
  }
  const std::int64_t step = step_of_time(time, settings_.step_time);
  if (!segment.started) {
    segment.started = true;
    segment.step = step;
  }
  // After so many empty steps the window is empty and stays so.
  const auto slots = static_cast<std::int64_t>(settings_.slots);
  for (std::int64_t ended = 0; segment.step < step && ended <= slots; ++ended) {
    ++segment.step;
    end_slot(segment);
  }
  segment.step = std::max(segment.step, step);
}

void Drift::pass_rows(DriftSegment& segment, std::size_t begin, std::size_t end) {
  if (!segment.frozen) {
    segment.reference_rows += end - begin;
    for (std::size_t i = begin; i < end && segment.reference_start == kNoTime; ++i) {
      segment.reference_start = times_[i];
    }
    if (reference_due(segment, times_[end - 1])) {
      freeze(segment, times_[end - 1]);
    }
    return;
  }
  if (settings_.step_rows != 0) {
    segment.slot_rows += end - begin;
    if (segment.slot_rows == settings_.step_rows) {
      segment.slot_rows = 0;
      end_slot(segment);
    }
  }
}

void Drift::end_slot(DriftSegment& segment) {
  segment.ended = std::min<std::uint64_t>(segment.ended + 1, settings_.slots);
  if (segment.ended == settings_.slots) {
    judge(segment);
  }
  for (DriftColumn& column : segment.columns) {
    column.next_slot();
  }
}

void Drift::judge(DriftSegment& segment) {
  std::vector<double> p_values;
  for (DriftColumn& column : segment.columns) {
    column.score();
    if (column.scored_rows() < settings_.min_rows) {
      continue;
    }
    for (const DriftResult& result : column.results()) {
      if (result.score) {
        p_values.push_back(result.p_value);
      }
    }
  }
  // Each column has the same rows. Empty windows do not count: how many there are depends on when one looks.
  segment.windows += segment.columns.front().scored_rows() > 0 ? 1 : 0;
  const double level = family_level(std::move(p_values), settings_.false_alarm_rate, settings_.family);
  for (DriftColumn& column : segment.columns) {
    column.judge(level);
  }
}

std::optional<DriftProfile> Drift::profile() const {
  if (settings_.segment || !segments_[kFirstSeries]->frozen) {
    return std::nullopt;
  }
  DriftProfile result;
  for (std::size_t i = 0; i < settings_.columns.size(); ++i) {
    result.columns.emplace(settings_.columns[i].label, *segments_[kFirstSeries]->columns[i].reference());
  }
  return result;
}

void Drift::advance(TimePoint now) {
  table_.advance(now);
  std::uint64_t draws = kDrawsAhead;
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    for (DriftColumn& column : segments_[series]->columns) {
      draws -= draws > 0 ? column.calibrate_some(draws) : 0;
    }
  }
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    pass_time(*segments_[series], now);
  }
}

void Drift::save(StateWriter& out) const {
  out.text(settings_.baseline);
  table_.save(out);
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    const DriftSegment& segment = *segments_[series];
    out.u8(static_cast<std::uint8_t>((segment.frozen ? 1 : 0) | (segment.started ? 2 : 0)));
    out.u64(segment.reference_rows);
    out.i64(segment.reference_start.time_since_epoch().count());
    out.i64(segment.step);
    for (const std::uint64_t number : {segment.slot_rows, segment.ended, segment.windows}) {
      out.u64(number);
    }
    for (const DriftColumn& column : segment.columns) {
      column.save(out);
    }
  }
  save_failures(failures_, out);
}

Expected<void> Drift::load_all(StateReader& in) {
  if (in.text() != settings_.baseline && in.ok()) {
    return {};  // the saved windows were compared with another reference
  }
  if (Expected<void> loaded = table_.load(in); !loaded) {
    return loaded;
  }
  resize();
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    DriftSegment& segment = *segments_[series];
    const std::uint8_t flags = in.u8();
    segment.frozen = (flags & 1) != 0;
    segment.started = (flags & 2) != 0;
    segment.reference_rows = in.u64();
    segment.reference_start = TimePoint(Duration(in.i64()));
    segment.step = in.i64();
    for (std::uint64_t* number : {&segment.slot_rows, &segment.ended, &segment.windows}) {
      *number = in.u64();
    }
    for (DriftColumn& column : segment.columns) {
      if (Expected<void> loaded = column.load(in); !loaded) {
        return loaded;
      }
      if (column.frozen() != segment.frozen) {
        return Error{ErrorCode::kCorrupt, "saved drift monitor is impossible"};
      }
    }
  }
  failures_ = load_failures(in);
  return in.finish();
}

void Drift::reset() {
  table_ = segment_table(settings_.segment, settings_.max_segments, started_);
  segments_.clear();
  failures_ = {};
  resize();
}

Expected<void> Drift::load(StateReader& in) {
  Expected<void> loaded = load_all(in);
  if (!loaded) {
    reset();
  }
  return loaded;
}

void Drift::collect_column(const DriftColumn& column, bool judged, const std::string& label, const std::string& segment,
                           SnapshotBuilder& out) const {
  const std::string by_column =
      segment_labels({{"drift", settings_.name}, {"source", settings_.source}, {"column", label}}, segment);
  out.add(out.family(drift_metric(kDriftReferenceRows)), by_column, static_cast<double>(column.reference_rows()));
  if (!column.frozen()) {
    return;
  }
  if (judged) {
    out.add(out.family(drift_metric(kDriftRows)), by_column, static_cast<double>(column.scored_rows()));
  }
  for (std::size_t i = 0; i < column.results().size(); ++i) {
    const DriftResult& result = column.results()[i];
    if (!result.score) {
      continue;
    }
    const std::string method(to_string(column.methods()[i]));
    const std::string labels = segment_labels(
        {{"drift", settings_.name}, {"source", settings_.source}, {"column", label}, {"method", method}}, segment);
    out.add(out.family(drift_metric(kDriftScore)), labels, *result.score);
    if (result.band != DriftResult::kNoBand) {
      out.add(out.family(drift_metric(kDriftNoiseFloor)), labels, result.noise_floor);
      out.add(out.family(drift_metric(kDriftThreshold)), labels, result.threshold);
      out.add(out.family(drift_metric(kDriftBand)), labels, result.band);
    }
  }
  if (!settings_.export_bins) {
    return;
  }
  const ColumnReference& reference = *column.reference();
  std::vector<double> bins(reference.bin_count());
  reference.to_bins(reference.counts, bins);
  for (std::size_t bin = 0; bin < bins.size(); ++bin) {
    const std::string labels = segment_labels(
        {{"drift", settings_.name}, {"source", settings_.source}, {"column", label}, {"bin", reference.bin_names[bin]}},
        segment);
    out.add(out.family(drift_metric(kDriftReferenceBinRows)), labels, bins[bin]);
    out.add(out.family(drift_metric(kDriftBinRows)), labels, column.scored_bins()[bin]);
  }
}

void Drift::collect_segment(Series series, SnapshotBuilder& out) const {
  const DriftSegment& segment = *segments_[series];
  const std::string& label = table_.labels(series);
  const std::string by_segment = segment_labels({{"drift", settings_.name}, {"source", settings_.source}}, label);
  out.add(out.family(drift_metric(kDriftReferenceReady)), by_segment, segment.frozen ? 1 : 0);
  out.add(out.family(drift_metric(kDriftWindows)), by_segment, static_cast<double>(segment.windows),
          table_.created(series));
  for (std::size_t i = 0; i < segment.columns.size(); ++i) {
    collect_column(segment.columns[i], segment.windows > 0, settings_.columns[i].label, label, out);
  }
}

std::string Drift::info_labels() const {
  const char* family = settings_.family == Family::kHolm                ? "holm"
                       : settings_.family == Family::kBenjaminiHochberg ? "bh"
                                                                        : "none";
  return segment_labels({{"drift", settings_.name},
                         {"source", settings_.source},
                         {"window", settings_.window_text()},
                         {"reference", settings_.reference_text()},
                         {"threshold", settings_.threshold ? number_text(*settings_.threshold) : "calibrated"},
                         {"false_alarm_rate", number_text(settings_.false_alarm_rate)},
                         {"family", family},
                         {"bins", std::to_string(settings_.reference.bins)},
                         {"pseudo_count", number_text(settings_.pseudo_count)}},
                        "");
}

void Drift::collect(SnapshotBuilder& out) const {
  out.add(out.family(drift_metric(kDriftInfo)), info_labels(), 1);
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    collect_segment(series, out);
  }
}

void Drift::report(std::vector<MetricStatus>& out) const {
  const std::string source = settings_.source.empty() ? "" : ":" + settings_.source;
  out.push_back(segments_status("drift:" + settings_.name + source, table_, failures_));
}

}  // namespace

std::unique_ptr<Monitor> build_drift(MonitorContext& context) {
  const ErrorCheck errors(context.reader);
  std::vector<DriftSettings> references = read_drift_settings(context);
  std::vector<RecordFilter> filters;
  for (std::size_t i = 0; i < references.size(); ++i) {
    filters.push_back(RecordFilter::read(context.reader, context.schema));
  }
  if (errors.failed()) {
    return nullptr;
  }
  std::vector<std::unique_ptr<DriftMonitor>> monitors;
  for (std::size_t i = 0; i < references.size(); ++i) {
    monitors.push_back(std::make_unique<Drift>(std::move(references[i]), std::move(filters[i]), context.started));
  }
  if (monitors.front()->settings().source.empty()) {
    return std::move(monitors.front());
  }
  return std::make_unique<DriftGroup>(std::move(monitors));
}

}  // namespace leeway
