// The fields of lines that consist of pairs, wholly or at their end: logfmt, klog, templates. Used by their parsers.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/text/line_parser.h"
#include "collectors/text/pair_scanner.h"

namespace leeway {

class PairFields {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  explicit PairFields(PairQuotes quotes = PairQuotes::kDouble);

  // The slot of a field, whose key is its name, or its path if it has several steps: "http.status".
  std::size_t want(const FieldPath& field);
  std::size_t slots() const { return keys_.size(); }
  // kNone if the key is not wanted.
  std::size_t find(std::string_view key) const;

  // Reads the pairs of `text`; false if it has none. Words before the first pair are the field `message`, those after
  // it are true. `a=` and `a=<nil>` are null, `a=""` is text; a value without quotes that is a JSON number, true or
  // false is that. The first of several pairs with the same key counts.
  bool read(std::string_view text, std::span<Part> parts, RecordBatch& batch, DecodeCounts& counts) const;

 private:
  static std::size_t place_of(std::string_view key);
  void store_message(std::string_view words, std::span<Part> parts) const;
  // The absent part of a wanted key; null otherwise.
  Part* part_of(std::string_view key, std::span<Part> parts, DecodeCounts& counts) const;

  static constexpr std::size_t kPlaces = 64;

  std::vector<std::string> keys_;           // by slot
  std::array<std::size_t, kPlaces> first_;  // slot of a key with this hash
  std::vector<std::size_t> next_;           // by slot: another key with the same hash
  std::size_t message_ = kNone;
  PairQuotes quotes_;
};

// Where the pairs begin that the first line of `text` ends with, all of which have names such as "http.status" in front
// of their '='; npos if it does not end with any.
std::size_t find_last_pairs(std::string_view text, PairQuotes quotes);

}  // namespace leeway
