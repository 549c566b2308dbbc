#include "agent/init/format_choice.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <span>

#include "agent/init/access_tail.h"
#include "agent/init/block_formats.h"
#include "agent/init/field_list.h"
#include "agent/init/multiline_choice.h"
#include "agent/init/request_formats.h"
#include "agent/init/sample_lines.h"
#include "agent/init/text_header.h"

namespace leeway {
namespace {

constexpr std::size_t kTriedLines = 600;

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

// What a candidate says its records begin with counts only if they do.
std::string own_beginning(const FormatCandidate& candidate, const std::vector<std::string>& own) {
  const RE2 begins("^(?:" + candidate.begins + ")");
  const auto begun = static_cast<std::size_t>(
      std::count_if(own.begin(), own.end(), [&](const std::string& line) { return RE2::PartialMatch(line, begins); }));
  return candidate.begins.empty() || begun * 10 < own.size() * 9 ? common_beginning(own) : candidate.begins;
}

void add(FormatChoice& choice, Tries& tries, const FormatCandidate& candidate, const std::vector<std::size_t>& read) {
  choice.formats.push_back(candidate);
  std::vector<std::string> own;
  own.reserve(read.size());
  for (const std::size_t line : read) {
    own.push_back(tries.lines()[line]);
  }
  choice.beginnings.push_back(own_beginning(candidate, own));
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

bool has_level(const FormatCandidate& candidate) { return to_toml(candidate.keys).find("{level") != std::string::npos; }

// The one that reads most of the open lines, the first of two that read as much, and these lines.
std::pair<FormatCandidate, std::vector<std::size_t>> best_general(const Tries& tries, bool with_level) {
  std::pair<FormatCandidate, std::vector<std::size_t>> best;
  std::vector<FormatCandidate> candidates = format_candidates();
  if (std::optional<FormatCandidate> header = header_of(tries.open_lines())) {
    candidates.insert(candidates.begin(), std::move(*header));
  }
  for (const FormatCandidate& candidate : candidates) {
    if (!candidate.sure && (!with_level || has_level(candidate))) {
      std::vector<std::size_t> read = tries.read_by(candidate);
      if (read.size() > best.second.size()) {
        best = {candidate, std::move(read)};
      }
    }
  }
  return best;
}

// Two, because what libraries log often has its parts in another order. A time alone says little, so it has to read a
// tenth more than times with levels.
void choose_general(FormatChoice& choice, Tries& tries) {
  FormatChoice with_levels = choice;
  Tries others = tries;
  for (int i = 0; i < 2; ++i) {
    const auto [candidate, read] = best_general(others, true);
    if (is_worth(read.size(), tries.lines().size())) {
      add(with_levels, others, candidate, read);
    }
  }
  const auto [candidate, read] = best_general(tries, false);
  if ((tries.open() - others.open()) * 11 >= read.size() * 10) {
    choice = std::move(with_levels);
    tries = std::move(others);
  } else if (is_worth(read.size(), tries.lines().size())) {
    add(choice, tries, candidate, read);
  }
}

// What stands in the message of a fifth of the records, read by a format of its own before the one of the others: that
// which reads most of them, the first of two that read as much.
void choose_requests(FormatChoice& choice, const std::vector<std::string>& lines) {
  const Tries tries(lines);
  for (std::size_t i = 0; i < choice.formats.size(); ++i) {
    const double share = choice.shares[i];
    double most = 0;
    FormatCandidate best;
    for (const FormatCandidate& candidate : with_requests(choice.formats[i])) {
      const double read = static_cast<double>(tries.read_by(candidate).size()) / static_cast<double>(lines.size());
      if (read > most && read <= share) {
        most = read;
        best = candidate;
      }
    }
    if (most > 0 && most * 5 >= share) {
      const auto at = static_cast<std::ptrdiff_t>(i);
      choice.shares[i] -= most;
      choice.formats.insert(choice.formats.begin() + at, best);
      choice.shares.insert(choice.shares.begin() + at, most);
      choice.beginnings.insert(choice.beginnings.begin() + at, choice.beginnings[i]);
      ++i;
    }
  }
}

bool has_status(const FormatCandidate& format, const std::vector<std::string>& lines) {
  FormatChoice alone;
  alone.formats = {format};
  alone.lines = lines;
  const std::vector<FieldPath> fields = fields_of(alone);
  return std::any_of(fields.begin(), fields.end(),
                     [](const FieldPath& field) { return field.to_string() == "status"; });
}

// Of a list in which some formats read requests: lines of the others that tell of requests, too.
void note_other_requests(FormatChoice& choice, const std::vector<std::string>& lines) {
  if (choice.formats.size() < 2) {
    return;
  }
  const Tries tries(lines);
  std::vector<bool> requests(lines.size());
  std::vector<bool> others(lines.size());
  for (const FormatCandidate& format : choice.formats) {
    std::vector<bool>& read = has_status(format, lines) ? requests : others;
    for (const std::size_t line : tries.read_by(format)) {
      read[line] = true;
    }
  }
  const bool any = std::find(requests.begin(), requests.end(), true) != requests.end();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    others[i] = others[i] && !requests[i] && tells_of_request(lines[i]);
  }
  const auto count = static_cast<std::size_t>(std::count(others.begin(), others.end(), true));
  if (any && is_worth(count, lines.size())) {
    const auto first = static_cast<std::size_t>(std::find(others.begin(), others.end(), true) - others.begin());
    choice.doubts.push_back(std::to_string(count * 100 / lines.size()) +
                            " % of the lines tell of requests in another form and are not counted as such, such as `" +
                            lines[first].substr(0, 80) + "`");
  }
}

// Where lines of an access log go on behind what its preset knows, that is read, or else said.
void choose_access_tails(FormatChoice& choice, const std::vector<std::string>& lines) {
  const auto access = std::find_if(choice.formats.begin(), choice.formats.end(),
                                   [](const FormatCandidate& format) { return format.name == "access"; });
  if (access == choice.formats.end()) {
    return;
  }
  const Tries tries(lines);
  std::vector<std::string> own;
  for (const std::size_t line : tries.read_by(*access)) {
    own.push_back(lines[line]);
  }
  const AccessTail tail = access_tail_of(own);
  const std::size_t read = tail.format ? tries.read_by(*tail.format).size() : 0;
  const auto at = access - choice.formats.begin();
  if (read * 10 >= own.size() * 9 && read > 0) {
    const double share = static_cast<double>(read) / static_cast<double>(lines.size());
    choice.shares[static_cast<std::size_t>(at)] -= share;
    choice.formats.insert(access, *tail.format);
    choice.shares.insert(choice.shares.begin() + at, share);
    choice.beginnings.insert(choice.beginnings.begin() + at, choice.beginnings[static_cast<std::size_t>(at)]);
    if (read == own.size()) {
      choice.formats.erase(choice.formats.begin() + at + 1);
      choice.shares.erase(choice.shares.begin() + at + 1);
      choice.beginnings.erase(choice.beginnings.begin() + at + 1);
    }
  } else if (!tail.example.empty()) {
    choice.doubts.push_back(
        "what its lines have behind the combined format is not read; write a `pattern` if you need "
        "it, such as `" +
        tail.example.substr(0, 80) + "`");
  }
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
  choose_access_tails(choice, lines);
  choose_requests(choice, lines);
  note_other_requests(choice, lines);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!tries.is_open(i) || choice.formats.empty()) {
      choice.lines.push_back(lines[i]);
    }
  }
  put_last(choice, {"logfmt", "syslog"});
  choose_multiline(choice, sample, tries.open_lines());
  return choice;
}

}  // namespace leeway
