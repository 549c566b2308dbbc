// A time format and texts of times, one per line. What a parser remembers of earlier texts changes no later result.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "collectors/decode/timestamp.h"

namespace {

void require(bool promise) {
  if (!promise) {
    std::abort();
  }
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leeway;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string format(take_line(text));
  for (const char* zone : {"UTC", "Europe/Berlin"}) {
    Expected<TimestampParser> parser = TimestampParser::create(format, zone);
    require(parser.has_value() == TimestampParser::check_format(format).has_value());
    if (!parser) {
      require(parser.error().code == ErrorCode::kConfiguration && !parser.error().message.empty());
      return 0;
    }
    for (std::string_view rest = text; !rest.empty();) {
      const std::string line(take_line(rest));  // its own memory, so that reading past the end is detected
      const TimePoint time = parser->parse(line);
      require(parser->parse(line) == time);
      Expected<TimestampParser> fresh = TimestampParser::create(format, zone);
      require(fresh->parse(line) == time);
    }
  }
  return 0;
}
