#include <algorithm>

#include "agent/core/html_text.h"
#include "agent/core/rfc3339.h"
#include "agent/core/units.h"
#include "exporters/page/page_parts.h"
#include "exporters/page/sections.h"

namespace leeway::page {
namespace {

constexpr std::size_t kMostRows = 50;

std::string band_word(double band) {
  return band >= 3   ? state_word(State::kBad, "severe")
         : band >= 2 ? state_word(State::kDoubtful, "moderate")
                     : state_word(State::kDoubtful, "drift");
}

// From this share of their limit on, series are near it.
bool is_near_limit(const MetricStatus& metric) {
  return metric.overflowed_records > 0 || (metric.series_limit > 0 && metric.held * 10 >= metric.series_limit * 8);
}

}  // namespace

std::string drift_section(const Snapshot& snapshot) {
  const std::vector<Sample>& bands = samples_of(snapshot, "leeway_drift_band");
  std::vector<const Sample*> drifted;
  for (const Sample& sample : bands) {
    if (sample.value >= 1) {
      drifted.push_back(&sample);
    }
  }
  std::stable_sort(drifted.begin(), drifted.end(),
                   [](const Sample* left, const Sample* right) { return left->value > right->value; });
  if (bands.empty()) {
    return "";
  }
  Table table("Drift", {"Monitor", "Column", "Band", "Of"});
  for (std::size_t i = 0; i < std::min(drifted.size(), kMostRows); ++i) {
    const Sample& sample = *drifted[i];
    table.row({escape_html(label_of(sample, "drift")), escape_html(label_of(sample, "column")), band_word(sample.value),
               other_labels(sample, {"drift", "column"})});
  }
  if (drifted.size() > kMostRows) {
    table.note("and " + grouped(drifted.size() - kMostRows) + " more");
  }
  return drifted.empty() ? "<section><h2>Drift</h2><p>" + grouped(bands.size()) + " scores, all " +
                               state_word(State::kGood, "within their noise") + ".</p></section>\n"
                         : table.html();
}

std::string metrics_section(const Snapshot& snapshot) {
  Table table("Metrics to look at", {"Metric", "Series", "Limit", "Beyond it", "Skipped records"});
  std::vector<std::string> examples;
  for (const MetricStatus& metric : snapshot.status().metrics) {
    const std::string skipped = by_reason(metric.skipped);
    if (!is_near_limit(metric) && skipped.empty()) {
      continue;
    }
    const State state = metric.overflowed_records > 0 ? State::kBad
                        : is_near_limit(metric)       ? State::kDoubtful
                                                      : State::kGood;
    table.row({escape_html(metric.name), state_word(state, grouped(metric.held)),
               metric.series_limit == 0 ? "–" : grouped(metric.series_limit),
               metric.overflowed_records == 0 ? "–" : grouped(metric.overflowed_records) + " records",
               skipped.empty() ? "–" : skipped});
    for (const auto& [reason, example] : metric.skipped_examples) {
      examples.push_back("<b>" + escape_html(metric.name) + "</b> " + escape_html(reason) + ", such as <code>" +
                         escape_html(example) + "</code>");
    }
  }
  for (const std::string& example : examples) {
    table.note(example);
  }
  return table.html();
}

std::string checkpoint_section(const Snapshot& snapshot, TimePoint now) {
  const CheckpointStatus& checkpoint = snapshot.status().checkpoint;
  std::string text;
  if (!checkpoint.enabled) {
    text = state_word(State::kDoubtful, "none") + ": without a state directory, counters start at 0 at each start.";
  } else if (!checkpoint.last_error.empty()) {
    text = state_word(State::kBad, "failed") + ": " + escape_html(checkpoint.last_error) +
           ". Metrics stay as they were until one succeeds.";
  } else if (checkpoint.last_success == kNoTime) {
    text = state_word(State::kUnknown, "none yet");
  } else {
    text = state_word(State::kGood, "saved") + " " + span_text(now - checkpoint.last_success) + " ago, " +
           format_bytes(checkpoint.bytes) + ".";
  }
  for (const auto& [reason, count] : checkpoint.discarded) {
    if (count > 0) {
      text += " Saved state of " + grouped(count) + " parts was not used: " + escape_html(reason) + ".";
    }
  }
  return "<section><h2>Checkpoint</h2><p>" + text + "</p></section>\n";
}

}  // namespace leeway::page
