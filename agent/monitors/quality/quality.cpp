#include "agent/monitors/quality/quality.h"

#include <algorithm>
#include <utility>

#include "agent/metrics/snapshot.h"
#include "agent/monitors/quality/quality_metrics.h"
#include "agent/monitors/quality/quality_rules.h"
#include "agent/monitors/quality/quality_run.h"
#include "agent/monitors/shared/segment_states.h"
#include "agent/monitors/shared/segments.h"
#include "agent/monitors/shared/version_rows.h"

namespace leeway {
namespace {

// Of saved state; version 1 had only the first.
constexpr std::uint8_t kInVersion = 1;
constexpr std::uint8_t kHasColumns = 2;
constexpr std::uint8_t kHasOverflowed = 4;
constexpr std::uint8_t kHasVersionRows = 8;
constexpr std::uint8_t kStarted = 1;
constexpr std::uint8_t kHasEmptyRuns = 2;
constexpr std::uint8_t kHasPath = 4;

// One segment of the records, or all of them.
struct QualitySegment {
  explicit QualitySegment(const QualitySettings& settings) : run(settings), windows(settings.windows) {}

  QualityRun run;
  const WindowClock& windows;
  std::uint64_t empty_runs = 0;        // of those of `run`
  bool started = false;                // `step` is known; windows by time
  std::int64_t step = 0;               // number of the current window
  TimePoint step_end = kNoTime;        // and its end
  std::vector<std::uint32_t> pending;  // places in the current batch, not yet added to the run
  bool saw_columns = false;            // the current run knows those of the current file
  bool owned = false;                  // `file` is that of the version judged last
  std::uint64_t file = 0;
  std::string path;  // likewise

  // The current window is that one.
  void open(std::int64_t number) {
    started = true;
    step = number;
    step_end = windows.end(number);
  }
  void save(StateWriter& out) const;
  Expected<void> load(StateReader& in);
};

void QualitySegment::save(StateWriter& out) const {
  out.u8(static_cast<std::uint8_t>((started ? kStarted : 0) | (empty_runs > 0 ? kHasEmptyRuns : 0) |
                                   (path.empty() ? 0 : kHasPath)));
  out.i64(step);
  if (empty_runs > 0) {
    out.u64(empty_runs);
  }
  if (!path.empty()) {
    out.text(path);
  }
  out.u8(owned ? 1 : 0);
  out.u64(file);
  run.save(out);
}

Expected<void> QualitySegment::load(StateReader& in) {
  const std::uint8_t flags = in.u8();
  started = (flags & kStarted) != 0;
  step = in.i64();
  step_end = started ? windows.end(step) : kNoTime;
  empty_runs = (flags & kHasEmptyRuns) != 0 ? in.u64() : 0;
  path = (flags & kHasPath) != 0 ? in.text() : std::string_view();
  owned = in.u8() != 0;
  file = in.u64();
  return run.load(in);
}

class Quality final : public Monitor {
 public:
  Quality(QualitySettings settings, RecordFilter filter, TimePoint started)
      : settings_(std::move(settings)),
        segments_(settings_, std::move(filter), started),
        overflowed_(settings_.summaries.size()) {}

  std::uint32_t state_version() const override { return kMeanRestVersion; }
  void observe(const RecordBatch& batch) override;
  void advance(TimePoint now) override;
  Duration tolerated_disorder() const override { return settings_.by_version() ? Duration::max() : kLiveDisorder; }
  void save(StateWriter& out) const override;
  Expected<void> load(StateReader& in) override;
  void describe(MetricCatalog& catalog) const override { describe_quality_metrics(settings_, catalog); }
  void declare(Catalog& catalog) const override { add_quality_rules(settings_, catalog); }
  void collect(SnapshotBuilder& out) const override;
  void report(std::vector<MetricStatus>& out) const override;
  std::vector<std::string> take_notes() override { return std::exchange(notes_, {}); }
  bool wants_sample() const override { return settings_.window_rows != 0; }

 private:
  // Whether the batch continues the current version.
  bool follow_version(const RecordBatch& batch);
  // Judges the segments in the version that ends, and those only in earlier versions of its file.
  void end_version(const FileVersionPart& part);
  // Returns how many.
  std::size_t add_rows(const RecordBatch& batch);
  void flush(QualitySegment& segment);
  void end_run(QualitySegment& segment, TimePoint time);
  // Ends the windows by time that end before `time`.
  void pass_time(QualitySegment& segment, TimePoint time);

  QualitySettings settings_;
  SegmentStates<QualitySegment, QualitySettings> segments_;
  bool in_version_ = false;
  std::uint64_t version_ = 0;         // id of the current one
  std::vector<std::string> columns_;  // of the current file, if its format names them

  VersionRows version_rows_;
  std::vector<std::string> notes_;

  std::vector<std::uint64_t> overflowed_;  // rows of groups beyond `max_groups`, by summary

