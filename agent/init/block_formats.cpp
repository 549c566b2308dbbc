#include "agent/init/block_formats.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <set>

#include "agent/init/paragraph_format.h"

namespace leeway {
namespace {

struct Block {
  const char* name;
  const char* start;    // of a record, a regular expression
  const char* further;  // found in a further line of it
  const char* pattern;
  const char* time_format;
};

constexpr std::array kBlocks = {
    Block{
        "mysql slow log", "^# User@Host: ", "^# Query_time: ",
        R"re(^# User@Host: [\s\S]*?# Query_time: (?P<query_time_s>[\d.]+)\s+Lock_time: (?P<lock_time_s>[\d.]+)\s+Rows_sent: (?P<rows_sent>\d+)\s+Rows_examined: (?P<rows_examined>\d+)[\s\S]*?SET timestamp=(?P<time>\d+)[.\d]*;\s*(?P<statement>[A-Za-z]+))re",
        "unix"},
    Block{
        "java.util.logging", R"re(^[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M )re",
        R"re(^(SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST): )re",
        R"re(^(?P<time>[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M) (?P<logger>\S+)[^\n]*\s+(?P<level>[A-Z]+): (?P<message>.*))re",
        "%b %d, %Y %I:%M:%S %p"},
    Block{
        "requests of several lines", R"re(^Started [A-Z]+ ")re", R"re(^Completed \d{3} )re",
        R"re(^Started (?P<method>[A-Z]+) "(?P<path>[^"]*)" for (?P<client>\S+) at (?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})(?:[\s\S]*?\nCompleted (?P<status>\d{3})[^\n]*? in (?P<duration_ms>\d+)ms)?)re",
        "auto"}};

std::size_t count_found(const std::vector<std::string>& lines, const char* pattern) {
  const RE2 compiled(pattern);
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(), [&](const std::string& line) { return RE2::PartialMatch(line, compiled); }));
}

// With the shares of the lines, if it reads most of what there is.
std::optional<FormatChoice> tried(FormatChoice choice, const LogSample& sample) {
  const Expected<SourceTrial> trial = try_source(keys_of(choice), {sample.text, sample.info.modified});
  if (!trial || trial->records < 2 || trial->rejected * 5 > trial->records) {
    return std::nullopt;
  }
  choice.shares = {1 - static_cast<double>(trial->rejected) / static_cast<double>(trial->records + trial->rejected)};
  choice.beginnings = {""};
  return choice;
}

// Objects that begin and end with a bracket on a line of its own, each as one line.
std::vector<std::string> printed_objects(const std::vector<std::string>& lines) {
  std::vector<std::string> objects;
  std::string open;
  for (const std::string& line : lines) {
    if (line == "{") {
      open = line;
    } else if (!open.empty()) {
      open += line;
      if (line == "}") {
        objects.push_back(std::move(open));
        open.clear();
      }
    }
  }
  return objects;
}

std::optional<FormatChoice> choose_printed(const LogSample& sample, const std::vector<std::string>& lines,
                                           const std::string& container) {
  FormatChoice choice;
  choice.lines = printed_objects(lines);
  if (choice.lines.size() < 2) {
    return std::nullopt;
  }
  choice.formats = {{"json over several lines", {{"format", "\"json\""}}, true, false, "", ""}};
  choice.container = container;
  choice.multiline = "\"json\"";
  return tried(std::move(choice), sample);
}

std::string fields_line(const std::vector<std::string>& lines) {
  constexpr std::string_view kBegin = "#Fields:";
  for (const std::string& line : lines) {
    if (line.starts_with(kBegin)) {
      return line.substr(kBegin.size());
    }
  }
  return "";
}

// Records that begin with a line that names their time, and go on with others that have names.
std::optional<FormatChoice> choose_paragraphs(const LogSample& sample, const std::vector<std::string>& lines,
                                              const std::string& container) {
  std::optional<FormatChoice> choice = paragraphs_of(lines);
  if (!choice) {
    return std::nullopt;
  }
  choice->container = container;
  choice->lines = lines;
  return tried(std::move(*choice), sample);
}

