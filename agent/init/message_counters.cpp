#include "agent/init/message_counters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>

#include "agent/core/number_text.h"
#include "agent/expressions/expression.h"

namespace leeway {
namespace {

constexpr std::uint64_t kLeastRecords = 10;
constexpr std::size_t kMostCounters = 6;
constexpr std::size_t kMostCandidates = 40;
constexpr double kNoise = 0.3;  // of the records
constexpr double kAll = 0.9;

const SampledField* message_of(const std::vector<SampledField>& fields) {
  static constexpr std::array kNames = {"message", "msg", "@m", "event", "text", "body", "log"};
  for (const char* const name : kNames) {
    for (const SampledField& field : fields) {
      if (field.name == name && field.facts.texts() * 2 > field.facts.records()) {
        return &field;
      }
    }
  }
  return nullptr;
}

// An expression's text, without escapes where that is possible.
std::string expression_text(const std::string& text) {
  if (text.find('"') == std::string::npos) {
    return "r\"" + text + "\"";
  }
  if (text.find('\'') == std::string::npos) {
    return "r'" + text + "'";
  }
  std::string result = "\"";
  for (const char c : text) {
    result += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  }
  return result + "\"";
}

bool is_printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= ' ' && c < 0x7f; });
}

// What a record is for: one of the messages that are counted, or any other.
struct Collected {
  TextTemplates chosen;
  TextTemplates all;
};

void collect(Collected& out, const SourceKeys& keys, const LogSample& sample, const std::string& message,
             const std::optional<std::string>& level) {
  std::optional<Expression> text;
  std::optional<Expression> severity;
  const auto prepare = [&](Schema& schema) {
    if (Expected<Expression> compiled = Expression::compile(message, schema)) {
      text = std::move(*compiled);
    }
    Expected<Expression> compiled = level ? Expression::compile(*level, schema) : Error{ErrorCode::kInternal, ""};
    if (compiled) {
      severity = std::move(*compiled);
    }
  };
  const auto see = [&](const RecordBatch& batch) {
    std::vector<Row> rows(batch.rows());
    for (Row row = 0; row < batch.rows(); ++row) {
      rows[row] = row;
    }
    std::vector<bool> is_chosen(rows.size(), !severity);
    if (severity) {
      const std::span<const Value> values = severity->evaluate(batch, rows);
      for (std::size_t i = 0; i < values.size(); ++i) {
        is_chosen[i] = values[i].kind == ValueKind::kString &&
                       (is_bad_level(values[i].string()) || is_warning_level(values[i].string()));
      }
    }
    const std::span<const Value> values = text->evaluate(batch, rows);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i].kind == ValueKind::kString) {
        out.all.add(values[i].string());
        if (is_chosen[i]) {
          out.chosen.add(values[i].string());
        }
      }
    }
  };
  static_cast<void>(try_source(keys, {sample.text, sample.info.modified}, prepare, see));
}

std::vector<MessageCounter> candidates_of(TextTemplates& templates, const std::string& message) {
  std::vector<MessageCounter> candidates;
  for (TextTemplate& found : templates.most_frequent(kMostCandidates)) {
    if (is_printable(found.text) && !found.name.empty() && found.tells) {
      const std::string condition = message + ".matches(" + expression_text(found.pattern) + ")";
      candidates.push_back({std::move(found), condition, 0});
    }
  }
  return candidates;
}

// How many records each takes, by the same means as the agent.
void count(const std::vector<std::vector<MessageCounter>*>& lists, const SourceKeys& keys, const LogSample& sample) {
  std::vector<std::pair<MessageCounter*, Expression>> conditions;
  const auto prepare = [&](Schema& schema) {
    for (std::vector<MessageCounter>* const list : lists) {
      for (MessageCounter& counter : *list) {
        if (Expected<Expression> compiled = Expression::compile(counter.condition, schema)) {
          conditions.emplace_back(&counter, std::move(*compiled));
        }
      }
    }
  };
  const auto see = [&](const RecordBatch& batch) {
    std::vector<Row> rows(batch.rows());
    for (Row row = 0; row < batch.rows(); ++row) {
      rows[row] = row;
    }
    for (auto& [counter, condition] : conditions) {
      for (const Value& value : condition.evaluate(batch, rows)) {
        counter->records += value.kind == ValueKind::kBool && value.boolean ? 1 : 0;
      }
    }
  };
  static_cast<void>(try_source(keys, {sample.text, sample.info.modified}, prepare, see));
}

bool reads_text(const SourceKeys& keys) {
  return std::none_of(keys.begin(), keys.end(), [](const auto& key) {
    return key.first == "format" &&
           (key.second.find("json") != std::string::npos || key.second.find("logfmt") != std::string::npos);
  });
}

std::string percent(std::uint64_t part, std::uint64_t all) {
  const double share = static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(1, all));
  return number_text(without_noise(std::round(share * 10'000) / 100)) + " %";
}

}  // namespace

MessageFindings find_messages(const SourceKeys& keys, const LogSample& sample, const std::vector<SampledField>& fields,
                              const FieldRoles& roles) {
  MessageFindings findings;
  const SampledField* const message = message_of(fields);
  if (message == nullptr || (roles.status && !roles.level)) {
    return findings;
  }
  Collected collected;
  collect(collected, keys, sample, message->text, roles.level);
  findings.records = collected.all.messages();
  if (collected.all.has_several_lines()) {
    collected.chosen.expect_several_lines();
  }
  findings.counters = candidates_of(collected.chosen, message->text);
  findings.counters.resize(std::min(findings.counters.size(), kMostCounters));
  if (reads_text(keys)) {
    findings.noise = candidates_of(collected.all, message->text);
    std::erase_if(findings.noise, [&](const MessageCounter& one) {
      const double share = static_cast<double>(one.found.count) / static_cast<double>(findings.records);
      return one.found.trouble || share < kNoise || share > kAll;
    });
  }
  count({&findings.counters, &findings.noise}, keys, sample);
  // Without a level, messages of the start, which come once or twice, are among them.
  const std::uint64_t least = roles.level ? 1 : kLeastRecords;
  // One that nearly all records have says no more than the number of records.
  const auto most = static_cast<std::uint64_t>(kAll * static_cast<double>(findings.records));
  std::erase_if(findings.counters, [&](const MessageCounter& one) {
    return one.records < (one.found.trouble ? 1 : least) || one.records > most;
  });
  return findings;
}

std::string text_of(const MessageFindings& messages, const std::string& source, const std::string& prefix) {
  std::string text;
  std::set<std::string> names;
  for (const MessageCounter& counter : messages.counters) {
    const std::string base = prefix + "log_" + counter.found.name;
    std::string name = base;
    for (int i = 2; !names.insert(name).second; ++i) {
      name = base + "_" + std::to_string(i);
    }
    text += "\n# " + percent(counter.records, messages.records) + " of the messages in the sample: `" +
            counter.found.text + "`, where * differs.\n[[metric]]\nname = \"" + name +
            "_total\"\ntype = \"counter\"\n" + "source = \"" + source +
            "\"\nhelp = \"Messages of one kind.\"\nwhen = " + toml_text(counter.condition) + "\n";
  }
  return text;
}

}  // namespace leeway
