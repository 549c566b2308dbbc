// The fields that a source's decoder looks for, as a tree of member names and array indices, made once from the schema.
// Also remembers the order of keys in earlier records: most logs repeat it, and then each key costs one comparison.
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

// A key as it was at one place of earlier objects, with its quotes.
class KeyGuess {
 public:
  static constexpr std::size_t kLongest = 30;  // bytes of a key; longer ones are not remembered

  void set(std::string_view raw, PathNode* node);
  PathNode* node() const { return node_; }
  // `key` begins with the opening quote; at least kPadding bytes after it must be readable.
  bool matches(const char* key) const {
    const std::uint64_t first = differences(key, 0) | differences(key, 1);
    return first == 0 && (!long_ || (differences(key, 2) | differences(key, 3)) == 0);
  }

 private:
  std::uint64_t differences(const char* key, std::size_t word) const {
    std::uint64_t theirs = 0;
    __builtin_memcpy(&theirs, key + word * sizeof(theirs), sizeof(theirs));
    return (theirs ^ words_[word]) & masks_[word];
  }

  // Initially a key of NUL bytes, which no valid text contains.
  std::uint64_t words_[4] = {};
  std::uint64_t masks_[4] = {~std::uint64_t{0}};  // of the bytes that count
  PathNode* node_ = nullptr;
  bool long_ = false;  // whether the last two words count
};

// The wanted members of one object.
class MemberTable {
 public:
  PathNode& add(const std::string& name);
  bool empty() const { return members_.empty(); }

  // The keys of earlier objects, by ordinal: a key that matches has the node that find() would return.
  std::span<const KeyGuess> guesses() const { return guesses_; }
  // The node for the key `raw` (as written, without its quotes, escapes unresolved), or null where it is not wanted.
  PathNode* find(std::string_view raw, std::size_t ordinal);
  // The same, without remembering anything.
  PathNode* search(std::string_view raw);

 private:
  static constexpr std::size_t kMaxGuesses = 64;  // keys further back in an object are not remembered

  struct Member {
    std::string name;
    std::unique_ptr<PathNode> node;
  };

  std::vector<Member> members_;
  std::vector<KeyGuess> guesses_;
  std::string unescaped_;
};

struct PathNode {
  static constexpr FieldId kNoField = std::numeric_limits<FieldId>::max();

  FieldId field = kNoField;  // the column that this value fills
  bool is_time = false;      // this value is the record's time
  bool wants_items = false;  // where it is a list or object, the column holds what is in it too
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

// The tree of the schema's fields, without those in texts, and of the path of the event time, which may be one of them.
// `time_field` may be null.
std::unique_ptr<PathNode> make_path_trie(const Schema& schema, const FieldPath* time_field);

}  // namespace leeway
