// The fields of one source that the configuration names, in the order of their first use.
// Expressions and monitors intern the paths they need while the configuration is read; decoders then fill one
// column per path and ignore everything else.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "agent/core/instant.h"
#include "agent/core/skipped_examples.h"
#include "agent/core/type_mismatches.h"

namespace leeway {

using FieldId = std::uint32_t;

// A path into a nested record: member names and array indices. `a.b["c d"][0]`. Or into a text of the record that holds
// JSON itself: `json(a.b).c`.
struct FieldPath {
  using Step = std::variant<std::string, std::uint32_t>;
  std::vector<Step> steps;
  std::size_t json_at = 0;  // so many steps lead to the text, the others are inside of it; 0: there is none

  // The path to the text, if there is one, and that inside of it.
  std::optional<FieldPath> text() const;
  FieldPath inside_text() const;

  // The path as a user writes it: quotes only where a name needs them.
  std::string to_string() const;
  bool operator==(const FieldPath&) const = default;
};

// Reads times as one source writes them, those without a zone too; no value for anything else. Single-threaded.
using TimeReader = std::function<std::optional<Instant>(std::string_view)>;

class Schema {
 public:
  // The column of `path`, made at the first call; if the field is in a text, that of the text is made too. Not safe
  // across threads; done before any batch is read.
  FieldId intern(const FieldPath& path);
  std::span<const FieldPath> fields() const { return fields_; }
  std::size_t size() const { return fields_.size(); }

  // Asks for what is in the field where it is a list or an object: otherwise only its size is read.
  void want_items(FieldId field) { wants_items_[field] = true; }
  bool wants_items(FieldId field) const { return wants_items_[field]; }

  // The name of the source, for expressions; "" where there is none.
  void set_source(std::string name) { source_ = std::move(name); }
  const std::string& source() const { return source_; }

  // Of hash() in expressions that are compiled afterwards; "" where there is none.
  void set_hash_key(std::string key) { hash_key_ = std::move(key); }
  const std::string& hash_key() const { return hash_key_; }

  // For expressions that are compiled afterwards. Empty: such times cannot be read.
  void set_time_reader(TimeReader reader) { time_reader_ = std::move(reader); }
  const TimeReader& time_reader() const { return time_reader_; }
  // Of those expressions that take a time apart without naming a zone; "" is UTC.
  void set_time_zone(std::string zone) { time_zone_ = std::move(zone); }
  const std::string& time_zone() const { return time_zone_; }
  // Where expressions that are compiled from now on count comparisons of types that do not match; may be null.
  void count_mismatches(std::shared_ptr<TypeMismatches> into) { mismatches_ = std::move(into); }
  const std::shared_ptr<TypeMismatches>& mismatches() const { return mismatches_; }
  // Likewise, where they keep examples of records that cannot be used.
  void keep_skipped(std::shared_ptr<SkippedExamples> into) { skipped_ = std::move(into); }
  const std::shared_ptr<SkippedExamples>& skipped() const { return skipped_; }

 private:
  std::vector<FieldPath> fields_;
  std::vector<bool> wants_items_;  // by field
  std::string source_;
  std::string hash_key_;
  TimeReader time_reader_;
  std::string time_zone_;
  std::shared_ptr<TypeMismatches> mismatches_;
  std::shared_ptr<SkippedExamples> skipped_;
};

}  // namespace leeway
