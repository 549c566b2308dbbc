// The shapes of earlier lines of a log: the bytes between their values, and which of the values are wanted. A log is
// printed by a few statements of a program, so nearly every line has the shape of an earlier one; such a line is read
// in one pass, without looking for its tokens. Shapes form a tree: at each place, the texts that have followed. Used by
// json_decoder, which reads every line that fits no shape from its tokens and teaches its shape here.
//
// A line that fits a shape differs from one that was read from its tokens only inside strings, numbers and words, so it
// has the same structure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "collectors/decode/path_trie.h"

namespace leeway {

class JsonShapes {
 public:
  // The steps that are remembered, 64 bytes each, and those at one place, where each text costs a comparison.
  static constexpr std::size_t kMaxSteps = 8192;
  static constexpr std::size_t kMaxAlternatives = 16;
  // Once there is no more room, everything is forgotten after this many lessons that could not be kept: a program that
  // was replaced by its next version may print other lines.
  static constexpr std::size_t kLessonsUntilForgotten = 65536;

  // A wanted value: the content of a string, its escapes unresolved, or the bytes of a number or word, whose spelling
  // is not checked.
  struct Found {
    PathNode* node;
    const char* begin;
    const char* end;
    bool is_string;
    bool escaped;

    std::string_view text() const { return {begin, static_cast<std::size_t>(end - begin)}; }
  };

  // A line has at most `wanted` wanted values. `text_follows`: whether anything may come after the object of a line.
  explicit JsonShapes(std::size_t wanted, bool text_follows = false);

  // Whether `line` has a known shape and its strings are UTF-8 without control characters; then found() are its wanted
  // values. At least kPadding bytes after the line must be readable.
  bool match(std::string_view line);
  std::span<const Found> found() const { return {found_.data(), found_count_}; }

  // Remembers the shape of a line with these tokens, offsets into `text`, which ends with the line. It must be a
  // well-formed object without a duplicate of a wanted key. Nothing is remembered if a wanted value is an object or
  // array, or if a limit is reached. `root` must outlive this object.
  void learn(std::string_view text, std::span<const std::uint32_t> tokens, PathNode& root);

 private:
  static constexpr std::size_t kMaxText = 32;

  enum class Kind : std::uint8_t { kNone, kString, kBare, kText, kEnd };

  // A text that leads from one value to the next, to more text, or to the end of the line. Step 0 stands for none: a
  // text without bytes, which fits everywhere and leads nowhere.
  struct alignas(64) Step {
    char text[kMaxText] = {};
    std::uint32_t ignored = ~std::uint32_t{0};  // bits of the bytes after the text
    Kind kind = Kind::kNone;                    // what follows the text
    std::uint8_t size = 0;                      // of the text
    std::uint32_t next = 0;                     // the first step that may come after the value
    std::uint32_t alternative = 0;              // another step that may be here
    PathNode* node = nullptr;                   // of the value that follows, if it is wanted
  };

  class Walk;

  // The step after `last` with this text; 0 if there is no room for it.
  std::uint32_t find_or_add(std::uint32_t last, std::string_view text, Kind kind, PathNode* node);

  std::vector<Step> steps_;
  std::uint32_t first_ = 0;  // of the steps that may begin a line
  bool text_follows_;
  std::vector<Found> found_;
  std::size_t found_count_ = 0;
  std::size_t lessons_since_full_ = 0;
};

}  // namespace leeway
