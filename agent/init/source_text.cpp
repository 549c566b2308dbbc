#include "agent/init/source_text.h"

#include "agent/core/rfc3339.h"
#include "agent/init/free_names.h"
#include "agent/init/scales.h"
#include "agent/init/text_words.h"

namespace leeway {
namespace {

// Of a record, the message is the end.
std::string unanchored(const std::string& pattern) {
  for (const std::string_view begin : {"^\\s*", "^"}) {
    if (pattern.starts_with(begin)) {
      return pattern.substr(begin.size());
    }
  }
  return pattern;
}

// Most of what it says, in comments: whether it is of use is for people to say.
std::string noise_text(const LogProposal& log) {
  std::string text;
  for (const MessageNoise& one : log.messages.noise) {
    text += "# " + percent(static_cast<double>(one.records) / static_cast<double>(log.trial.records)) +
            " of the records are `" + printable(one.found.text) + "`. If they are of no use:\n# ignore = [" +
            toml_text(unanchored(one.found.pattern)) + "]\n";
  }
  return text;
}

// Health checks are no requests of users, and their good answers hide bad ones.
std::string probes_text(const LogProposal& log) {
  std::uint64_t records = 0;
  std::string paths;
  std::string pattern;
  for (const auto& [path, count] : log.probes) {
    records += count;
    paths += (paths.empty() ? "`" : ", `") + path + "`";
    pattern += (pattern.empty() ? "" : "|") + literal_pattern(path);
  }
  return records == 0 ? ""
                      : "# " + percent(static_cast<double>(records) / static_cast<double>(log.trial.records)) +
                            " of the records are health checks, " + printable(paths) +
                            ". If they should not count:\n# ignore = [" +
                            toml_text("[ \"=](?:" + pattern + ")(?:[ ?\"]|$)") + "]\n";
}

}  // namespace

std::string source_text(const LogProposal& log) {
  std::string text;
  const auto comment = [&](const std::string& sentence) { text += "# " + printable(sentence) + "\n"; };
  for (std::size_t i = 0; i < log.choice.formats.size(); ++i) {
    comment("Read as " + log.choice.formats[i].name + ": " + percent(log.choice.shares[i]) + " of the lines.");
  }
  if (log.trial.first != kNoTime && log.has_time) {
    comment("Its sample is from " + format_rfc3339(log.trial.first) + " to " + format_rfc3339(log.trial.last) + ".");
  }
  for (const std::string& doubt : log.doubts) {
    // Without examples: a configuration is for other eyes than its log.
    comment("To check: " + doubt.substr(0, doubt.find(", such as `")) + ".");
  }
  text += "[[source]]\nname = \"" + log.name + "\"\n";
  text += log.path == "-" ? "type = \"stdin\"\n" : "type = \"log\"\npath = " + toml_text(log.path) + "\n";
  if (!log.path_fields.empty()) {
    text += "path_fields = " + toml_text(log.path_fields) + "\n";
  }
  return text + to_toml(log.keys) + noise_text(log) + probes_text(log);
}

}  // namespace leeway
