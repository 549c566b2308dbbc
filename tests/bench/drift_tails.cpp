// The thresholds that [[drift]] takes from draws of a score: reads draws as doubles from standard input, DRAWS at a
// time, and prints a line of thresholds for each: those of 1e-2, 1e-3, ... 1e-7. Run by drift_tails.py, which draws.
// Usage: drift_tails METHOD DRAWS
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "agent/sketches/null_scores.h"

int main(int argc, char** argv) {
  const std::optional<leeway::DriftMethod> method = leeway::drift_method(argc == 3 ? argv[1] : "");
  if (!method) {
    std::fprintf(stderr, "usage: drift_tails METHOD DRAWS\n");
    return 2;
  }
  std::vector<double> draws(static_cast<std::size_t>(std::atol(argv[2])));
  while (std::fread(draws.data(), sizeof(double), draws.size(), stdin) == draws.size()) {
    const leeway::NullScores null = leeway::null_scores_of(draws, *method);
    for (const double level : {1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7}) {
      std::printf("%.17g%c", null.threshold(level), level == 1e-7 ? '\n' : ' ');
    }
  }
}
