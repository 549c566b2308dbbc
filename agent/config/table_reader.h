// Typed reading of one table of the configuration: each getter marks its key as known, reports what is wrong to the
// Diagnostics and returns a harmless value, so that a component reads on and all errors are reported together.
// report_unused_keys() reports unused keys. Used by every collector and monitor to read its own table. Each getter also
// notes the key with its types, words and default in the Diagnostics, if these want it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"
#include "agent/core/clock.h"
#include "agent/expressions/expression.h"

namespace leeway {

class TableReader {
 public:
  // `what` names the table in messages: "[[metric]] 'http_requests_total'". All references must outlive the reader.
  TableReader(const ConfigTable& table, Position position, std::string what, Diagnostics& diagnostics);

  // Keys that the table lacks are read from `defaults`, which must outlive the reader; none of them is unused.
  void fall_back_to(const ConfigTable& defaults) { defaults_ = &defaults; }

  bool has(std::string_view key);

  std::string required_string(std::string_view key);
  std::optional<std::string> string(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t minimum, std::int64_t maximum);
  std::optional<double> number(std::string_view key);  // an integer is a number too
  std::optional<bool> boolean(std::string_view key);
  std::optional<Duration> duration(std::string_view key);          // "250ms", "5m", "30d"; positive
  std::optional<Duration> duration_or_zero(std::string_view key);  // also "0s"
  std::optional<std::uint64_t> byte_size(std::string_view key);    // "10MiB", "64KB" or a plain number; positive
  // One of `choices`; the error lists them and names the nearest.
  std::optional<std::string> choice(std::string_view key, std::vector<std::string> choices);
  std::optional<std::vector<std::string>> strings(std::string_view key);  // an array; a single string counts as one
  std::optional<std::vector<double>> numbers(std::string_view key);
  // Compiled against `schema`; where `expected` is not kAny, an expression that can never have that type is an error.
  std::optional<Expression> expression(std::string_view key, Schema& schema, StaticType expected = StaticType::kAny);
  // A reader of the table held by the key, which names itself with the key in messages; none where the key is absent or
  // holds no table.
  std::optional<TableReader> table(std::string_view key);
  // The value, of one of `types` if it is as it should be, which the caller checks; null where absent. `words`: the
  // texts that it takes, if only some.
  const ConfigValue* value(std::string_view key, KeyType types, std::vector<std::string> words = {});
  // Marks the key as known, which has no meaning in this table or was read elsewhere.
  void accept(std::string_view key) { known_.emplace(key); }

  // As those above; `otherwise`, the default, where the key is absent or wrong.
  std::string string(std::string_view key, std::string otherwise);
  std::int64_t integer(std::string_view key, std::int64_t minimum, std::int64_t maximum, std::int64_t otherwise);
  double number(std::string_view key, double otherwise);
  bool boolean(std::string_view key, bool otherwise);
  Duration duration(std::string_view key, Duration otherwise);
  Duration duration_or_zero(std::string_view key, Duration otherwise);
  std::uint64_t byte_size(std::string_view key, std::uint64_t otherwise);
  std::string choice(std::string_view key, std::vector<std::string> choices, std::string otherwise);

  // Compiles the expression held by `value` (an element of an array or table), reporting as expression() does.
  std::optional<Expression> compile(const ConfigValue& value, Schema& schema, StaticType expected = StaticType::kAny);

  // Reports an error at the key's value (or at the table, where the key is absent).
  void error(std::string_view key, std::string message);
  void missing(std::string_view key, std::string_view expected);
  // Position of the key's value, or of the table.
  Position position(std::string_view key) const;
  const ConfigTable& table() const { return table_; }
  const std::string& what() const { return what_; }
  Diagnostics& diagnostics() { return diagnostics_; }

  // Unknown keys become errors, with the nearest known key.
  void report_unused_keys();

 private:
  const ConfigValue* find(std::string_view key);
  void note(KeyUse use);
  void note_default(std::string_view key, std::string json);
  template <typename T>
  const T* typed(std::string_view key, std::string_view expected);

  const ConfigTable& table_;
  const ConfigTable* defaults_ = nullptr;
  Position position_;
  std::string what_;
  Diagnostics& diagnostics_;
  std::set<std::string, std::less<>> known_;
};

// Whether reading a table has reported an error. Build functions check this at their end.
class ErrorCheck {
 public:
  explicit ErrorCheck(TableReader& reader) : reader_(reader), before_(reader.diagnostics().errors().size()) {}
  bool failed() const { return reader_.diagnostics().errors().size() != before_; }

 private:
  TableReader& reader_;
  std::size_t before_;
};

}  // namespace leeway
