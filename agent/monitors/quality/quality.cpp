#include "agent/monitors/quality/quality.h"

#include <algorithm>

#include "agent/metrics/series_table.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/quality/quality_metrics.h"
#include "agent/monitors/quality/quality_rules.h"
#include "agent/monitors/quality/quality_run.h"
#include "agent/monitors/shared/record_filter.h"
#include "agent/monitors/shared/segments.h"

namespace leeway {
namespace {

// One segment of the records, or all of them.
struct QualitySegment {
  explicit QualitySegment(const QualitySettings& settings) : run(settings) {}

  QualityRun run;
  bool started = false;                // `step` is known; windows by time
  std::int64_t step = 0;               // number of the current window since the epoch
  std::vector<std::uint32_t> pending;  // places of the batch at hand that wait to be added to the run
  bool owned = false;                  // `file` is the one whose version was judged last
  std::uint64_t file = 0;
};

class Quality final : public Monitor {
 public:
  Quality(QualitySettings settings, RecordFilter filter, TimePoint started)
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
  void describe(MetricCatalog& catalog) const override { describe_quality_metrics(settings_, catalog); }
  void declare(Catalog& catalog) const override { add_quality_rules(settings_, catalog); }
  void collect(SnapshotBuilder& out) const override;
  void report(std::vector<MetricStatus>& out) const override;

 private:
  void resize();
  // Whether the batch continues the version at hand.
  bool follow_version(const RecordBatch& batch);
  // Judges the segments that the version which ends names, and those that only earlier versions of its file named.
  void end_version(const FileVersionPart& part);
  void add_rows(const RecordBatch& batch);
  void flush(QualitySegment& segment);
  // Ends the windows by time that end before `time`.
  void pass_time(QualitySegment& segment, TimePoint time);
  Expected<void> load_all(StateReader& in);

  QualitySettings settings_;
  RecordFilter filter_;
  TimePoint started_;
  SeriesTable table_;
  std::vector<std::unique_ptr<QualitySegment>> segments_;  // by series
  FailureCounts failures_{};
  bool in_version_ = false;
  std::uint64_t version_ = 0;  // id of the one at hand

  // Of the selected rows of the batch.
  std::vector<Series> series_;
  std::vector<TimePoint> times_;
  std::vector<std::span<const Value>> inputs_;
};

void Quality::resize() {
  while (segments_.size() < table_.size()) {
    segments_.push_back(std::make_unique<QualitySegment>(settings_));
  }
}

void Quality::observe(const RecordBatch& batch) {
  if (settings_.by_version() && !follow_version(batch)) {
    return;
  }
  add_rows(batch);
  if (settings_.by_version() && batch.file_version()->last) {
    end_version(*batch.file_version());
  }
}

void Quality::end_version(const FileVersionPart& part) {
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    QualitySegment& segment = *segments_[series];
    const bool of_file = segment.owned && segment.file == part.file;
    if (!settings_.segment || of_file || segment.run.rows() != 0) {
      segment.run.finish(part.modified);
      segment.owned = true;
      segment.file = part.file;
    }
  }
  in_version_ = false;
}

// What a version leaves unfinished is dropped with the first part of the next one.
bool Quality::follow_version(const RecordBatch& batch) {
  const std::optional<FileVersionPart>& part = batch.file_version();
  if (!part) {
    return false;
  }
  if (part->first) {
    in_version_ = true;
    version_ = part->id;
    for (Series series = kFirstSeries; series < segments_.size(); ++series) {
      segments_[series]->run.begin(part->columns);
    }
  }
  return in_version_ && version_ == part->id;
}

void Quality::add_rows(const RecordBatch& batch) {
  Selection& rows = filter_.select(batch, failures_);
  if (rows.empty()) {
    return;
  }
  resolve_segments(settings_.segment, batch, rows, table_, series_, failures_);
  resize();
  inputs_.clear();
  for (Expression& input : settings_.inputs) {
    inputs_.push_back(input.evaluate(batch, rows));
  }
  times_.clear();
  for (const Row row : rows) {
    times_.push_back(batch.times()[row]);
  }
  for (std::uint32_t place = 0; place < rows.size(); ++place) {
    if (!is_judged(series_[place])) {
      continue;
    }
    QualitySegment& segment = *segments_[series_[place]];
    pass_time(segment, times_[place]);
    segment.pending.push_back(place);
    if (settings_.window_rows != 0 && segment.run.rows() + segment.pending.size() == settings_.window_rows) {
      flush(segment);
      segment.run.finish(times_[place]);
    }
  }
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    flush(*segments_[series]);
  }
}

