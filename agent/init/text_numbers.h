// Numbers that stand in messages of one kind, with what they count or measure: "processed 128 rows in 3.4 s" has rows
// and a duration. Used by propose_for.
#pragma once

#include <string>
#include <vector>

#include "agent/init/message_reader.h"
#include "agent/init/value_facts.h"

namespace leeway {

struct TextNumber {
  enum class Kind { kDuration, kSum, kGauge };
  Kind kind;
  std::string name;          // of a metric, without the source: "processed_rows_total"
  std::string example;       // "processed * rows in * s"
  std::string value;         // an expression, in seconds or bytes where it is such
  std::string condition;     // an expression: of the records that have it
  ValueFacts facts{};        // of the value; filled by who evaluates it
  std::size_t messages = 0;  // of the example
  std::size_t unread = 0;    // of these, without a number that the condition finds
  std::string unread_example{};
};

// At most `most`, those of the most frequent messages first. `message` is an expression.
std::vector<TextNumber> text_numbers(const std::string& message, const std::vector<MessageText>& messages,
                                     std::size_t most);

}  // namespace leeway
