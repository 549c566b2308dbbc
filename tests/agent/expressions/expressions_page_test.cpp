// Every example of EXPRESSIONS.md.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>

#include "agent/expressions/expression.h"
#include "agent/expressions/expression_functions.h"
#include "tests/agent/expressions/evaluated_text.h"

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

TEST(ExpressionsPage, EveryExampleHolds) {
  const std::vector<Cells> examples = read_examples(3);
  ASSERT_GT(examples.size(), 80U);
  for (const Cells& example : examples) {
    EXPECT_EQ(EvaluatedText("Europe/Berlin").evaluate(example[0], example[1]), example[2])
        << example[0] << "  " << example[1];
  }
}

TEST(ExpressionsPage, EveryDifferenceFromCelIsAsTold) {
  const std::vector<Cells> examples = read_examples(4);
  ASSERT_GT(examples.size(), 20U);
  for (const Cells& example : examples) {
    const std::string result = EvaluatedText("UTC").evaluate(example[0], example[1]);
    const bool has_reason = result.starts_with("fails: ") || result.starts_with("refused: ");
    EXPECT_EQ(has_reason ? result.substr(0, result.find(':')) : result, example[2]) << example[0] << "  " << example[1];
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
  std::vector<std::string> words = {"==", "!=", "<", "<=", ">", ">=", "&&",   "||",
                                    "!",  "+",  "-", "*",  "/", "%",  " in ", "?"};
  for (const std::string& name : expr::function_names()) {
    words.push_back(name + "(");
  }
  for (const std::string& word : words) {
    EXPECT_NE(all.find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace leeway
