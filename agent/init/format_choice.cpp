#include "agent/init/format_choice.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <span>

#include "agent/init/block_formats.h"
#include "agent/init/text_header.h"
#include "collectors/records/colours.h"
#include "collectors/records/envelope.h"

namespace leeway {
namespace {

constexpr std::size_t kTriedLines = 600;

std::string plain_line(const std::string& line) {
  std::string text(line.size(), '\0');
  text.resize(without_colours(line, text.data()));
  return text;
}

// Lines from everywhere in the sample, one after the other where there are few. Not each n-th one: where records have
// two lines, these could be all the second ones.
std::vector<std::string> spread(const std::vector<std::string_view>& lines, std::size_t most) {
  std::vector<std::string> result;
  const std::size_t blocks = std::max<std::size_t>(1, lines.size() / most);
  for (std::size_t i = 0, taken = 0; i < lines.size(); i += blocks, ++taken) {
    result.emplace_back(lines[std::min(i + taken % blocks, lines.size() - 1)]);
  }
  return result;
}

struct Wrapper {
  const char* name;
  Envelope envelope;
};

// "web-1  | text", and not what begins with a date.
bool is_piped(const std::string& line) {
  return !line.empty() && std::isalpha(static_cast<unsigned char>(line.front())) != 0 &&
         line.find(" | ") != std::string::npos;
}

// Takes what a runtime wrote around the lines away, if it did.
std::string unwrap_all(std::vector<std::string>& lines) {
  for (const Wrapper& wrapper :
       {Wrapper{"cri", Envelope::kCri}, {"docker", Envelope::kDocker}, {"compose", Envelope::kCompose}}) {
    std::vector<std::string> inner;
    std::string scratch;
    std::size_t all = 0;
    for (const std::string& line : lines) {
      Unwrapped out;
      all += line.empty() ? 0U : 1U;
      const bool piped = wrapper.envelope != Envelope::kCompose || is_piped(line);
      if (!line.empty() && piped && unwrap(wrapper.envelope, line, scratch, out)) {
        inner.emplace_back(out.content);
      }
    }
    if (all > 0 && inner.size() * 10 >= all * 9) {
      lines = std::move(inner);
      return wrapper.name;
    }
  }
  return "";
}

// In a regular expression.
std::string literal(char c) {
  const bool special = std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos;
  return (special ? "\\" : "") + std::string(1, c);
}

// Which of the lines the candidate reads as its own.
class Tries {
 public:
  explicit Tries(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      ends_.emplace(text_.size() + line.size() + 1, ends_.size());
      text_ += line + "\n";
      lines_.push_back(line);
    }
    open_.assign(lines.size(), true);
  }

  const std::vector<std::string>& lines() const { return lines_; }
  std::size_t open() const { return static_cast<std::size_t>(std::count(open_.begin(), open_.end(), true)); }

  std::vector<std::size_t> read_by(const FormatCandidate& candidate) const {
    std::vector<std::size_t> read;
    const RE2 looks(candidate.looks.empty() ? "" : candidate.looks);
    const bool pairs = candidate.name == "logfmt";
    FieldId level = 0;
    const auto prepare = [&](Schema& schema) { level = schema.intern(FieldPath{{std::string("level")}}); };
    const auto see = [&](const RecordBatch& batch) {
      for (Row row = 0; row < batch.rows(); ++row) {
        const auto found = ends_.find(batch.ends()[row]);
        if (found == ends_.end() || !open_[found->second] || (candidate.timed && batch.times()[row] == kNoTime)) {
          continue;
        }
        const std::string& line = lines_[found->second];
        const Value& value = batch.column(level)[row];
        const bool structured = candidate.keys.front().second == "\"json\"" || pairs;
        // A level that is a number or null is none, in text.
        if (!structured && value.kind != ValueKind::kMissing &&
            (value.kind != ValueKind::kString || !is_level_word(value.string()))) {
          continue;
        }
        if ((!pairs || is_pairs(line)) && (candidate.looks.empty() || RE2::PartialMatch(line, looks))) {
          read.push_back(found->second);
        }
      }
    };
    static_cast<void>(try_source(candidate.keys, {text_}, prepare, see));
    return read;
  }

  void take(const std::vector<std::size_t>& read) {
    for (const std::size_t line : read) {
      open_[line] = false;
    }
  }
  bool is_open(std::size_t line) const { return open_[line]; }
  std::vector<std::string> open_lines() const {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (open_[i]) {
        lines.push_back(lines_[i]);
      }
    }
    return lines;
  }

 private:
  std::string text_;
  std::vector<std::string> lines_;
  std::map<std::uint64_t, std::size_t> ends_;
  std::vector<bool> open_;
};

void add(FormatChoice& choice, Tries& tries, const FormatCandidate& candidate, const std::vector<std::size_t>& read) {
  choice.formats.push_back(candidate);
  std::vector<std::string> own;
  own.reserve(read.size());
  for (const std::size_t line : read) {
    own.push_back(tries.lines()[line]);
  }
  choice.beginnings.push_back(candidate.begins.empty() ? common_beginning(own) : candidate.begins);
  choice.shares.push_back(static_cast<double>(read.size()) / static_cast<double>(tries.lines().size()));
  tries.take(read);
}

