#include "agent/init/value_facts.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "agent/core/number_text.h"
#include "agent/init/format_candidates.h"

namespace leeway {
namespace {

constexpr std::size_t kLongText = 64;

// Digits, a UUID, hexadecimal: what names one thing and no kind of things.
bool is_identifier(std::string_view text) {
  static const RE2 kIdentifier(
      R"re((?i)[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]*[0-9][0-9a-f]{7,}|.*\d{5,}.*|.*@.*\..*|\d+\.\d+\.\d+\.\d+(:\d+)?)re");
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kIdentifier);
}

}  // namespace

void ValueFacts::add(const Value& value, bool second_half) {
  ++records_;
  nulls_ += value.kind == ValueKind::kNull ? 1 : 0;
  if (value.kind == ValueKind::kString) {
    ++texts_;
    add_text(value.string());
    count(std::string(value.string()), second_half);
  } else if (value.kind == ValueKind::kBool) {
    ++bools_;
    trues_ += value.boolean ? 1 : 0;
    count(value.boolean ? "true" : "false", second_half);
  } else if (value.is_number()) {
    const double number = value.as_double();
    numbers_.push_back(number);
    see_number(number);
    sorted_ = false;
    whole_ += std::floor(number) == number ? 1 : 0;
    count(plain_number(number), second_half);
  }
}

void ValueFacts::add_text(std::string_view text) {
  static const RE2 kDuration(R"re(-?[\d.]+ ?(ns|us|µs|ms|s|m|h|sec|seconds)([\d.]+(ms|s|m))*)re");
  levels_ += is_level_word(text) ? 1 : 0;
  targets_ += text.starts_with('/') || text.starts_with("http://") || text.starts_with("https://") ? 1 : 0;
  durations_ += RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kDuration) ? 1 : 0;
  long_texts_ += text.size() > kLongText || text.find(' ') != std::string_view::npos ? 1 : 0;
  identifiers_ += is_identifier(text) ? 1 : 0;
  static const RE2 kPercent(R"re(-?\d+(\.\d+)? ?%)re");
  static const RE2 kPlace(R"re(\S+\.(go|py|js|ts|java|kt|rb|rs|c|cc|cpp|cs|php|ex|scala)(:\d+)+(:\S+)?)re");
  static const RE2 kRequestLine(R"re([A-Z]{3,10} \S+ HTTP/\d(\.\d)?)re");
  const re2::StringPiece piece(text.data(), text.size());
  percents_ += RE2::FullMatch(piece, kPercent) ? 1 : 0;
  places_ += RE2::FullMatch(piece, kPlace) ? 1 : 0;
  request_lines_ += RE2::FullMatch(piece, kRequestLine) ? 1 : 0;
  marks_ += text.empty() || text == "-" ? 1 : 0;
  add_number_text(text);
}

void ValueFacts::add_number_text(std::string_view text) {
  static const RE2 kNumber(R"re(\s*(-?\d{1,15}(?:\.\d+)?(?:[eE][+-]?\d{1,2})?)\s*)re");
  std::string digits;
  if (RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kNumber, &digits)) {
    const double number = std::strtod(digits.c_str(), nullptr);
    text_numbers_.push_back(number);
    whole_texts_ += digits.find_first_of(".eE") == std::string::npos ? 1 : 0;
    see_number(number);
  }
}

void ValueFacts::see_number(double number) {
  rises_ += number > last_number_ ? 1 : 0;
  falls_ += number < last_number_ ? 1 : 0;
  last_number_ = number;
}

ValueFacts ValueFacts::with_numbers() const {
  ValueFacts result = *this;
  result.numbers_.insert(result.numbers_.end(), text_numbers_.begin(), text_numbers_.end());
  result.sorted_ = false;
  result.whole_ += whole_texts_;
  result.texts_ -= text_numbers_.size() + marks_;
  return result;
}

void ValueFacts::count(std::string text, bool second_half) {
  const auto found = values_.find(text);
  if (found != values_.end()) {
    ++found->second;
  } else if (values_.size() < kMostValues) {
    values_.emplace(std::move(text), 1);
    new_values_ += second_half ? 1 : 0;
  }
}

double ValueFacts::quantile(double q) {
  if (numbers_.empty()) {
    return 0;
  }
  if (!sorted_) {
    std::sort(numbers_.begin(), numbers_.end());
    sorted_ = true;
  }
  return numbers_[static_cast<std::size_t>(q * static_cast<double>(numbers_.size() - 1))];
}

double ValueFacts::least_above_zero() const {
  double least = 0;
  for (const double number : numbers_) {
    least = number > 0 && (least == 0 || number < least) ? number : least;
  }
  return least;
}

ValueFacts ValueFacts::without_negative() const {
  ValueFacts result = *this;
  std::erase_if(result.numbers_, [](double number) { return number < 0; });
  return result;
}

double ValueFacts::share_below(double limit) const {
  const auto below = std::count_if(numbers_.begin(), numbers_.end(), [&](double number) { return number < limit; });
  return numbers_.empty() ? 0 : static_cast<double>(below) / static_cast<double>(numbers_.size());
}

}  // namespace leeway
