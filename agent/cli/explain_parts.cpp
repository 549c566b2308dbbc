#include "agent/cli/explain_parts.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>
#include <vector>

#include "agent/cli/check_report.h"
#include "agent/core/number_text.h"
#include "agent/core/private_text.h"
#include "agent/core/rfc3339.h"
#include "agent/core/units.h"
#include "agent/sampling/findings.h"

namespace leeway {
namespace {

struct KindWord {
  ValueKind kind;
  const char* word;
};

constexpr std::array kKindWords = {
    KindWord{ValueKind::kString, "text"},
    KindWord{ValueKind::kInt, "whole number"},
    KindWord{ValueKind::kUnsigned, "whole number"},
    KindWord{ValueKind::kDouble, "number"},
    KindWord{ValueKind::kBool, "true or false"},
    KindWord{ValueKind::kTimestamp, "time"},
    KindWord{ValueKind::kDuration, "duration"},
    KindWord{ValueKind::kList, "list"},
    KindWord{ValueKind::kMap, "object"},
    KindWord{ValueKind::kNull, "null"},
};

// "text", or "whole number (3), text (1)" where values differ.
std::string types_of(const SampledValues& values) {
  std::vector<std::pair<std::string, std::uint64_t>> found;
  for (const KindWord& row : kKindWords) {
    if (values.of(row.kind) == 0) {
      continue;
    }
    if (!found.empty() && found.back().first == row.word) {
      found.back().second += values.of(row.kind);
    } else {
      found.emplace_back(row.word, values.of(row.kind));
    }
  }
  std::string text;
  for (const auto& [word, count] : found) {
    text += (text.empty() ? "" : ", ") + word + (found.size() > 1 ? " (" + std::to_string(count) + ")" : "");
  }
  return text.empty() ? "in no record" : text;
}

// "; from 3 to 812, half of them up to 25"; "" of fewer than two numbers.
std::string range_text(const SampledValues& values) {
  // Of what is hidden, the range is, too.
  if (values.numbers() < 2 || values.example.starts_with('<')) {
    return "";
  }
  std::vector<double> first = values.first_numbers;
  const auto middle = first.begin() + static_cast<std::ptrdiff_t>((first.size() - 1) / 2);
  std::nth_element(first.begin(), middle, first.end());
  return "; from " + number_text(values.least) + " to " + number_text(values.most) + ", half of them up to " +
         number_text(*middle);
}

// ", such as "GET" (60), "POST" (2)".
std::string values_of(const std::string& field, const SampledValues& values) {
  std::vector<std::pair<std::uint64_t, std::string>> most;
  for (const auto& [text, records] : values.texts) {
    most.emplace_back(records, text);
  }
  std::stable_sort(most.begin(), most.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  if (most.empty() || most.front().first == 1) {
    return values.example.empty() ? "" : ", such as " + values.example;
  }
  constexpr std::size_t kShown = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(most.size(), kShown); ++i) {
    text += (i == 0 ? ", such as " : ", ") + shown_example(field, Value::of_string(most[i].second)) + " (" +
            std::to_string(most[i].first) + ")";
  }
  return text;
}

void print_fields(const SampledSource& sampled) {
  const SourceSample& sample = *sampled.sample;
  std::vector<FieldPath> fields(sampled.source->schema.fields().begin(), sampled.source->schema.fields().end());
  std::printf("  fields\n");
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const SampledValues* const values = sample.field(fields[i]);
    const bool guessed = i >= sample.configured();
    if (values == nullptr || (guessed && values->present() == 0)) {
      continue;
    }
    std::printf("    %s: %s, in %llu of %llu records", fields[i].to_string().c_str(), types_of(*values).c_str(),
                static_cast<unsigned long long>(values->present()), static_cast<unsigned long long>(sample.records()));
    std::printf("%s%s%s\n", values_of(fields[i].to_string(), *values).c_str(), range_text(*values).c_str(),
                guessed ? "; nothing reads it" : "");
  }
}

void print_rejects(const SampledSource& sampled) {
  const SourceStatus& status = sampled.status;
  for (const auto& [reason, count] : status.rejects) {
    std::printf("  rejected as %s: %llu", reason.c_str(), static_cast<unsigned long long>(count));
    const auto examples = status.reject_examples.find(reason);
    if (examples != status.reject_examples.end() && !examples->second.empty()) {
      const RejectExample& last = examples->second.back();
      std::printf(", such as: %s%s", last.text.c_str(), last.cut ? "..." : "");
    }
    std::printf("\n");
    for (const LineExample& line : rejected_lines(sampled, reason)) {
      std::fputs(line.stop ? example_text(line).c_str() : "", stdout);
    }
  }
}

std::string time_text(const SampledSource& sampled) {
  const SourceDefinition& definition = *sampled.source->definition;
  if (!definition.has_event_time()) {
    return "arrival";
  }
  std::string text = definition.time_field().empty() ? "of the record" : "`" + definition.time_field() + "`";
  const std::string zone = definition.time_zone();
  text += zone.empty() ? "" : ", times without a zone are in " + zone;
  const TimeFacts* const times = sampled.sample == nullptr ? nullptr : &sampled.sample->times();
  if (times != nullptr && times->first != kNoTime) {
    text += ", from " + format_rfc3339(times->first) + " to " + format_rfc3339(times->last);
  }
  return text + (times == nullptr || times->unreadable.empty() ? "" : "; no time: " + times->unreadable);
}

// A rule test in which the alert fires.
const AlertTest* firing_test(const AlertRule& alert) {
  for (const AlertTest& test : alert.tests) {
    if (std::any_of(test.expectations.begin(), test.expectations.end(),
                    [](const AlertExpectation& each) { return !each.firing.empty(); })) {
      return &test;
    }
  }
  return nullptr;
}

void print_test(const AlertTest& test) {
  std::printf("  it would fire with these samples, one every %s\n", format_duration(test.interval).c_str());
  for (const InputSeries& input : test.input) {
    std::printf("    %s  %s\n", input.series.c_str(), input.values.c_str());
  }
  const auto fires = std::find_if(test.expectations.begin(), test.expectations.end(),
                                  [](const AlertExpectation& each) { return !each.firing.empty(); });
  std::printf("    at %s (%s)\n", format_duration(fires->at).c_str(), test.name.c_str());
}

void print_indented(const std::string& title, const std::string& text) {
  std::printf("  %s\n", title.c_str());
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::printf("    %s\n", text.substr(begin, end - begin).c_str());
    begin = end + 1;
  }
}

