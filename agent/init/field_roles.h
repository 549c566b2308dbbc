// What the fields of a source are for: its time, level, status, latency, and those that make labels. Used by init.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/init/value_facts.h"

namespace leeway {

struct SampledField {
  std::string text;  // as an expression
  std::string name;  // its last name, in lower case
  ValueFacts facts;
  std::string parent{};  // the name before, in lower case; "" if there is none
};

// Its numbers where it has them, also as texts: a number in nearly all of its values.
bool is_numbers(const SampledField& field);
// The expression that gives these: "int(status)" of texts, by the conversion "int".
std::string number_of(const SampledField& field, const char* conversion);

struct Latency {
  std::string field;
  std::string value;     // an expression, in seconds
  std::string doubt;     // "" or what the unit was guessed from
  std::string name{};    // of the field
  std::string number{};  // an expression, that is below 0 in a few records; "" where it never is
};

// The field in "int(status)", "double(took)", "level(severity, \"syslog\")", or in itself.
std::string field_in(const std::string& expression);

struct FieldRoles {
  std::optional<std::string> level{};    // an expression
  bool level_is_text = false;            // of a field whose words level() does not know
  std::optional<std::string> status{};   // an expression: int(status) of texts
  std::optional<std::string> success{};  // a flag
  std::optional<std::string> failure{};  // a text that only records of what failed have
  std::optional<std::string> method{};
  std::optional<std::string> path{};
  std::optional<Latency> latency{};
  std::vector<std::string> amounts{};    // expressions: bytes, tokens, money, rows
  std::vector<std::string> labels{};     // further ones
  std::optional<std::string> message{};  // a text of few sentences that come again, which can be a label
};

// `in_seconds`: the format says so of its `duration`.
FieldRoles roles_of(std::vector<SampledField>& fields, bool in_seconds);

struct TimeChoice {
  std::string field;   // "" if there is none
  std::string format;  // "" for "auto"
  std::string zone;    // "" for UTC
  bool has_zone = false;
};

// The fields that can nearly always be read as a time: those with a name of times, the likeliest first, then others.
std::vector<TimeChoice> times_of(const std::vector<SampledField>& fields);
// The first of these.
TimeChoice time_of(const std::vector<SampledField>& fields);

// Whether it is a name of a level of errors, or of warnings, in upper or lower case.
bool is_bad_level(std::string_view word);
bool is_warning_level(std::string_view word);

// "Europe/Berlin" of "CET"; "" where it is unknown.
std::string zone_of_abbreviation(std::string_view text);

}  // namespace leeway
