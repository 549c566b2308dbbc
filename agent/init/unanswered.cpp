#include "agent/init/unanswered.h"

#include <cmath>

namespace leeway {
namespace {

constexpr const char* kMarks = R"( in ["", "-"])";

// What shows that a record without a status is of a request; "" where nothing does.
std::string witness_of(const FieldRoles& roles) {
  return roles.path ? *roles.path : roles.method ? *roles.method : roles.latency ? roles.latency->field : "";
}

// Whether the field has a value.
std::string is_there(const LogProposal& proposal, const std::string& field) {
  if (const auto known = proposal.text_fields.find(field); known != proposal.text_fields.end()) {
    return known->second.condition;
  }
  return "has(" + field + ")" + (proposal.null_fields.contains(field) ? " && " + field + " != null" : "");
}

// Of the status: "status == null".
std::string no_status(const LogProposal& proposal) {
  const std::string field = field_in(*proposal.roles.status);
  const bool nulls = proposal.null_fields.contains(field);
  const bool marks = proposal.marked_fields.contains(field);
  return nulls && marks ? "(" + field + " == null || " + field + kMarks + ")"
         : nulls        ? field + " == null"
         : marks        ? field + kMarks
                        : "";
}

}  // namespace

void want_unanswered(LogProposal& proposal) {
  const std::string without = proposal.roles.status ? no_status(proposal) : "";
  if (without.empty()) {
    return;
  }
  const std::string witness = witness_of(proposal.roles);
  proposal.unanswered = "has(" + field_in(*proposal.roles.status) + ") && " + without +
                        (witness.empty() ? "" : " && " + is_there(proposal, witness));
  proposal.results.emplace(proposal.unanswered, ValueFacts());
}

void keep_unanswered(LogProposal& proposal) {
  if (proposal.unanswered.empty()) {
    return;
  }
  const std::uint64_t found = proposal.results[proposal.unanswered].trues();
  const bool shown = !witness_of(proposal.roles).empty();
  if (found == 0 || (!shown && found > proposal.results[*proposal.roles.status].present())) {
    proposal.unanswered.clear();
  }
}

Answers answers_of(LogProposal& proposal) {
  Answers answers;
  const std::string& status = *proposal.roles.status;
  const std::string field = field_in(status);
  ValueFacts& facts = proposal.results[status];
  const auto all = static_cast<double>(facts.number_count());
  const auto zeros = static_cast<std::uint64_t>(std::llround(facts.share_below(100) * all));
  const auto below = static_cast<std::uint64_t>(std::llround(facts.share_below(500) * all));
  const auto gone = facts.values().find("499");
  const std::uint64_t left = gone == facts.values().end() ? 0 : gone->second;
  const std::uint64_t without = proposal.unanswered.empty() ? 0 : proposal.results[proposal.unanswered].trues();
  answers.requests = facts.number_count() + without;
  answers.unanswered = zeros + left + without;
  answers.bad = facts.number_count() - below + answers.unanswered;
  answers.good = (without > 0 ? "!(" + no_status(proposal) + ") && " : "") + (zeros > 0 ? status + " >= 100 && " : "") +
                 status + " < 500" + (left > 0 ? " && " + status + " != 499" : "");
  answers.label =
      without > 0 && proposal.null_fields.contains(field) ? "default(string(" + field + "), \"none\")" : field;
  const std::string witness = witness_of(proposal.roles);
  if (without > 0 && facts.records() > answers.requests) {
    answers.when =
        "has(" + field + ")" +
        (witness.empty() ? "" : " && (!(" + no_status(proposal) + ") || " + is_there(proposal, witness) + ")");
  }
  return answers;
}

}  // namespace leeway
