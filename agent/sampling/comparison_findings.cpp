#include "agent/sampling/comparison_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "agent/core/ascii.h"
#include "agent/core/duration_text.h"
#include "agent/core/nearest_word.h"
#include "agent/core/number_text.h"
#include "agent/core/private_text.h"

namespace leeway {
namespace {

// Values of one type can be equal.
enum class Type : std::uint8_t { kNumber, kText, kBool, kTime, kDuration };

std::optional<Type> type_of(ValueKind kind) {
  switch (kind) {
    case ValueKind::kInt:
    case ValueKind::kUnsigned:
    case ValueKind::kDouble:
      return Type::kNumber;
    case ValueKind::kString:
      return Type::kText;
    case ValueKind::kBool:
      return Type::kBool;
    case ValueKind::kTimestamp:
      return Type::kTime;
    case ValueKind::kDuration:
      return Type::kDuration;
    default:
      return std::nullopt;
  }
}

std::string name_of(Type type, bool whole) {
  switch (type) {
    case Type::kNumber:
      return whole ? "a whole number" : "a number";
    case Type::kText:
      return "text";
    case Type::kBool:
      return "true or false";
    case Type::kTime:
      return "a time";
    case Type::kDuration:
      return "a duration";
  }
  return "";
}

struct Comparison {
  std::string op;
  FieldPath field;
  std::vector<const ExpressionPart*> constants;
};

void collect(const ExpressionPart& part, std::vector<Comparison>& out) {
  if (part.kind == OutlineKind::kComparison) {
    Comparison comparison{part.text, {}, {}};
    for (const ExpressionPart& each : part.parts) {
      if (each.kind == OutlineKind::kField) {
        comparison.field = each.path;
      } else if (each.kind == OutlineKind::kConstant && type_of(each.constant)) {
        comparison.constants.push_back(&each);
      }
    }
    if (!comparison.field.steps.empty() && !comparison.constants.empty()) {
      out.push_back(std::move(comparison));
    }
  }
  for (const ExpressionPart& each : part.parts) {
    collect(each, out);
  }
}

// The only type of the values of a field; none if there are several, or if it holds lists or objects.
std::optional<Type> only_type(const SampledValues& facts) {
  std::set<Type> types;
  for (std::size_t kind = 0; kind < facts.kinds.size(); ++kind) {
    const auto value = static_cast<ValueKind>(kind);
    if (facts.kinds.at(kind) == 0 || value == ValueKind::kMissing || value == ValueKind::kNull) {
      continue;
    }
    const std::optional<Type> type = type_of(value);
    if (!type) {
      return std::nullopt;
    }
    types.insert(*type);
  }
  return types.size() == 1 ? std::optional(*types.begin()) : std::nullopt;
}

std::string advice(const Comparison& comparison, Type is, const SampledValues& facts) {
  const ExpressionPart& constant = *comparison.constants.front();
  const std::string field = comparison.field.to_string();
  const std::string inner = constant.text.size() > 1 ? constant.text.substr(1, constant.text.size() - 2) : "";
  if (comparison.op == "in") {
    return "";
  }
  if (is == Type::kNumber && constant.constant == ValueKind::kString && read_double(inner)) {
    return fmt::format("; expected `{} {} {}`", field, comparison.op, inner);
  }
  if (is == Type::kBool && (inner == "true" || inner == "false")) {
    return fmt::format("; expected `{} {} {}`", field, comparison.op, inner);
  }
  if (is == Type::kText && type_of(constant.constant) == Type::kNumber && are_durations(facts)) {
    return fmt::format("; expected `double(duration({})) {} {}`, in seconds", field, comparison.op, constant.text);
  }
  if (is == Type::kText && type_of(constant.constant) == Type::kNumber) {
    return fmt::format("; expected `double({}) {} {}`, or the text in quotes", field, comparison.op, constant.text);
  }
  return "";
}

constexpr const char* kUndecided = "never decided";

std::string effect_of(const std::string& op) {
  return op == "==" || op == "in" ? "never true" : op == "!=" ? "always true" : kUndecided;
}

// Whether the expression compares the field with this text, too.
bool is_compared_with(const std::vector<Comparison>& comparisons, const FieldPath& field, const std::string& text) {
  return std::any_of(comparisons.begin(), comparisons.end(), [&](const Comparison& comparison) {
    return comparison.field == field &&
           std::any_of(comparison.constants.begin(), comparison.constants.end(), [&](const ExpressionPart* constant) {
             return constant->constant == ValueKind::kString &&
                    constant->text.substr(1, constant->text.size() - 2) == text;
           });
  });
}

// The text of `seen` that was meant by one that none of them is; "" if there is none.
std::string meant_text(const std::string& wanted, const std::vector<std::string>& seen) {
  const auto same = std::find_if(seen.begin(), seen.end(),
                                 [&](const std::string& text) { return lower_case(text) == lower_case(wanted); });
  return same != seen.end() ? *same : nearest_word(wanted, seen);
}

}  // namespace

std::vector<std::string> comparisons_that_do_not_fit(const ExpressionPart& outline, const SourceSample& sample,
                                                     std::uint64_t mismatches) {
  std::vector<std::string> sentences;
  if (mismatches == 0) {
    return sentences;
  }
  std::vector<Comparison> comparisons;
  collect(outline, comparisons);
  std::map<std::string, std::set<Type>> expected;
  for (const Comparison& comparison : comparisons) {
    for (const ExpressionPart* const constant : comparison.constants) {
      expected[comparison.field.to_string()].insert(*type_of(constant->constant));
    }
  }
  for (const Comparison& comparison : comparisons) {
    const SampledValues* const facts = sample.field(comparison.field);
    const std::optional<Type> is = facts == nullptr ? std::nullopt : only_type(*facts);
    const std::string field = comparison.field.to_string();
    if (!is || expected[field].contains(*is)) {
      continue;
    }
    const ExpressionPart& constant = *comparison.constants.front();
    const std::uint64_t present = facts->present() - facts->of(ValueKind::kNull);
    sentences.push_back(fmt::format("`{}` is {} in {} of {} records, compared with {} {}: {}{}", field,
                                    name_of(*is, facts->of(ValueKind::kDouble) == 0), present, sample.records(),
                                    name_of(*type_of(constant.constant), false), constant.text,
                                    effect_of(comparison.op), advice(comparison, *is, *facts)));
  }
  return sentences;
}

bool are_durations(const SampledValues& values) {
  return !values.texts.empty() && std::all_of(values.texts.begin(), values.texts.end(), [](const auto& each) {
    Duration duration{};
    return !read_double(each.first) && read_duration(each.first, duration) == Failure::kNone;
  });
}

std::string conversion_meant(const ExpressionPart& outline, const SourceSample& sample) {
  if (outline.kind == OutlineKind::kOther && outline.text == "double" && outline.parts.size() == 1 &&
      outline.parts.front().kind == OutlineKind::kField) {
    const FieldPath& path = outline.parts.front().path;
    const SampledValues* const values = sample.field(path);
    if (values != nullptr && are_durations(*values)) {
      return fmt::format("; expected `double(duration({}))`, in seconds", path.to_string());
    }
  }
  for (const ExpressionPart& each : outline.parts) {
    if (std::string hint = conversion_meant(each, sample); !hint.empty()) {
      return hint;
    }
  }
  return "";
}

std::string text_for_field(const ExpressionPart& outline, const FieldPath& absent, const SourceSample& sample) {
  const auto is_absent = [&](const ExpressionPart& part) {
    return part.kind == OutlineKind::kField && part.path == absent && part.path.steps.size() == 1;
  };
  for (const ExpressionPart& each : outline.parts) {
    const SampledValues* const values = outline.kind == OutlineKind::kComparison && each.kind == OutlineKind::kField
                                            ? sample.field(each.path)
                                            : nullptr;
    if (values == nullptr || !std::any_of(outline.parts.begin(), outline.parts.end(), is_absent)) {
      continue;
    }
    const std::string wanted = lower_case(absent.to_string());
    for (const auto& [text, count] : values->texts) {
      if (lower_case(text) == wanted) {
        return fmt::format("`{} {} \"{}\"`", each.path.to_string(), outline.text, text);
      }
    }
  }
  for (const ExpressionPart& each : outline.parts) {
    if (std::string found = text_for_field(each, absent, sample); !found.empty()) {
      return found;
    }
  }
  return "";
}

OtherText text_meant(const ExpressionPart& outline, const SourceSample& sample) {
  std::vector<Comparison> comparisons;
  collect(outline, comparisons);
  OtherText other;
  for (const Comparison& comparison : comparisons) {
    const SampledValues* const facts = sample.field(comparison.field);
    const std::string effect = effect_of(comparison.op);
    if (facts == nullptr || facts->texts.empty() || effect == kUndecided) {
      continue;
    }
    std::vector<std::string> seen;
    for (const auto& [text, count] : facts->texts) {
      seen.push_back(text);
    }
    for (const ExpressionPart* const constant : comparison.constants) {
      if (constant->constant != ValueKind::kString) {
        continue;
      }
      const std::string wanted = constant->text.substr(1, constant->text.size() - 2);
      const std::string nearest = facts->texts.contains(wanted) ? "" : meant_text(wanted, seen);
      const bool only_case = lower_case(nearest) == lower_case(wanted);
      if (!nearest.empty() && !is_compared_with(comparisons, comparison.field, nearest) &&
          (other.hint.empty() || (only_case && !other.only_case))) {
        other = {fmt::format("; `{}` is never \"{}\", but \"{}\" in {} records{}", comparison.field.to_string(), wanted,
                             hide_private(nearest), facts->texts.at(nearest),
                             comparison.op == "!=" ? ": `!=` is always true" : ""),
                 only_case, facts->texts.size() < SampledValues::kMostTexts};
      }
    }
  }
  return other;
}

}  // namespace leeway
