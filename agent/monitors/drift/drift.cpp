#include "agent/monitors/drift/drift.h"

#include <algorithm>
#include <utility>

#include "agent/metrics/snapshot.h"
#include "agent/monitors/drift/drift_collect.h"
#include "agent/monitors/drift/drift_columns.h"
#include "agent/monitors/drift/drift_cycles.h"
#include "agent/monitors/drift/drift_group.h"
#include "agent/monitors/drift/drift_metrics.h"
#include "agent/monitors/drift/drift_notes.h"
#include "agent/monitors/drift/drift_rules.h"
#include "agent/monitors/drift/drift_segment.h"
#include "agent/monitors/shared/segment_states.h"
#include "agent/monitors/shared/version_rows.h"

namespace leeway {
namespace {

constexpr std::size_t kLongestFile = 200;  // bytes of a label
constexpr std::size_t kCachedFiles = 16;
constexpr std::uint64_t kAnyVersion = 0;  // of a state that did not say which one

class Drift final : public DriftMonitor {
 public:
  Drift(DriftSettings settings, RecordFilter filter, TimePoint started)
      : settings_(std::move(settings)),
        segments_(settings_, std::move(filter), started),
        file_names_(LabelSpec{"file"}, kLongestFile, kCachedFiles) {
    note_cycles();
  }

  void observe(const RecordBatch& batch) override;
  void advance(TimePoint now) override;
  void set_background(Background& background) override { background_ = &background; }
  bool settle() override;
  std::vector<std::string> take_notes() override { return std::exchange(notes_, {}); }
  bool wants_sample() const override {
    return settings_.step_rows != 0 || !(settings_.profile || settings_.rolling()) || has_p_value_of_bins(settings_);
  }
  std::uint32_t state_version() const override { return kDriftStateVersion; }
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
  void reset() override {
    segments_.reset();
    version_.reset();
    clock_ = kNoTime;
    version_rows_.rows = version_rows_.short_versions = empty_versions_ = 0;
  }

 private:
  void count_new_columns(std::span<const std::string> names);
  bool follow_version(const RecordBatch& batch);
  void end_version(const FileVersionPart& part);
  void note_cycles();
  void note_segment(const DriftSegment& segment);
  void measure_version(const FileVersionPart& part, std::size_t rows);
  void read_clock(const RecordBatch& batch, const Selection& rows);
  // Returns how many.
  std::size_t add_rows(const RecordBatch& batch);

  DriftSettings settings_;
  SegmentStates<DriftSegment, DriftSettings> segments_;
  std::uint64_t new_columns_ = 0;  // of the last version
  ImmediateBackground immediately_;
  Background* background_ = &immediately_;
  std::optional<std::uint64_t> version_;  // id of the one that is being read
  VersionRows version_rows_;
  std::uint64_t empty_versions_ = 0;  // with windows of versions
  bool noted_cycle_ = false;
  bool reference_noted_ = false;  // of the first segment that has a reference
  bool few_rows_noted_ = false;
  std::vector<std::string> notes_;
  LabelInterner file_names_;
  TimePoint clock_ = kNoTime;  // of the source

