#include "agent/init/message_reader.h"

#include <array>

#include "agent/expressions/expression.h"

namespace leeway {
namespace {

std::optional<Expression> compiled(const std::string& text, Schema& schema) {
  Expected<Expression> expression = Expression::compile(text, schema);
  return expression ? std::optional(std::move(*expression)) : std::nullopt;
}

std::vector<Row> all_rows(const RecordBatch& batch) {
  std::vector<Row> rows(batch.rows());
  for (Row row = 0; row < batch.rows(); ++row) {
    rows[row] = row;
  }
  return rows;
}

}  // namespace

const SampledField* message_field(const std::vector<SampledField>& fields) {
  static constexpr std::array kNames = {"message", "msg", "@m", "event", "text", "body", "log"};
  for (const char* const name : kNames) {
    for (const SampledField& field : fields) {
      if (field.name == name && field.facts.texts() * 2 > field.facts.records()) {
        return &field;
      }
    }
  }
  return nullptr;
}

std::vector<MessageText> read_messages(const SourceKeys& keys, const LogSample& sample, const std::string& message,
                                       const std::optional<std::string>& level) {
  std::optional<Expression> text;
  std::optional<Expression> severity;
  std::vector<MessageText> messages;
  const auto prepare = [&](Schema& schema) {
    text = compiled(message, schema);
    severity = level ? compiled(*level, schema) : std::nullopt;
  };
  const auto see = [&](const RecordBatch& batch) {
    const std::vector<Row> rows = all_rows(batch);
    std::vector<std::string> levels(rows.size());
    if (severity) {
      const std::span<const Value> values = severity->evaluate(batch, rows);
      for (std::size_t i = 0; i < values.size(); ++i) {
        levels[i] = values[i].kind == ValueKind::kString ? values[i].string() : "";
      }
    }
    const std::span<const Value> values = text ? text->evaluate(batch, rows) : std::span<const Value>();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i].kind == ValueKind::kString) {
        messages.push_back({std::string(values[i].string()), std::move(levels[i])});
      }
    }
  };
  static_cast<void>(try_source(keys, {sample.text, sample.info.modified}, prepare, see));
  return messages;
}

std::vector<std::uint64_t> count_records(const SourceKeys& keys, const LogSample& sample,
                                         const std::vector<std::string>& conditions) {
  std::vector<std::uint64_t> counts(conditions.size());
  std::vector<std::optional<Expression>> expressions;
  const auto prepare = [&](Schema& schema) {
    for (const std::string& condition : conditions) {
      expressions.push_back(compiled(condition, schema));
    }
  };
  const auto see = [&](const RecordBatch& batch) {
    const std::vector<Row> rows = all_rows(batch);
    for (std::size_t i = 0; i < expressions.size(); ++i) {
      for (const Value& value : expressions[i] ? expressions[i]->evaluate(batch, rows) : std::span<const Value>()) {
        counts[i] += value.kind == ValueKind::kBool && value.boolean ? 1 : 0;
      }
    }
  };
  static_cast<void>(try_source(keys, {sample.text, sample.info.modified}, prepare, see));
  return counts;
}

std::string pattern_literal(const std::string& pattern) {
  if (pattern.find('"') == std::string::npos) {
    return "r\"" + pattern + "\"";
  }
  if (pattern.find('\'') == std::string::npos) {
    return "r'" + pattern + "'";
  }
  std::string result = "\"";
  for (const char c : pattern) {
    result += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  }
  return result + "\"";
}

}  // namespace leeway
