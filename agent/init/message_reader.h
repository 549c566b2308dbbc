// The texts of the messages of a sample, which several parts of init look into. Used by propose_for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/init/field_roles.h"
#include "agent/init/log_sample.h"
#include "agent/init/source_trial.h"

namespace leeway {

struct MessageText {
  std::string text;
  std::string level;  // as the expression of the level gives it; "" if there is none
};

// The field that is a text for people: `message`, `msg`, `event`, ...; none where less than half of the records have
// it.
const SampledField* message_field(const std::vector<SampledField>& fields);

// `message` and `level` are expressions. Blocks while the sample is read.
std::vector<MessageText> read_messages(const SourceKeys& keys, const LogSample& sample, const std::string& message,
                                       const std::optional<std::string>& level);

// For how many records of the sample each condition is true, by the same means as the agent; 0 for one that is none.
std::vector<std::uint64_t> count_records(const SourceKeys& keys, const LogSample& sample,
                                         const std::vector<std::string>& conditions);

// A regular expression as a literal of an expression, without escapes where that is possible.
std::string pattern_literal(const std::string& pattern);

}  // namespace leeway
