#include "agent/monitors/change/change_stream.h"

#include <algorithm>

namespace leeway {
namespace {

std::variant<Cusum, EwmaChart, Adwin> chart_of(const ChangeDesign& design, ChangeDirection direction) {
  switch (design.method) {
    case ChangeMethod::kEwma:
      return EwmaChart(design.weight, design.threshold, direction);
    case ChangeMethod::kAdwin:
      return Adwin(design.weight, kAdwinClock, direction);
    default:
      return Cusum(design.weight, design.threshold, direction);
  }
}

}  // namespace

ChangeStream::ChangeStream(const ChangeSettings& settings) : scale_(settings.scale, settings.reference_rows) {
  for (const ChangeDesign& design : settings.designs) {
    detectors_.push_back({chart_of(design, settings.direction)});
  }
}

void ChangeStream::add(double value, TimePoint time) {
  if (!scale_.frozen()) {
    scale_.capture(value);
    return;
  }
  const double score = scale_.score(value, values_++);
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
  for (const Detector& detector : detectors_) {
    std::visit([&out](const auto& chart) { chart.save(out); }, detector.chart);
    for (const ChangeAlarms& alarms : detector.alarms) {
      out.u64(alarms.count);
      out.i64(alarms.last.time_since_epoch().count());
    }
  }
}

Expected<void> ChangeStream::load(StateReader& in) {
  if (Expected<void> loaded = scale_.load(in); !loaded) {
    return loaded;
  }
  values_ = in.u64();
  for (Detector& detector : detectors_) {
    if (!std::visit([&in](auto& chart) { return chart.load(in); }, detector.chart)) {
      return Error{ErrorCode::kCorrupt, "saved change detector is invalid"};
    }
    for (ChangeAlarms& alarms : detector.alarms) {
      alarms.count = in.u64();
      alarms.last = TimePoint(Duration(in.i64()));
    }
  }
  return {};
}

}  // namespace leeway
