#include "agent/cli/case_run.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "agent/cli/case_alerts.h"
#include "agent/cli/case_folder.h"
#include "agent/cli/load_configuration.h"
#include "agent/cli/replay_sources.h"
#include "agent/core/number_text.h"
#include "agent/evaluation/sample_store.h"
#include "agent/evaluation/snapshot_samples.h"
#include "agent/pipeline/committer.h"
#include "exporters/prometheus/status_metrics.h"

namespace leeway {
namespace {

using evaluation::kMetricName;
using evaluation::LabelSet;
using Values = std::map<LabelSet, double>;

// Series shown where the expected one is missing.
constexpr std::size_t kMostOthers = 3;

std::string series_text_of(const LabelSet& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    if (name != kMetricName) {
      text += (text.empty() ? "" : ", ") + name + "=" + quote_promql(value);
    }
  }
  const std::string name(evaluation::label_value(labels, kMetricName));
  return text.empty() ? name : name + "{" + text + "}";
}

LabelSet labels_of(const Selector& selector) {
  LabelSet labels;
  evaluation::set_label(labels, kMetricName, selector.metric);
  for (const LabelMatcher& matcher : selector.matchers) {
    const std::optional<double> bound = matcher.label == "le" ? read_double(matcher.value) : std::nullopt;
    evaluation::set_label(labels, matcher.label, bound && std::isfinite(*bound) ? plain_number(*bound) : matcher.value);
  }
  return labels;
}

// As on the page of /metrics.
Values values_of(const std::deque<MetricFamily>& families) {
  evaluation::LabelSets sets;
  evaluation::SampleStore samples(sets, evaluation::kSecond);
  samples.begin(0);
  evaluation::SnapshotSamples(samples, {}).add(families);
  Values values;
  for (std::size_t i = 0; i < samples.series_count(); ++i) {
    values.emplace(*samples.labels(i), samples.value(i, 0));
  }
  return values;
}

Values own_values(const Snapshot& snapshot) {
  SnapshotBuilder own(snapshot.taken());
  add_status_metrics(snapshot.status(), own);
  return values_of(own.build()->families());
}

bool agrees(double found, double expected, double tolerance) {
  return found == expected || (std::isnan(found) && std::isnan(expected)) ||
         std::abs(found - expected) <= tolerance * std::abs(expected);
}

std::string others_of(const Values& values, const std::string& metric) {
  std::string text;
  std::size_t count = 0;
  for (const auto& [labels, value] : values) {
    if (evaluation::label_value(labels, kMetricName) == metric && ++count <= kMostOthers) {
      text += (text.empty() ? "; there is " : ", ") + series_text_of(labels) + " " + number_text(value);
    }
  }
  return count > kMostOthers ? text + " and " + std::to_string(count - kMostOthers) + " more" : text;
}

void compare_series(const TestCase& test, const Values& values, const Values& own, std::vector<std::string>& out) {
  for (const ExpectedSeries& series : test.series) {
    const LabelSet labels = labels_of(series.selector);
    const bool is_own = values.count(labels) == 0;
    const Values& all = is_own ? own : values;
    const auto found = all.find(labels);
    if (found == all.end()) {
      if (series.value) {
        out.push_back(series.text + ": absent, expected " + number_text(*series.value) +
                      others_of(values, series.selector.metric) + others_of(own, series.selector.metric));
      }
    } else if (!series.value) {
      out.push_back(series.text + ": " + number_text(found->second) + ", expected that it is absent");
    } else if (!agrees(found->second, *series.value, series.tolerance)) {
      out.push_back(
          series.text + ": " + number_text(found->second) + ", expected " + number_text(*series.value) +
          (series.tolerance > 0 ? " to within " + number_text(without_noise(series.tolerance * 100)) + "%" : ""));
    }
  }
}

void compare_others(const TestCase& test, const Values& values, std::vector<std::string>& out) {
  for (const auto& [labels, value] : values) {
    const auto is_expected = [&labels = labels](const ExpectedSeries& series) {
      return labels_of(series.selector) == labels;
    };
    const bool own = evaluation::label_value(labels, kMetricName).starts_with("leeway_");
    if (!own && value != 0 && std::none_of(test.series.begin(), test.series.end(), is_expected)) {
      out.push_back(series_text_of(labels) + ": " + number_text(value) + ", expected no other series");
    }
  }
}

std::string reasons_of(const AgentStatus& status) {
  std::map<std::string, std::uint64_t> counts;
  std::string example;
  for (const SourceStatus& source : status.sources) {
    for (const auto& [reason, count] : source.rejects) {
      counts[reason] += count;
    }
    for (const auto& [reason, examples] : source.reject_examples) {
      example = examples.empty() || !example.empty() ? example : examples.back().text;
    }
  }
  std::string text;
  for (const auto& [reason, count] : counts) {
    text += count == 0 ? "" : (text.empty() ? " (" : ", ") + reason + " " + std::to_string(count);
  }
  return text.empty() ? "" : text + ")" + (example.empty() ? "" : ", such as: " + example);
}

void compare_counts(const TestCase& test, const AgentStatus& status, std::vector<std::string>& out) {
  std::uint64_t records = 0;
  std::uint64_t rejected = 0;
  std::uint64_t ignored = 0;
  for (const SourceStatus& source : status.sources) {
    records += source.records;
    ignored += source.ignored;
    for (const auto& [reason, count] : source.rejects) {
      rejected += count;
    }
  }
  const auto compare = [&out](const char* what, std::uint64_t found, const std::optional<std::int64_t>& expected,
                              const std::string& more) {
    if (expected && found != static_cast<std::uint64_t>(*expected)) {
      out.push_back(std::string(what) + ": " + std::to_string(found) + ", expected " + std::to_string(*expected) +
                    more);
    }
  };
  compare("records", records, test.records, reasons_of(status));
  compare("rejected", rejected, test.rejected, reasons_of(status));
  compare("ignored", ignored, test.ignored, "");
}

// Files of the inputs that could not be read.
void report_files(const AgentStatus& status, std::vector<std::string>& out) {
  for (const SourceStatus& source : status.sources) {
    for (const FileStatus& file : source.files) {
      if (!file.error.empty()) {
        out.push_back("source '" + source.name + "': " + file.error);
      }
    }
  }
}

}  // namespace

