#include "collectors/text/template_pattern.h"

#include <algorithm>
#include <utility>

#include "agent/core/ascii.h"
#include "agent/core/nearest_word.h"
#include "collectors/decode/field_path.h"
#include "collectors/text/escapes.h"

namespace leeway {
namespace {

constexpr std::size_t kMostOptionals = 5;  // each may double the number of ops
constexpr std::size_t kLongestTemplate = 1024;
constexpr const char* kTimeName = "time";

// After a blank.
bool may_be_in_time(char c) { return is_digit(c) || is_letter(c) || c == '+' || c == '-'; }

// A piece of a pattern: text, a part or an optional group.
struct TemplateItem {
  enum class Kind : std::uint8_t { kText, kPart, kGroup };
  Kind kind = Kind::kText;
  std::size_t column = 0;  // in the pattern, from 1
  std::string text{};      // kText; of a part as the pattern writes it
  PartType type{};
  double per_second = 0;
  std::size_t slot = kNoSlot;
  std::vector<TemplateItem> items{};  // kGroup
  std::size_t first_slot = 0;
  std::size_t end_slot = 0;
};

}  // namespace

// Reads a pattern into items, then writes them as ops. After an error, which stays the first, nothing else matters.
class TemplateCompiler {
 public:
  explicit TemplateCompiler(std::string_view text) : text_(text) {}

  Expected<TemplatePattern> compile() {
    if (text_.size() > kLongestTemplate) {
      fail(1, "is longer than " + std::to_string(kLongestTemplate) + " bytes");
    }
    const std::vector<TemplateItem> items = read_items(false);
    if (!error_ && pattern_.fields_.empty()) {
      fail(1, "it has no part with a name; expected one such as {message}");
    }
    if (!error_) {
      emit(items, 0, nullptr, true);
    }
    if (!error_) {
      set_ends();
    }
    if (error_) {
      return std::move(*error_);
    }
    return std::move(pattern_);
  }

 private:
  using Items = std::vector<TemplateItem>;

  void fail(std::size_t column, const std::string& message) {
    if (!error_) {
      error_ = Error{ErrorCode::kConfiguration,
                     "column " + std::to_string(column) + ": " + message,
                     {"", 1, static_cast<std::uint32_t>(column)}};
    }
  }
  bool next_is(std::string_view word) const { return text_.substr(at_).starts_with(word); }

  Items read_items(bool in_group) {
    Items items;
    while (!error_ && at_ < text_.size()) {
      if (next_is("?}")) {
        if (!in_group) {
          fail(at_ + 1, "'?}' ends an optional part that does not begin; expected '{?' before it");
        }
        return items;
      }
      if (next_is("{{") || next_is("}}")) {
        add_text(items, text_.substr(at_, 1), 2);
      } else if (next_is("{?")) {
        items.push_back(read_group(in_group));
      } else if (next_is("{")) {
        read_part(items);
      } else if (next_is("}")) {
        fail(at_ + 1, "'}' without '{' before it; expected '}}' for a brace of the line itself");
      } else {
        add_text(items, text_.substr(at_, 1), 1);
      }
    }
    return items;
  }

  void add_text(Items& items, std::string_view text, std::size_t size) {
    if (items.empty() || items.back().kind != TemplateItem::Kind::kText) {
      items.push_back({TemplateItem::Kind::kText, at_ + 1});
    }
    items.back().text += text;
    at_ += size;
  }

  TemplateItem read_group(bool in_group) {
    TemplateItem group{TemplateItem::Kind::kGroup, at_ + 1};
    if (in_group || ++groups_ > kMostOptionals) {
      fail(at_ + 1, in_group ? "an optional part inside another one; expected '?}' before it"
                             : "there are more than " + std::to_string(kMostOptionals) + " optional parts");
      return group;
    }
    at_ += 2;
    group.first_slot = pattern_.fields_.size();
    group.items = read_items(true);
    group.end_slot = pattern_.fields_.size();
    if (!next_is("?}")) {
      fail(group.column, "'{?' begins an optional part that does not end; expected '?}'");
    } else if (group.items.empty()) {
      fail(group.column, "the optional part is empty");
    }
    at_ += 2;
    return group;
  }

