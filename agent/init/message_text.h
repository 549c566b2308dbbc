// Metrics of what messages say, and what may begin and end, as commented TOML. Used by log_text.
#pragma once

#include <string>

#include "agent/init/log_proposal.h"
#include "agent/metrics/metric_desc.h"

namespace leeway {

MetricType type_of(const TextNumber& number);

// Of the kinds of messages: one counter with a label. `condition`: of the records that count; "" for all.
std::string kinds_metric(const LogProposal& log, const std::string& name, const std::string& condition);

// That some of its messages have no number that it reads; "" if all have one.
std::string unread_text(const TextNumber& number);

// Of a number in messages.
std::string number_metric(const LogProposal& log, const TextNumber& number, const std::string& name);

// Each line as a comment.
std::string commented(const std::string& text);

// In comments: what is in progress is for people to say.
std::string state_text(const LogProposal& log, const std::string& prefix);

// The bounds of a histogram for such values, as a list of TOML: "[0.1, 0.2, 0.5]".
std::string list_text(const std::vector<double>& bounds);

// For durations as they are in the sample; at least one value is above 0.
std::vector<double> duration_bounds(ValueFacts values);

}  // namespace leeway
