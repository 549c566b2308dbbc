// Abbreviations of time zones that several zones use, or that no zone has as its name. Used to refuse them with a list
// of names to choose from: PST is Pacific time in Los Angeles, and Philippine time.
#pragma once

#include <string>
#include <string_view>

namespace leeway {

// "\"America/Los_Angeles\", \"Asia/Manila\""; empty where `name` is no such abbreviation.
std::string zones_abbreviated(std::string_view name);

// The first such abbreviation that is a word of `text`; empty if there is none.
std::string_view find_zone_abbreviation(std::string_view text);

}  // namespace leeway
