// Which line begins a record, where records have several lines: stack traces, messages with newlines, pretty-printed
// JSON. Used by LineJoiner and RecordDecoder.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace leeway {

class MultilineRule {
 public:
  // A name of preset_names(). kConfiguration for another.
  static Expected<MultilineRule> preset(const std::string& name);
  static std::vector<std::string> preset_names();
  // A record begins with a line in which `pattern` (RE2) is found.
  static Expected<MultilineRule> starting_with(const std::string& pattern);
  // A record goes on with a line in which `pattern` is found, with one that begins with a blank, and with an empty one.
  static Expected<MultilineRule> continued_by(const std::string& pattern);

  // `content`: a line without its envelope. Colours before its text do not count. `after_frame`: the line before it in
  // its stream is_frame().
  bool begins(std::string_view content, bool after_frame) const;
  // Whether it may be a frame of a trace in Python, behind which the exception has a line of its own.
  static bool is_frame(std::string_view content);

 private:
  enum class Traces : std::uint8_t { kNone, kAny, kPython };

  MultilineRule(std::shared_ptr<const re2::RE2> pattern, bool of_start)
      : pattern_(std::move(pattern)), of_start_(of_start) {}
  static Expected<MultilineRule> compile(const std::string& pattern, bool of_start);

  std::shared_ptr<const re2::RE2> pattern_;  // null: none
  bool of_start_;
  Traces traces_ = Traces::kNone;  // what it is for; kPython: also those of Python
};

}  // namespace leeway
