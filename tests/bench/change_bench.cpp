// How well the detectors of [[change]] keep their run length, how soon they detect a step, and the cost per value.
//   change_bench judge SCALE METHOD RUN_LENGTH REFERENCE_ROWS SHIFT CONTROL CHANGED
//                                      alarms and delays for streams from standard input: change_run_lengths.py
//   change_bench spread                run lengths of single references
//   change_bench adwin DELTA...        run length of ADWIN by delta: the table of agent/sketches/adwin.cpp
//   change_bench delay METHOD RUN_LENGTH REFERENCE_ROWS SHIFT DESIGN_SHIFT
//                                      run length and mean delay of a step after 1000 values without one
//   change_bench speed                 nanoseconds per value
// change_peers.py compares the last two with River's detectors. All seeds are fixed.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "agent/monitors/change/change_stream.h"
#include "agent/sketches/adwin.h"
#include "agent/sketches/cusum.h"
#include "agent/sketches/ewma_chart.h"
#include "agent/sketches/frozen_scale.h"
#include "agent/sketches/random.h"
#include "agent/sketches/run_length.h"

namespace leeway {
namespace {

using Chart = std::variant<Cusum, EwmaChart, Adwin>;
using Draw = std::function<double(Random&)>;

Chart chart_for(const std::string& method, const ChartGoal& goal) {
  if (method == "adwin") {
    return Adwin(adwin_delta(goal.average_run_length, goal.direction), kAdwinClock, goal.direction);
  }
  if (method == "ewma") {
    const EwmaDesign design = design_ewma(goal).value();
    return EwmaChart(design.smoothing, design.limit, goal.direction);
  }
  const CusumDesign design = design_cusum(goal).value();
  return Cusum(design.allowances.up, design.allowances.down, design.threshold, goal.direction);
}

bool alarms(Chart& chart, double score) {
  return std::visit([score](auto& detector) { return detector.add(score) != ChangeFound::kNone; }, chart);
}

FrozenScale captured(ScaleKind kind, std::uint64_t rows, const Draw& draw, Random& random) {
  FrozenScale scale(kind, rows);
  while (!scale.frozen()) {
    scale.capture(draw(random));
  }
  return scale;
}

// Average number of records to an alarm, over `references` references.
double run_length(const Chart& chart, ScaleKind kind, std::uint64_t rows, int references, std::uint64_t values,
                  const Draw& draw) {
  Random random(42);
  std::uint64_t count = 0;
  for (int i = 0; i < references; ++i) {
    const FrozenScale scale = captured(kind, rows, draw, random);
    Chart fresh = chart;
    for (std::uint64_t value = 0; value < values; ++value) {
      count += alarms(fresh, scale.score(draw(random), value)) ? 1 : 0;
    }
  }
  return static_cast<double>(references) * static_cast<double>(values) / std::max(1.0, static_cast<double>(count));
}

struct Distribution {
  const char* name;
  Draw draw;
};

std::vector<Distribution> distributions() {
  return {{"normal", [](Random& random) { return random.normal(); }},
          {"lognormal", [](Random& random) { return std::exp(random.normal()); }},
          {"uniform", [](Random& random) { return random.uniform(); }},
          {"flag, 20 %", [](Random& random) { return static_cast<double>(random.binomial(1, 0.2)); }}};
}

ChangeMethod method_of(const std::string& name) {
  return name == "adwin" ? ChangeMethod::kAdwin : name == "ewma" ? ChangeMethod::kEwma : ChangeMethod::kCusum;
}

ScaleKind scale_of(const std::string& name) {
  return name == "z"        ? ScaleKind::kZ
         : name == "flags"  ? ScaleKind::kFlags
         : name == "counts" ? ScaleKind::kCounts
                            : ScaleKind::kProbability;
}

// Values of standard input, numbers of 8 bytes: per stream those of a reference, then `control` without a change, then
// `changed` after it. Prints the alarms per stream before the change, and the mean number of values from the change to
// the first alarm.
void judge_input(const std::string& scale, const std::string& method, double wanted, std::uint64_t rows, double shift,
                 std::size_t control, std::size_t changed) {
  ChangeSettings settings;
  settings.scale = scale_of(scale);
  settings.average_run_length = wanted;
  settings.shift = shift;
  settings.reference_rows = rows;
  settings.designs = {{method_of(method), 0, 0, 1}};
  ImmediateBackground at_once;
  std::vector<double> values(rows + control + changed);
  std::string alarms_before;
  double delays = 0;
  double found = 0;
  double shifts = 0;
  int streams = 0;
  int steady = 0;
  while (std::fread(values.data(), sizeof(double), values.size(), stdin) == values.size()) {
    ChangeStream stream(settings);
    for (std::size_t i = 0; i < rows; ++i) {
      stream.add(values[i], kNoTime);
    }
    stream.settle(at_once);
    ++streams;
    shifts += stream.calibration()->shift;
    steady += stream.calibration()->steady ? 1 : 0;
    const auto count = [&] {
      return stream.alarms(0, ChangeFound::kUp).count + stream.alarms(0, ChangeFound::kDown).count;
    };
    for (std::size_t i = rows; i < rows + control; ++i) {
      stream.add(values[i], kNoTime);
    }
    const std::uint64_t before = count();
    alarms_before += fmt::format(" {}", before);
    for (std::size_t i = rows + control; i < values.size(); ++i) {
      stream.add(values[i], kNoTime);
      if (count() > before) {
        delays += static_cast<double>(i - rows - control + 1);
        ++found;
        break;
      }
    }
  }
  fmt::print("delay {:.1f} found {} shift {:.3f} steady {} alarms{}\n", delays / std::max(1.0, found), found,
             shifts / streams, steady, alarms_before);
}

void print_spread() {
  const ChartGoal goal{10'000, 0.5, ChangeDirection::kBoth, 1000};
  const Chart chart = chart_for("cusum", goal);
  Random random(7);
  std::vector<double> lengths;
  const Draw normal = distributions()[0].draw;
  for (int i = 0; i < 200; ++i) {
    const FrozenScale scale = captured(ScaleKind::kProbability, goal.reference_rows, normal, random);
    Chart fresh = chart;
    double count = 0;
    constexpr std::uint64_t kValues = 1'000'000;
    for (std::uint64_t value = 0; value < kValues; ++value) {
      count += alarms(fresh, scale.score(normal(random), value)) ? 1 : 0;
    }
    lengths.push_back(static_cast<double>(kValues) / std::max(1.0, count));
  }
  std::sort(lengths.begin(), lengths.end());
  fmt::print("run length by reference, percentiles 10, 50, 90: {:.0f} {:.0f} {:.0f}\n", lengths[20], lengths[100],
             lengths[180]);
}

void print_adwin(double delta) {
  Random random(7);
  Adwin adwin(delta, kAdwinClock, ChangeDirection::kBoth);
  std::uint64_t values = 0;
  int count = 0;
  constexpr int kAlarms = 3000;
  while (count < kAlarms) {
    ++values;
    count += adwin.add(random.normal()) == ChangeFound::kNone ? 0 : 1;
  }
  fmt::print("{} {:.1f}\n", delta, static_cast<double>(values) / count);
}

void print_delay(const std::string& method, double wanted, std::uint64_t rows, double shift, double design_shift) {
  const Chart chart = chart_for(method, {wanted, design_shift, ChangeDirection::kBoth, rows});
  const Draw normal = distributions()[0].draw;
  const ScaleKind kind = ScaleKind::kProbability;
  constexpr int kControl = 1000;  // values without a change
  constexpr int kSteps = 3000;
  Random random(5);
  double delays = 0;
  int found = 0;
  for (int i = 0; i < kSteps; ++i) {
    const FrozenScale scale = captured(kind, rows, normal, random);
    Chart fresh = chart;
    std::uint64_t index = 0;
    bool early = false;
    for (int value = 0; value < kControl && !early; ++value) {
      early = alarms(fresh, scale.score(normal(random), index++));
    }
    if (early) {
      continue;
    }
    int delay = 1;
    while (!alarms(fresh, scale.score(shift + normal(random), index++))) {
      ++delay;
    }
    delays += delay;
    ++found;
  }
  const auto values = static_cast<std::uint64_t>(5 * wanted);
  const int references = static_cast<int>(std::clamp(1e8 / static_cast<double>(values), 20.0, 300.0));
  fmt::print("{} {} {} {} {:.0f} {:.1f}\n", method, wanted, rows, shift,
             run_length(chart, kind, rows, references, values, normal), delays / found);
}

// Of this thread: other work on the machine does not count.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void print_speed() {
  constexpr std::size_t kValues = 1 << 20;
  Random random(1);
  std::vector<double> values(kValues);
  for (double& value : values) {
    value = random.normal();
  }
  const Draw normal = distributions()[0].draw;
  for (const ScaleKind kind : {ScaleKind::kZ, ScaleKind::kProbability}) {
    const FrozenScale scale = captured(kind, 1000, normal, random);
    for (const char* method : {"cusum", "ewma", "adwin"}) {
      Chart chart = chart_for(method, {10'000, 0.5, ChangeDirection::kBoth, 1000});
      double best = 1e9;
      int count = 0;
      for (int round = 0; round < 5; ++round) {
        const double start = processor_seconds();
        for (std::size_t i = 0; i < kValues; ++i) {
          count += alarms(chart, scale.score(values[i], i)) ? 1 : 0;
        }
        best = std::min(best, (processor_seconds() - start) * 1e9 / static_cast<double>(kValues));
      }
      fmt::print("{} {} {:.1f} ns per value ({} alarms)\n", method, kind == ScaleKind::kZ ? "z" : "probability", best,
                 count);
    }
  }
}

}  // namespace
}  // namespace leeway

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  const std::string task = words.empty() ? "" : words[0];
  const auto number = [&](std::size_t i) { return std::atof(words[i].c_str()); };
  if (task == "judge" && words.size() == 8) {
    leeway::judge_input(words[1], words[2], number(3), static_cast<std::uint64_t>(number(4)), number(5),
                        static_cast<std::size_t>(number(6)), static_cast<std::size_t>(number(7)));
  } else if (task == "spread") {
    leeway::print_spread();
  } else if (task == "adwin") {
    for (std::size_t i = 1; i < words.size(); ++i) {
      leeway::print_adwin(number(i));
    }
  } else if (task == "delay" && words.size() == 6) {
    leeway::print_delay(words[1], number(2), static_cast<std::uint64_t>(number(3)), number(4), number(5));
  } else if (task == "speed") {
    leeway::print_speed();
  } else {
    fmt::print(stderr,
               "usage: change_bench spread | adwin DELTA... | speed |\n"
               "  judge SCALE METHOD RUN_LENGTH REFERENCE_ROWS SHIFT CONTROL CHANGED |\n"
               "  delay METHOD RUN_LENGTH REFERENCE_ROWS SHIFT DESIGN_SHIFT\n");
    return 2;
  }
  return 0;
}