void print_runbook(const RunbookEntry& entry) {
  if (!entry.meaning.empty()) {
    std::printf("  it means: %s\n", entry.meaning.c_str());
  }
  for (const std::string& query : entry.queries) {
    print_indented("look at", query);
  }
  for (std::size_t i = 0; i < entry.steps.size(); ++i) {
    std::printf("  step %zu: %s\n", i + 1, entry.steps[i].c_str());
  }
  if (!entry.escalation.empty()) {
    std::printf("  escalation: %s\n", entry.escalation.c_str());
  }
  if (!entry.link.empty()) {
    std::printf("  runbook: %s\n", entry.link.c_str());
  }
}

}  // namespace

void print_source_facts(const SampledSource& sampled, const std::string& summary) {
  std::printf("\n  read as %s\n  time: %s\n", summary.c_str(), time_text(sampled).c_str());
  if (sampled.stream || sampled.sample == nullptr) {
    std::printf("  sample: none, %s\n", sampled.stream ? "a stream is not read" : "there is no file");
    return;
  }
  const SourceStatus& status = sampled.status;
  std::printf("  sample: %llu records%s\n", static_cast<unsigned long long>(status.records),
              sampled.complete && sampled.share >= 1 ? ", all there are" : "");
  if (status.joined != 0) {
    std::printf("  further lines of records: %llu\n", static_cast<unsigned long long>(status.joined));
  }
  if (status.ignored != 0) {
    std::printf("  ignored: %llu\n", static_cast<unsigned long long>(status.ignored));
  }
  print_rejects(sampled);
  print_fields(sampled);
}

void print_alert_facts(const AlertRule& alert, const Catalog& catalog) {
  std::printf("\n  fires when %s", alert.when.c_str());
  if (alert.hold > Duration{}) {
    std::printf(", for %s", format_duration(alert.hold).c_str());
  }
  std::printf("; severity %s\n", std::string(to_string(alert.severity)).c_str());
  for (const std::string& name : alert.metrics) {
    const MetricDesc* const metric = catalog.find_metric(name);
    std::printf("  reads %s%s\n", name.c_str(),
                metric == nullptr ? "" : (" (" + std::string(to_string(metric->type)) + "): " + metric->help).c_str());
  }
  print_indented("PromQL", alert.expr);
  if (const AlertTest* const test = firing_test(alert)) {
    print_test(*test);
  }
  if (!alert.advice.empty()) {
    std::printf("  advice: %s\n", alert.advice.c_str());
  }
  print_runbook(alert.runbook);
}

void print_alerts_on(const std::string& metric, const Catalog& catalog) {
  for (const AlertRule& alert : catalog.alerts) {
    if (std::find(alert.metrics.begin(), alert.metrics.end(), metric) != alert.metrics.end()) {
      std::printf("  alert %s: fires when %s\n", alert.name.c_str(), alert.when.c_str());
    }
  }
}

}  // namespace leeway
