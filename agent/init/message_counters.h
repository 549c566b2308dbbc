// A counter of the kinds of messages that come most often: of a log with levels those of warnings and errors, of one
// without all, errors first. Used by propose_for.
#pragma once

#include <string>
#include <vector>

#include "agent/init/field_roles.h"
#include "agent/init/log_sample.h"
#include "agent/init/message_reader.h"
#include "agent/init/text_templates.h"

namespace leeway {

struct MessageKind {
  std::string name;                       // a label's value: "connection_refused"
  std::vector<std::string> conditions{};  // `message.matches(...)`: one of them is true
  std::vector<std::string> texts{};       // their templates
  std::uint64_t records = 0;              // of the sample, for which one is true
};

struct MessageNoise {
  TextTemplate found{};
  std::uint64_t records = 0;
};

struct MessageFindings {
  std::vector<MessageKind> kinds{};
  std::vector<MessageNoise> noise{};  // most of what the log says, and nothing went wrong; of text without keys only
  std::uint64_t records = 0;          // with a message
  bool by_level = false;              // the kinds are those of warnings and errors
};

// `message` is an expression, `messages` what it gives. Blocks while the sample is read.
MessageFindings find_messages(const SourceKeys& keys, const LogSample& sample, const std::string& message,
                              const std::vector<MessageText>& messages, const FieldRoles& roles);

// The label's expression, an alternative a line, each kind with its share: for a text in '''.
std::string kinds_text(const MessageFindings& messages);

}  // namespace leeway
