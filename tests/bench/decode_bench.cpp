// The cost of decoding, without files and monitors: nanoseconds per line of the first megabytes of FILE, with the
// fields of requests.toml, with and without the time. Usage: decode_bench FILE
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "agent/core/record_batch.h"
#include "collectors/decode/json_decoder.h"

namespace {

constexpr std::size_t kBytes = 1 << 20;  // the size that one poll reads
constexpr int kRounds = 400;

// The best and the median of many rounds over the same lines, in nanoseconds per line.
void measure(const char* what, const std::string& text, bool with_time) {
  using namespace leeway;
  Schema schema;
  for (const char* const name : {"event_type", "endpoint", "method", "status_code", "duration_ms"}) {
    schema.intern({{std::string(name)}});
  }
  JsonOptions options;
  if (with_time) {
    options.time_field = FieldPath{{std::string("timestamp")}};
  }
  JsonDecoder decoder(options, TimestampParser::create("auto", "UTC").value(), schema);
  RecordBatch batch;
  batch.reset(schema.size());
  char* const raw = batch.raw_buffer(text.size());
  std::memcpy(raw, text.data(), text.size());
  std::vector<Line> lines;
  for (std::size_t at = 0, next = 0; (next = text.find('\n', at)) != std::string::npos; at = next + 1) {
    lines.push_back({{raw + at, next - at}, next + 1});
  }
  lines.resize(std::min(lines.size(), kMaxBatchRows));
  DecodeCounts counts;
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    batch.reset(schema.size());
    decoder.decode(lines, batch, counts);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    rounds.push_back(took.count() / static_cast<double>(lines.size()));
  }
  std::sort(rounds.begin(), rounds.end());
  std::printf("%-16s best %.1f ns, median %.1f ns per line (%zu lines, %zu records)\n", what, rounds.front(),
              rounds[rounds.size() / 2], lines.size(), batch.rows());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: decode_bench FILE\n");
    return 2;
  }
  std::string text(kBytes, '\0');
  std::ifstream in(argv[1], std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.empty()) {
    std::fprintf(stderr, "decode_bench: cannot read %s\n", argv[1]);
    return 74;
  }
  measure("without time", text, false);
  measure("with time", text, true);
  return 0;
}
