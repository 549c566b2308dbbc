// Pairs such as `state=ok` in messages of free text, as fields: each is an expression that extracts it. Used by
// propose_for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/init/field_roles.h"
#include "agent/init/message_reader.h"

namespace leeway {

struct TextField {
  std::string name;
  std::string condition;  // an expression: that the message has it
};

struct TextFields {
  std::vector<SampledField> fields{};
  std::map<std::string, TextField> known{};  // by the expression
};

// Those that a twentieth of the messages have. `message` is an expression.
TextFields text_fields(const std::string& message, const std::vector<MessageText>& messages);

}  // namespace leeway
