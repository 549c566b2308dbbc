#include "agent/init/proposal_messages.h"

#include <algorithm>
#include <array>
#include <optional>

#include "agent/init/message_text.h"

namespace leeway {
namespace {

constexpr std::size_t kMostNumbers = 12;
constexpr std::uint64_t kLeastValues = 10;

// What has a value at each time, of which the last one says most.
bool is_measured(const std::string& name) {
  static constexpr std::array kWords = {"loss",       "accuracy", "acc",     "lag",         "depth",      "size",
                                        "usage",      "used",     "free",    "pending",     "active",     "queue",
                                        "rate",       "ratio",    "percent", "pct",         "score",      "memory",
                                        "throughput", "backlog",  "workers", "temperature", "connections"};
  return std::any_of(kWords.begin(), kWords.end(), [&](const std::string& word) {
    return name == word || name.ends_with("_" + word) || name.starts_with(word + "_");
  });
}

bool has_role(const FieldRoles& roles, const std::string& field) {
  const auto reads = [&](const std::string& role) { return role == field || field_in(role) == field; };
  const auto is = [&](const std::optional<std::string>& role) { return role && reads(*role); };
  return is(roles.status) || is(roles.method) || is(roles.path) || (roles.latency && roles.latency->field == field) ||
         std::any_of(roles.amounts.begin(), roles.amounts.end(), reads) ||
         std::any_of(roles.labels.begin(), roles.labels.end(), reads);
}

// Of levels, times and messages there is one for each record: that of its format.
bool is_taken(const std::string& name) {
  static constexpr std::array kNames = {"level",     "lvl", "severity", "time",    "ts",
                                        "timestamp", "msg", "message",  "priority"};
  return std::any_of(kNames.begin(), kNames.end(), [&](const char* taken) { return name == taken; });
}

// Which records have it, where it is a pair in or behind their messages.
std::optional<std::string> condition_of_pair(const LogProposal& proposal, const SampledField& field) {
  if (const auto known = proposal.text_fields.find(field.text); known != proposal.text_fields.end()) {
    return known->second.condition;
  }
  return is_pair_behind_message(proposal, field.text) ? std::optional("has(" + field.text + ")") : std::nullopt;
}

}  // namespace

bool is_pair_behind_message(const LogProposal& proposal, const std::string& field) {
  bool pairs = false;
  bool named = false;
  for (const FormatCandidate& format : proposal.choice.formats) {
    const std::string keys = to_toml(format.keys);
    pairs = pairs || keys.find(":pairs}") != std::string::npos;
    named =
        named || keys.find("{" + field + ":") != std::string::npos || keys.find("{" + field + "}") != std::string::npos;
  }
  return pairs && !named;
}

void add_text_fields(LogProposal& proposal, TextFields found, std::vector<SampledField>& fields) {
  for (SampledField& one : found.fields) {
    const bool known =
        std::any_of(fields.begin(), fields.end(), [&](const SampledField& other) { return other.name == one.name; });
    if (!known && !is_taken(one.name)) {
      proposal.text_fields.insert(*found.known.find(one.text));
      fields.push_back(std::move(one));
    }
  }
}

std::vector<MessageText> take_messages(LogProposal& proposal, const LogSample& sample,
                                       std::vector<SampledField>& fields) {
  const SampledField* const field = message_field(fields);
  if (field == nullptr) {
    return {};
  }
  proposal.message = field->text;
  proposal.results.emplace(field->text, ValueFacts());
  std::vector<MessageText> messages = read_messages(proposal.keys, sample, field->text, proposal.roles.level);
  add_text_fields(proposal, text_fields(field->text, messages), fields);
  return messages;
}

void choose_numbers(LogProposal& proposal, const std::vector<SampledField>& fields,
                    const std::vector<MessageText>& messages) {
  if (messages.empty() || proposal.roles.message) {
    return;
  }
  for (const SampledField& field : fields) {
    const std::optional<std::string> condition = condition_of_pair(proposal, field);
    if (condition && is_numbers(field) && !has_role(proposal.roles, field.text) && is_measured(field.name)) {
      proposal.numbers.push_back(
          {TextNumber::Kind::kGauge, field.name, field.name + "=*", number_of(field, "double"), *condition});
    }
  }
  for (TextNumber& number : text_numbers(proposal.message, messages, kMostNumbers)) {
    proposal.numbers.push_back(std::move(number));
  }
  for (const TextNumber& number : proposal.numbers) {
    proposal.results.emplace(number.value, ValueFacts());
  }
}

void count_messages(LogProposal& proposal, const LogSample& sample, const std::vector<MessageText>& messages) {
  for (TextNumber& number : proposal.numbers) {
    number.facts = proposal.results[number.value];
  }
  std::erase_if(proposal.numbers, [](TextNumber& number) {
    return number.facts.number_count() < kLeastValues || number.facts.quantile(1) <= 0 || number.facts.quantile(0) < 0;
  });
  for (const TextNumber& number : proposal.numbers) {
    if (number.unread > 0) {
      proposal.doubts.push_back(unread_text(number));
    }
  }
  const bool requests_alone = proposal.roles.status && !proposal.roles.level;
  if (!messages.empty() && !proposal.roles.message && !requests_alone) {
    proposal.messages = find_messages(proposal.keys, sample, proposal.message, messages, proposal.roles);
    // What has numbers that are of use is of use.
    std::erase_if(proposal.messages.noise, [&](const MessageNoise& one) {
      return one.found.text.find("=*") != std::string::npos ||
             std::any_of(proposal.numbers.begin(), proposal.numbers.end(),
                         [&](const TextNumber& number) { return number.example == one.found.text; });
    });
  }
}

}  // namespace leeway
