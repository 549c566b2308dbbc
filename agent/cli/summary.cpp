#include "agent/cli/summary.h"

#include <fmt/format.h>

#include <iterator>
#include <numeric>

#include "agent/core/rfc3339.h"
#include "agent/core/units.h"
#include "exporters/prometheus/label_text.h"

namespace leeway {
namespace {

// Series shown per metric.
constexpr std::size_t kMostSeries = 12;

void add_counts(std::string& out, std::string_view title, const ReasonCounts& counts) {
  for (const auto& [name, count] : counts) {
    if (count != 0) {
      fmt::format_to(std::back_inserter(out), "  {} {}: {}\n", title, name, count);
    }
  }
}

void add_source(std::string& out, const SourceStatus& source) {
  fmt::format_to(std::back_inserter(out), "source {}: {} read, {} records", source.name, format_bytes(source.bytes),
                 source.records);
  if (source.last_record != kNoTime) {
    out += ", the latest at " + format_rfc3339(source.last_record);
  }
  out += "\n";
  add_counts(out, "rejected lines,", source.rejects);
  add_counts(out, "anomalies,", source.anomalies);
  add_counts(out, "lost bytes,", source.lost_bytes);
}

// As many as the configuration asks for.
void add_top(std::string& out, const MetricStatus& metric) {
  for (const TopValues& top : metric.top) {
    std::string labels;
    for (const auto& [name, value] : top.labels) {
      labels += fmt::format("{}{}={}", labels.empty() ? " of " : ", ", name, value);
    }
    fmt::format_to(std::back_inserter(out), "\n{}, most frequent values{} among {} records:\n", metric.name, labels,
                   top.records);
    for (const TopValue& value : top.values) {
      const std::string count = fmt::format("{}{}", value.error == 0 ? "" : "at most ", value.count);
      fmt::format_to(std::back_inserter(out), "  {:<58} {:>14}\n", value.text, count);
    }
  }
}

void add_sample(std::string& out, const MetricFamily& family, const Sample& sample) {
  const std::string name = fmt::format("{{{}}}", label_text(sample.labels));
  if (family.desc.type != MetricType::kHistogram) {
    fmt::format_to(std::back_inserter(out), "  {:<58} {:>14.10g}\n", name, sample.value);
    return;
  }
  const std::uint64_t count = std::accumulate(sample.buckets.begin(), sample.buckets.end(), std::uint64_t{0});
  fmt::format_to(std::back_inserter(out), "  {:<58} {:>14} observations, mean {:.6g}\n", name, count,
                 count == 0 ? 0 : sample.sum / static_cast<double>(count));
}

void add_family(std::string& out, const MetricFamily& family) {
  fmt::format_to(std::back_inserter(out), "\n{} ({}): {}\n", family.desc.name, to_string(family.desc.type),
                 family.desc.help);
  std::size_t shown = 0;
  for (const Sample& sample : family.samples) {
    if (++shown > kMostSeries) {
      fmt::format_to(std::back_inserter(out), "  ... and {} more series\n", family.samples.size() - kMostSeries);
      return;
    }
    add_sample(out, family, sample);
  }
}

}  // namespace

std::string summarize(const Snapshot& snapshot) {
  std::string out;
  for (const SourceStatus& source : snapshot.status().sources) {
    add_source(out, source);
  }
  for (const MetricStatus& metric : snapshot.status().metrics) {
    add_counts(out, metric.name + " skipped records,", metric.skipped);
  }
  for (const MetricFamily& family : snapshot.families()) {
    if (!family.samples.empty()) {
      add_family(out, family);
    }
  }
  for (const MetricStatus& metric : snapshot.status().metrics) {
    add_top(out, metric);
  }
  return out;
}

}  // namespace leeway