  // Of the selected rows of the batch.
  std::vector<TimePoint> times_;
  std::vector<std::span<const Value>> inputs_;
};

void Quality::observe(const RecordBatch& batch) {
  const std::optional<FileVersionPart>& part = batch.file_version();
  if (part && (part->first || !part->columns.empty())) {
    columns_.assign(part->columns.begin(), part->columns.end());
    for (Series series = kFirstSeries; series < segments_.size(); ++series) {
      segments_[series].saw_columns = false;
    }
  }
  if (settings_.by_version() && !follow_version(batch)) {
    return;
  }
  const std::size_t rows = add_rows(batch);
  if (settings_.window_rows != 0 && part) {
    const std::string note =
        version_rows_.add(*part, rows, settings_.window_rows, "[[quality]] '" + settings_.name + "'",
                          "no `window`, so that each version is judged");
    if (!note.empty()) {
      notes_.push_back(note);
    }
  }
  if (settings_.by_version() && batch.file_version()->last) {
    end_version(*batch.file_version());
  }
}

void Quality::end_version(const FileVersionPart& part) {
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    QualitySegment& segment = segments_[series];
    const bool of_file = segment.owned && segment.file == part.file;
    if (!settings_.segment || of_file || segment.run.rows() != 0) {
      end_run(segment, part.modified);
      segment.owned = true;
      segment.file = part.file;
      segment.path = part.path;
    }
  }
  in_version_ = false;
}

// An unfinished version is dropped at the first part of the next one.
bool Quality::follow_version(const RecordBatch& batch) {
  const std::optional<FileVersionPart>& part = batch.file_version();
  if (!part) {
    return false;
  }
  if (part->first) {
    in_version_ = true;
    version_ = part->id;
  }
  const bool current = in_version_ && version_ == part->id;
  if (part->first || (current && !part->columns.empty())) {
    for (Series series = kFirstSeries; series < segments_.size(); ++series) {
      QualitySegment& segment = segments_[series];
      if (part->first) {
        segment.run.clear();
      }
      segment.run.see_columns(part->columns);
      segment.saw_columns = true;
    }
  }
  return current;
}

std::size_t Quality::add_rows(const RecordBatch& batch) {
  Selection& rows = segments_.select(batch);
  if (rows.empty()) {
    return 0;
  }
  segments_.resolve(batch, rows);
  inputs_.clear();
  for (Expression& input : settings_.inputs) {
    inputs_.push_back(input.evaluate(batch, rows));
  }
  times_of(batch, rows, times_);
  for (std::uint32_t place = 0; place < rows.size(); ++place) {
    QualitySegment* const segment = segments_.of_row(place);
    if (segment == nullptr) {
      continue;
    }
    pass_time(*segment, times_[place]);
    segment->pending.push_back(place);
    if (settings_.window_rows != 0 && segment->run.rows() + segment->pending.size() == settings_.window_rows) {
      flush(*segment);
      end_run(*segment, times_[place]);
    }
  }
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    flush(segments_[series]);
  }
  return rows.size();
}

// A segment, or the window after another, may begin in the middle of a file, which has named its columns already.
void Quality::flush(QualitySegment& segment) {
  if (!segment.pending.empty()) {
    if (!std::exchange(segment.saw_columns, true)) {
      segment.run.see_columns(columns_);
    }
    segment.run.add({inputs_, segment.pending, times_}, segments_.failures(), overflowed_);
    segment.pending.clear();
  }
}

void Quality::end_run(QualitySegment& segment, TimePoint time) {
  segment.empty_runs += segment.run.rows() == 0 ? 1 : 0;
  segment.run.end_run(time);
  segment.saw_columns = false;
}

void Quality::pass_time(QualitySegment& segment, TimePoint time) {
  if (settings_.window_time == Duration{} || time == kNoTime) {
    return;
  }
  if (segment.started && time < segment.step_end) {
    return;
  }
  const std::int64_t step = segment.windows.number(time);
  if (!segment.started) {
    segment.open(step);
    return;
  }
  flush(segment);
  end_run(segment, segment.step_end);
  // After two empty windows, further ones change nothing.
  constexpr std::int64_t kEmptyWindows = 2;
  const std::int64_t empty = step - segment.step - 1;
  for (std::int64_t window = std::max(step - kEmptyWindows, segment.step + 1); window < step; ++window) {
    end_run(segment, segment.windows.end(window));
  }
  const auto more = static_cast<std::uint64_t>(std::max<std::int64_t>(0, empty - kEmptyWindows));
  segment.run.count_runs(more);
  segment.empty_runs += more;
  segment.open(step);
}

void Quality::advance(TimePoint now) {
  segments_.advance(now);
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    pass_time(segments_[series], now);
  }
}

