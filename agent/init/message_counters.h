// Counters of the messages that come most often: of a log with levels those of warnings and errors, of one without all,
// errors first. Used by propose_for.
#pragma once

#include <string>
#include <vector>

#include "agent/init/field_roles.h"
#include "agent/init/log_sample.h"
#include "agent/init/source_trial.h"
#include "agent/init/text_templates.h"

namespace leeway {

struct MessageCounter {
  TextTemplate found{};
  std::string condition{};    // `message.matches(...)`: an expression
  std::uint64_t records = 0;  // of the sample, for which it is true
};

struct MessageFindings {
  std::vector<MessageCounter> counters{};
  std::vector<MessageCounter> noise{};  // most of what the log says, and nothing went wrong; of text without keys only
  std::uint64_t records = 0;            // with a message
};

// Blocks while the sample is read twice. No counters where no field is a message.
MessageFindings find_messages(const SourceKeys& keys, const LogSample& sample, const std::vector<SampledField>& fields,
                              const FieldRoles& roles);

// Their [[metric]] entries, each with a blank line before it. `prefix` begins their names.
std::string text_of(const MessageFindings& messages, const std::string& source, const std::string& prefix);

}  // namespace leeway
