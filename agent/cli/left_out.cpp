#include "agent/cli/left_out.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/cli/shell_word.h"
#include "agent/core/rfc3339.h"

namespace leeway {
namespace {

std::string rejected(const SourceStatus& source, const std::string& reason, std::uint64_t count) {
  std::string sentence = fmt::format("source '{}': {} rejected as {}", source.name,
                                     count == 1 ? "a line was" : fmt::format("{} lines were", count), reason);
  const auto examples = source.reject_examples.find(reason);
  if (examples != source.reject_examples.end() && !examples->second.empty()) {
    const RejectExample& last = examples->second.back();
    sentence += fmt::format(", such as: {}{}", last.text, last.cut ? "..." : "");
  }
  return sentence;
}

void describe_times(const SourceStatus& source, std::vector<std::string>& out) {
  const auto say = [&](std::uint64_t count, std::string_view what, TimePoint example) {
    if (count > 0) {
      out.push_back(fmt::format("source '{}': {} {}{}", source.name,
                                count == 1 ? "a record is" : fmt::format("{} records are", count), what,
                                example == kNoTime ? "" : ", such as one of " + format_rfc3339(example)));
    }
  };
  say(source.late_records, "further behind the newest one than `allowed_lateness`", source.late_example);
  say(source.future_records, "further in the future than `allowed_future`", source.future_example);
}

void describe(const SourceStatus& source, std::vector<std::string>& out) {
  for (const auto& [reason, count] : source.rejects) {
    if (count > 0) {
      out.push_back(rejected(source, reason, count));
    }
  }
  for (const auto& [kind, count] : source.anomalies) {
    if (count > 0) {
      out.push_back(fmt::format("source '{}': {} records count, although something is wrong with them: {}", source.name,
                                count, kind));
    }
  }
  for (const auto& [reason, count] : source.lost_bytes) {
    if (count > 0) {
      out.push_back(fmt::format("source '{}': {} bytes are lost ({})", source.name, count, reason));
    }
  }
  for (const auto& [reason, count] : source.gaps) {
    if (count > 0) {
      out.push_back(
          fmt::format("source '{}': lines may be missing or counted twice ({}, {} times)", source.name, reason, count));
    }
  }
  describe_times(source, out);
  if (source.records == 0 && source.bytes > 0) {
    out.push_back(fmt::format("source '{}': none of its {} bytes became a record", source.name, source.bytes));
  }
}

// Whether all of its series have been there from the start, and are still 0. Idle series may be hidden.
bool is_untouched(const MetricFamily& family) {
  return !family.samples.empty() &&
         std::all_of(family.samples.begin(), family.samples.end(), [&](const Sample& sample) {
           return family.desc.type == MetricType::kHistogram
                      ? std::all_of(sample.buckets.begin(), sample.buckets.end(),
                                    [](std::uint64_t count) { return count == 0; })
                      : family.desc.type == MetricType::kCounter && sample.value == 0;
         });
}

bool has_no_record(const MetricStatus& metric, const std::deque<MetricFamily>& families) {
  const auto family = std::find_if(families.begin(), families.end(),
                                   [&](const MetricFamily& each) { return each.desc.name == metric.name; });
  return (metric.held == 0 && metric.series_limit != 0) || (family != families.end() && is_untouched(*family));
}

void describe(const MetricStatus& metric, bool no_record, const std::string& config_file,
              std::vector<std::string>& out) {
  bool skipped = false;
  for (const auto& [reason, count] : metric.skipped) {
    if (count > 0) {
      skipped = true;
      out.push_back(fmt::format("metric '{}': {} not counted ({})", metric.name,
                                count == 1 ? "a record was" : fmt::format("{} records were", count), reason));
    }
  }
  if (metric.overflowed_records > 0) {
    out.push_back(
        metric.of_segments
            ? fmt::format("metric '{}': {} records of further segments or groups are left out; its limit is {}",
                          metric.name, metric.overflowed_records, metric.series_limit)
            : fmt::format("metric '{}': {} records are in the overflow series; its limit is {} series", metric.name,
                          metric.overflowed_records, metric.series_limit));
  }
  if (metric.sum_left_out) {
    out.push_back(fmt::format("metric '{}': a value was negative, so it has no _sum; expected a bucket bound below 0",
                              metric.name));
  }
  if (no_record && !skipped) {
    const std::size_t section = metric.name.find(':');  // "slo:availability"
    const std::string name = section == std::string::npos ? metric.name : metric.name.substr(section + 1);
    out.push_back(fmt::format("metric '{}': no record matched; `leeway explain {} -c {}` shows what it asks for",
                              metric.name, shell_word(name), shell_word(config_file)));
  }
}

}  // namespace

std::vector<std::string> describe_left_out(const AgentStatus& status, const std::string& config_file,
                                           const std::deque<MetricFamily>& families) {
  std::vector<std::string> sentences;
  bool any_records = false;
  for (const SourceStatus& source : status.sources) {
    describe(source, sentences);
    any_records = any_records || source.records > 0;
  }
  for (const MetricStatus& metric : status.metrics) {
    describe(metric, any_records && has_no_record(metric, families), config_file, sentences);
  }
  return sentences;
}

}  // namespace leeway
