#include "agent/monitors/change/change_stream.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace leeway {
namespace {

std::variant<Cusum, EwmaChart, Adwin> chart_of(const ChangeDesign& design, ChangeDirection direction) {
  switch (design.method) {
    case ChangeMethod::kEwma:
      return EwmaChart(design.weight, design.threshold, direction);
    case ChangeMethod::kAdwin:
      return Adwin(design.weight, kAdwinClock, direction);
    default:
      return Cusum(design.weight, design.weight_down, design.threshold, direction);
  }
}

Error invalid() { return {ErrorCode::kCorrupt, "saved change detector is invalid"}; }

}  // namespace

ChangeStream::ChangeStream(const ChangeSettings& settings)
    : settings_(&settings), scale_(settings.scale, settings.reference_rows) {
  for (const ChangeDesign& design : settings.designs) {
    detectors_.push_back({chart_of(design, settings.direction)});
  }
}

void ChangeStream::make_charts(const std::vector<ChangeDesign>& designs) {
  for (std::size_t i = 0; i < detectors_.size(); ++i) {
    detectors_[i].chart = chart_of(designs[i], settings_->direction);
  }
}

void ChangeStream::add(double value, TimePoint time) {
  if (calibration_) {
    judge(value, time);
  } else if (!scale_.frozen()) {
    scale_.capture(value);
    if (rows_.size() < FrozenScale::kMostKeptRows) {
      rows_.push_back(value);
    }
  } else if (settings_->can_read_later || !is_full()) {
    waiting_.push_back({value, time});
  } else {
    ++unjudged_;
  }
}

bool ChangeStream::is_full() const {
  return waiting_.size() >= kMostWaiting / (settings_->segment ? settings_->max_segments : 1);
}

bool ChangeStream::settle(Background& background) {
  if (calibration_ || !scale_.frozen()) {
    return false;
  }
  if (!fitting_.started()) {
    problem_ = reference_problem(*settings_, scale_, rows_);
    fitting_.start(background,
                   [goals = ChangeGoals(*settings_), scale = scale_, rows = rows_](
                       const std::atomic<bool>& /*cancelled*/) { return calibrate_change(goals, scale, rows); });
  }
  std::optional<ChangeCalibration> fitted = fitting_.take();
  if (!fitted) {
    return false;
  }
  calibration_ = std::move(fitted);
  make_charts(calibration_->designs);
  rows_ = {};
  for (const Waiting& each : std::exchange(waiting_, {})) {
    judge(each.value, each.time);
  }
  return true;
}

void ChangeStream::judge(double value, TimePoint time) {
  const double score = calibration_->whitening.next(scale_.score(value, values_++));
  for (Detector& detector : detectors_) {
    const ChangeFound found = std::visit([score](auto& chart) { return chart.add(score); }, detector.chart);
    if (found != ChangeFound::kNone) {
      ChangeAlarms& alarms = detector.alarms[found == ChangeFound::kUp ? 0 : 1];
      ++alarms.count;
      alarms.last = time;
    }
  }
}

double ChangeStream::statistic(std::size_t detector, ChangeFound side) const {
  return std::visit([side](const auto& chart) { return chart.statistic(side); }, detectors_[detector].chart);
}

void ChangeStream::save(StateWriter& out) const {
  scale_.save(out);
  out.u64(values_);
  out.u64(unjudged_);
  out.u8(calibration_ ? 1 : 0);
  if (calibration_) {
    calibration_->save(out);
  } else {
    out.u64(rows_.size());
    for (const double row : rows_) {
      out.f64(row);
    }
    out.u64(waiting_.size());
    for (const Waiting& each : waiting_) {
      out.f64(each.value);
      out.i64(each.time.time_since_epoch().count());
    }
  }
  for (const Detector& detector : detectors_) {
    std::visit([&out](const auto& chart) { chart.save(out); }, detector.chart);
    for (const ChangeAlarms& alarms : detector.alarms) {
      out.u64(alarms.count);
      out.i64(alarms.last.time_since_epoch().count());
    }
  }
}

bool ChangeStream::load_detectors(StateReader& in) {
  for (Detector& detector : detectors_) {
    if (!std::visit([&in](auto& chart) { return chart.load(in); }, detector.chart)) {
      return false;
    }
    for (ChangeAlarms& alarms : detector.alarms) {
      alarms.count = in.u64();
      alarms.last = TimePoint(Duration(in.i64()));
    }
  }
  return in.ok();
}

bool ChangeStream::load_unfitted(StateReader& in) {
  const std::uint64_t rows = in.count(sizeof(double));
  rows_.clear();
  for (std::uint64_t i = 0; i < rows; ++i) {
    rows_.push_back(in.f64());
  }
  const std::uint64_t waiting = in.count(sizeof(double) + 1);
  waiting_.clear();
  for (std::uint64_t i = 0; i < waiting; ++i) {
    const double value = in.f64();
    waiting_.push_back({value, TimePoint(Duration(in.i64()))});
  }
  const auto finite = [](double number) { return std::isfinite(number); };
  return in.ok() && rows <= scale_.rows() && rows <= FrozenScale::kMostKeptRows && (waiting == 0 || scale_.frozen()) &&
         std::all_of(rows_.begin(), rows_.end(), finite) &&
         std::all_of(waiting_.begin(), waiting_.end(), [&](const Waiting& each) { return finite(each.value); });
}

Expected<void> ChangeStream::load_first_version(StateReader& in) {
  values_ = in.u64();
  if (!load_detectors(in)) {
    return invalid();
  }
  make_charts(settings_->designs);
  if (!scale_.frozen()) {
    rows_ = scale_.captured();
    if (rows_.size() < scale_.rows()) {
      scale_ = FrozenScale(settings_->scale, settings_->reference_rows);
    }
  }
  return {};
}

Expected<void> ChangeStream::load(StateReader& in) {
  if (Expected<void> loaded = scale_.load(in); !loaded) {
    return loaded;
  }
  if (in.version() < FrozenScale::kSeedVersion) {
    return load_first_version(in);
  }
  values_ = in.u64();
  unjudged_ = in.u64();
  if (in.u8() == 1) {
    ChangeCalibration saved;
    saved.designs = settings_->designs;
    if (!scale_.frozen() || !saved.load(in)) {
      return invalid();
    }
    calibration_ = std::move(saved);
    make_charts(calibration_->designs);
  } else if (!load_unfitted(in)) {
    return invalid();
  }
  return load_detectors(in) ? Expected<void>() : invalid();
}

}  // namespace leeway
