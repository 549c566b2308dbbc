#include "agent/monitors/change/change.h"

#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/change/change_metrics.h"
#include "agent/monitors/change/change_rules.h"
#include "agent/monitors/change/change_stream.h"
#include "agent/monitors/shared/segment_states.h"

namespace leeway {
namespace {

class Change final : public Monitor {
 public:
  Change(ChangeSettings settings, RecordFilter filter, TimePoint started)
      : settings_(std::move(settings)), segments_(settings_, std::move(filter), started), scale_(settings_.scale, 0) {}

  void observe(const RecordBatch& batch) override;
  void advance(TimePoint now) override;
  Duration tolerated_disorder() const override { return kLiveDisorder; }
  void set_background(Background& background) override { background_ = &background; }
  bool settle() override;
  bool is_full() const override;
  std::vector<std::string> take_notes() override { return std::exchange(notes_, {}); }
  bool wants_sample() const override { return true; }
  std::uint32_t state_version() const override { return kChangeStateVersion; }
  void save(StateWriter& out) const override { segments_.save(out); }
  Expected<void> load(StateReader& in) override { return segments_.load(in); }
  void describe(MetricCatalog& catalog) const override { describe_change_metrics(settings_, catalog); }
  void declare(Catalog& catalog) const override { add_change_rules(settings_, catalog); }
  void collect(SnapshotBuilder& out) const override;
  void report(std::vector<MetricStatus>& out) const override {
    MetricStatus status = segments_.status("change:" + settings_.name);
    for (Series series = kFirstSeries; series < segments_.size(); ++series) {
      status.overflowed_records += segments_[series].unjudged();
    }
    out.push_back(std::move(status));
  }

 private:
  void drop_unusable(Selection& rows);
  void note_problem(Series series);
  void collect_stream(Series series, SnapshotBuilder& out) const;
  void collect_calibration(Series series, const ChangeCalibration& calibration, SnapshotBuilder& out) const;
  void collect_detector(Series series, std::size_t detector, ChangeFound side, SnapshotBuilder& out) const;

  ChangeSettings settings_;
  SegmentStates<ChangeStream, ChangeSettings> segments_;
  FrozenScale scale_;  // never filled: says which values can be scored
  ImmediateBackground immediately_;
  Background* background_ = &immediately_;
  std::vector<std::string> notes_;
  Selection numbered_;  // the rows of the batch to which the numbers belong
};

// Keeps the rows whose numbers the scale takes.
void Change::drop_unusable(Selection& rows) {
  std::vector<double>& numbers = settings_.value->numbers();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (scale_.takes(numbers[i])) {
      rows[kept] = rows[i];
      numbers[kept++] = numbers[i];
    } else {
      ++segments_.failures()[static_cast<std::size_t>(Failure::kUnknownValue)];
    }
  }
  rows.resize(kept);
  numbers.resize(kept);
}

void Change::observe(const RecordBatch& batch) {
  Selection& rows = segments_.select(batch);
  settings_.value->evaluate(batch, rows, segments_.failures());
  drop_unusable(rows);
  if (rows.empty()) {
    return;
  }
  numbered_ = rows;
  segments_.resolve(batch, rows);
  const std::vector<double>& numbers = settings_.value->numbers();
  std::size_t number = 0;
  for (std::size_t i = 0; i < rows.size(); ++i, ++number) {
    while (numbered_[number] != rows[i]) {
      ++number;  // of a row without a segment
    }
    if (ChangeStream* const stream = segments_.of_row(i)) {
      stream->add(numbers[number], batch.times()[rows[i]]);
    }
  }
  settle();
}

void Change::advance(TimePoint now) {
  segments_.advance(now);
  settle();
}

bool Change::settle() {
  bool changed = false;
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    changed = segments_[series].settle(*background_) || changed;
    note_problem(series);
  }
  return changed;
}

// Once, when the reference is complete; afterwards it is a metric.
void Change::note_problem(Series series) {
  const std::string_view problem = segments_[series].take_problem();
  if (problem.empty()) {
    return;
  }
  std::string of = "[[change]] '" + settings_.name + "'";
  for (const Label& label : segments_.table().labels(series).pairs()) {
    of += ", " + std::string(label.name) + " '" + std::string(label.value) + "'";
  }
  notes_.push_back(of + ": the average run length cannot be kept with this reference (" + settings_.reference_text() +
                   "): " + std::string(problem));
}

bool Change::is_full() const {
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    if (segments_[series].is_full()) {
      return true;
    }
  }
  return false;
}

