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

  // Whether the key that begins at `key` (behind its opening quote) is the one that came at this place in earlier
  // objects: then `node` is what find() would return. `ordinal` counts the object's keys from 0. At least kPadding
  // bytes after the key must be readable.
  bool guess(const char* key, std::size_t ordinal, PathNode*& node) const {
    if (ordinal >= guesses_.size() || !guesses_[ordinal].matches(key)) [[unlikely]] {
      return false;
    }
    node = guesses_[ordinal].node;
    return true;
  }
  // The node for the key `raw` (as written, without its quotes, escapes unresolved), or null where nobody asks for it.
  PathNode* find(std::string_view raw, std::size_t ordinal);

 private:
  static constexpr std::size_t kGuessWords = 4;   // longer keys, with their closing quote, are not remembered
  static constexpr std::size_t kMaxGuesses = 64;  // nor are keys further back in an object

  struct Guess {
    std::uint64_t words[kGuessWords] = {};  // the key and its closing quote
    std::uint64_t last_mask = 0;            // of the bytes of the last word that count
    std::uint32_t size = 0;                 // words; 0 where there is no guess
    PathNode* node = nullptr;

    bool matches(const char* key) const;
    void set(std::string_view raw);
  };
  struct Member {
    std::string name;
    std::unique_ptr<PathNode> node;
  };

  PathNode* search(std::string_view raw);

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

// Eight bytes at a time, and most keys take one or two steps.
inline bool MemberTable::Guess::matches(const char* key) const {
  if (size == 0) {
    return false;
  }
  std::uint64_t theirs = 0;
  for (std::uint32_t i = 0; i + 1 < size; ++i, key += sizeof(theirs)) {
    __builtin_memcpy(&theirs, key, sizeof(theirs));
    if (theirs != words[i]) {
      return false;
    }
  }
  __builtin_memcpy(&theirs, key, sizeof(theirs));
  return ((theirs ^ words[size - 1]) & last_mask) == 0;
}

}  // namespace leeway
