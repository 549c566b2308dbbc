#include "exporters/prometheus/exposition.h"

#include <array>
#include <charconv>
#include <cmath>

#include "agent/core/number_text.h"

namespace leeway {
namespace {

// Integers up to here are written without an exponent, for readability.
constexpr double kLargestPlainInteger = 1e15;

bool lacks_suffix(const MetricDesc& desc) {
  return desc.type == MetricType::kCounter && !desc.name.ends_with("_total");
}

class Writer {
 public:
  Writer(ExpositionFormat format, LabelTextCache& texts, std::string& out)
      : open_metrics_(format == ExpositionFormat::kOpenMetrics), texts_(texts), out_(out) {}

  void family(const MetricFamily& family) {
    head(family.desc);
    for (const Sample& sample : family.samples) {
      const std::string_view labels = texts_.text(sample.labels);
      if (family.desc.type == MetricType::kHistogram) {
        histogram(family, sample, labels);
      } else {
        series(family.desc.name, "", labels, "");
        number(sample.value);
      }
      if (open_metrics_ && sample.created != kNoTime && family.desc.type != MetricType::kGauge &&
          !lacks_suffix(family.desc)) {
        series(family_name(family.desc), "_created", labels, "");
        number(to_unix_seconds(sample.created));
      }
    }
  }

 private:
  void head(const MetricDesc& desc) {
    const std::string_view name = open_metrics_ ? family_name(desc) : std::string_view(desc.name);
    out_ += "# HELP ";
    out_ += name;
    out_ += ' ';
    help(desc.help);
    out_ += "\n# TYPE ";
    out_ += name;
    out_ += ' ';
    out_ += type(desc);
    out_ += '\n';
  }

  // The text format has no info type: infos are gauges with the value 1. In OpenMetrics, the samples of a counter end
  // in _total.
  std::string_view type(const MetricDesc& desc) const {
    if (open_metrics_) {
      return lacks_suffix(desc) ? "unknown" : to_string(desc.type);
    }
    return to_string(desc.type == MetricType::kInfo ? MetricType::kGauge : desc.type);
  }

  void help(std::string_view text) {
    for (const char c : text) {
      if (c == '\\') {
        out_ += "\\\\";
      } else if (c == '\n') {
        out_ += "\\n";
      } else if (c == '"' && open_metrics_) {
        out_ += "\\\"";
      } else {
        out_ += c;
      }
    }
  }

  // `name{labels,extra} `
  void series(std::string_view name, std::string_view suffix, std::string_view labels, std::string_view extra) {
    out_ += name;
    out_ += suffix;
    if (!labels.empty() || !extra.empty()) {
      out_ += '{';
      out_ += labels;
      out_ += labels.empty() || extra.empty() ? "" : ",";
      out_ += extra;
      out_ += '}';
    }
    out_ += ' ';
  }

  void histogram(const MetricFamily& family, const Sample& sample, std::string_view labels) {
    const MetricDesc& desc = family.desc;
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < sample.buckets.size(); ++i) {
      cumulative += sample.buckets[i];
      series(desc.name, "_bucket", labels, bound(desc, i));
      number(cumulative);
    }
    if (!family.without_sum) {
      series(desc.name, "_sum", labels, "");
      number(sample.sum);
    }
    // In OpenMetrics, either both or none of them.
    if (!family.without_sum || !open_metrics_) {
      series(desc.name, "_count", labels, "");
      number(cumulative);
    }
  }

  // `le="0.1"`, without an exponent; in OpenMetrics always with a fraction, as its canonical numbers require.
  std::string_view bound(const MetricDesc& desc, std::size_t bucket) {
    if (bucket == desc.buckets.size()) {
      return "le=\"+Inf\"";
    }
    bound_ = "le=\"";
    const std::string digits = plain_number(desc.buckets[bucket]);
    bound_ += digits;
    if (open_metrics_ && digits.find_first_of(".eIN") == std::string::npos) {
      bound_ += ".0";
    }
    bound_ += '"';
    return bound_;
  }

  static std::string to_text(double value) {
    if (std::isnan(value)) {
      return "NaN";
    }
    if (std::isinf(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    std::array<char, 32> buffer{};
    const bool plain = std::abs(value) < kLargestPlainInteger && std::trunc(value) == value;
    char* const end =
        plain ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), static_cast<std::int64_t>(value)).ptr
              : std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return std::string(buffer.data(), end);
  }

  void number(double value) {
    out_ += to_text(value);
    out_ += '\n';
  }
  void number(std::uint64_t value) {
    std::array<char, 24> buffer{};
    out_.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr);
    out_ += '\n';
  }

  bool open_metrics_;
  LabelTextCache& texts_;
  std::string& out_;
  std::string bound_;
};

}  // namespace

std::string_view content_type(ExpositionFormat format) {
  return format == ExpositionFormat::kOpenMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                                  : "text/plain; version=0.0.4; charset=utf-8";
}

void write_families(const std::deque<MetricFamily>& families, ExpositionFormat format, LabelTextCache& texts,
                    std::string& out) {
  Writer writer(format, texts, out);
  for (const MetricFamily& family : families) {
    if (!family.samples.empty()) {
      writer.family(family);
    }
  }
}

void write_end(ExpositionFormat format, std::string& out) {
  if (format == ExpositionFormat::kOpenMetrics) {
    out += "# EOF\n";
  }
}

}  // namespace leeway
