// Nanoseconds per value that [[drift]] takes: the monitor as configured, fed with decoded batches.
// Usage: drift_speed TABLE ROWS COLUMNS. The table consists of doubles, column by column. Run by drift.sh.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <fstream>
#include <string>
#include <vector>

#include "agent/config/toml_reader.h"
#include "agent/core/file_system.h"
#include "agent/monitors/builtin.h"

namespace leeway {
namespace {

// Of this thread: other work on the machine does not count.
double processor_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

constexpr int kRounds = 7;  // the best counts

std::unique_ptr<Monitor> build(const std::string& toml, Schema& schema) {
  Diagnostics diagnostics;
  const ConfigTable config = parse_toml("[[drift]]\n" + toml, "bench.toml", diagnostics);
  TableReader reader(*config.find("drift")->get_if<ConfigArray>()->front().get_if<ConfigTable>(), {"bench.toml", 1, 1},
                     "[[drift]]", diagnostics);
  reader.string("name");
  for (const MonitorKind& kind : builtin_monitors()) {
    if (kind.section == "drift") {
      PosixFileSystem files;
      MonitorContext context{reader, schema, TimePoint{}, files};
      return kind.build(context);
    }
  }
  return nullptr;
}

double nanoseconds_a_value(Monitor& monitor, const std::deque<RecordBatch>& batches, std::size_t columns) {
  std::size_t rows = 0;
  const double begin = processor_nanoseconds();
  for (const RecordBatch& batch : batches) {
    monitor.observe(batch);
    rows += batch.rows();
  }
  return (processor_nanoseconds() - begin) / static_cast<double>(rows * columns);
}

int run(const char* path, std::size_t rows, std::size_t columns) {
  std::vector<double> table(rows * columns);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(table.data()), static_cast<std::streamsize>(table.size() * sizeof(double)));
  if (!file) {
    std::fprintf(stderr, "%s is not a table of that size\n", path);
    return 1;
  }
  std::string names;
  for (std::size_t column = 0; column < columns; ++column) {
    names += (column == 0 ? "\"c" : ", \"c") + std::to_string(column) + "\"";
  }
  struct Case {
    const char* name;
    std::string methods;
    std::string window;
  };
  const std::vector<Case> cases{
      {"leeway psi, bins counted", "\"psi\"", "1000000000"},
      {"leeway wasserstein + ks, cells counted", "\"wasserstein\", \"ks\"", "1000000000"},
      {"leeway psi, and a score each 10,000 rows", "\"psi\"", "10000"},
      {"leeway wasserstein, exact, and a score each 10,000 rows", "\"wasserstein\"", "10000"},
      {"leeway wasserstein + ks, and scores each 10,000 rows", "\"wasserstein\", \"ks\"", "10000"}};
  for (const Case& entry : cases) {
    Schema schema;
    const auto config = [&](std::size_t reference_rows) {
      return "name = \"x\"\ncolumns = [" + names + "]\nmethod = [" + entry.methods +
             "]\nreference = { first_rows = " + std::to_string(reference_rows) +
             " }\nwindow = { rows = " + entry.window + " }\n";
    };
    const std::string toml = config(rows);
    const std::unique_ptr<Monitor> monitor = build(toml, schema);
    std::deque<RecordBatch> batches;
    for (std::size_t row = 0; row < rows; ++row) {
      if (batches.empty() || batches.back().full()) {
        batches.emplace_back().reset(schema.size());
      }
      const Row at = batches.back().append(TimePoint{}, row);
      for (std::size_t column = 0; column < columns; ++column) {
        batches.back().cell(static_cast<FieldId>(column), at) = Value::of_double(table[column * rows + row]);
      }
    }
    double whole = nanoseconds_a_value(*monitor, batches, columns);
    if (&entry == &cases.front()) {
      double captured = whole;
      for (int round = 0; round < kRounds; ++round) {
        whole = std::min(whole, nanoseconds_a_value(*build(toml, schema), batches, columns));
        captured = std::min(captured, nanoseconds_a_value(*build(config(rows + 1), schema), batches, columns));
      }
      std::printf("| leeway, while the reference is captured (quantile sketch) | %.1f |\n", captured);
      std::printf("| leeway, the same, and the reference frozen | %.1f |\n", whole);
    }
    double best = nanoseconds_a_value(*monitor, batches, columns);  // with calibrations
    for (int round = 0; round < kRounds; ++round) {
      best = std::min(best, nanoseconds_a_value(*monitor, batches, columns));
    }
    std::printf("| %s | %.1f |\n", entry.name, best);
  }
  return 0;
}

}  // namespace
}  // namespace leeway

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: drift_speed TABLE ROWS COLUMNS\n");
    return 2;
  }
  return leeway::run(argv[1], std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10));
}
