#include "agent/expressions/expression_patterns.h"

#include <re2/re2.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "agent/core/arena.h"
#include "agent/core/ascii.h"
#include "agent/core/utf8.h"
#include "agent/expressions/expression_lexer.h"
#include "agent/expressions/expression_operators.h"
#include "agent/expressions/expression_text.h"

namespace leeway::expr {
namespace {

using Pattern = std::shared_ptr<const RE2>;

re2::StringPiece piece(const Value& text) { return {text.text, text.length}; }

Expected<Pattern> compile_pattern(const Node& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  Pattern compiled = std::make_shared<const RE2>(pattern.text, options);
  if (!compiled->ok()) {
    return error_at(pattern.column, "bad regular expression: " + compiled->error());
  }
  return compiled;
}

// Replaces matches, with memory that is kept from text to text.
class Replacer {
 public:
  Replacer(Pattern pattern, std::string rewrite) : pattern_(std::move(pattern)), rewrite_(std::move(rewrite)) {}

  Value operator()(const Value& value, Arena& arena) {
    if (value.kind != ValueKind::kString) {
      return operand_error(value);
    }
    const re2::StringPiece text = piece(value);
    std::array<re2::StringPiece, kGroups> groups;
    out_.clear();
    std::size_t copied = 0;
    for (std::size_t at = 0; at <= text.size();) {
      if (!pattern_->Match(text, at, text.size(), RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size()))) {
        break;
      }
      const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
      const std::size_t end = begin + groups[0].size();
      const bool empty_after_match = end == begin && begin == copied && at == copied && at > 0;
      if (!empty_after_match) {
        out_.append(text.data() + copied, begin - copied);
        append_rewrite(groups);
        copied = end;
      }
      at = end > begin ? end : end + character_size(value.string().substr(end));
      if (out_.size() > kLargestText) {
        return Value::error(Failure::kOverflow);
      }
    }
    out_.append(text.data() + copied, text.size() - copied);
    return Value::of_string(arena.copy(out_));
  }

 private:
  static constexpr std::size_t kGroups = 10;

  // At least 1.
  static std::size_t character_size(std::string_view rest) { return rest.empty() ? 1 : utf8_sequence(rest).length; }

  void append_rewrite(const std::array<re2::StringPiece, kGroups>& groups) {
    for (std::size_t i = 0; i < rewrite_.size(); ++i) {
      if (rewrite_[i] != '\\') {
        out_ += rewrite_[i];
        continue;
      }
      ++i;  // CheckRewriteString: a digit or a backslash
      if (is_digit(rewrite_[i])) {
        const re2::StringPiece& group = groups[static_cast<std::size_t>(rewrite_[i] - '0')];
        out_.append(group.data() == nullptr ? "" : group.data(), group.size());
      } else {
        out_ += rewrite_[i];
      }
    }
  }

  Pattern pattern_;
  std::string rewrite_;
  std::string out_;
};

}  // namespace

Expected<BoundFunction> prepare_matches(Node& call, const Schema&) {
  Expected<Pattern> pattern = compile_pattern(*call.args[1]);
  if (!pattern) {
    return pattern.error();
  }
  return BoundFunction([pattern = std::move(*pattern)](const Value& value, Arena&) {
    return value.kind == ValueKind::kString ? Value::of_bool(RE2::PartialMatch(piece(value), *pattern))
                                            : operand_error(value);
  });
}

Expected<BoundFunction> prepare_extract(Node& call, const Schema&) {
  Expected<Pattern> pattern = compile_pattern(*call.args[1]);
  if (!pattern) {
    return pattern.error();
  }
  if ((*pattern)->NumberOfCapturingGroups() != 1) {
    return error_at(call.args[1]->column, "the pattern of extract() must have one group, as in \"([0-9.]+)%\"");
  }
  return BoundFunction([pattern = std::move(*pattern)](const Value& value, Arena&) {
    if (value.kind != ValueKind::kString) {
      return operand_error(value);
    }
    re2::StringPiece group;
    const bool found = RE2::PartialMatch(piece(value), *pattern, &group);
    // A group that did not participate in the match has no text.
    return found && group.data() != nullptr ? Value::of_string({group.data(), group.size()})
                                            : Value::error(Failure::kConversion);
  });
}

Expected<BoundFunction> prepare_replace(Node& call, const Schema&) {
  Expected<Pattern> pattern = compile_pattern(*call.args[1]);
  if (!pattern) {
    return pattern.error();
  }
  const Node& rewrite = *call.args[2];
  if (std::string error; !(*pattern)->CheckRewriteString(rewrite.text, &error)) {
    return error_at(rewrite.column, "bad replacement: " + error);
  }
  return BoundFunction(Replacer(std::move(*pattern), rewrite.text));
}

}  // namespace leeway::expr
