#include "agent/init/message_counters.h"

#include <algorithm>

namespace leeway {
namespace {

constexpr std::uint64_t kLeastRecords = 10;
constexpr std::size_t kMostKinds = 8;
constexpr std::size_t kMostCandidates = 40;
constexpr double kNoise = 0.3;  // of the records
constexpr double kAll = 0.9;

bool is_printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= ' ' && c < 0x7f; });
}

std::vector<TextTemplate> candidates_of(TextTemplates& templates) {
  std::vector<TextTemplate> candidates = templates.most_frequent(kMostCandidates);
  std::erase_if(candidates, [](const TextTemplate& found) {
    return !is_printable(found.text) || found.name.empty() || !found.tells;
  });
  return candidates;
}

bool reads_text(const SourceKeys& keys) {
  return std::none_of(keys.begin(), keys.end(), [](const auto& key) {
    return key.first == "format" &&
           (key.second.find("json") != std::string::npos || key.second.find("logfmt") != std::string::npos);
  });
}

bool is_chosen(const std::string& level) { return is_bad_level(level) || is_warning_level(level); }

std::string condition_of(const TextTemplate& found, const std::string& message) {
  return message + ".matches(" + pattern_literal(found.pattern) + ")";
}

// Two templates of one name are one kind: for who reads the name, they say the same.
void add_kind(std::vector<MessageKind>& kinds, const TextTemplate& found, const std::string& message,
              std::uint64_t records) {
  const auto same =
      std::find_if(kinds.begin(), kinds.end(), [&](const MessageKind& k) { return k.name == found.name; });
  if (same == kinds.end() && kinds.size() < kMostKinds) {
    kinds.push_back({found.name, {condition_of(found, message)}, {found.text}, records});
  } else if (same != kinds.end()) {
    same->conditions.push_back(condition_of(found, message));
    same->texts.push_back(found.text);
    same->records += records;
  }
}

}  // namespace

MessageFindings find_messages(const SourceKeys& keys, const LogSample& sample, const std::string& message,
                              const std::vector<MessageText>& messages, const FieldRoles& roles) {
  MessageFindings findings;
  findings.by_level = roles.level.has_value();
  TextTemplates chosen;
  TextTemplates all;
  for (const MessageText& one : messages) {
    all.add(one.text);
    if (!findings.by_level || is_chosen(one.level)) {
      chosen.add(one.text);
    }
  }
  findings.records = all.messages();
  if (all.has_several_lines()) {
    chosen.expect_several_lines();
  }
  const std::vector<TextTemplate> kinds = candidates_of(chosen);
  std::vector<TextTemplate> noise = reads_text(keys) ? candidates_of(all) : std::vector<TextTemplate>();
  std::erase_if(noise, [&](const TextTemplate& one) {
    const double share = static_cast<double>(one.count) / static_cast<double>(findings.records);
    return one.trouble || share < kNoise || share > kAll;
  });
  std::vector<std::string> conditions;
  for (const std::vector<TextTemplate>* const list : {&kinds, &std::as_const(noise)}) {
    for (const TextTemplate& one : *list) {
      conditions.push_back(condition_of(one, message));
    }
  }
  const std::vector<std::uint64_t> counts = count_records(keys, sample, conditions);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    // Without a level, messages of the start, which come once or twice, are among them.
    if (counts[i] >= (findings.by_level || kinds[i].trouble ? 1 : kLeastRecords)) {
      add_kind(findings.kinds, kinds[i], message, counts[i]);
    }
  }
  // One kind that nearly all records are says no more than the number of records.
  if (findings.kinds.size() == 1 &&
      static_cast<double>(findings.kinds.front().records) > kAll * static_cast<double>(findings.records)) {
    findings.kinds.clear();
  }
  for (std::size_t i = 0; i < noise.size(); ++i) {
    findings.noise.push_back({noise[i], counts[kinds.size() + i]});
  }
  return findings;
}

std::string kinds_text(const MessageFindings& messages) {
  std::string text;
  for (const MessageKind& kind : messages.kinds) {
    for (std::size_t i = 0; i < kind.conditions.size(); ++i) {
      text += kind.conditions[i] + (i + 1 < kind.conditions.size() ? " ||\n" : " ? \"" + kind.name + "\" :\n");
    }
  }
  return text + "\"other\"";
}

}  // namespace leeway
