#include "agent/init/request_choice.h"

#include <algorithm>

#include "agent/init/access_tail.h"
#include "agent/init/field_list.h"
#include "agent/init/line_tries.h"
#include "agent/init/request_formats.h"

namespace leeway {
namespace {

// A format that reads a share of the lines that the one at `index` read.
void insert_before(FormatChoice& choice, std::size_t index, const FormatCandidate& format, double share) {
  const auto at = static_cast<std::ptrdiff_t>(index);
  choice.shares[index] -= share;
  choice.formats.insert(choice.formats.begin() + at, format);
  choice.shares.insert(choice.shares.begin() + at, share);
  const std::string beginning = choice.beginnings[index];
  choice.beginnings.insert(choice.beginnings.begin() + at, beginning);
  const std::vector<std::string> own = choice.own[index];
  choice.own.insert(choice.own.begin() + at, own);
}

void erase(FormatChoice& choice, std::size_t index) {
  const auto at = static_cast<std::ptrdiff_t>(index);
  choice.formats.erase(choice.formats.begin() + at);
  choice.shares.erase(choice.shares.begin() + at);
  choice.beginnings.erase(choice.beginnings.begin() + at);
  choice.own.erase(choice.own.begin() + at);
}

bool has_status(const FormatCandidate& format, const std::vector<std::string>& lines) {
  FormatChoice alone;
  alone.formats = {format};
  alone.lines = lines;
  const std::vector<FieldPath> fields = fields_of(alone);
  return std::any_of(fields.begin(), fields.end(),
                     [](const FieldPath& field) { return field.to_string() == "status"; });
}

}  // namespace

void choose_requests(FormatChoice& choice) {
  for (std::size_t i = 0; i < choice.formats.size(); ++i) {
    const LineTries tries(choice.own[i]);
    const double share = choice.shares[i];
    double most = 0;
    FormatCandidate best;
    for (const FormatCandidate& candidate : with_requests(choice.formats[i])) {
      const double read = share * tries.share_read_by(candidate);
      if (read > most) {
        most = read;
        best = candidate;
      }
    }
    if (most > 0 && most * 5 >= share) {
      insert_before(choice, i, best, most);
      ++i;
    }
  }
}

void note_other_requests(FormatChoice& choice, const std::vector<std::string>& lines) {
  if (choice.formats.size() < 2) {
    return;
  }
  const LineTries tries(lines);
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

void choose_access_tails(FormatChoice& choice, const std::vector<std::string>& lines) {
  const auto access = std::find_if(choice.formats.begin(), choice.formats.end(),
                                   [](const FormatCandidate& format) { return format.name == "access"; });
  if (access == choice.formats.end()) {
    return;
  }
  const LineTries tries(lines);
  std::vector<std::string> own;
  for (const std::size_t line : tries.read_by(*access)) {
    own.push_back(lines[line]);
  }
  const AccessTail tail = access_tail_of(own);
  const std::size_t read = tail.format ? tries.read_by(*tail.format).size() : 0;
  const auto at = static_cast<std::size_t>(access - choice.formats.begin());
  if (read * 10 >= own.size() * 9 && read > 0) {
    insert_before(choice, at, *tail.format, static_cast<double>(read) / static_cast<double>(lines.size()));
    if (read == own.size()) {
      erase(choice, at + 1);
    }
  } else if (!tail.example.empty()) {
    choice.doubts.push_back(
        "what its lines have behind the combined format is not read; write a `pattern` if you need "
        "it, such as `" +
        tail.example.substr(0, 80) + "`");
  }
}

void choose_pairs(FormatChoice& choice) {
  for (std::size_t i = 0; i < choice.formats.size(); ++i) {
    const std::optional<PairFormats> formats = with_pairs(choice.formats[i]);
    const LineTries tries(formats ? choice.own[i] : std::vector<std::string>());
    const double read = formats ? tries.share_read_by(formats->pairs) : 0;
    if (read * 5 >= 1) {
      choice.formats[i] = tries.share_read_by(formats->logger) >= read * 0.9 ? formats->maybe_logger : formats->maybe;
    }
  }
}

}  // namespace leeway
