// Scores of a column of [[drift]] for tables on standard input, for score_tables_test.py. A table: the rows of the
// reference, of the window, and the steps of the window, as 64-bit integers; then all numbers as doubles. Writes a line
// for each: score, error and noise floor of `wasserstein` and of `ks`, and the reference's standard deviation.
#include <cstdint>
#include <cstdio>
#include <vector>

#include "agent/monitors/drift/drift_column.h"
#include "agent/sketches/null_scores.h"

namespace {

using leeway::Value;

bool read_values(std::size_t count, std::vector<Value>& out) {
  std::vector<double> numbers(count);
  out.clear();
  if (std::fread(numbers.data(), sizeof(double), count, stdin) != count) {
    return false;
  }
  for (const double number : numbers) {
    out.push_back(Value::of_double(number));
  }
  return true;
}

}  // namespace

int main() {
  constexpr std::uint64_t kDraws = 300;
  std::uint64_t header[3];
  std::vector<Value> values;
  while (std::fread(header, sizeof(header), 1, stdin) == 1) {
    leeway::DriftSettings settings;
    settings.methods = {leeway::DriftMethod::kWasserstein, leeway::DriftMethod::kKolmogorovSmirnov};
    settings.slots = header[2];
    leeway::DriftColumn column(settings);
    if (!read_values(header[0], values)) {
      return 1;
    }
    column.add(values);
    column.freeze();
    if (!read_values(header[1], values)) {
      return 1;
    }
    const std::size_t step = (values.size() + settings.slots - 1) / settings.slots;
    for (std::size_t begin = 0; begin < values.size(); begin += step) {
      if (begin > 0) {
        column.next_slot();
      }
      column.add(std::span(values).subspan(begin, std::min(step, values.size() - begin)));
    }
    const leeway::DriftWindow window = column.score();
    leeway::DriftScorer scorer(*column.reference(), settings.methods, 0.5);
    const std::vector<leeway::NullScores> null = leeway::null_scores(scorer, window.rows, kDraws);
    for (std::size_t i = 0; i < null.size(); ++i) {
      std::printf("%.17g %.17g %.17g ", window.scores[i], window.errors[i], null[i].mean);
    }
    std::printf("%.17g\n", column.reference()->deviation);
    std::fflush(stdout);
  }
}
