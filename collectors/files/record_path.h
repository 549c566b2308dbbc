// Which parts of a document are its records: `records = "metrics.*.value.*"`. Used by DocumentReader.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/record_batch.h"
#include "agent/core/schema.h"
#include "collectors/files/json_document.h"

namespace leeway {

// Member names and array indices as in a field path; `*` matches each member or element. The empty path is the whole
// document.
class RecordPath {
 public:
  RecordPath() = default;
  // Error: kConfiguration.
  static Expected<RecordPath> parse(std::string_view text);

  std::size_t wildcards() const { return wildcards_; }
  // The values that enclose a record: the document, then the match of each `*`, without the record itself.
  std::size_t ancestors() const;
  const std::vector<FieldPath::Step>& steps() const { return steps_; }
  static bool is_wildcard(const FieldPath::Step& step);

 private:
  std::vector<FieldPath::Step> steps_;
  std::size_t wildcards_ = 0;
};

// The records of one document, in its order.
class RecordFinder {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  // The match of a `*` in one record.
  struct Element {
    JsonDocument::Token value;
    JsonDocument::Token key;  // kNoKey in an array
    std::uint32_t ordinal;
    std::uint32_t parent;  // index into the elements of the previous `*`; kNone for the first
  };
  struct Record {
    JsonDocument::Token value;
    std::uint32_t element;  // of the last `*`; kNone if there is none
  };

  // False if there are more than `limit` records: then none are kept.
  bool find(const JsonDocument& document, const RecordPath& path, std::uint64_t limit);
  void clear();

  const std::vector<Record>& records() const { return records_; }
  // Of the wildcard with this number, counted from 0.
  const Element& element(std::size_t wildcard, std::uint32_t index) const { return elements_[wildcard][index]; }

 private:
  bool walk(JsonDocument::Token value, std::size_t step, std::size_t wildcard, std::uint32_t element);

  const JsonDocument* document_ = nullptr;
  const RecordPath* path_ = nullptr;
  std::uint64_t limit_ = 0;
  std::vector<Record> records_;
  std::vector<std::vector<Element>> elements_;
};

// The content of a string token, escapes resolved.
std::string_view unquoted(const JsonDocument& document, JsonDocument::Token token, RecordBatch& batch);
// Whether the name of a member is `name`.
bool key_equals(const JsonDocument& document, JsonDocument::Token key, std::string_view name);

}  // namespace leeway
