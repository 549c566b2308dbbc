// The shapes that lines of a log have had: the bytes between their values, and which of the values are wanted. A log is
// printed by a few statements of a program, so that nearly every line has a shape that an earlier one had; such a line
// is read in one pass, without looking for its tokens. Shapes are a tree: at each place, the texts that have followed.
// Used by json_decoder, which reads every line that fits none from its tokens and teaches it here.
//
// A line that fits differs from one that was read from its tokens only inside strings, numbers and words, so it has the
// same structure.
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
  // What is remembered at most, 64 bytes each, and how much of it at one place, where each text costs a compare.
  static constexpr std::size_t kMaxSteps = 8192;
  static constexpr std::size_t kMaxAlternatives = 16;
  // Once there is no more room, all is forgotten after as many lessons that could not be kept: a program that was
  // replaced by its next version may print other lines.
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

  // `wanted` values at most are asked for.
  explicit JsonShapes(std::size_t wanted);

  // Whether `line` has a known shape and its strings are UTF-8 without control characters; then found() are its wanted
  // values. At least kPadding bytes behind the line must be readable.
  bool match(std::string_view line);
  std::span<const Found> found() const { return {found_.data(), found_count_}; }

  // Remembers the shape of a line with these tokens, offsets into `text`, which ends with the line. It must be an
  // object that is well-formed, without a duplicate of a wanted key. Nothing is remembered where a wanted value is an
  // object or array, or where a limit is reached. `root` must outlive this object.
  void learn(std::string_view text, std::span<const std::uint32_t> tokens, PathNode& root);

 private:
  static constexpr std::size_t kMaxText = 32;

  enum class Kind : std::uint8_t { kNone, kString, kBare, kText, kEnd };

  // A text that leads from one value to the next, to more text, or to the end of the line. The step 0 is none: a text
  // without bytes, which fits everywhere and leads nowhere.
  struct alignas(64) Step {
    char text[kMaxText] = {};
    std::uint32_t ignored = ~std::uint32_t{0};  // bits of the bytes behind the text
    Kind kind = Kind::kNone;                    // what follows the text
    std::uint8_t size = 0;                      // of the text
    std::uint32_t next = 0;                     // the first step that may come after the value
    std::uint32_t alternative = 0;              // another step that may stand here
    PathNode* node = nullptr;                   // of the value that follows, where that is wanted
  };

  class Walk;

  // The step after `last` with this text; 0 where there is no room for it.
  std::uint32_t find_or_add(std::uint32_t last, std::string_view text, Kind kind, PathNode* node);

  std::vector<Step> steps_;
  std::uint32_t first_ = 0;  // of the steps that may begin a line
  std::vector<Found> found_;
  std::size_t found_count_ = 0;
  std::size_t lessons_since_full_ = 0;
};

}  // namespace leeway
