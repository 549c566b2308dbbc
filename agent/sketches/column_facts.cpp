#include "agent/sketches/column_facts.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace leeway {
namespace {

constexpr std::array<std::string_view, 11> kReasonNames{
    "unknown",         "all_numbers", "mostly_numbers", "all_texts",      "mostly_texts",    "all_booleans",
    "numbers_as_text", "absent",      "no_values",      "too_few_values", "lists_or_objects"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// By JSON's grammar, so that codes such as 007 are none.
bool is_number(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || !is_digit(digits.front()) || !is_digit(digits.back()) ||
      (digits.front() == '0' && digits.size() > 1 && is_digit(digits[1]))) {
    return false;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// The finalizer of splitmix64.
std::uint64_t mixed(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xBF58'476D'1CE4'E5B9U;
  bits = (bits ^ (bits >> 27)) * 0x94D0'49BB'1331'11EBU;
  return bits ^ (bits >> 31);
}

std::string count_of(std::uint64_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

std::string_view to_string(KindReason reason) { return kReasonNames[static_cast<std::size_t>(reason)]; }

KindReason ColumnFacts::reason() const {
  if (rows == 0) {
    return KindReason::kUnknown;
  }
  if (values() < kLeastValues) {
    return values() > 0     ? KindReason::kTooFewValues
           : nested > 0     ? KindReason::kNested
           : absent == rows ? KindReason::kAbsent
                            : KindReason::kNoValues;
  }
  if (numbers >= texts) {
    return texts == 0 ? KindReason::kAllNumbers : KindReason::kMostlyNumbers;
  }
  if (written_numbers > texts / 2) {
    return KindReason::kNumbersAsText;
  }
  return numbers > 0 ? KindReason::kMostlyTexts : booleans == texts ? KindReason::kAllBooleans : KindReason::kAllTexts;
}

std::string ColumnFacts::explanation() const {
  const std::string all = "all " + count_of(values(), "value");
  const std::string of_all = " of " + count_of(values(), "value");
  switch (reason()) {
    case KindReason::kUnknown:
      return "an earlier version captured it";
    case KindReason::kAllNumbers:
      return all + " are numbers";
    case KindReason::kMostlyNumbers:
      return std::to_string(numbers) + of_all + " are numbers; " + count_of(texts, "text") + " count as missing";
    case KindReason::kAllTexts:
      return all + " are texts";
    case KindReason::kMostlyTexts:
      return std::to_string(texts) + of_all + " are texts; " + count_of(numbers, "number") + " count as missing";
    case KindReason::kAllBooleans:
      return all + " are booleans";
    case KindReason::kNumbersAsText:
      return std::to_string(written_numbers) + of_all +
             " are numbers written as text, in quotes; to compare numbers, read them with double(), or with "
             "`quoted_numbers` in a table";
    case KindReason::kAbsent:
      return "none of its " + count_of(rows, "record") + " has this column";
    case KindReason::kNoValues:
      return "none of its " + count_of(rows, "record") + " has a value";
    case KindReason::kNested:
      return "its " + count_of(nested, "value") +
             " are lists or objects, which are not compared; compare a member, an element or size()";
    case KindReason::kTooFewValues:
      break;
  }
  return "only " + std::to_string(values()) + " of its " + count_of(rows, "record") + " have a value; at least " +
         std::to_string(kLeastValues) + " are needed";
}

void ColumnFacts::save(StateWriter& out) const {
  for (const std::uint64_t number : {rows, numbers, texts, booleans, written_numbers, absent, distinct, nested}) {
    out.u64(number);
  }
}

ColumnFacts ColumnFacts::load(StateReader& in) {
  ColumnFacts facts;
  for (std::uint64_t* const number : {&facts.rows, &facts.numbers, &facts.texts, &facts.booleans,
                                      &facts.written_numbers, &facts.absent, &facts.distinct}) {
    *number = in.u64();
  }
  facts.nested = in.version() >= kNestedVersion ? in.u64() : 0;
  return facts;
}

void ColumnFactsCounter::add_missing(bool is_absent) {
  ++facts_.rows;
  facts_.absent += is_absent ? 1 : 0;
}

void ColumnFactsCounter::add_nested() {
  ++facts_.rows;
  ++facts_.nested;
}

void ColumnFactsCounter::add_number(double number) {
  ++facts_.rows;
  ++facts_.numbers;
  distinct_.add(mixed(std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number)));
}

void ColumnFactsCounter::add_text(std::string_view text, std::uint64_t hash) {
  ++facts_.rows;
  ++facts_.texts;
  facts_.written_numbers += is_number(text) ? 1 : 0;
  distinct_.add(mixed(hash));
}

void ColumnFactsCounter::add_boolean(bool value) {
  ++facts_.booleans;
  add_text(value ? "true" : "false", value ? 1 : 2);
}

ColumnFacts ColumnFactsCounter::facts() const {
  ColumnFacts facts = facts_;
  facts.distinct = static_cast<std::uint64_t>(std::llround(distinct_.estimate()));
  return facts;
}

void ColumnFactsCounter::save(StateWriter& out) const {
  facts_.save(out);
  distinct_.save(out);
}

Expected<void> ColumnFactsCounter::load(StateReader& in) {
  facts_ = ColumnFacts::load(in);
  return distinct_.load(in);
}

}  // namespace leeway