void Quality::save(StateWriter& out) const {
  segments_.save_segments(out);
  const bool overflowed = std::any_of(overflowed_.begin(), overflowed_.end(), [](auto rows) { return rows > 0; });
  out.u8(static_cast<std::uint8_t>((in_version_ ? kInVersion : 0) | (columns_.empty() ? 0 : kHasColumns) |
                                   (overflowed ? kHasOverflowed : 0) |
                                   (version_rows_.rows + version_rows_.short_versions > 0 ? kHasVersionRows : 0)));
  out.u64(version_);
  if (version_rows_.rows + version_rows_.short_versions > 0) {
    out.u64(version_rows_.rows);
    out.u64(version_rows_.short_versions);
  }
  if (!columns_.empty()) {
    out.u64(columns_.size());
    for (const std::string& column : columns_) {
      out.text(column);
    }
  }
  for (std::size_t i = 0; overflowed && i < overflowed_.size(); ++i) {
    out.u64(overflowed_[i]);
  }
  segments_.save_states(out);
}

Expected<void> Quality::load(StateReader& in) {
  Expected<void> loaded = segments_.load_segments(in);
  if (loaded) {
    const std::uint8_t flags = in.u8();
    in_version_ = (flags & kInVersion) != 0;
    version_ = in.u64();
    version_rows_.rows = (flags & kHasVersionRows) != 0 ? in.u64() : 0;
    version_rows_.short_versions = (flags & kHasVersionRows) != 0 ? in.u64() : 0;
    const std::uint64_t columns = (flags & kHasColumns) != 0 ? in.count() : 0;
    for (std::uint64_t i = 0; i < columns && in.ok(); ++i) {
      columns_.emplace_back(in.text());
    }
    for (std::size_t i = 0; (flags & kHasOverflowed) != 0 && i < overflowed_.size(); ++i) {
      overflowed_[i] = in.u64();
    }
    loaded = segments_.load_states(in);
  }
  if (!loaded) {
    in_version_ = false;
    version_ = version_rows_.rows = version_rows_.short_versions = 0;
    columns_.clear();
    overflowed_.assign(overflowed_.size(), 0);
  }
  return loaded;
}

// The groups of each summary have a limit of their own.
void Quality::report(std::vector<MetricStatus>& out) const {
  out.push_back(segments_.status("quality:" + settings_.name));
  std::size_t with_groups = 0;
  for (std::size_t i = 0; i < settings_.summaries.size(); ++i) {
    if (settings_.summaries[i].by.empty()) {
      continue;
    }
    MetricStatus& status = out.emplace_back();
    status.name = "quality:" + settings_.name + ":groups" + (++with_groups > 1 ? std::to_string(with_groups) : "");
    for (Series series = kFirstSeries; series < segments_.size(); ++series) {
      status.held = std::max<std::uint64_t>(status.held, segments_[series].run.summaries()[i].most_groups());
    }
    status.series_limit = settings_.summaries[i].max_groups;
    status.of_segments = true;
    status.overflowed_records = overflowed_[i];
  }
}

void Quality::collect(SnapshotBuilder& out) const {
  if (version_rows_.short_versions != 0) {
    out.add(out.family(quality_metric(kQualityShortVersions)), segment_labels({{"quality", settings_.name}}, {}, out),
            static_cast<double>(version_rows_.short_versions));
  }
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    const SeriesLabels segment = segments_.table().labels(series);
    const TimePoint created = segments_.table().created(series);
    segments_[series].run.collect(segment, created, out);
    out.add(out.family(quality_metric(kQualityEmptyRuns)),
            segment_labels({{"quality", settings_.name}}, segment.pairs(), out),
            static_cast<double>(segments_[series].empty_runs), created);
    if (!segments_[series].path.empty()) {
      out.add(out.family(quality_metric(kQualityRunInfo)),
              segment_labels({{"quality", settings_.name}, {"file", segments_[series].path}}, segment.pairs(), out), 1);
    }
  }
}

// The same for all records.
bool is_constant(const Expression& segment) {
  Schema schema;
  const Expected<Expression> compiled = Expression::compile(segment.text(), schema);
  return compiled && schema.fields().empty();
}

}  // namespace

std::unique_ptr<Monitor> build_quality(MonitorContext& context) {
  const ErrorCheck errors(context.reader);
  RecordFilter filter = RecordFilter::read(context.reader, context.schema());
  QualitySettings settings = read_quality_settings(context.reader, context.schema(), context.names_columns);
  if (!context.has_file_versions && !context.reader.has("window")) {
    context.reader.missing("window",
                           "{ rows = 1000 } or { time = \"1h\" }: this source has no files to judge as a whole");
  }
  settings.windows = WindowClock(settings.window_time, context.schema().time_zone());
  if (context.has_several_files && settings.by_version() && (!settings.segment || is_constant(*settings.segment))) {
    context.reader.error(
        "source",
        "several files match its `path`, each with versions of its own, so the results would be those of whichever was "
        "read last; expected a `segment` that tells them apart, such as a field of `path_fields`, a `window`, or in "
        "the source `version = \"all\"` if they belong together, or `replaces = \"any\"` if a new file takes the place "
        "of the one before");
  }
  if (errors.failed()) {
    return nullptr;
  }
  return std::make_unique<Quality>(std::move(settings), std::move(filter), context.started);
}

}  // namespace leeway