// A format that reads nothing more than a percent of the lines is not worth its place in a list.
bool is_worth(std::size_t read, std::size_t lines) { return read > 0 && read * 100 >= lines; }

// Objects behind a text are what the lines are about if most of them end so; else they are a part of a message.
bool is_embedded(const FormatCandidate& candidate) {
  return candidate.keys.front().second == "\"json\"" && candidate.keys.size() > 1;
}

void choose_sure(FormatChoice& choice, Tries& tries) {
  for (const FormatCandidate& candidate : format_candidates()) {
    if (candidate.sure) {
      const std::vector<std::size_t> read = tries.read_by(candidate);
      const bool enough = !is_embedded(candidate) || read.size() * 5 >= tries.open() * 4;
      if (enough && is_worth(read.size(), tries.lines().size())) {
        add(choice, tries, candidate, read);
      }
    }
  }
}

// What no format of text reads with its time.
void choose_embedded(FormatChoice& choice, Tries& tries) {
  for (const FormatCandidate& candidate : format_candidates()) {
    const std::vector<std::size_t> read =
        is_embedded(candidate) ? tries.read_by(candidate) : std::vector<std::size_t>();
    if (is_worth(read.size(), tries.lines().size())) {
      add(choice, tries, candidate, read);
    }
  }
}

// The one that reads most, the more particular of two that read as much.
void choose_general(FormatChoice& choice, Tries& tries) {
  std::vector<std::size_t> best;
  const FormatCandidate* chosen = nullptr;
  std::vector<FormatCandidate> candidates = format_candidates();
  if (std::optional<FormatCandidate> header = header_of(tries.open_lines())) {
    candidates.insert(candidates.begin(), std::move(*header));
  }
  for (const FormatCandidate& candidate : candidates) {
    std::vector<std::size_t> read = candidate.sure ? std::vector<std::size_t>() : tries.read_by(candidate);
    const bool has_level = to_toml(candidate.keys).find("{level") != std::string::npos;
    // A time alone says little, so it has to read a tenth more than a time with a level.
    if (read.size() > best.size() + (has_level ? 0 : best.size() / 10)) {
      best = std::move(read);
      chosen = &candidate;
    }
  }
  if (chosen != nullptr && is_worth(best.size(), tries.lines().size())) {
    add(choice, tries, *chosen, best);
  }
}

// Where a record begins, as a regular expression; "" where it cannot be told.
std::string start_of(const FormatChoice& choice) {
  std::string start;
  for (const std::string& beginning : choice.beginnings) {
    if (beginning.empty()) {
      return "";
    }
    start += (start.empty() ? "" : "|") + beginning;
  }
  return start.empty() ? "" : "^(?:" + start + ")";
}

// Formats that would also read what is meant for those after them: a line with any pair is one of logfmt.
void put_last(FormatChoice& choice, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto found = std::find_if(choice.formats.begin(), choice.formats.end(),
                                    [&](const FormatCandidate& format) { return format.name == name; });
    const auto index = found - choice.formats.begin();
    if (found != choice.formats.end()) {
      std::rotate(found, found + 1, choice.formats.end());
      std::rotate(choice.shares.begin() + index, choice.shares.begin() + index + 1, choice.shares.end());
      std::rotate(choice.beginnings.begin() + index, choice.beginnings.begin() + index + 1, choice.beginnings.end());
    }
  }
}

struct Outcome {
  std::uint64_t records = 0;
  std::uint64_t rejected = 0;
  std::uint64_t untimed = 0;  // where all formats have times
};

Outcome outcome_with(FormatChoice choice, const std::string& multiline, const LogSample& sample) {
  choice.multiline = multiline;
  const Expected<SourceTrial> trial = try_source(
      keys_of(choice), {sample.text, sample.info.modified}, [](Schema&) {}, [](const RecordBatch&) {});
  const bool timed = std::all_of(choice.formats.begin(), choice.formats.end(),
                                 [](const FormatCandidate& format) { return format.timed; });
  return trial ? Outcome{trial->records, trial->rejected, timed ? trial->records - trial->timed : 0} : Outcome{};
}

// How many lines begin as a record does.
std::uint64_t lines_with(const std::string& start, const LogSample& sample, const std::string& container) {
  const RE2 begins(start);
  std::vector<std::string> lines;
  for (const std::string_view line : lines_of(sample.text)) {
    lines.push_back(plain_line(std::string(line)));
  }
  if (!container.empty()) {
    unwrap_all(lines);
  }
  return static_cast<std::uint64_t>(std::count_if(
      lines.begin(), lines.end(), [&](const std::string& line) { return RE2::PartialMatch(line, begins); }));
}

