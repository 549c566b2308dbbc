#include "agent/config/table_reader.h"

#include <array>
#include <cmath>

#include "agent/core/nearest_word.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

// Of plain words: neither quotes nor control characters.
std::string json_text(const std::string& text) { return "\"" + text + "\""; }

// "16MiB": in the largest unit in which it is whole.
std::string size_text(std::uint64_t bytes) {
  constexpr std::array kNames = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (unit + 1 < kNames.size() && bytes % 1024 == 0 && bytes != 0) {
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes) + kNames[unit];
}

// Whether a value of static type `actual` may turn out to be an `expected` one.
bool can_be(StaticType actual, StaticType expected) {
  const bool both_numbers = expected == StaticType::kDouble && actual == StaticType::kInt;
  return expected == StaticType::kAny || actual == StaticType::kAny || actual == expected || both_numbers;
}

}  // namespace

TableReader::TableReader(const ConfigTable& table, Position position, std::string what, Diagnostics& diagnostics)
    : table_(table), position_(std::move(position)), what_(std::move(what)), diagnostics_(diagnostics) {}

void TableReader::note(KeyUse use) {
  if (diagnostics_.wants_keys()) {
    use.table = &table_;
    diagnostics_.use(std::move(use));
  }
}

void TableReader::note_default(std::string_view key, std::string json) {
  note({.table = nullptr, .key = std::string(key), .otherwise = std::move(json)});
}

const ConfigValue* TableReader::value(std::string_view key, KeyType types, std::vector<std::string> words) {
  note({.table = nullptr, .key = std::string(key), .types = types, .words = std::move(words)});
  return find(key);
}

const ConfigValue* TableReader::find(std::string_view key) {
  known_.emplace(key);
  const ConfigValue* const found = table_.find(key);
  return found != nullptr || defaults_ == nullptr ? found : defaults_->find(key);
}

bool TableReader::has(std::string_view key) { return value(key, KeyType::kNone) != nullptr; }

Position TableReader::position(std::string_view key) const {
  const ConfigValue* const found = table_.find(key);
  return found == nullptr ? position_ : found->position();
}

void TableReader::error(std::string_view key, std::string message) {
  known_.emplace(key);
  diagnostics_.error(position(key), what_ + ": " + std::move(message));
}

void TableReader::missing(std::string_view key, std::string_view expected) {
  error(key, "'" + std::string(key) + "' is missing; expected " + std::string(expected));
}

template <typename T>
const T* TableReader::typed(std::string_view key, std::string_view expected) {
  const ConfigValue* const found = find(key);
  if (found == nullptr) {
    return nullptr;
  }
  const T* const typed_value = found->get_if<T>();
  if (typed_value == nullptr) {
    error(key,
          "'" + std::string(key) + "' is " + std::string(found->type_name()) + "; expected " + std::string(expected));
  }
  return typed_value;
}

std::string TableReader::required_string(std::string_view key) {
  note({.table = nullptr, .key = std::string(key), .required = true});
  const std::optional<std::string> given = string(key);
  const ConfigValue* const found = find(key);
  if (found == nullptr) {
    missing(key, "a string");
    return {};
  }
  std::string text = given.value_or("");
  if (text.empty() && found->get_if<std::string>() != nullptr) {
    error(key, "'" + std::string(key) + "' is empty; expected some text");
  }
  return text;
}

std::optional<std::string> TableReader::string(std::string_view key) {
  note({.table = nullptr, .key = std::string(key), .types = KeyType::kText});
  const std::string* const text = typed<std::string>(key, "a string");
  return text == nullptr ? std::nullopt : std::optional(*text);
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, std::int64_t minimum, std::int64_t maximum) {
  note({.table = nullptr, .key = std::string(key), .types = KeyType::kInteger, .minimum = minimum, .maximum = maximum});
  const std::int64_t* const number = typed<std::int64_t>(key, "an integer");
  if (number == nullptr) {
    return std::nullopt;
  }
  if (*number < minimum || *number > maximum) {
    error(key, "'" + std::string(key) + "' is " + std::to_string(*number) + "; expected " + std::to_string(minimum) +
                   " to " + std::to_string(maximum));
    return std::nullopt;
  }
  return *number;
}

std::optional<double> TableReader::number(std::string_view key) {
  note({.table = nullptr, .key = std::string(key), .types = KeyType::kNumber});
  const ConfigValue* const found = find(key);
  if (found != nullptr) {
    if (const std::int64_t* const integer_value = found->get_if<std::int64_t>()) {
      return static_cast<double>(*integer_value);
    }
  }
  const double* const number_value = typed<double>(key, "a number");
  return number_value == nullptr ? std::nullopt : std::optional(*number_value);
}

