// What [[window]] costs: nanoseconds per value of the monitor as configured, fed with decoded batches, for one series
// and for 1,000; of a snapshot of 1,000 series; and the memory of a series whose window of 7 days is full. Last, what
// [[state]] costs for a start or an end. Usage: window_speed
#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "agent/config/toml_reader.h"
#include "agent/core/file_system.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/builtin.h"

namespace leeway {
namespace {

constexpr TimePoint kBegin(std::chrono::hours(480'000));
constexpr int kRounds = 5;  // the best counts
constexpr int kBatches = 50;

// Of this thread: other work on the machine does not count.
double processor_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

struct Bench {
  Schema schema;
  std::unique_ptr<Monitor> monitor;
};

void build(const std::string& toml, Bench& bench, const std::string& section = "window") {
  Diagnostics diagnostics;
  const std::string lint = section == "window" ? "lint = 'off'\n" : "";
  const ConfigTable config = parse_toml("[[" + section + "]]\nname = 'x'\n" + lint + toml, "bench.toml", diagnostics);
  TableReader reader(*config.find(section)->get_if<ConfigArray>()->front().get_if<ConfigTable>(), {"bench.toml", 1, 1},
                     "[[" + section + "]]", diagnostics);
  PosixFileSystem files;
  for (const MonitorKind& kind : builtin_monitors()) {
    if (kind.section == section) {
      MonitorContext context{reader, bench.schema, TimePoint{}, files};
      bench.monitor = kind.build(context);
    }
  }
  if (bench.monitor == nullptr) {
    std::fprintf(stderr, "%s", diagnostics.to_string().c_str());
    std::exit(1);
  }
}

// Lognormal values `v`, `step` apart, of as many series; `w` are whole numbers, of which few make up most records.
void fill(RecordBatch& batch, const Schema& schema, std::size_t first, Duration step, std::size_t series,
          std::mt19937_64& random, double spread = 1) {
  std::lognormal_distribution<double> sizes(3, spread);
  batch.reset(schema.size());
  for (std::size_t row = 0; row < kMaxBatchRows; ++row) {
    const Row at = batch.append(kBegin + step * static_cast<std::int64_t>(first + row), row);
    for (FieldId field = 0; field < schema.size(); ++field) {
      const std::string name = schema.fields()[field].to_string();
      batch.cell(field, at) = name == "v"   ? Value::of_double(sizes(random))
                              : name == "w" ? Value::of_int(static_cast<std::int64_t>(sizes(random)))
                                            : Value::of_int(static_cast<std::int64_t>(random() % series));
    }
  }
}

// Of a hundred records a second.
double nanoseconds_a_value(const std::string& toml, std::size_t series) {
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    Bench bench;
    build(toml, bench);
    std::mt19937_64 random(1);
    std::deque<RecordBatch> batches(kBatches);
    for (std::size_t i = 0; i < batches.size(); ++i) {
      fill(batches[i], bench.schema, i * kMaxBatchRows, std::chrono::milliseconds(10), series, random);
    }
    bench.monitor->observe(batches[0]);
    const double begin = processor_nanoseconds();
    for (std::size_t i = 1; i < batches.size(); ++i) {
      bench.monitor->observe(batches[i]);
    }
    best = std::min(best, (processor_nanoseconds() - begin) / static_cast<double>((kBatches - 1) * kMaxBatchRows));
  }
  return best;
}

// Starts and ends in turn, of as many keys.
double nanoseconds_a_change(std::size_t keys) {
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    Bench bench;
    build("key = 'k'\nstart = 'e == 0'\nend = 'e == 1'\nmax_keys = 100000\n", bench, "state");
    std::deque<RecordBatch> batches(kBatches);
    for (std::size_t i = 0; i < batches.size(); ++i) {
      batches[i].reset(bench.schema.size());
      for (std::size_t row = 0; row < kMaxBatchRows; ++row) {
        const std::size_t number = i * kMaxBatchRows + row;
        const Row at = batches[i].append(kBegin + std::chrono::milliseconds(10) * number, row);
        for (FieldId field = 0; field < bench.schema.size(); ++field) {
          const bool is_key = bench.schema.fields()[field].to_string() == "k";
          const std::size_t value = is_key ? number % keys : number / keys % 2;
          batches[i].cell(field, at) = Value::of_int(static_cast<std::int64_t>(value));
        }
      }
    }
    bench.monitor->observe(batches[0]);
    const double begin = processor_nanoseconds();
    for (std::size_t i = 1; i < batches.size(); ++i) {
      bench.monitor->observe(batches[i]);
    }
    best = std::min(best, (processor_nanoseconds() - begin) / static_cast<double>((kBatches - 1) * kMaxBatchRows));
  }
  return best;
}

std::size_t allocated() { return mallinfo2().uordblks; }

// Of a window of 7 days with 3 million values over many powers of ten, of so many series.
struct Size {
  std::size_t memory;
  std::size_t state;
};

Size size_for(const std::string& toml, std::size_t series) {
  constexpr std::size_t kWeek = 740;  // batches
  constexpr double kWide = 3;
  const Duration step = std::chrono::duration_cast<Duration>(std::chrono::hours(168)) / (kWeek * kMaxBatchRows);
  Bench bench;
  std::mt19937_64 random(1);
  RecordBatch batch;
  build(toml, bench);
  fill(batch, bench.schema, 0, step, series, random, kWide);
  const std::size_t before = allocated();
  for (std::size_t i = 0; i < kWeek; ++i) {
    fill(batch, bench.schema, i * kMaxBatchRows, step, series, random, kWide);
    bench.monitor->observe(batch);
  }
  const std::size_t memory = allocated() - before;
  StateWriter out;
  bench.monitor->save(out);
  return {memory, out.bytes().size()};
}

// Of one series, in KiB.
struct Kilobytes {
  double memory;
  double state;
};

Kilobytes kilobytes_of_a_series(const std::string& toml) {
  constexpr double kSeries = 8;
  const Size all = size_for(toml, static_cast<std::size_t>(kSeries) + 1);
  const Size one = size_for(toml, 1);
  return {static_cast<double>(all.memory - one.memory) / kSeries / 1024,
          static_cast<double>(all.state - one.state) / kSeries / 1024};
}

double microseconds_of_a_snapshot(const std::string& toml) {
  Bench bench;
  build(toml, bench);
  std::mt19937_64 random(1);
  RecordBatch batch;
  for (std::size_t i = 0; i < 100; ++i) {
    fill(batch, bench.schema, i * kMaxBatchRows, std::chrono::seconds(1), 1000, random);
    bench.monitor->observe(batch);
  }
  double best = 1e12;
  for (int round = 0; round < kRounds; ++round) {
    const double begin = processor_nanoseconds();
    SnapshotBuilder out(kBegin);
    bench.monitor->collect(out);
    static_cast<void>(out.build());
    best = std::min(best, processor_nanoseconds() - begin);
  }
  return best / 1000;
}

struct Case {
  const char* name;
  const char* toml;
};

int run() {
  static constexpr Case kCases[] = {
      {"count", "aggregate = 'count'\n"},
      {"mean", "aggregate = 'mean'\nvalue = 'v'\n"},
      {"max", "aggregate = 'max'\nvalue = 'v'\n"},
      {"stddev", "aggregate = 'stddev'\nvalue = 'v'\n"},
      {"share", "aggregate = 'share'\nvalue = 'v'\nabove = 20\n"},
      {"ratio", "aggregate = 'ratio'\ngood = 'v < 20'\n"},
      {"gap", "aggregate = 'gap'\n"},
      {"slope", "aggregate = 'slope'\nvalue = 'v'\n"},
      {"quantile", "aggregate = 'quantile'\nq = 0.95\nvalue = 'v'\n"},
      {"distinct", "aggregate = 'distinct'\nvalue = 'v'\n"},
      {"top", "aggregate = 'top'\nvalue = 'w'\n"},
      {"top, all different", "aggregate = 'top'\nvalue = 'v'\n"},
      {"declines", "aggregate = 'declines'\nvalue = 'v'\n"},
      {"mean, usual 14d", "aggregate = 'mean'\nvalue = 'v'\nusual = '14d'\n"},
      {"quantile, usual 14d", "aggregate = 'quantile'\nq = 0.95\nvalue = 'v'\nusual = '14d'\n"},
  };
  std::printf("| window of 7d | ns per value, one series | 1,000 series | ms of a snapshot of 1,000 ");
  std::printf("| KiB of a series | of its state |\n");
  std::printf("|---|---|---|---|---|---|\n");
  for (const Case& each : kCases) {
    const std::string toml = std::string(each.toml) + "over = '7d'\n";
    const std::string labelled = toml + "labels = ['k']\n";
    const Kilobytes size = kilobytes_of_a_series(labelled);
    std::printf("| %s | %.1f | %.1f | %.2f | %.1f | %.1f |\n", each.name, nanoseconds_a_value(toml, 1),
                nanoseconds_a_value(labelled, 1000), microseconds_of_a_snapshot(labelled) / 1000, size.memory,
                size.state);
    std::fflush(stdout);
  }
  std::printf("\nstate: %.1f ns per start or end with 100 keys, %.1f with 10,000\n", nanoseconds_a_change(100),
              nanoseconds_a_change(10'000));
  return 0;
}

}  // namespace
}  // namespace leeway

int main() { return leeway::run(); }
