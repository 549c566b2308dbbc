// What a container runtime writes around each line of a service: "2026-11-28T05:25:02.97Z stderr F text". Used by
// LineJoiner and RecordDecoder.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace leeway {

enum class Envelope : std::uint8_t {
  kNone,
  kCri,      // containerd, CRI-O: time, stream, tags and text
  kDocker,   // json-file: {"log":"text\n","stream":"stderr","time":"..."}
  kCompose,  // compose: "web-1  | text"
};

// A line without its envelope. All point into the line or into the scratch text.
struct Unwrapped {
  std::string_view content{};
  std::string_view stream{};  // "stdout" or "stderr"; empty where the envelope has none
  std::string_view time{};    // RFC 3339; empty where the envelope has none
  std::string_view name{};    // of the container; empty where the envelope has none
  std::string_view attrs{};   // attributes, for next_attribute(); empty where the envelope has none
  bool partial = false;       // the runtime cut the text: the next line of the stream goes on

  bool is_stderr() const { return stream == "stderr"; }
};

// False where the line has no such envelope. `scratch` holds what had to be unescaped, until the next call with it.
bool unwrap(Envelope envelope, std::string_view line, std::string& scratch, Unwrapped& out);

// Removes the first of `attrs` and sets its name and value, which point into them or into `scratch`, until the next
// call with it. False at the end, or at what is no attribute with a text.
struct Attribute {
  std::string_view name{};
  std::string_view value{};
};
bool next_attribute(std::string_view& attrs, std::array<std::string, 2>& scratch, Attribute& out);

// Whether the runtime may have cut the line: false where unwrap() would not find it partial, at a fraction of its cost.
bool looks_cut(Envelope envelope, std::string_view line);

}  // namespace leeway
