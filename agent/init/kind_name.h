// Names for what messages are about, of the words that they have in common. Pure functions, used by text_templates and
// text_numbers.
#pragma once

#include <string>
#include <vector>

#include "agent/init/text_words.h"

namespace leeway {

// The word in lower case, if it says what a message is about; "" for articles, prepositions, dates, zones, levels,
// units, pairs and what varies. "query" of "query[A]", "failed" of "Failed:".
std::string telling_word(const TextWord& word);

// Of a value at a time, which no sum is of: "running", "used", "avg".
bool is_state_word(const std::string& word);

// At most five of these words, with `_` between them; "" where there is none.
std::string kind_name(const std::vector<TextWord>& words);

// 1e3 for "ms", "msec" and "milliseconds", 1 for "s"; 0 for what is no unit of time.
double units_per_second(const std::string& unit);

// Also minutes and hours: what duration() of expressions reads.
bool is_time_unit(const std::string& unit);

// Bytes of "KB" (1000), "KiB" (1024), "bytes" (1); 0 for what is no unit of sizes.
double bytes_per_unit(const std::string& unit);

}  // namespace leeway
