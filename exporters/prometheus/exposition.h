// Metric families as text for Prometheus: the text format 0.0.4 and OpenMetrics 1.0.0. Our own serializer, for speed
// and because that of prometheus-cpp escapes too little. Used by MetricsPages, `replay` and the fuzzers.
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

// Appends families in their order. Families without samples are left out. `texts` then holds the labels of the page.
void write_families(const std::deque<MetricFamily>& families, ExpositionFormat format, LabelTextCache& texts,
                    std::string& out);
// The end of a page: "# EOF" in OpenMetrics.
void write_end(ExpositionFormat format, std::string& out);

}  // namespace leeway
