// For each line of standard input, a JSON record, a tab and an expression, writes a line with the result. Used by
// tests/tools/cel, which compares with another implementation of the language.
#include <iostream>
#include <string>

#include "tests/agent/expressions/evaluated_text.h"

int main() {
  leeway::EvaluatedText evaluated("UTC");
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) {
      std::cerr << "expected a record, a tab and an expression, not: " << line << "\n";
      return 2;
    }
    std::cout << evaluated.evaluate(line.substr(0, tab), line.substr(tab + 1)) << "\n";
  }
}