std::optional<FormatChoice> choose_w3c(const LogSample& sample, const std::vector<std::string>& lines,
                                       const std::string& container) {
  const std::string fields = fields_line(lines);
  if (fields.empty()) {
    return std::nullopt;
  }
  const bool milliseconds = count_found(lines, "^#Software: Microsoft") > 0;
  bool whole_time = false;
  const std::string pattern = w3c_pattern(fields, milliseconds, whole_time);
  if (pattern.empty()) {
    return std::nullopt;
  }
  FormatChoice choice;
  SourceKeys keys = {{"format", "\"regex\""}, {"pattern", toml_text(pattern)}, {"ignore", "['^#']"}};
  if (whole_time) {
    keys.insert(keys.end(), {{"time", "\"time\""}, {"time_format", "\"%Y-%m-%d %H:%M:%S\""}, {"time_zone", "\"UTC\""}});
  } else {
    choice.doubts.emplace_back("its dates are only in lines such as #Date, which no format reads");
  }
  choice.doubts.emplace_back("its pattern is that of the first #Fields; lines with other fields are rejected");
  choice.formats = {{"w3c extended", keys, true, whole_time, "", ""}};
  choice.container = container;
  for (const std::string& line : lines) {
    if (!line.starts_with('#')) {
      choice.lines.push_back(line);
    }
  }
  return tried(std::move(choice), sample);
}

}  // namespace

std::string w3c_pattern(const std::string& fields, bool milliseconds, bool& whole_time) {
  const auto group = [&](const std::string& field) -> std::string {
    if (field == "time-taken") {
      return milliseconds ? R"re((?P<duration_ms>\d+))re" : R"re((?P<duration_s>[\d.]+))re";
    }
    for (const auto& [name, ours] : {std::pair("sc-status", "status"),
                                     {"cs-method", "method"},
                                     {"cs-uri-stem", "path"},
                                     {"c-ip", "client"},
                                     {"sc-bytes", "bytes"},
                                     {"s-sitename", "site"}}) {
      if (field == name) {
        return std::string("(?P<") + ours + ">\\S+)";
      }
    }
    return "\\S+";
  };
  std::vector<std::string> names;
  re2::StringPiece rest(fields);
  std::string name;
  while (RE2::FindAndConsume(&rest, R"re((\S+))re", &name)) {
    names.push_back(name);
  }
  const auto date = std::find(names.begin(), names.end(), "date");
  whole_time = date != names.end() && date + 1 != names.end() && *(date + 1) == "time";
  const bool status = std::find(names.begin(), names.end(), "sc-status") != names.end();
  std::string pattern;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool dated = whole_time && names[i] == "date";
    pattern += (i == 0 ? "^" : "\\s") +
               (dated ? std::string(R"re((?P<time>\d{4}-\d\d-\d\d\s\d\d:\d\d:\d\d))re") : group(names[i]));
    i += dated ? 1 : 0;
  }
  return whole_time || status ? pattern : "";
}

std::optional<FormatChoice> choose_blocks(const LogSample& sample, const std::vector<std::string>& lines,
                                          const std::string& container) {
  if (std::optional<FormatChoice> w3c = choose_w3c(sample, lines, container)) {
    return w3c;
  }
  if (std::optional<FormatChoice> printed = choose_printed(sample, lines, container)) {
    return printed;
  }
  for (const Block& block : kBlocks) {
    const std::size_t starts = count_found(lines, block.start);
    if (starts < 2 || starts * 20 < lines.size() || count_found(lines, block.further) * 2 < starts) {
      continue;
    }
    FormatChoice choice;
    choice.formats = {{block.name,
                       {{"format", "\"regex\""},
                        {"pattern", toml_text(block.pattern)},
                        {"time", "\"time\""},
                        {"time_format", toml_text(block.time_format)}},
                       true,
                       true,
                       "",
                       ""}};
    choice.container = container;
    choice.multiline = "{ start = " + toml_text(block.start) + " }";
    choice.lines = lines;
    if (std::optional<FormatChoice> read = tried(std::move(choice), sample)) {
      return read;
    }
  }
  return choose_paragraphs(sample, lines, container);
}

}  // namespace leeway
