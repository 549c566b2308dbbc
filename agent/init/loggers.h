// Loggers that write durations in a unit of their own, and numbers that only look like durations. Used by field_roles.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/init/field_roles.h"

namespace leeway {

// kGo: slog, logrus and others that write time.Duration as JSON does.
enum class Logger { kUnknown, kGo, kZap, kZerolog };

// By the names and the order of the fields that each of them writes, and by times with nanoseconds.
Logger logger_of(const std::vector<SampledField>& fields);

struct LoggerUnit {
  double per_second;
  std::string doubt;  // what tells so
};

// Of a duration whose name has no unit. No value where the logger says nothing of it.
std::optional<LoggerUnit> unit_of(Logger logger, ValueFacts& facts);

// Whether its numbers grow with the records, but for starts from a lower one: a counter, or an age.
bool grows(const ValueFacts& facts);

// How long the program has run, whatever the name says.
bool is_age(const SampledField& field);

}  // namespace leeway
