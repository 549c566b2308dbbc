// What the values of a field, or of an expression, are in a sample: types, how many different ones there are and
// whether they still grow in its second half, quantiles of numbers. Used by init to choose labels, times, levels,
// durations.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/value.h"

namespace leeway {

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

  static constexpr std::size_t kMostValues = 400;

 private:
  void add_text(std::string_view text);
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
  std::size_t new_values_ = 0;
  std::vector<double> numbers_;
  bool sorted_ = false;
  std::map<std::string, std::uint64_t> values_;
};

}  // namespace leeway
