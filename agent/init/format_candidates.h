// The formats that init tries on a line, the surest first: presets of access logs, JSON, pairs, what loggers write by
// default. Used by format_choice.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/init/source_trial.h"

namespace leeway {

struct FormatCandidate {
  std::string name;  // for people
  SourceKeys keys;
  bool sure = true;      // its lines are hardly anything else: it is taken for the few lines that it reads, too
  bool timed = true;     // a line without a time is none of its
  std::string looks{};   // a regular expression that is found in its lines; "" for any
  std::string begins{};  // one that its records begin with; "" where that is to be found out
  std::string adds{};    // what lines have that it reads and that only add to a record
};

const std::vector<FormatCandidate>& format_candidates();

// Whether it is a name of a level that some logger writes, in upper or lower case: "WARN", "E", "notice".
bool is_level_word(std::string_view word);

// Whether nearly all of the line is pairs: `level=info msg="request done"`.
bool is_pairs(std::string_view line);

// Not a kind of text whose parts the source describes.
bool is_preset(const FormatCandidate& format);
// Its records have fields by name, and which of them is the time has to be said. Others know where theirs is, or have
// none.
bool names_fields(const FormatCandidate& format);

}  // namespace leeway
