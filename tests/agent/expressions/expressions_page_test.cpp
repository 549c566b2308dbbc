// Every example of EXPRESSIONS.md.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "agent/core/rfc3339.h"
#include "agent/expressions/expression.h"
#include "collectors/decode/json_decoder.h"
#include "collectors/decode/time_keys.h"

namespace leeway {
namespace {

using Cells = std::vector<std::string>;

// The cells in backticks of all table rows, grouped by the number of cells per row.
std::vector<Cells> read_examples(std::size_t cells_wanted) {
  std::ifstream page(LEEWAY_SOURCE_DIR "/agent/expressions/EXPRESSIONS.md");
  EXPECT_TRUE(page.good());
  const std::regex cell("\\| `((?:[^`])*)` (?=\\|)");
  std::vector<Cells> rows;
  for (std::string line; std::getline(page, line);) {
    Cells cells;
    for (std::sregex_iterator at(line.begin(), line.end(), cell), end; at != end; ++at) {
      cells.push_back(std::regex_replace((*at)[1].str(), std::regex("\\\\\\|"), "|"));
    }
    if (cells.size() == cells_wanted) {
      rows.push_back(cells);
    }
  }
  return rows;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    result += c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\t' ? "\\t" : std::string(1, c);
  }
  return result + "\"";
}

std::string to_text(const Value& value) {
  std::ostringstream out;
  switch (value.kind) {
    case ValueKind::kNull:
      return "null";
    case ValueKind::kBool:
      return value.boolean ? "true" : "false";
    case ValueKind::kInt:
      return std::to_string(value.integer);
    case ValueKind::kDouble:
      out << value.number;
      return out.str() + (out.str().find('.') == std::string::npos ? ".0" : "");
    case ValueKind::kString:
      return quoted(value.string());
    case ValueKind::kError:
      return "fails: " + std::string(to_string(value.failure));
    default:
      return "another kind";
  }
}

std::string result_for(const std::string& record, const std::string& text) {
  const TimeKeys time{std::nullopt, "auto", "Europe/Berlin"};
  Schema schema;
  schema.set_time_reader(time.reader());
  Expected<Expression> expression = Expression::compile(text, schema);
  if (!expression) {
    return expression.error().to_string();
  }
  JsonDecoder decoder({}, time.parser(), schema);
  RecordBatch batch;
  batch.reset(schema.size());
  char* bytes = batch.raw_buffer(record.size());
  std::copy(record.begin(), record.end(), bytes);
  const std::vector<Line> lines = {{{bytes, record.size()}, record.size()}};
  DecodeCounts counts;
  decoder.decode(lines, batch, counts);
  if (batch.rows() != 1) {
    return "the record is not valid";
  }
  return to_text(expression->evaluate(batch, std::vector<Row>{0})[0]);
}

TEST(ExpressionsPage, EveryExampleHolds) {
  const std::vector<Cells> examples = read_examples(3);
  ASSERT_GT(examples.size(), 80U);
  for (const Cells& example : examples) {
    EXPECT_EQ(result_for(example[0], example[1]), example[2]) << example[0] << "  " << example[1];
  }
}

TEST(ExpressionsPage, EveryErrorIsAsTold) {
  const std::vector<Cells> examples = read_examples(2);
  ASSERT_GT(examples.size(), 5U);
  for (const Cells& example : examples) {
    Schema schema;
    const Expected<Expression> expression = Expression::compile(example[0], schema);
    ASSERT_FALSE(expression) << example[0];
    const Error& error = expression.error();
    EXPECT_EQ(std::to_string(error.position.column) + ": " + error.message, example[1]);
  }
}

// Every function and operator of the language has at least one example.
TEST(ExpressionsPage, IsComplete) {
  std::string all;
  for (const Cells& example : read_examples(3)) {
    all += example[1] + "\n";
  }
  for (const char* word : {"==",      "!=",    "<",           "<=",        ">",         ">=",       "&&",   "||",
                           "!",       "+",     "-",           "*",         "/",         "%",        " in ", "?",
                           "has(",    "size(", "startsWith(", "endsWith(", "contains(", "matches(", "int(", "double(",
                           "string(", "bool(", "lower(",      "duration(", "timestamp("}) {
    EXPECT_NE(all.find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace leeway
