// What a panel of a preview shows: its queries, evaluated at the steps of the page. Used by the page and its tests.
#pragma once

#include <string>
#include <vector>

#include "agent/evaluation/evaluator.h"
#include "agent/metrics/catalog.h"

namespace leeway::preview {

struct PreviewRange {
  evaluation::Time start = 0;
  evaluation::Time end = 0;
  evaluation::Time step = 0;           // a multiple of the interval of the samples
  evaluation::Time rate_interval = 0;  // $__rate_interval

  std::size_t steps() const { return static_cast<std::size_t>((end - start) / step) + 1; }
  evaluation::Time time(std::size_t i) const { return start + static_cast<evaluation::Time>(i) * step; }
};
// Of all samples, in at most `most` steps that end with the last sample.
PreviewRange preview_range(const evaluation::SampleStore& samples, std::size_t most, Duration scrape_interval);

struct PreviewSeries {
  std::string legend;
  evaluation::Labels labels = nullptr;
  std::size_t query = 0;       // which of the panel's
  std::vector<double> values;  // by step, only the last one of an instant query; no_sample() where there is none
};

struct PanelData {
  std::string reason;  // why nothing is drawn; empty: something is
  std::vector<PreviewSeries> series;
  PreviewRange range;
};

// As Grafana fills in its variables: job and instance match everything.
std::string fill_in(std::string_view expr, const PreviewRange& range);
PanelData panel_data(const Panel& panel, evaluation::Evaluator& evaluator, const PreviewRange& range);

}  // namespace leeway::preview
