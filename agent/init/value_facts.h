// What the values of a field, or of an expression, are in a sample: types, how many different ones there are and
// whether they still grow in its second half, quantiles of numbers. Used by init to choose labels, times, levels,
// durations.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/value.h"

namespace leeway {

inline bool nearly_all(std::uint64_t part, std::uint64_t all) { return all > 0 && part * 100 >= all * 95; }

class ValueFacts {
 public:
  // Of a record in the first or the second half of the sample.
  void add(const Value& value, bool second_half);

  std::uint64_t records() const { return records_; }
  std::uint64_t present() const { return numbers_.size() + texts_ + bools_; }
  std::uint64_t nulls() const { return nulls_; }
  std::uint64_t texts() const { return texts_; }
  std::uint64_t bools() const { return bools_; }
  std::uint64_t trues() const { return trues_; }
  std::uint64_t number_count() const { return numbers_.size(); }
  std::uint64_t whole() const { return whole_; }
  std::uint64_t levels() const { return levels_; }          // words of levels
  std::uint64_t targets() const { return targets_; }        // "/items/42", "https://host/items"
  std::uint64_t durations() const { return durations_; }    // "1.5ms"
  std::uint64_t long_texts() const { return long_texts_; }  // that hold blanks, or over 64 bytes
  std::uint64_t identifiers() const { return identifiers_; }
  std::uint64_t number_texts() const { return text_numbers_.size(); }  // "0.051"
  std::uint64_t marks() const { return marks_; }                       // "-" or nothing, for no value
  std::uint64_t percents() const { return percents_; }                 // "48 %"
  std::uint64_t places() const { return places_; }                     // "main.go:17": in source code
  std::uint64_t request_lines() const { return request_lines_; }       // "GET /items HTTP/1.1"
  // Numbers, also as texts, that are greater or less than the one before them.
  std::uint64_t rises() const { return rises_; }
  std::uint64_t falls() const { return falls_; }
  // The same, with texts of numbers as numbers, and without marks.
  ValueFacts with_numbers() const;
  // Different values, at most kMostValues of them, with how often each came.
  const std::map<std::string, std::uint64_t>& values() const { return values_; }
  std::size_t distinct() const { return values_.size(); }
  // So many values came in the second half that were not in the first.
  std::size_t new_values() const { return new_values_; }
  // 0 where there are no numbers.
  double quantile(double q);
  // Of the numbers above 0, the least one; 0 where there is none.
  double least_above_zero() const;
  double share_below(double limit) const;
  // The same, without numbers below 0 among the numbers.
  ValueFacts without_negative() const;

  static constexpr std::size_t kMostValues = 400;

 private:
  void add_text(std::string_view text);
  void add_number_text(std::string_view text);
  void see_number(double number);
  void count(std::string text, bool second_half);

  std::uint64_t records_ = 0;
  std::uint64_t nulls_ = 0;
  std::uint64_t texts_ = 0;
  std::uint64_t bools_ = 0;
  std::uint64_t trues_ = 0;
  std::uint64_t whole_ = 0;
  std::uint64_t levels_ = 0;
  std::uint64_t targets_ = 0;
  std::uint64_t durations_ = 0;
  std::uint64_t long_texts_ = 0;
  std::uint64_t identifiers_ = 0;
  std::uint64_t marks_ = 0;
  std::uint64_t percents_ = 0;
  std::uint64_t places_ = 0;
  std::uint64_t request_lines_ = 0;
  std::uint64_t rises_ = 0;
  std::uint64_t falls_ = 0;
  std::uint64_t whole_texts_ = 0;
  double last_number_ = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> text_numbers_;
  std::size_t new_values_ = 0;
  std::vector<double> numbers_;
  bool sorted_ = false;
  std::map<std::string, std::uint64_t> values_;
};

}  // namespace leeway
