// Where messages of one template have numbers, and with which units. Used by text_numbers.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "agent/init/message_reader.h"
#include "agent/init/text_templates.h"

namespace leeway {

inline constexpr std::size_t kFewValues = 3;

// What stands in the place of one word, in the messages of a template.
struct NumberPlace {
  std::size_t values = 0;
  std::size_t numbers = 0;
  std::size_t whole = 0;
  std::size_t thousands = 0;           // as in 1,210
  std::size_t compound = 0;            // as in 1m2.1s
  std::set<std::string> different{};   // some of the numbers
  std::set<std::string> units{};       // glued to the numbers
  std::set<std::string> next_words{};  // behind them

  bool is_number() const { return numbers > 0 && numbers * 10 >= values * 9; }
};

// The messages of a template, also with other units; the first line of each.
std::vector<std::string> lines_of(const TextTemplate& found, const std::vector<MessageText>& messages);

// One for each word of the template.
std::vector<NumberPlace> places_of(const TextTemplate& found, const std::vector<std::string>& lines);

// Without commas, brackets and the like around it.
std::string without_marks(const std::string& word);

}  // namespace leeway