void Quality::flush(QualitySegment& segment) {
  if (!segment.pending.empty()) {
    segment.run.add({inputs_, segment.pending, times_}, failures_);
    segment.pending.clear();
  }
}

void Quality::pass_time(QualitySegment& segment, TimePoint time) {
  if (settings_.window_time == Duration{} || time == kNoTime) {
    return;
  }
  const std::int64_t step = step_of_time(time, settings_.window_time);
  if (!segment.started) {
    segment.started = true;
    segment.step = step;
  }
  if (step <= segment.step) {
    return;
  }
  flush(segment);
  segment.run.finish(TimePoint(settings_.window_time * (segment.step + 1)));
  // After two windows in which nothing came, more of them change nothing.
  constexpr std::int64_t kEmptyWindows = 2;
  const std::int64_t empty = step - segment.step - 1;
  for (std::int64_t window = std::max(step - kEmptyWindows, segment.step + 1); window < step; ++window) {
    segment.run.finish(TimePoint(settings_.window_time * (window + 1)));
  }
  segment.run.count_runs(static_cast<std::uint64_t>(std::max<std::int64_t>(0, empty - kEmptyWindows)));
  segment.step = step;
}

void Quality::advance(TimePoint now) {
  table_.advance(now);
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    pass_time(*segments_[series], now);
  }
}

void Quality::save(StateWriter& out) const {
  table_.save(out);
  out.u8(in_version_ ? 1 : 0);
  out.u64(version_);
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    const QualitySegment& segment = *segments_[series];
    out.u8(segment.started ? 1 : 0);
    out.i64(segment.step);
    out.u8(segment.owned ? 1 : 0);
    out.u64(segment.file);
    segment.run.save(out);
  }
  save_failures(failures_, out);
}

Expected<void> Quality::load_all(StateReader& in) {
  if (Expected<void> loaded = table_.load(in); !loaded) {
    return loaded;
  }
  in_version_ = in.u8() != 0;
  version_ = in.u64();
  resize();
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    QualitySegment& segment = *segments_[series];
    segment.started = in.u8() != 0;
    segment.step = in.i64();
    segment.owned = in.u8() != 0;
    segment.file = in.u64();
    if (Expected<void> loaded = segment.run.load(in); !loaded) {
      return loaded;
    }
  }
  failures_ = load_failures(in);
  return in.finish();
}

Expected<void> Quality::load(StateReader& in) {
  Expected<void> loaded = load_all(in);
  if (!loaded) {
    table_ = segment_table(settings_.segment, settings_.max_segments, started_);
    segments_.clear();
    failures_ = {};
    in_version_ = false;
    version_ = 0;
    resize();
  }
  return loaded;
}

void Quality::collect(SnapshotBuilder& out) const {
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    segments_[series]->run.collect(table_.labels(series), table_.created(series), out);
  }
}

void Quality::report(std::vector<MetricStatus>& out) const {
  out.push_back(segments_status("quality:" + settings_.name, table_, failures_));
}

}  // namespace

std::unique_ptr<Monitor> build_quality(MonitorContext& context) {
  const ErrorCheck errors(context.reader);
  RecordFilter filter = RecordFilter::read(context.reader, context.schema);
  QualitySettings settings = read_quality_settings(context.reader, context.schema);
  if (!context.has_file_versions && !context.reader.has("window")) {
    context.reader.missing("window",
                           "{ rows = 1000 } or { time = \"1h\" }: this source has no files to judge as a whole");
  }
  if (errors.failed()) {
    return nullptr;
  }
  return std::make_unique<Quality>(std::move(settings), std::move(filter), context.started);
}

}  // namespace leeway
