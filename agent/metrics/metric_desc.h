// The description of a metric, without its values: the entry of the catalogue, the head of a family in the exposition.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/metrics/value_range.h"

namespace leeway {

enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram, kInfo };
// "counter", "gauge", "histogram", "info".
std::string_view to_string(MetricType type);

struct MetricDesc {
  std::string name;  // as in text 0.0.4: counters end in _total unless `lint` is off, infos in _info
  MetricType type = MetricType::kGauge;
  std::string help;
  std::vector<std::string> label_names;
  std::vector<double> buckets;  // upper bounds, ascending, without +Inf; histograms only
  std::string title{};          // of its panels; "": what its help or its name says
  bool begins_late = false;     // a counter or histogram whose series may begin with their first event, not at 0
  // A family of several monitors, each with labels of its own: in a catalogue it has those of all.
  bool adds_labels = false;
  ValueRange range{};  // of a gauge's values
  Duration expire{};   // a gauge's series without a record for longer are hidden; zero: they are not
};

// Whether `desc` is a histogram with a bound below 0: the sum of such values may fall, so it is no counter and not
// shown, as OpenMetrics requires. Nor is _count in OpenMetrics, where it is only allowed together with _sum; the bucket
// le="+Inf" is the same number.
bool has_no_sum(const MetricDesc& desc);

// The name of the family in OpenMetrics: without _total of a counter and _info of an info.
std::string_view family_name(const MetricDesc& desc);
// Every name that the metric takes in OpenMetrics or in the text format, of its family and of its samples, so that no
// other metric may have one of them. The first is that of its family.
std::vector<std::string> taken_names(const MetricDesc& desc);

}  // namespace leeway
