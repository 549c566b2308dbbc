#include "agent/cli/backfill.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "agent/cli/check_inputs.h"
#include "agent/cli/left_out.h"
#include "agent/cli/output_file.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/evaluation/sample_store.h"
#include "agent/pipeline/timed_replay.h"
#include "dashboards/preview/replay_samples.h"
#include "exporters/prometheus/label_text.h"

namespace leeway {
namespace {

using evaluation::kMetricName;
using evaluation::label_value;
using evaluation::LabelSet;
using evaluation::SampleStore;

// 90 days every 15 s; beyond that, or with more series, samples become rarer.
constexpr evaluation::StoreLimits kLimits{550'000, 200'000'000};
constexpr char kInstance[] = "leeway";

// The series in the order of their metrics and labels: a family must not be interrupted by another one.
std::vector<std::size_t> in_order(const SampleStore& samples) {
  std::vector<std::size_t> order(samples.series_count());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::sort(order.begin(), order.end(), [&samples](std::size_t a, std::size_t b) {
    const LabelSet& left = *samples.labels(a);
    const LabelSet& right = *samples.labels(b);
    const int names = label_value(left, kMetricName).compare(label_value(right, kMetricName));
    return names != 0 ? names < 0 : left < right;
  });
  return order;
}

// `name{labels} `
std::string head_of(const LabelSet& labels) {
  std::string head(label_value(labels, kMetricName));
  char before = '{';
  for (const auto& [name, value] : labels) {
    if (name != kMetricName) {
      head += std::exchange(before, ',');
      head += name + "=\"";
      append_label_value(value, head);
      head += '"';
    }
  }
  return head + (before == '{' ? " " : "} ");
}

std::string series_text(const SampleStore& samples, std::size_t series) {
  const std::string head = head_of(*samples.labels(series));
  std::string text;
  for (std::size_t i = 0; i < samples.instants(); ++i) {
    if (const double value = samples.value(series, i); evaluation::is_sample(value)) {
      const evaluation::Time time = samples.time_of(i);
      text += head + number_text(value) + ' ' + plain_number(static_cast<double>(time) / evaluation::kSecond) + '\n';
    }
  }
  return text;
}

Expected<void> write(const SampleStore& samples, const std::string& file) {
  std::string kept;
  const auto put = [&](const std::string& text) {
    if (!file.empty()) {
      kept += text;
      return true;
    }
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  };
  bool written = true;
  for (const std::size_t series : in_order(samples)) {
    written = written && put(series_text(samples, series));
  }
  written = written && put("# EOF\n") && std::fflush(stdout) == 0;
  if (!written) {
    return system_error("cannot write to", "standard output", errno);
  }
  return file.empty() ? Expected<void>() : replace_output(file, kept);
}

Expected<void> check_options(const CliOptions& options) {
  if (!options.until.empty() || !options.state_dir.empty()) {
    return Error{ErrorCode::kUsage,
                 "--format backfill reads the sources from the beginning to the end; expected neither "
                 "--until nor --state.dir"};
  }
  return {};
}

std::string text_of(evaluation::Time interval) { return format_duration(std::chrono::milliseconds(interval)); }

}  // namespace

Expected<void> write_backfill(const CliOptions& options) {
  if (Expected<void> usable = check_options(options); !usable) {
    return usable;
  }
  if (Expected<void> writable = check_output(options.file); !writable) {
    return writable;
  }
  PosixFileSystem files;
  const SystemClock clock;
  Expected<Assembly> assembly = load_for_replay(options, files, clock);
  if (!assembly) {
    return assembly.error();
  }
  evaluation::LabelSets sets;
  TimedReplay replay(std::move(*assembly), files, clock);
  const evaluation::Time interval = replay.catalog().settings.scrape_interval / std::chrono::milliseconds(1);
  SampleStore samples(sets, interval, kLimits);
  const preview::OwnMetrics own =
      options.internal_metrics ? preview::OwnMetrics::kIncluded : preview::OwnMetrics::kLeftOut;
  const AgentStatus status = preview::take_samples(replay, clock, kInstance, own, samples);
  print_lines(replay.take_errors());
  print_lines(describe_left_out(status, options.config_file));
  for (const std::string& source : replay.sources_without_time()) {
    print_lines({"the records of source '" + source +
                 "' have no time of their own: what they amount to is in the samples from the beginning on"});
  }
  if (samples.interval() != interval) {
    print_lines({"too many samples: there is one every " + text_of(samples.interval()) + " instead of every " +
                 text_of(interval)});
  }
  if (samples.dropped_oldest()) {
    print_lines({"too many samples: only those of the end are written"});
  }
  if (Expected<void> inputs = check_inputs(status); !inputs) {
    return inputs;
  }
  return write(samples, options.file);
}

}  // namespace leeway
