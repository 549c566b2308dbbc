// What the messages of a log are good for: a label, fields, numbers, a counter of what they say. Used by propose_for.
#pragma once

#include <vector>

#include "agent/init/log_proposal.h"
#include "agent/init/message_reader.h"

namespace leeway {

// Whether it is a pair at the end of a line, in which the next one may have none: "... state=ok".
bool is_pair_behind_message(const LogProposal& proposal, const std::string& field);

// Adds those whose names no field has to `fields`, with their expressions in `text_fields`.
void add_text_fields(LogProposal& proposal, TextFields found, std::vector<SampledField>& fields);

// Adds the pairs of the messages to `fields`, with their expressions in `text_fields`, and gives the messages; none
// where no field is one. Blocks while the sample is read.
std::vector<MessageText> take_messages(LogProposal& proposal, const LogSample& sample,
                                       std::vector<SampledField>& fields);

// Chooses the numbers of the messages, once the roles are known: of sentences, and of pairs that have no role. Their
// values are wanted results.
void choose_numbers(LogProposal& proposal, const std::vector<SampledField>& fields,
                    const std::vector<MessageText>& messages);

// Leaves out numbers that hardly any record has, once their values are known, and counts what messages say, unless they
// are a label.
void count_messages(LogProposal& proposal, const LogSample& sample, const std::vector<MessageText>& messages);

}  // namespace leeway
