#include "agent/cli/summary.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <numeric>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "agent/cli/summary_slos.h"
#include "agent/core/rfc3339.h"
#include "agent/core/units.h"
#include "agent/evaluation/quantile.h"
#include "exporters/prometheus/label_text.h"

namespace leeway {
namespace {

// Series shown per metric.
constexpr std::size_t kMostSeries = 12;
constexpr std::size_t kWidestLabels = 160;
constexpr std::size_t kIdentifier = 64;       // digits of the identifier of a container, or of another SHA-256
constexpr std::size_t kShortIdentifier = 12;  // of those that `docker ps` shows

bool is_identifier(std::string_view text) {
  return text.size() == kIdentifier && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Whether the values of a label that are identifiers are told apart by the digits that are shown of them.
bool are_short_enough(const std::set<std::string_view>& identifiers) {
  std::set<std::string_view> shown;
  for (const std::string_view identifier : identifiers) {
    shown.insert(identifier.substr(0, kShortIdentifier));
  }
  return shown.size() == identifiers.size();
}

// The labels of the samples as text. Identifiers that are label values are cut where no difference is hidden.
std::vector<std::string> label_texts(std::span<const Sample> samples) {
  std::set<std::string_view> identifiers;
  for (const Sample& sample : samples) {
    for (const Label& label : sample.labels.pairs()) {
      if (is_identifier(label.value)) {
        identifiers.insert(label.value);
      }
    }
  }
  const bool cuts = are_short_enough(identifiers);
  std::vector<std::string> texts;
  for (const Sample& sample : samples) {
    std::string& text = texts.emplace_back("{" + label_text(sample.labels) + "}");
    for (const Label& label : sample.labels.pairs()) {
      const std::size_t found = cuts && is_identifier(label.value) ? text.find(label.value) : std::string::npos;
      if (found != std::string::npos) {
        text.replace(found, kIdentifier, std::string(label.value.substr(0, kShortIdentifier)) + "...");
      }
    }
  }
  return texts;
}

class Summary {
 public:
  explicit Summary(Colours colours) : paint_(colours) {}

  void add_source(const SourceStatus& source);
  void add_skipped(const MetricStatus& metric);
  void add_slos(const Snapshot& snapshot);
  void add_family(const MetricFamily& family);
  void add_top(const MetricStatus& metric);
  std::string take() { return std::move(out_); }

 private:
  void add_counts(std::string_view title, const ReasonCounts& counts);
  void add_sample(const MetricFamily& family, const Sample& sample, const std::string& name, std::size_t width);
  template <typename... Args>
  void add(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), text, std::forward<Args>(args)...);
  }

  Paint paint_;
  std::string out_;
};

void Summary::add_counts(std::string_view title, const ReasonCounts& counts) {
  for (const auto& [name, count] : counts) {
    if (count != 0) {
      add("  {}\n", paint_.warning(fmt::format("{} {}: {}", title, name, count)));
    }
  }
}

void Summary::add_source(const SourceStatus& source) {
  add("{}: {} read, {} records", paint_.strong("source " + source.name), format_bytes(source.bytes), source.records);
  if (source.last_record != kNoTime) {
    out_ += ", the latest at " + format_rfc3339(source.last_record);
  }
  out_ += "\n";
  add_counts("rejected lines,", source.rejects);
  add_counts("anomalies,", source.anomalies);
  add_counts("lost bytes,", source.lost_bytes);
}

// As many as the configuration asks for.
void Summary::add_top(const MetricStatus& metric) {
  for (const TopValues& top : metric.top) {
    std::string labels;
    for (const auto& [name, value] : top.labels) {
      labels += fmt::format("{}{}={}", labels.empty() ? " of " : ", ", name, value);
    }
    add("\n{}, most frequent values{} among {} records:\n", paint_.strong(metric.name), labels, top.records);
    for (const TopValue& value : top.values) {
      const std::string count = fmt::format("{}{}", value.error == 0 ? "" : "at most ", value.count);
      add("  {:<58} {:>14}\n", value.text, count);
    }
  }
}

void Summary::add_skipped(const MetricStatus& metric) { add_counts(metric.name + " skipped records,", metric.skipped); }

void Summary::add_slos(const Snapshot& snapshot) {
  if (const std::string slos = summarize_slos(snapshot, paint_); !slos.empty()) {
    out_ += "\n" + slos;
  }
}

// Between the bounds of buckets, as histogram_quantile() estimates it.
std::string quantiles_of(const MetricFamily& family, const Sample& sample) {
  std::vector<evaluation::Bucket> buckets;
  double count = 0;
  for (std::size_t i = 0; i < sample.buckets.size(); ++i) {
    count += static_cast<double>(sample.buckets[i]);
    const bool last = i == family.desc.buckets.size();
    buckets.push_back({last ? std::numeric_limits<double>::infinity() : family.desc.buckets[i], count});
  }
  std::string text;
  for (const auto& [name, q] : {std::pair("p50", 0.5), std::pair("p95", 0.95), std::pair("p99", 0.99)}) {
    text += fmt::format("  {} {:.4g}", name, evaluation::bucket_quantile(buckets, q));
  }
  return text;
}

void Summary::add_sample(const MetricFamily& family, const Sample& sample, const std::string& name, std::size_t width) {
  if (family.desc.type != MetricType::kHistogram) {
    add("  {:<{}} {:>14.10g}\n", name, width, sample.value);
    return;
  }
  const std::uint64_t count = std::accumulate(sample.buckets.begin(), sample.buckets.end(), std::uint64_t{0});
  add("  {:<{}} {:>14} observations", name, width, count);
  if (count != 0) {
    add("{}{}", family.without_sum ? "" : fmt::format("  mean {:.4g}", sample.sum / static_cast<double>(count)),
        quantiles_of(family, sample));
  }
  out_ += "\n";
}

void Summary::add_family(const MetricFamily& family) {
  add("\n{} ({}): {}\n", paint_.strong(family.desc.name), to_string(family.desc.type), family.desc.help);
  const std::size_t shown = std::min(family.samples.size(), kMostSeries);
  const std::vector<std::string> names = label_texts(std::span(family.samples).first(shown));
  std::size_t width = 0;
  for (const std::string& name : names) {
    width = std::max(width, name.size());
  }
  for (std::size_t i = 0; i < shown; ++i) {
    add_sample(family, family.samples[i], names[i], std::min(width, kWidestLabels));
  }
  if (family.samples.size() > shown) {
    add("  ... and {} more series\n", family.samples.size() - shown);
  }
}

}  // namespace

Colours terminal_colours(int stream) {
  const char* const refused = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool plain =
      (refused != nullptr && *refused != '\0') || (terminal != nullptr && std::string_view(terminal) == "dumb");
  return !plain && isatty(stream) == 1 ? Colours::kYes : Colours::kNo;
}

std::string summarize(const Snapshot& snapshot, Colours colours) {
  Summary summary(colours);
  for (const SourceStatus& source : snapshot.status().sources) {
    summary.add_source(source);
  }
  for (const MetricStatus& metric : snapshot.status().metrics) {
    summary.add_skipped(metric);
  }
  summary.add_slos(snapshot);
  for (const MetricFamily& family : snapshot.families()) {
    if (!family.samples.empty() && !is_of_slos(family)) {
      summary.add_family(family);
    }
  }
  for (const MetricStatus& metric : snapshot.status().metrics) {
    summary.add_top(metric);
  }
  return summary.take();
}

}  // namespace leeway
