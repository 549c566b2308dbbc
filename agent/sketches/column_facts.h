// What a column of a reference is made of: how many numbers and texts, how many different values, how many rows
// without one. Says which kind of column it is, and why, to users. Counted while a reference is captured; kept with it
// and in profiles. Used by agent/monitors/drift and `leeway check`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"
#include "agent/sketches/hyper_log_log.h"

namespace leeway {

// Why a column is of its kind, or cannot be compared yet.
enum class KindReason : std::uint8_t {
  kUnknown,  // an earlier version captured it
  kAllNumbers,
  kMostlyNumbers,  // texts count as missing
  kAllTexts,
  kMostlyTexts,  // numbers count as missing
  kAllBooleans,
  kNumbersAsText,  // most texts are numbers, by JSON's grammar
  kAbsent,         // no row has the column
  kNoValues,       // the column has no value in any row
  kTooFewValues,
  kNested,  // no value but lists and objects, which are not compared
};
// "all_numbers", "absent", ...: as in labels.
std::string_view to_string(KindReason reason);

struct ColumnFacts {
  // A reference with fewer values does not show of which kind they are.
  static constexpr std::uint64_t kLeastValues = 10;

  std::uint64_t rows = 0;  // 0: nothing is known
  std::uint64_t numbers = 0;
  std::uint64_t texts = 0;            // including booleans
  std::uint64_t booleans = 0;         //
  std::uint64_t written_numbers = 0;  // texts that are numbers by JSON's grammar
  std::uint64_t absent = 0;           // rows that lack the column
  std::uint64_t distinct = 0;         // within about 1.6 % (one standard error), exact up to 256
  std::uint64_t nested = 0;           // rows with a list or an object, which count as missing

  std::uint64_t values() const { return numbers + texts; }
  KindReason reason() const;
  // A sentence without its end: "980 of 988 values are numbers; the 8 texts count as missing".
  std::string explanation() const;

  void save(StateWriter& out) const;
  // Before kNestedVersion of the monitor's encoding without `nested`.
  static ColumnFacts load(StateReader& in);
  static constexpr std::uint32_t kNestedVersion = 7;
};

// Counts the facts of a column, row by row.
class ColumnFactsCounter {
 public:
  void add_missing(bool is_absent);
  void add_nested();
  void add_number(double number);
  // `hash` is a well mixed one of the text.
  void add_text(std::string_view text, std::uint64_t hash);
  void add_boolean(bool value);

  std::uint64_t rows() const { return facts_.rows; }
  std::uint64_t values() const { return facts_.values(); }
  ColumnFacts facts() const;

  void save(StateWriter& out) const;
  // After an error the counter must be discarded.
  Expected<void> load(StateReader& in);

 private:
  static constexpr int kPrecision = 12;

  ColumnFacts facts_;
  HyperLogLog distinct_{kPrecision};
};

}  // namespace leeway