std::optional<bool> TableReader::boolean(std::string_view key) {
  note({.table = nullptr, .key = std::string(key), .types = KeyType::kFlag});
  const bool* const flag = typed<bool>(key, "true or false");
  return flag == nullptr ? std::nullopt : std::optional(*flag);
}

std::optional<Duration> TableReader::duration(std::string_view key) {
  const std::optional<Duration> parsed = duration_or_zero(key);
  if (parsed && *parsed == Duration::zero()) {
    error(key, "'" + std::string(key) + "' is zero; expected a positive duration");
    return std::nullopt;
  }
  return parsed;
}

std::optional<Duration> TableReader::duration_or_zero(std::string_view key) {
  note({.table = nullptr, .key = std::string(key), .types = KeyType::kText, .form = TextForm::kDuration});
  const std::string* const text = typed<std::string>(key, "a duration such as \"5m\"");
  if (text == nullptr) {
    return std::nullopt;
  }
  const Expected<Duration> parsed = parse_duration(*text);
  if (!parsed) {
    error(key, "'" + std::string(key) + "': " + parsed.error().message);
    return std::nullopt;
  }
  if (*parsed < Duration::zero()) {
    error(key, "'" + std::string(key) + "' is negative; expected a duration such as \"5m\"");
    return std::nullopt;
  }
  return *parsed;
}

std::optional<TableReader> TableReader::table(std::string_view key) {
  note({.table = nullptr, .key = std::string(key), .types = KeyType::kTable});
  const ConfigTable* const inner = typed<ConfigTable>(key, "a table");
  if (inner == nullptr) {
    return std::nullopt;
  }
  return TableReader(*inner, find(key)->position(), what_ + ": " + std::string(key), diagnostics_);
}

std::optional<std::uint64_t> TableReader::byte_size(std::string_view key) {
  note({.table = nullptr,
        .key = std::string(key),
        .types = KeyType::kText | KeyType::kInteger,
        .form = TextForm::kByteSize,
        .minimum = 1});
  const ConfigValue* const found = find(key);
  if (found == nullptr) {
    return std::nullopt;
  }
  std::uint64_t bytes = 0;
  if (const std::int64_t* const number = found->get_if<std::int64_t>()) {
    bytes = *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
  } else {
    const std::string* const text = typed<std::string>(key, "a size such as \"10MiB\"");
    if (text == nullptr) {
      return std::nullopt;
    }
    const Expected<std::uint64_t> parsed = parse_byte_size(*text);
    if (!parsed) {
      error(key, "'" + std::string(key) + "': " + parsed.error().message);
      return std::nullopt;
    }
    bytes = *parsed;
  }
  if (bytes == 0) {
    error(key, "'" + std::string(key) + "' is not positive; expected a size such as \"10MiB\"");
    return std::nullopt;
  }
  return bytes;
}

std::optional<std::string> TableReader::choice(std::string_view key, std::vector<std::string> choices) {
  note({.table = nullptr, .key = std::string(key), .types = KeyType::kText, .words = choices});
  const std::string* const text = typed<std::string>(key, quoted_words(choices, "or"));
  if (text == nullptr) {
    return std::nullopt;
  }
  for (const std::string& allowed : choices) {
    if (allowed == *text) {
      return *text;
    }
  }
  error(key, "'" + std::string(key) + "' is \"" + *text + "\"; expected " + quoted_words(choices, "or") +
                 did_you_mean(*text, choices));
  return std::nullopt;
}

std::optional<std::vector<std::string>> TableReader::strings(std::string_view key) {
  note({.table = nullptr, .key = std::string(key), .types = KeyType::kText | KeyType::kTexts});
  const ConfigValue* const found = find(key);
  if (found == nullptr) {
    return std::nullopt;
  }
  if (const std::string* const text = found->get_if<std::string>()) {
    return std::vector<std::string>{*text};
  }
  const ConfigArray* const array = typed<ConfigArray>(key, "an array of strings");
  if (array == nullptr) {
    return std::nullopt;
  }
  std::vector<std::string> result;
  for (const ConfigValue& element : *array) {
    const std::string* const text = element.get_if<std::string>();
    if (text == nullptr) {
      diagnostics_.error(element.position(), what_ + ": '" + std::string(key) + "' holds " +
                                                 std::string(element.type_name()) + "; expected strings only");
      return std::nullopt;
    }
    result.push_back(*text);
  }
  return result;
}

