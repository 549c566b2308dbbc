#include "collectors/text/template_parser.h"

#include <array>
#include <cstring>
#include <utility>

#include "collectors/text/escapes.h"
#include "collectors/text/http_request.h"
#include "collectors/text/template_values.h"
#include "collectors/text/time_shapes.h"

namespace leeway {
namespace {

using Kind = TemplateOp::Kind;
using Until = TemplateOp::Until;

constexpr PairQuotes kQuotes = PairQuotes::kBoth;
constexpr std::size_t kMostChoices = 8;
// How often each byte of a line may be looked at by parts that are tried at several places.
constexpr std::size_t kLooks = 16;

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
}

// Most literals are short, and most of those that do not match differ in their first byte.
bool begins_with(std::string_view text, std::string_view literal) {
  return text.size() >= literal.size() && text[0] == literal[0] &&
         (literal.size() == 1 || std::memcmp(text.data(), literal.data(), literal.size()) == 0);
}

// The next place from `from` on where what follows an open part may begin; npos if there is none.
std::size_t next_end(const TemplateOp& op, std::string_view text, std::size_t from) {
  if (op.until == Until::kBlank) {
    return find_blank(text, from);
  }
  if (op.until == Until::kByte) {
    return text.find(op.byte, from);
  }
  for (std::size_t at = text.find(op.byte, from + 1); at != std::string_view::npos; at = text.find(op.byte, at + 1)) {
    if (is_blank(text[at - 1])) {
      return at - 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace

TemplateParser::TemplateParser(std::shared_ptr<const TemplatePattern> pattern)
    : pattern_(std::move(pattern)), wanted_(pattern_->fields().size()), pairs_(kQuotes) {}

std::optional<std::size_t> TemplateParser::want(const FieldPath& field) {
  const std::optional<std::size_t> slot = pattern_->slot_of(field);
  if (slot) {
    wanted_[*slot] = 1;
    return slot;
  }
  return pattern_->has_pairs() ? std::optional(wanted_.size() + pairs_.want(field)) : std::nullopt;
}

bool TemplateParser::split(std::string_view line, std::span<Part> parts, RecordBatch& batch, DecodeCounts& counts) {
  struct Choice {
    const TemplateOp* op;
    std::string_view text;
  };
  parts_ = parts;
  batch_ = &batch;
  budget_ = kLooks * line.size();
  last_open_ = line.data() + line.size();
  pair_text_ = {};
  std::array<Choice, kMostChoices> choices;
  std::size_t open_choices = 0;
  Place place{pattern_->ops().data(), line};
  skip_blanks(place.text);
  while (true) {
    if (place.op->kind == Kind::kOptional) {
      choices[open_choices++] = {place.op, place.text};
      ++place.op;
      continue;
    }
    if (place.op->kind == Kind::kOpen ? match_open(place) : match_closed(place)) {
      if (place.op->kind == Kind::kEnd && place.text.empty()) {
        break;
      }
      continue;
    }
    if (open_choices == 0) {
      return false;
    }
    const Choice& choice = choices[--open_choices];
    for (std::size_t slot = choice.op->first_slot; slot < choice.op->end_slot; ++slot) {
      parts_[slot].kind = PartKind::kAbsent;
    }
    last_open_ = line.data() + line.size();
    place = {pattern_->ops().data() + choice.op->otherwise, choice.text};
  }
  const auto header = static_cast<std::size_t>(last_open_ - line.data());
  if (std::memchr(line.data(), '\n', header) != nullptr) {
    return false;
  }
  if (!pair_text_.empty()) {
    pairs_.read(pair_text_, parts.subspan(wanted_.size()), batch, counts);
  }
  return true;
}

// Matches what is neither open nor optional, and the end.
bool TemplateParser::match_closed(Place& place) {
  std::string_view text = place.text;
  for (const TemplateOp* op = place.op;; ++op) {
    switch (op->kind) {
      case Kind::kLiteral:
        if (!begins_with(text, op->literal)) {
          return false;
        }
        text.remove_prefix(op->literal.size());
        break;
      case Kind::kBlank:
        if (text.empty() || !is_blank(text.front())) {
          return false;
        }
        skip_blanks(text);
        break;
      case Kind::kTyped: {
        std::string_view rest = text;
        if (!match_typed(*op, rest)) {
          return false;
        }
        text = rest;
        break;
      }
      case Kind::kEnd:
        skip_blanks(text);
        place = {op, text};
        return text.empty();
      case Kind::kOpen:
      case Kind::kOptional:
        place = {op, text};
        return true;
    }
  }
}

// An open part and what follows it, up to the next open or optional part or the end.
bool TemplateParser::match_open(Place& place) {
  const TemplateOp& op = *place.op;
  const std::string_view text = place.text;
  if (op.until == Until::kEnd) {
    last_open_ = text.data();
    place = {&op + 1, {}};
    return set_open(op, text);
  }
  if (op.until == Until::kPairs) {
    return match_before_pairs(place);
  }
  const std::size_t size = op.type == PartType::kTime ? date_time_size(text) : 0;
  if (size > 0) {
    place = {&op + 1, text.substr(size)};
    if (match_closed(place)) {
      return set_open(op, text.substr(0, size));
    }
  }
  for (std::size_t at = next_end(op, text, 0); at != std::string_view::npos; at = next_end(op, text, at + 1)) {
    place = {&op + 1, text.substr(at)};
    if (match_closed(place)) {
      return set_open(op, text.substr(0, at));
    }
    if (budget_ == 0) {
      return false;
    }
  }
  return false;
}

// What follows are blanks and pairs.
bool TemplateParser::match_before_pairs(Place& place) {
  const TemplateOp& op = *place.op;
  const std::string_view text = place.text;
  const std::size_t begin = find_last_pairs(text, kQuotes);
  if (begin == std::string_view::npos || (begin > 0 && !is_blank(text[begin - 1]))) {
    return false;
  }
  place = {&op + 2, text.substr(begin)};
  return match_closed(place) && set_open(op, text.substr(0, begin));
}

bool TemplateParser::match_typed(const TemplateOp& op, std::string_view& text) {
  const std::string_view before = text;
  const bool taken = take_typed(op, text);
  // Looking for a quote that ends a part may take all of the text, whatever is found.
  const bool all =
      (before.starts_with('"') && (!taken || op.type == PartType::kRequest)) || op.type == PartType::kPairs;
  const std::size_t looked_at = all ? before.size() : before.size() - text.size();
  budget_ = looked_at < budget_ ? budget_ - looked_at : 0;
  return taken && budget_ > 0;
}

bool TemplateParser::take_typed(const TemplateOp& op, std::string_view& text) {
  Part& part = op.slot == kNoSlot ? unnamed_ : parts_[op.slot];
  std::string_view content;
  switch (op.type) {
    case PartType::kInteger:
      return take_integer(text, part);
    case PartType::kNumber:
      return take_decimal(text, part);
    case PartType::kDuration:
      return take_duration(text, op.per_second, part);
    case PartType::kMeasured:
      return take_measured(text, part);
    case PartType::kSum:
      return take_sum(text, part);
    case PartType::kLast:
      return take_last(text, part);
    case PartType::kPairs:
      return take_pairs(op, text);
    case PartType::kQuoted:
      if (!take_quoted(text, content)) {
        return false;
      }
      set_escaped(op.slot, content);
      return true;
    default:
      if (!take_request(text, content)) {
        return false;
      }
      set_request(op.slot, content);
      return true;
  }
}

// The rest of the first line; what is behind it, such as a trace, is no part of any field.
bool TemplateParser::take_pairs(const TemplateOp& op, std::string_view& text) {
  if (find_last_pairs(text, kQuotes) != 0) {
    return false;
  }
  last_open_ = text.data();
  pair_text_ = trim_blanks(text.substr(0, text.find('\n')));
  if (op.slot != kNoSlot && wanted_[op.slot] != 0) {
    parts_[op.slot].set(PartKind::kText, pair_text_);
  }
  text = {};
  return true;
}

bool TemplateParser::set_open(const TemplateOp& op, std::string_view text) {
  const bool is_wanted = op.slot != kNoSlot && wanted_[op.slot] != 0;
  if (!is_wanted && op.type != PartType::kWord && op.type != PartType::kTarget) {
    return true;
  }
  text = trim_blanks(text);
  if (op.type == PartType::kWord && find_blank(text) != std::string_view::npos) {
    return false;
  }
  if (op.slot == kNoSlot || (!is_wanted && op.type != PartType::kTarget)) {
    return true;
  }
  if (op.type == PartType::kText) {
    parts_[op.slot].set(PartKind::kText, text);
  } else if (text == "-") {
    parts_[op.slot].set(PartKind::kNull, {});
  } else {
    parts_[op.slot].set(PartKind::kCell, text);
  }
  if (op.type == PartType::kTarget && text != "-") {
    const Target target = split_target(text);
    set_target(op.slot, target.path, target.query);
  }
  return true;
}

// The slots of a request's parts follow its own, in the order of kRequestFields.
void TemplateParser::set_request(std::size_t slot, std::string_view text) {
  if (slot == kNoSlot || !any_wanted(slot, kRequestFields.size() + 1)) {
    return;
  }
  const HttpRequest request = split_request(text);
  set_escaped(slot, text);
  set_target(slot, request.target.path, request.target.query);
  if (request.malformed && wanted_[slot + 1] != 0 && text == "-") {  // no request at all: a path like any other
    parts_[slot + 1].set(PartKind::kText, text);
  }
  for (const auto& [place, value] : {std::pair(slot + 3, request.method), std::pair(slot + 4, request.protocol)}) {
    parts_[place].set(request.malformed ? PartKind::kNull : PartKind::kText, value);
  }
  parts_[slot + 5].set_bool(request.malformed);
}

bool TemplateParser::any_wanted(std::size_t slot, std::size_t count) const {
  return std::memchr(wanted_.data() + slot, 1, count) != nullptr;
}

void TemplateParser::set_target(std::size_t slot, std::string_view path, std::string_view query) {
  set_escaped(slot + 1, path);
  if (query.data() != nullptr) {
    set_escaped(slot + 2, query);
  } else {
    parts_[slot + 2].set(PartKind::kNull, {});
  }
}

// Where servers have nothing to quote, they write "-".
void TemplateParser::set_escaped(std::size_t slot, std::string_view text) {
  if (slot == kNoSlot || wanted_[slot] == 0) {
    return;
  }
  if (text == "-") {
    parts_[slot].set(PartKind::kNull, {});
  } else {
    std::size_t unknown = 0;  // servers differ in what they escape
    parts_[slot].set(PartKind::kText, unescape_text(text, *batch_, unknown));
  }
}

}  // namespace leeway