  void read_part(Items& items) {
    const std::size_t begin = at_;
    bool in_quotes = false;
    std::size_t end = begin + 1;
    std::size_t colon = std::string_view::npos;
    for (; end < text_.size() && (in_quotes || text_[end] != '}'); ++end) {
      in_quotes = in_quotes != (text_[end] == '"');
      if (!in_quotes && text_[end] == ':' && colon == std::string_view::npos) {
        colon = end;
      }
    }
    if (end == text_.size()) {
      fail(begin + 1, "'{' without '}' after it; expected '{{' for a brace of the line itself");
      return;
    }
    at_ = end + 1;
    TemplateItem part{TemplateItem::Kind::kPart, begin + 1, std::string(text_.substr(begin, at_ - begin))};
    if (colon != std::string_view::npos) {
      read_type(part, text_.substr(colon + 1, end - colon - 1), colon + 2);
    }
    read_name(part, text_.substr(begin + 1, std::min(colon, end) - begin - 1));
    items.push_back(std::move(part));
  }

  void read_type(TemplateItem& part, std::string_view name, std::size_t column) {
    const PartTypeRow* const row = find_part_type(name);
    if (row == nullptr) {
      const std::vector<std::string> names = part_type_names();
      fail(column, "unknown type '" + std::string(name) + "' in " + part.text + "; expected " +
                       quoted_words(names, "or") + did_you_mean(name, names));
      return;
    }
    part.type = row->type;
    part.per_second = row->per_second;
  }

  void read_name(TemplateItem& part, std::string_view name) {
    if (name.empty() || name == "_") {
      return;
    }
    Expected<FieldPath> field = parse_field_path(name);
    if (!field) {
      fail(part.column + std::max(field.error().position.column, 1U), field.error().message);
      return;
    }
    const bool is_time = part.type == PartType::kAny && field->to_string() == kTimeName;
    part.type = is_time ? PartType::kTime : part.type;
    part.slot = add_field(part, std::move(*field));
    const std::size_t derived = part.type == PartType::kRequest  ? kRequestFields.size()
                                : part.type == PartType::kTarget ? kTargetFields
                                                                 : 0;
    for (std::size_t i = 0; i < derived; ++i) {
      add_field(part, FieldPath{{std::string(kRequestFields.at(i))}});
    }
  }

  std::size_t add_field(const TemplateItem& part, FieldPath field) {
    if (pattern_.slot_of(field)) {
      fail(part.column, "the field " + field.to_string() + " is in the pattern twice, the second time by " + part.text);
    }
    pattern_.fields_.push_back(std::move(field));
    return pattern_.fields_.size() - 1;
  }

  // Writes the ops of items[from...] up to the end of the text. An open part is written when it is known what comes
  // after it: `open` is the one before, or null. `after_blank`: whether blanks were just skipped.
  void emit(const Items& items, std::size_t from, const TemplateItem* open, bool after_blank) {
    if (from == items.size()) {
      add_part(open);
      pattern_.ops_.push_back({TemplateOp::Kind::kEnd});
      return;
    }
    const TemplateItem& item = items[from];
    if (item.kind == TemplateItem::Kind::kGroup) {
      emit_group(items, from, open, after_blank);
    } else if (item.kind == TemplateItem::Kind::kText) {
      add_part(open);
      emit(items, from + 1, nullptr, add_literal(item.text, after_blank && open == nullptr));
    } else if (open != nullptr) {
      fail(item.column, "text is needed between " + open->text + " and " + item.text + ", so that it is known where " +
                            open->text + " ends");
    } else if (is_open(item.type)) {
      emit(items, from + 1, &item, false);
    } else {
      if (item.type == PartType::kPairs && from + 1 < items.size()) {
        fail(item.column, "something follows " + item.text + "; expected pairs at the end of the pattern");
      }
      add_part(&item);
      emit(items, from + 1, nullptr, false);
    }
  }