std::optional<std::vector<double>> TableReader::numbers(std::string_view key) {
  note({.table = nullptr, .key = std::string(key), .types = KeyType::kNumbers});
  const ConfigArray* const array = typed<ConfigArray>(key, "an array of numbers");
  if (array == nullptr) {
    return std::nullopt;
  }
  std::vector<double> result;
  for (const ConfigValue& element : *array) {
    if (const std::int64_t* const integer_value = element.get_if<std::int64_t>()) {
      result.push_back(static_cast<double>(*integer_value));
    } else if (const double* const number_value = element.get_if<double>()) {
      result.push_back(*number_value);
    } else {
      diagnostics_.error(element.position(), what_ + ": '" + std::string(key) + "' holds " +
                                                 std::string(element.type_name()) + "; expected numbers only");
      return std::nullopt;
    }
  }
  return result;
}

std::optional<Expression> TableReader::expression(std::string_view key, Schema& schema, StaticType expected) {
  note({.table = nullptr, .key = std::string(key), .types = KeyType::kText});
  const ConfigValue* const found = find(key);
  return found == nullptr ? std::nullopt : compile(*found, schema, expected);
}

std::optional<Expression> TableReader::compile(const ConfigValue& source, Schema& schema, StaticType expected) {
  const std::string* const text = source.get_if<std::string>();
  if (text == nullptr) {
    diagnostics_.error(source.position(), what_ + ": expected an expression, written as a string, instead of " +
                                              std::string(source.type_name()));
    return std::nullopt;
  }
  Expected<Expression> compiled = Expression::compile(*text, schema);
  if (!compiled) {
    // The value's position is that of its opening quote; the column is exact in a string of one line without escapes.
    Position position = source.position();
    const std::uint32_t column = compiled.error().position.column;
    position.column += text->find_first_of("\n\"\\") == std::string::npos ? column : 0;
    diagnostics_.error(position, what_ + ": in the expression '" + *text + "', column " + std::to_string(column) +
                                     ": " + compiled.error().message);
    return std::nullopt;
  }
  if (!can_be(compiled->type(), expected)) {
    diagnostics_.error(source.position(), what_ + ": the expression '" + *text + "' is of type " +
                                              std::string(to_string(compiled->type())) + "; expected " +
                                              std::string(to_string(expected)));
    return std::nullopt;
  }
  diagnostics_.use({source.position(), what_, *text, schema.source()});
  return std::move(*compiled);
}

std::string TableReader::string(std::string_view key, std::string otherwise) {
  note_default(key, json_text(otherwise));
  return string(key).value_or(std::move(otherwise));
}

std::int64_t TableReader::integer(std::string_view key, std::int64_t minimum, std::int64_t maximum,
                                  std::int64_t otherwise) {
  note_default(key, std::to_string(otherwise));
  return integer(key, minimum, maximum).value_or(otherwise);
}

double TableReader::number(std::string_view key, double otherwise) {
  note_default(key, number_text(otherwise));
  return number(key).value_or(otherwise);
}

bool TableReader::boolean(std::string_view key, bool otherwise) {
  note_default(key, otherwise ? "true" : "false");
  return boolean(key).value_or(otherwise);
}

Duration TableReader::duration(std::string_view key, Duration otherwise) {
  note_default(key, json_text(format_duration(otherwise)));
  return duration(key).value_or(otherwise);
}

Duration TableReader::duration_or_zero(std::string_view key, Duration otherwise) {
  note_default(key, json_text(format_duration(otherwise)));
  return duration_or_zero(key).value_or(otherwise);
}

std::uint64_t TableReader::byte_size(std::string_view key, std::uint64_t otherwise) {
  note_default(key, json_text(size_text(otherwise)));
  return byte_size(key).value_or(otherwise);
}

std::string TableReader::choice(std::string_view key, std::vector<std::string> choices, std::string otherwise) {
  note_default(key, json_text(otherwise));
  return choice(key, std::move(choices)).value_or(std::move(otherwise));
}

void TableReader::report_unused_keys() {
  const std::vector<std::string> known(known_.begin(), known_.end());
  for (const auto& [key, entry] : table_.entries()) {
    if (!known_.contains(key)) {
      const std::string hint = did_you_mean(key, known);
      diagnostics_.error(entry.key_position(),
                         what_ + ": unknown key '" + key + "'; expected one of " + quoted_words(known, "or") + hint);
    }
  }
}

}  // namespace leeway