void Change::collect_detector(Series series, std::size_t detector, ChangeFound side, SnapshotBuilder& out) const {
  const ChangeStream& stream = segments_[series];
  const SeriesLabels labels = segment_labels({{"change", settings_.name},
                                              {"method", to_string(settings_.designs[detector].method)},
                                              {"direction", side == ChangeFound::kUp ? "up" : "down"}},
                                             segments_.table().labels(series).pairs(), out);
  const ChangeAlarms& alarms = stream.alarms(detector, side);
  out.add(out.family(change_metric(kChangeDetections)), labels, static_cast<double>(alarms.count),
          segments_.table().created(series));
  if (alarms.last != kNoTime) {
    out.add(out.family(change_metric(kChangeLastDetection)), labels, to_seconds(alarms.last.time_since_epoch()));
  }
  if (stream.calibration()) {
    out.add(out.family(change_metric(kChangeStatistic)), labels, stream.statistic(detector, side));
  }
}

void Change::collect_calibration(Series series, const ChangeCalibration& calibration, SnapshotBuilder& out) const {
  const std::span<const Label> segment = segments_.table().labels(series).pairs();
  const SeriesLabels by_segment = segment_labels({{"change", settings_.name}}, segment, out);
  out.add(out.family(change_metric(kChangeShift)), by_segment, calibration.shift);
  out.add(out.family(change_metric(kChangeAutocorrelation)), by_segment, calibration.autocorrelation);
  out.add(out.family(change_metric(kChangeInflation)), by_segment, calibration.variance_inflation);
  out.add(out.family(change_metric(kChangeSteady)), by_segment, calibration.steady ? 1 : 0);
  for (const ChangeDesign& design : calibration.designs) {
    const SeriesLabels by_method =
        segment_labels({{"change", settings_.name}, {"method", to_string(design.method)}}, segment, out);
    out.add(out.family(change_metric(kChangeThreshold)), by_method, design.threshold);
    out.add(out.family(change_metric(kChangeWeight)), by_method, design.weight);
  }
}

void Change::collect_stream(Series series, SnapshotBuilder& out) const {
  const ChangeStream& stream = segments_[series];
  const SeriesLabels by_segment =
      segment_labels({{"change", settings_.name}}, segments_.table().labels(series).pairs(), out);
  out.add(out.family(change_metric(kChangeReferenceRows)), by_segment, static_cast<double>(stream.scale().rows()));
  out.add(out.family(change_metric(kChangeValues)), by_segment, static_cast<double>(stream.values()),
          segments_.table().created(series));
  out.add(out.family(change_metric(kChangeWaiting)), by_segment, static_cast<double>(stream.waiting()));
  out.add(out.family(change_metric(kChangeUnjudged)), by_segment, static_cast<double>(stream.unjudged()),
          segments_.table().created(series));
  if (stream.calibration()) {
    collect_calibration(series, *stream.calibration(), out);
  }
  if (stream.scale().frozen()) {
    out.add(out.family(change_metric(kChangeReferenceMean)), by_segment, stream.scale().mean());
    out.add(out.family(change_metric(kChangeReferenceDeviation)), by_segment, stream.scale().deviation());
  }
  for (std::size_t detector = 0; detector < settings_.designs.size(); ++detector) {
    if (watches_up(settings_.direction)) {
      collect_detector(series, detector, ChangeFound::kUp, out);
    }
    if (watches_down(settings_.direction)) {
      collect_detector(series, detector, ChangeFound::kDown, out);
    }
  }
}

void Change::collect(SnapshotBuilder& out) const {
  for (const ChangeDesign& design : settings_.designs) {
    const std::string_view method = to_string(design.method);
    out.add(out.family(change_metric(kChangeInfo)),
            segment_labels({{"change", settings_.name},
                            {"method", method},
                            {"average_run_length", plain_number(settings_.average_run_length)},
                            {"shift", plain_number(settings_.shift)},
                            {"direction", settings_.direction_text()},
                            {"scale", settings_.scale_text()},
                            {"reference", settings_.reference_text()}},
                           {}, out),
            1);
  }
  for (Series series = kFirstSeries; series < segments_.size(); ++series) {
    collect_stream(series, out);
  }
}

}  // namespace

std::unique_ptr<Monitor> build_change(MonitorContext& context) {
  const ErrorCheck errors(context.reader);
  RecordFilter filter = RecordFilter::read(context.reader, context.schema());
  ChangeSettings settings = read_change_settings(context.reader, context.schema());
  if (errors.failed()) {
    return nullptr;
  }
  settings.can_read_later = context.definition == nullptr || context.definition->exclusive_input().empty();
  return std::make_unique<Change>(std::move(settings), std::move(filter), context.started);
}

}  // namespace leeway