  // Of the selected rows of the batch.
  std::vector<TimePoint> times_;
  std::vector<TimePoint> clocks_;
  std::vector<std::span<const Value>> values_;  // one per column
};

void Drift::observe(const RecordBatch& batch) {
  if (const std::optional<FileVersionPart>& part = batch.file_version();
      settings_.all_columns && part && part->first && !part->columns.empty()) {
    count_new_columns(part->columns);
  }
  if (settings_.columns.empty()) {
    return;  // they are not known yet
  }
  if (settings_.by_version && !follow_version(batch)) {
    return;
  }
  const std::size_t rows = add_rows(batch);
  if (settings_.by_version) {
    version_rows_.add(*batch.file_version(), rows);
    if (batch.file_version()->last) {
      end_version(*batch.file_version());
    }
  } else if (settings_.step_rows != 0 && batch.file_version()) {
    measure_version(*batch.file_version(), rows);
  }
  settle();
}

void Drift::count_new_columns(std::span<const std::string> names) {
  new_columns_ = static_cast<std::uint64_t>(std::count_if(names.begin(), names.end(), [this](const std::string& name) {
    return !settings_.known_names.contains(name) &&
           std::none_of(settings_.exclude.begin(), settings_.exclude.end(),
                        [&](const std::string& pattern) { return matches_wildcards(pattern, name); });
  }));
}

// Whether the batch continues the current version. One that is not read to its end is dropped where another begins.
bool Drift::follow_version(const RecordBatch& batch) {
  const std::optional<FileVersionPart>& part = batch.file_version();
  if (!part) {
    return false;
  }
  if (part->first) {
    version_ = part->id;
    for (Series series = kFirstSeries; series < segments_.size(); ++series) {
      segments_[series].begin_version();
    }
  }
  return version_ == part->id || version_ == kAnyVersion;
}

// A window of rows that no version fills spans several, and is judged when a later one is read.
void Drift::measure_version(const FileVersionPart& part, std::size_t rows) {
  const std::string note = version_rows_.add(part, rows, settings_.step_rows * settings_.slots,
                                             "[[drift]] '" + settings_.name + "'", "window = \"version\"");
  if (!note.empty()) {
    notes_.push_back(note);
  }
}

void Drift::end_version(const FileVersionPart& part) {
  const std::string_view file = part.path.empty() ? part.path : file_names_.limited(part.path);
  const bool replaces_any = part.file == 0;  // a file with versions of its own replaces itself only
  const WindowSpan version{part.modified, part.modified,
                           replaces_any && !part.path.empty() ? hash_text(part.path) : std::uint64_t{0}};
  if (version_rows_.rows == 0) {
    ++empty_versions_;
    notes_.push_back(note_of_empty_version(settings_, part));
  }
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    DriftSegment& segment = segments_[series];
    const bool is_its_file = replaces_any || !settings_.segment || segment.window_file() == file;
    segment.end_version(version, file, version_rows_.rows == 0 && is_its_file);
  }
  version_ = std::nullopt;
}

// The source's clock with each of `rows`, which does not depend on how records are divided among batches.
void Drift::read_clock(const RecordBatch& batch, const Selection& rows) {
  clocks_.clear();
  Row next = 0;
  for (const Row row : rows) {
    for (; next <= row; ++next) {
      clock_ = std::max(clock_, batch.times()[next]);
    }
    clocks_.push_back(clock_);
  }
}

std::size_t Drift::add_rows(const RecordBatch& batch) {
  Selection& rows = segments_.select(batch);
  if (rows.empty()) {
    return 0;
  }
  segments_.resolve(batch, rows);
  values_.clear();
  for (DriftColumnSettings& column : settings_.columns) {
    values_.push_back(column.value.evaluate(batch, rows));
  }
  times_of(batch, rows, times_);
  read_clock(batch, rows);
  const std::span<const Series> series = segments_.series();
  for (std::size_t i = 0; i < rows.size();) {
    DriftSegment* const segment = segments_.of_row(i);
    if (segment == nullptr) {
      ++i;
      continue;
    }
    segment->pass_time(clocks_[i]);
    const std::size_t end =
        i + segment->run_length(series.subspan(i), std::span(times_).subspan(i), std::span(clocks_).subspan(i));
    segment->add(values_, times_, i, end);
    i = end;
  }
  return rows.size();
}

std::optional<DriftProfile> Drift::profile() const {
  if (settings_.segment || !segments_[kFirstSeries].frozen()) {
    return std::nullopt;
  }
  DriftProfile result;
  for (std::size_t i = 0; i < settings_.columns.size(); ++i) {
    const DriftColumn& column = segments_[kFirstSeries].columns()[i];
    if (column.frozen()) {
      result.columns.emplace(settings_.columns[i].label, *column.reference());
    } else {
      result.not_comparable.emplace(settings_.columns[i].label, column.facts());
    }
  }
  return result;
}

void Drift::advance(TimePoint now) {
  segments_.advance(now);
  clock_ = std::max(clock_, now);
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    segments_[series].pass_time(now);
  }
  settle();
}

bool Drift::settle() {
  bool changed = false;
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    changed = segments_[series].settle(*background_) || changed;
    note_segment(segments_[series]);
  }
  note_cycles();
  return changed;
}

