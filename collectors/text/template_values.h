// Parts of a template that end by themselves: numbers, quoted text, requests, lists. Pure functions, used by
// TemplateParser. Each takes its text off the front of `text`; after false, how much was taken is unspecified.
#pragma once

#include <string_view>

#include "collectors/text/line_parser.h"

namespace leeway {

// An integer, with or without a sign; a '-' that no digit follows is null.
bool take_integer(std::string_view& text, Part& part);
// The same with a fraction and an exponent.
bool take_decimal(std::string_view& text, Part& part);
// The same, in seconds. One below 0 is null: servers write -1 where there was nothing to measure.
bool take_duration(std::string_view& text, double per_second, Part& part);
// A duration with its units, as read_duration() knows them: "1.2s", "880µs", "1m3.5s", "12 ms", "0:00:01.5". In
// seconds; one below 0 and a '-' alone are null.
bool take_measured(std::string_view& text, Part& part);

// What is between quotes, with its escapes. Where backslashes stand before all quotes after the first, the last one
// closes it.
bool take_quoted(std::string_view& text, std::string_view& content);
// The same up to the quote that ends a request.
bool take_request(std::string_view& text, std::string_view& content);

// Numbers separated by ", " or " : ", as nginx writes one for each server that it asked, with or without quotes around
// them. '-' is left out; where nothing is left, null.
bool take_sum(std::string_view& text, Part& part);
bool take_last(std::string_view& text, Part& part);

}  // namespace leeway
