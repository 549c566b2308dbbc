// How often [[drift]] raises an alarm without drift, and how often with drift: prints a table. Each reference is
// compared with windows of the same source; a rate of 1 % is 1 alarm in 100 windows.
// Usage: drift_false_alarms [REFERENCES] [WINDOWS of each] [NUMBER of the only source, or -1] [ROWS of the only window,
// or 0] [METHODS, with commas, or all] [DRAWS] [BINS: nannyml or evidently]. Takes about half an hour at the defaults.
// With 1,999 draws, the rates at 1 % and 5 % are as right as with more, and are measured five times as fast. Run by
// drift.sh.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "agent/sketches/column_reference.h"
#include "agent/sketches/drift_score.h"
#include "agent/sketches/null_scores.h"
#include "agent/sketches/random.h"
#include "agent/sketches/reference_capture.h"
#include "agent/sketches/value_counts.h"

namespace leeway {
namespace {

constexpr int kReferenceRows = 10'000;
constexpr double kPseudoCount = 0.5;
constexpr double kRates[] = {0.001, 0.01, 0.05};
constexpr std::size_t kRateOfPower = 1;
constexpr int kWindowRows[] = {200, 1000, 3000, 10'000};
// Windows as long as their reference share its error: measuring a rate takes more references, with fewer windows each.
constexpr int kMoreReferences = 5;

// Returns the next value of a source; categories as integers.
using Source = std::function<double(Random&)>;

struct Scenario {
  const char* name;
  ColumnKind kind;
  Source (*make)(double shift);
};

Source normal(double shift) {
  return [shift](Random& random) { return shift + random.normal(); };
}
Source lognormal(double shift) {
  return [shift](Random& random) { return std::exp(shift + random.normal()); };
}
// `correlation` is that of neighbours.
Source autocorrelated(double correlation, double shift) {
  return [correlation, shift, last = 0.0, started = false](Random& random) mutable {
    const double innovation = std::sqrt(1 - correlation * correlation);
    last = started ? correlation * last + innovation * random.normal() : random.normal();
    started = true;
    return shift + last;
  };
}
Source correlated_5(double shift) { return autocorrelated(0.5, shift); }
Source correlated_8(double shift) { return autocorrelated(0.8, shift); }
Source mixture(double shift) {
  return [shift](Random& random) {
    return random.uniform() < 0.7 ? shift + random.normal() : shift + 8 + 3 * random.normal();
  };
}
Source ratings(double shift) {
  return [shift](Random& random) { return std::clamp(std::round(3.6 + shift + 1.2 * random.normal()), 1.0, 5.0); };
}
Source counts(double shift) {
  return [shift](Random& random) { return static_cast<double>(random.binomial(1000, 0.003 * (1 + shift))); };
}
Source mostly_zero(double shift) {
  return [shift](Random& random) { return random.uniform() < 0.9 ? 0 : std::exp(shift + random.normal()); };
}
// The share of the k-th category falls as 1 / k; `shift` of all rows move from the first to the last category.
Source categories(int levels, double shift) {
  std::vector<double> bounds;
  double total = 0;
  for (int k = 1; k <= levels; ++k) {
    total += 1.0 / k;
    bounds.push_back(total);
  }
  for (double& bound : bounds) {
    bound = bound / total - shift;
  }
  bounds.back() = 1;
  return [bounds](Random& random) {
    return static_cast<double>(std::lower_bound(bounds.begin(), bounds.end(), random.uniform()) - bounds.begin());
  };
}
Source five(double shift) { return categories(5, shift); }
Source flag(double shift) {
  return [shift](Random& random) { return random.uniform() < 0.01 + shift / 5 ? 1.0 : 0.0; };
}
Source many(double shift) { return categories(200, shift); }

// Five values of which the highest is the most frequent.
Source skewed_ratings(double shift) {
  return [shift](Random& random) { return std::clamp(std::floor(4.5 + 1.2 * (random.normal() + shift)), 1.0, 5.0); };
}
// Poisson with mean 3, which `shift` raises by as many standard deviations.
Source poisson_3(double shift) {
  return [bound = std::exp(-3 - shift * std::sqrt(3.0))](Random& random) {
    double product = random.uniform();
    double count = 0;
    for (; product > bound; ++count) {
      product *= random.uniform();
    }
    return count;
  };
}
// Zeros but for one row in five, which is lognormal.
Source zero_inflated(double shift) {
  return [shift](Random& random) { return random.uniform() < 0.8 ? 0.0 : std::exp(2 * shift + random.normal()); };
}

constexpr Scenario kScenarios[] = {{"normal", ColumnKind::kNumber, normal},
                                   {"lognormal", ColumnKind::kNumber, lognormal},
                                   {"correlated .5", ColumnKind::kNumber, correlated_5},
                                   {"correlated .8", ColumnKind::kNumber, correlated_8},
                                   {"mixture", ColumnKind::kNumber, mixture},
                                   {"ratings 1 to 5", ColumnKind::kNumber, ratings},
                                   {"counts", ColumnKind::kNumber, counts},
                                   {"90 % zeros", ColumnKind::kNumber, mostly_zero},
                                   {"5 categories", ColumnKind::kCategory, five},
                                   {"200 categories", ColumnKind::kCategory, many},
                                   {"flag of .01", ColumnKind::kCategory, flag},
                                   {"ratings", ColumnKind::kNumber, skewed_ratings},
                                   {"Poisson 3", ColumnKind::kNumber, poisson_3},
                                   {"zero-inflated", ColumnKind::kNumber, zero_inflated}};

struct Options {
  int references = 400;
  int windows = 50;
  std::string_view methods = "all";
  std::uint64_t draws = 9999;
  BinRule rule = BinRule::kShares;
};

ColumnReference capture(const Scenario& scenario, BinRule rule, Source& source, Random& random) {
  ReferenceCapture result;
  for (int row = 0; row < kReferenceRows; ++row) {
    const double value = source(random);
    if (scenario.kind == ColumnKind::kNumber) {
      result.add_number(value);
    } else {
      result.add_category(std::to_string(static_cast<int>(value)));
    }
  }
  ReferenceOptions options;
  options.rule = rule;
  return result.freeze(options);
}

WindowSums window_of(const ColumnReference& reference, const std::vector<std::size_t>& cells, Source& source,
                     Random& random, int rows) {
  WindowSums window;
  window.cells.resize(reference.cells());
  ValueCounts values;
  for (int row = 0; row < rows; ++row) {
    const double value = source(random);
    if (reference.kind == ColumnKind::kCategory) {
      ++window.cells[cells[static_cast<std::size_t>(value)]];
    } else {
      values.add(std::span(&value, 1));
    }
  }
  if (reference.kind == ColumnKind::kNumber) {
    window.values = values.sorted();
    window.complete(reference, nullptr);
  }
  return window;
}

// The cell of each category, by its number.
std::vector<std::size_t> cells_of_categories(const ColumnReference& reference) {
  std::vector<std::size_t> cells(1000);
  for (std::size_t i = 0; reference.kind == ColumnKind::kCategory && i < cells.size(); ++i) {
    cells[i] = reference.unseen_cell(class_of_text(std::to_string(i)));
  }
  for (std::size_t code = 0; reference.kind == ColumnKind::kCategory && code < reference.categories.size(); ++code) {
    cells[static_cast<std::size_t>(std::stoi(reference.categories[code]))] = reference.category_cell(code);
  }
  return cells;
}

// A test of two proportions only where there are two.
std::vector<DriftMethod> methods_of(const Scenario& scenario) {
  using enum DriftMethod;
  if (scenario.kind == ColumnKind::kNumber) {
    return {kWasserstein,    kKolmogorovSmirnov, kJensenShannon, kPsi,       kMeanShift,
            kHellinger,      kTotalVariation,    kChiSquare,     kLInfinity, kKullbackLeibler,
            kEnergy,         kCramerVonMises,    kChiSquareP,    kGTestP,    kKolmogorovSmirnovP,
            kCramerVonMisesP};
  }
  std::vector<DriftMethod> methods{kJensenShannon,  kPsi,      kLInfinity,       kChiSquare,  kHellinger,
                                   kTotalVariation, kCramersV, kKullbackLeibler, kChiSquareP, kGTestP};
  if (scenario.make == flag) {
    methods.push_back(kZTestP);
  }
  return methods;
}

void run(const Scenario& scenario, int rows, const Options& options, double shift) {
  std::vector<DriftMethod> methods = methods_of(scenario);
  const std::string asked = "," + std::string(options.methods) + ",";
  std::erase_if(methods, [&](DriftMethod method) {
    return options.methods != "all" && asked.find("," + std::string(to_string(method)) + ",") == std::string::npos;
  });
  if (methods.empty()) {
    return;
  }
  const int more = rows < kReferenceRows ? 1 : kMoreReferences;
  const int references = options.references * more;
  const int windows = std::max(1, options.windows / more);
  constexpr std::size_t kCount = std::size(kRates);
  std::vector<int> alarms(methods.size() * kCount);
  std::vector<int> found(methods.size());
  std::vector<double> scores(methods.size());
  Random random(static_cast<std::uint64_t>(rows) * 1'000'003 + scenario.name[0]);
  int moved_windows = 0;
  for (int i = 0; i < references; ++i) {
    Source source = scenario.make(0);
    Source moved = scenario.make(shift);
    const ColumnReference reference = capture(scenario, options.rule, source, random);
    const std::vector<std::size_t> cells = cells_of_categories(reference);
    DriftScorer scorer(reference, methods, kPseudoCount);
    const std::vector<NullScores> null = null_scores(scorer, static_cast<std::uint64_t>(rows), options.draws);
    for (int w = 0; w < windows; ++w) {
      scorer.score(window_of(reference, cells, source, random, rows), scores);
      for (std::size_t m = 0; m < methods.size(); ++m) {
        for (std::size_t rate = 0; rate < kCount; ++rate) {
          alarms[kCount * m + rate] += scores[m] > null[m].threshold(kRates[rate]) ? 1 : 0;
        }
      }
      if (w % 10 == 0) {
        ++moved_windows;
        scorer.score(window_of(reference, cells, moved, random, rows), scores);
        for (std::size_t m = 0; m < methods.size(); ++m) {
          found[m] += scores[m] > null[m].threshold(kRates[kRateOfPower]) ? 1 : 0;
        }
      }
    }
  }
  const double checks = static_cast<double>(references) * windows;
  for (std::size_t m = 0; m < methods.size(); ++m) {
    std::printf("| %-14s | %6d | %-24s |", scenario.name, rows, std::string(to_string(methods[m])).c_str());
    for (std::size_t rate = 0; rate < kCount; ++rate) {
      std::printf(" %6.3f %% |", 100 * alarms[kCount * m + rate] / checks);
    }
    std::printf(" %5.3f |\n", moved_windows > 0 ? static_cast<double>(found[m]) / moved_windows : 0.0);
  }
  std::fflush(stdout);
}

}  // namespace
}  // namespace leeway

int main(int argc, char** argv) {
  leeway::Options options;
  const auto number = [&](int i, int otherwise) { return argc > i ? std::atoi(argv[i]) : otherwise; };
  options.references = number(1, options.references);
  options.windows = number(2, options.windows);
  const int only = number(3, -1);
  const int only_rows = number(4, 0);
  options.methods = argc > 5 ? argv[5] : options.methods;
  options.draws = static_cast<std::uint64_t>(number(6, static_cast<int>(options.draws)));
  if (argc > 7) {
    options.rule = std::string_view(argv[7]) == "nannyml" ? leeway::BinRule::kNannyMl : leeway::BinRule::kEvidently;
  }
  std::printf("| %-14s | %6s | %-24s | %8s | %8s | %8s | power |\n", "source", "rows", "method", "at 0.1 %", "at 1 %",
              "at 5 %");
  std::printf("|---|---|---|---|---|---|---|\n");
  int at = 0;
  for (const leeway::Scenario& scenario : leeway::kScenarios) {
    for (const int rows : leeway::kWindowRows) {
      if ((only < 0 || only == at) && (only_rows == 0 || only_rows == rows)) {
        leeway::run(scenario, rows, options, scenario.kind == leeway::ColumnKind::kNumber ? 0.25 : 0.05);
      }
    }
    ++at;
  }
}
