// Any text as label value and help: the page reads back as what was written, except for invalid UTF-8.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "exporters/prometheus/exposition.h"
#include "exporters/prometheus/negotiation.h"
#include "tests/support/exposition_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leeway;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ExpositionFormat format = negotiate_format(text);
  (void)accepts_gzip(text);
  const std::size_t half = text.size() / 2;
  SnapshotBuilder builder{TimePoint()};
  builder.add(builder.family({"x_total", MetricType::kCounter, text, {"a", "b"}, {}}),
              builder.labels({{"a", text.substr(0, half)}, {"b", text.substr(half)}}), 1, TimePoint());
  LabelTextCache texts;
  std::string page;
  write_families(builder.build()->families(), format, texts, page);
  write_end(format, page);
  const ParsedPage parsed = ExpositionParser::parse(page);
  if (!parsed.error.empty() || parsed.samples.empty() || parsed.samples[0].labels.size() != 2) {
    std::abort();
  }
  const bool plain = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz \"\\\n{},=") == std::string::npos;
  if (plain && parsed.samples[0].labels[0].second + parsed.samples[0].labels[1].second != text) {
    std::abort();
  }
  return 0;
}
