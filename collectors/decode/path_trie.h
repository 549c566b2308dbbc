// The fields that a source's decoder looks for, as a tree of member names and array indices, made once from the schema.
// Also remembers in which order keys came in earlier records: most logs repeat it, and then each key costs one compare.
// Used by json_decoder.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/record_batch.h"
#include "agent/core/schema.h"

namespace leeway {

struct PathNode;

// The wanted members of one object.
class MemberTable {
 public:
  PathNode& add(const std::string& name);
  bool empty() const { return members_.empty(); }

  // The node for the key `raw` (as written, without its quotes, escapes unresolved), or null where nobody asks for it.
  // `ordinal` counts the object's keys from 0. At least kPadding bytes after the key must be readable.
  PathNode* find(std::string_view raw, std::size_t ordinal) {
    if (ordinal < guesses_.size() && guesses_[ordinal].matches(raw)) [[likely]] {
      return guesses_[ordinal].node;
    }
    return search(raw, ordinal);
  }

 private:
  static constexpr std::size_t kGuessBytes = 32;  // longer keys are not remembered
  static constexpr std::size_t kMaxGuesses = 64;  // nor are keys further back in an object

  struct Guess {
    std::uint32_t length = std::numeric_limits<std::uint32_t>::max();
    PathNode* node = nullptr;
    char bytes[kGuessBytes] = {};

    bool matches(std::string_view raw) const;
  };
  struct Member {
    std::string name;
    std::unique_ptr<PathNode> node;
  };

  PathNode* search(std::string_view raw, std::size_t ordinal);
  PathNode* search_names(std::string_view raw);

  std::vector<Member> members_;
  std::vector<Guess> guesses_;
  std::string unescaped_;
};

struct PathNode {
  static constexpr FieldId kNoField = std::numeric_limits<FieldId>::max();

  FieldId field = kNoField;  // the column that this value fills
  bool is_time = false;      // this value is the record's time
  std::uint64_t seen = 0;    // number of the last record that had it
  MemberTable members;
  struct Element {
    std::uint32_t index;
    std::unique_ptr<PathNode> node;
  };
  std::vector<Element> elements;

  bool is_leaf() const { return field != kNoField || is_time; }
  PathNode& element(std::uint32_t index);
  PathNode* find_element(std::size_t index);
};

// The tree of `schema`'s paths and of the path of the event time, which may be one of them. `time_field` may be null.
std::unique_ptr<PathNode> make_path_trie(std::span<const FieldPath> fields, const FieldPath* time_field);

inline bool MemberTable::Guess::matches(std::string_view raw) const {
  if (raw.size() != length) {
    return false;
  }
  // Eight bytes at a time: both sides may be read beyond their ends, and most keys take one or two steps.
  for (std::size_t i = 0; i < length; i += 8) {
    std::uint64_t mine = 0;
    std::uint64_t theirs = 0;
    __builtin_memcpy(&mine, bytes + i, 8);
    __builtin_memcpy(&theirs, raw.data() + i, 8);
    const std::size_t rest = length - i;
    // Little-endian: the first bytes of the key are the low ones.
    const std::uint64_t mask = rest >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (rest * 8)) - 1;
    if (((mine ^ theirs) & mask) != 0) {
      return false;
    }
  }
  return true;
}

}  // namespace leeway