// Once each. What was said of a reference that is known beforehand is not said again.
void Drift::note_segment(const DriftSegment& segment) {
  const auto add = [this](const std::optional<std::string>& note) {
    notes_.insert(notes_.end(), note ? 1 : 0, note.value_or(""));
    return note.has_value();
  };
  const bool has_reference = segment.frozen() && !std::exchange(reference_noted_, true);
  if (has_reference) {
    add(note_of_dependence(settings_, segment));
  }
  const bool has_window = segment.frozen() && segment.window_rows() > 0;
  if (!few_rows_noted_ && ((has_reference && !settings_.profile) || has_window)) {
    few_rows_noted_ = add(note_of_few_rows(settings_, segment)) || has_window;
  }
}

// Once.
void Drift::note_cycles() {
  for (Series series = kFirstSeries; series < segments_.size() && !noted_cycle_; ++series) {
    if (segments_[series].take_frozen()) {
      const std::string note = cycle_note(settings_, segments_[series].columns());
      noted_cycle_ = !note.empty();
      notes_.insert(notes_.end(), noted_cycle_ ? 1 : 0, note);
    }
  }
}

void Drift::save(StateWriter& out) const {
  out.text(settings_.reference_id);
  if (settings_.all_columns) {
    out.u64(new_columns_);
  }
  out.u8(version_ ? 1 : 0);
  out.u64(version_.value_or(0));
  out.i64(clock_.time_since_epoch().count());
  out.u64(version_rows_.rows);
  out.u64(version_rows_.short_versions);
  out.u64(empty_versions_);
  segments_.save(out);
}

Expected<void> Drift::load(StateReader& in) {
  if (in.text() != settings_.reference_id && in.ok()) {
    return {};  // the saved windows were compared with another reference
  }
  if (settings_.all_columns) {
    new_columns_ = in.u64();
  }
  std::optional<std::uint64_t> version = kAnyVersion;
  TimePoint clock = kNoTime;
  if (in.version() >= DriftColumn::kWindowsVersion) {
    const bool in_version = in.u8() != 0;
    const std::uint64_t id = in.u64();
    version = in_version ? std::optional(id) : std::nullopt;
    clock = TimePoint(Duration(in.i64()));
  }
  const std::uint64_t version_rows = in.version() >= DriftColumn::kWindowsVersion ? in.u64() : 0;
  const std::uint64_t short_versions = in.version() >= DriftColumn::kWindowsVersion ? in.u64() : 0;
  const std::uint64_t empty_versions = in.version() >= kFilesVersion ? in.u64() : 0;
  Expected<void> loaded = segments_.load(in);
  if (loaded) {
    version_ = version;
    clock_ = clock;
    version_rows_.rows = version_rows;
    version_rows_.short_versions = short_versions;
    empty_versions_ = empty_versions;
  }
  return loaded;
}

void Drift::collect(SnapshotBuilder& out) const {
  out.add(out.family(drift_metric(kDriftInfo)), drift_info_labels(settings_, out), 1);
  const SeriesLabels labels = segment_labels({{"drift", settings_.name}, {"source", settings_.source}}, {}, out);
  if (settings_.all_columns) {
    out.add(out.family(drift_metric(kDriftColumns)), labels, static_cast<double>(settings_.columns.size()));
    out.add(out.family(drift_metric(kDriftNewColumns)), labels, static_cast<double>(new_columns_));
  }
  if (settings_.by_version) {
    out.add(out.family(drift_metric(kDriftEmptyVersions)), labels, static_cast<double>(empty_versions_));
  }
  if (version_rows_.short_versions != 0) {
    out.add(out.family(drift_metric(kDriftShortVersions)), labels, static_cast<double>(version_rows_.short_versions));
  }
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    collect_segment(settings_, segments_[series], segments_.table().labels(series), segments_.table().created(series),
                    out);
  }
}

void Drift::report(std::vector<MetricStatus>& out) const {
  const std::string source = settings_.source.empty() ? "" : ":" + settings_.source;
  MetricStatus status = segments_.status("drift:" + settings_.name + source);
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    status.computing += segments_[series].pending_calibrations();
  }
  out.push_back(std::move(status));
}

}  // namespace

std::unique_ptr<Monitor> build_drift(MonitorContext& context) {
  const ErrorCheck errors(context.reader);
  std::vector<DriftSettings> references = read_drift_settings(context);
  std::vector<RecordFilter> filters;
  for (std::size_t i = 0; i < references.size(); ++i) {
    filters.push_back(RecordFilter::read(context.reader, context.schema()));
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