  void emit_group(const Items& items, std::size_t from, const TemplateItem* open, bool after_blank) {
    const TemplateItem& group = items[from];
    const std::size_t optional = pattern_.ops_.size();
    TemplateOp op{TemplateOp::Kind::kOptional};
    op.first_slot = group.first_slot;
    op.end_slot = group.end_slot;
    pattern_.ops_.push_back(std::move(op));
    Items with = group.items;
    with.insert(with.end(), items.begin() + static_cast<std::ptrdiff_t>(from) + 1, items.end());
    emit(with, 0, open, after_blank);
    pattern_.ops_[optional].otherwise = pattern_.ops_.size();
    emit(items, from + 1, open, after_blank);
  }

  void add_part(const TemplateItem* part) {
    if (part == nullptr) {
      return;
    }
    TemplateOp op{is_open(part->type) ? TemplateOp::Kind::kOpen : TemplateOp::Kind::kTyped};
    op.type = part->type;
    op.per_second = part->per_second;
    op.slot = part->slot;
    pattern_.has_pairs_ = pattern_.has_pairs_ || part->type == PartType::kPairs;
    pattern_.ops_.push_back(std::move(op));
  }

  // Returns whether it ends in blanks.
  bool add_literal(std::string_view text, bool after_blank) {
    while (!text.empty()) {
      if (is_blank(text.front())) {
        text = text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
        if (!after_blank) {
          pattern_.ops_.push_back({TemplateOp::Kind::kBlank});
        }
        after_blank = true;
        continue;
      }
      TemplateOp op{TemplateOp::Kind::kLiteral};
      op.literal = text.substr(0, text.find_first_of(" \t"));
      text.remove_prefix(op.literal.size());
      pattern_.ops_.push_back(std::move(op));
      after_blank = false;
    }
    return after_blank;
  }

  void set_ends() {
    std::vector<TemplateOp>& ops = pattern_.ops_;
    for (std::size_t i = 0; i + 1 < ops.size(); ++i) {
      if (ops[i].kind != TemplateOp::Kind::kOpen) {
        continue;
      }
      const TemplateOp& next = ops[i + 1];
      const bool blank = next.kind == TemplateOp::Kind::kBlank;
      const TemplateOp& word = blank ? ops[i + 2] : next;
      const bool ends = !blank || (word.kind == TemplateOp::Kind::kLiteral && !may_be_in_time(word.literal.front()));
      if (ops[i].type == PartType::kTime && ends) {  // at what follows, whatever blanks are in it
        ops[i].type = PartType::kAny;
      }
      if (blank && word.kind == TemplateOp::Kind::kTyped && word.type == PartType::kPairs) {
        ops[i].until = TemplateOp::Until::kPairs;
      } else if (word.kind == TemplateOp::Kind::kLiteral) {
        ops[i].until = blank ? TemplateOp::Until::kBlankAndByte : TemplateOp::Until::kByte;
        ops[i].byte = word.literal.front();
      } else {
        ops[i].until = blank ? TemplateOp::Until::kBlank : TemplateOp::Until::kEnd;
      }
    }
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::size_t groups_ = 0;
  std::optional<Error> error_;
  TemplatePattern pattern_;
};

Expected<TemplatePattern> TemplatePattern::compile(std::string_view text) {
  return TemplateCompiler(trim_blanks(text)).compile();
}

std::optional<std::size_t> TemplatePattern::slot_of(const FieldPath& field) const {
  const auto found = std::find(fields_.begin(), fields_.end(), field);
  return found == fields_.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - fields_.begin()));
}

}  // namespace leeway
