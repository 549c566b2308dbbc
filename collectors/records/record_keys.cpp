#include "collectors/records/record_keys.h"

#include <utility>

#include "agent/core/nearest_word.h"

namespace leeway {
namespace {

constexpr std::int64_t kMostLines = 4000;
constexpr std::uint64_t kMostBytes = 16 << 20;
constexpr std::uint64_t kShortestMaxLine = 64;
constexpr std::uint64_t kLongestMaxLine = 64 << 20;

Envelope read_container(TableReader& reader) {
  const std::string name = reader.choice("container", {"cri", "docker", "compose"}).value_or("");
  return name == "cri"       ? Envelope::kCri
         : name == "docker"  ? Envelope::kDocker
         : name == "compose" ? Envelope::kCompose
                             : Envelope::kNone;
}

void set_rule(TableReader& reader, std::string_view key, Expected<MultilineRule> rule, JoinRules& join) {
  if (!rule) {
    reader.error(key, "'" + std::string(key) + "' is no regular expression: " + rule.error().message);
    return;
  }
  join.multiline = *std::move(rule);
}

void read_multiline_table(TableReader& table, JoinRules& join) {
  const std::optional<std::string> preset = table.choice("preset", MultilineRule::preset_names());
  const std::optional<std::string> start = table.string("start");
  const std::optional<std::string> goes_on = table.string("continue");
  if ((preset ? 1 : 0) + (start ? 1 : 0) + (goes_on ? 1 : 0) != 1) {
    table.error("preset", "'multiline' needs one of 'preset', 'start' and 'continue'");
  } else if (preset) {
    set_rule(table, "preset", MultilineRule::preset(*preset), join);
  } else {
    set_rule(table, start ? "start" : "continue",
             start ? MultilineRule::starting_with(*start) : MultilineRule::continued_by(*goes_on), join);
  }
  join.max_lines =
      static_cast<std::size_t>(table.integer("max_lines", 2, kMostLines, static_cast<std::int64_t>(join.max_lines)));
  join.max_bytes = static_cast<std::size_t>(table.byte_size("max_size", join.max_bytes));
  if (join.max_bytes > kMostBytes) {
    table.error("max_size", "expected a size up to 16MiB");
  }
  join.wait = table.duration("wait", join.wait);
  table.report_unused_keys();
}

void read_multiline(TableReader& reader, JoinRules& join) {
  if (!reader.has("multiline")) {
    return;
  }
  if (reader.value("multiline", KeyType::kTable | KeyType::kText)->get_if<ConfigTable>() != nullptr) {
    if (std::optional<TableReader> table = reader.table("multiline")) {
      read_multiline_table(*table, join);
    }
    return;
  }
  if (const std::optional<std::string> name = reader.choice("multiline", MultilineRule::preset_names())) {
    set_rule(reader, "multiline", MultilineRule::preset(*name), join);
  }
}

void read_ignore(TableReader& reader, PatternSet& ignore) {
  for (const std::string& pattern : reader.strings("ignore").value_or(std::vector<std::string>())) {
    const Expected<void> added = ignore.add(pattern);
    if (!added) {
      reader.error("ignore", "'" + pattern + "' is no regular expression: " + added.error().message);
    }
  }
}

// A word is meant as a name, anything else as a pattern.
void read_redact(TableReader& reader, Redaction& redact) {
  for (const std::string& entry : reader.strings("redact").value_or(std::vector<std::string>())) {
    if (redact.add_named(entry)) {
      continue;
    }
    if (entry.find_first_not_of("abcdefghijklmnopqrstuvwxyz_-") == std::string::npos) {
      const std::vector<std::string> names = Redaction::names();
      reader.error("redact", "'redact' has \"" + entry + "\"; expected " + quoted_words(names, "or") +
                                 ", or a regular expression" + did_you_mean(entry, names));
      continue;
    }
    const Expected<void> added = redact.add_pattern(entry);
    if (!added) {
      reader.error("redact", "'" + entry + "' is no regular expression: " + added.error().message);
    }
  }
}

}  // namespace

RecordRules read_record_keys(TableReader& reader) {
  RecordRules rules;
  rules.join.envelope = read_container(reader);
  read_multiline(reader, rules.join);
  read_ignore(reader, rules.ignore);
  read_redact(reader, rules.redact);
  const bool has_time = rules.join.envelope == Envelope::kCri || rules.join.envelope == Envelope::kDocker;
  rules.time_of_envelope = has_time && !reader.has("time");
  return rules;
}

std::unique_ptr<Decoder> make_decoder(const LineFormat& format, const RecordRules& rules, const Schema& schema) {
  return std::make_unique<RecordDecoder>(rules, format.make_decoder(schema), schema);
}

std::size_t read_max_line(TableReader& reader, std::size_t otherwise) {
  const std::uint64_t max_line = reader.byte_size("max_line", otherwise);
  if (max_line < kShortestMaxLine || max_line > kLongestMaxLine) {
    reader.error("max_line", "expected a size from 64 bytes to 64MiB");
  }
  return static_cast<std::size_t>(max_line);
}

}  // namespace leeway