// Lines that no format reads, or that it reads by chance, may go on with the record before them.
void choose_multiline(FormatChoice& choice, const LogSample& sample) {
  const std::string start = start_of(choice);
  Outcome plain = outcome_with(choice, "", sample);
  if (plain.rejected + plain.untimed == 0 && choice.formats.size() == 1 && choice.formats.front().begins.empty()) {
    return;
  }
  const std::uint64_t begun = start.empty() ? plain.records : lines_with(start, sample, choice.container);
  const auto wrong = [&](const Outcome& outcome) {
    return outcome.rejected + outcome.untimed +
           (outcome.records > begun ? outcome.records - begun : begun - outcome.records);
  };
  std::vector<std::string> rules = {"\"traces\"", "\"indent\"", "\"time\""};
  const auto is_json = [](const FormatCandidate& format) { return format.keys.front().second == "\"json\""; };
  if (std::any_of(choice.formats.begin(), choice.formats.end(), is_json)) {
    rules.emplace_back("\"json\"");
  }
  if (!start.empty()) {
    rules.push_back("{ start = " + toml_text(start) + " }");
  }
  // An object that ends in its line does not go on: what follows, such as a trace, is no part of it.
  const bool objects = choice.formats.size() == 1 && choice.formats.front().name == "json";
  constexpr std::uint64_t kMostJoined = 4;     // lines of a record, on average
  constexpr std::uint64_t kEnoughLines = 200;  // to speak of an average
  const std::uint64_t lines = lines_with("\\S", sample, choice.container);
  std::uint64_t least = wrong(plain);
  for (const std::string& rule : rules) {
    const Outcome joined = outcome_with(choice, rule, sample);
    if (objects && joined.records <= plain.records) {
      continue;
    }
    // Many lines that are neither indented nor a trace are no further lines: no format has been found for them.
    const bool any_line = rule != "\"traces\"" && rule != "\"indent\"";
    if (any_line && lines > kEnoughLines && lines > kMostJoined * joined.records + joined.rejected) {
      continue;
    }
    if (joined.records > 0 && wrong(joined) + least / 10 < least) {
      least = wrong(joined);
      choice.multiline = rule;
    }
  }
}

}  // namespace

std::string common_beginning(const std::vector<std::string>& lines) {
  constexpr std::size_t kLongest = 20;
  constexpr std::size_t kShortest = 2;
  std::string pattern;
  std::size_t marks = 0;  // that are no letters
  const auto kind_of = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isdigit(byte) != 0 ? 'd' : std::isalpha(byte) != 0 ? 'a' : c;
  };
  for (std::size_t i = 0; !lines.empty() && i < kLongest && i < lines.front().size(); ++i) {
    const char kind = kind_of(lines.front()[i]);
    const bool same = std::all_of(lines.begin(), lines.end(),
                                  [&](const std::string& line) { return i < line.size() && kind_of(line[i]) == kind; });
    if (!same || static_cast<unsigned char>(kind) >= 0x80) {
      break;
    }
    marks += kind == 'a' ? 0 : 1;
    pattern += kind == 'd' ? "\\d" : kind == 'a' ? "[A-Za-z]" : literal(kind);
  }
  return marks >= kShortest ? pattern : "";
}

SourceKeys keys_of(const FormatChoice& choice) {
  SourceKeys keys;
  if (choice.formats.size() == 1) {
    keys = choice.formats.front().keys;
  } else if (!choice.formats.empty()) {
    std::string list;
    for (const FormatCandidate& format : choice.formats) {
      list += (list.empty() ? "" : ",") + ("\n  " + to_list_element(format.keys));
    }
    keys = {{"format", "[" + list + ",\n]"}};
  } else {
    keys = {{"format", "\"regex\""}, {"pattern", "'(?P<message>.+)'"}};
  }
  if (!choice.container.empty()) {
    keys.emplace_back("container", toml_text(choice.container));
  }
  if (!choice.multiline.empty()) {
    keys.emplace_back("multiline", choice.multiline);
  }
  return keys;
}

FormatChoice choose_formats(const LogSample& sample) {
  FormatChoice choice;
  const std::vector<std::string_view> all = lines_of(sample.text);
  std::vector<std::string> lines = spread(all, kTriedLines);
  choice.container = unwrap_all(lines);
  for (std::string& line : lines) {
    line = plain_line(line);
  }
  std::erase_if(lines, [](const std::string& line) { return line.find_first_not_of(" \t") == std::string::npos; });
  // Blocks are seen in lines that follow each other.
  std::vector<std::string> first;
  for (const std::string_view line : std::span(all).first(std::min(all.size(), 2 * kTriedLines))) {
    first.push_back(plain_line(std::string(line)));
  }
  unwrap_all(first);
  if (std::optional<FormatChoice> blocks = choose_blocks(sample, first, choice.container)) {
    return std::move(*blocks);
  }
  Tries tries(lines);
  choose_sure(choice, tries);
  choose_general(choice, tries);
  choose_embedded(choice, tries);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!tries.is_open(i) || choice.formats.empty()) {
      choice.lines.push_back(lines[i]);
    }
  }
  put_last(choice, {"logfmt", "syslog"});
  choose_multiline(choice, sample);
  return choice;
}

}  // namespace leeway