Expected<std::vector<std::string>> run_case(const TestCase& test, const CliOptions& options,
                                            const std::vector<std::string>& sources, FileSystem& files,
                                            const Clock& clock) {
  Expected<CaseFolder> folder = CaseFolder::make();
  if (!folder) {
    return folder.error();
  }
  CliOptions own = options;
  Expected<std::vector<std::string>> paths = folder->place(test, sources);
  if (!paths) {
    return paths.error();
  }
  own.source_paths = std::move(*paths);
  const auto load = [&] {
    return load_configuration(own, files, clock, false, kNeverCancelled, nullptr, [](const Diagnostics&) {});
  };
  Expected<Assembly> assembly = load();
  if (!assembly) {
    return assembly.error();
  }
  Pipeline pipeline(std::move(*assembly), files, clock);
  read_to_end(pipeline, clock, true, ShowProgress::kNo);
  if (test.run_on > Duration{}) {
    pipeline.pass(test.run_on);
  }
  std::vector<std::string> differences;
  const std::shared_ptr<const Snapshot> snapshot = Committer(clock, nullptr).prepare(pipeline).snapshot;
  report_files(snapshot->status(), differences);
  compare_counts(test, snapshot->status(), differences);
  const Values values = values_of(snapshot->families());
  compare_series(test, values, own_values(*snapshot), differences);
  if (test.complete) {
    compare_others(test, values, differences);
  }
  if (test.alerts || test.at_end) {
    Expected<Assembly> again = load();
    if (!again) {
      return again.error();
    }
    compare_alerts(test, std::move(*again), files, clock, differences);
  }
  if (!differences.empty()) {
    for (const std::string& note : pipeline.take_errors()) {
      differences.push_back("note: " + note);
    }
  }
  return differences;
}

}  // namespace leeway
