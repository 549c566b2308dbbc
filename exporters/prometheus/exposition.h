// Metric families as text for Prometheus: the text format 0.0.4 and OpenMetrics 1.0.0. Our own writer, for speed and
// because prometheus-cpp's escapes too little. Used by MetricsPages, `replay` and the fuzzers.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "agent/metrics/snapshot.h"
#include "exporters/prometheus/label_text.h"

namespace leeway {

enum class ExpositionFormat : std::uint8_t { kText, kOpenMetrics };

// The value of Content-Type.
std::string_view content_type(ExpositionFormat format);

// Appends families in their order. Families without samples are left out. `texts` has the page's labels afterwards.
void write_families(const std::deque<MetricFamily>& families, ExpositionFormat format, LabelTextCache& texts,
                    std::string& out);
// What a page ends with: "# EOF" in OpenMetrics.
void write_end(ExpositionFormat format, std::string& out);

}  // namespace leeway
