// The floor to measure against: the least that a program must do to count requests and bin their durations. A plain
// simdjson On-Demand loop with a hash map; no rotation, no bad lines, no checkpoint, no configuration.
// Usage: simdjson_floor FILE. Prints the counts, the histograms, and then the number of lines and the seconds it took.
#include <fcntl.h>
#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

constexpr std::size_t kReadSize = 1 << 20;
constexpr std::array<double, 12> kBounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10};

struct Histogram {
  std::array<std::uint64_t, kBounds.size() + 1> buckets{};
  double sum = 0;
};

struct Totals {
  std::unordered_map<std::string, std::uint64_t> requests;  // endpoint, method and status
  std::unordered_map<std::string, Histogram> durations;     // endpoint
  std::uint64_t lines = 0;
  std::uint64_t errors = 0;
};

class Counter {
 public:
  explicit Counter(Totals& totals) : totals_(totals) {}

  void count(const char* line, std::size_t size) {
    ++totals_.lines;
    simdjson::ondemand::document record;
    std::string_view type;
    std::string_view endpoint;
    std::string_view method;
    std::int64_t status = 0;
    double milliseconds = 0;
    // In the order of the log's keys: the cheapest way to look them up.
    if (parser_.iterate(line, size, size + simdjson::SIMDJSON_PADDING).get(record) != simdjson::SUCCESS ||
        record.find_field("event_type").get(type) != simdjson::SUCCESS || type != "request_end" ||
        record.find_field("endpoint").get(endpoint) != simdjson::SUCCESS ||
        record.find_field("method").get(method) != simdjson::SUCCESS ||
        record.find_field("status_code").get(status) != simdjson::SUCCESS ||
        record.find_field("duration_ms").get(milliseconds) != simdjson::SUCCESS) {
      ++totals_.errors;
      return;
    }
    key_.assign(endpoint).append(" ").append(method).append(" ").append(std::to_string(status));
    ++totals_.requests[key_];
    key_.assign(endpoint);
    Histogram& histogram = totals_.durations[key_];
    const double seconds = milliseconds / 1000;
    const auto* const bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
    ++histogram.buckets[static_cast<std::size_t>(bound - kBounds.begin())];
    histogram.sum += seconds;
  }

 private:
  Totals& totals_;
  simdjson::ondemand::parser parser_;
  std::string key_;
};

bool count_file(const char* path, Totals& totals) {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    std::perror(path);
    return false;
  }
  Counter counter(totals);
  std::vector<char> buffer(kReadSize + simdjson::SIMDJSON_PADDING);
  std::size_t kept = 0;  // the beginning of a line whose end has not been read
  while (true) {
    if (kept + simdjson::SIMDJSON_PADDING == buffer.size()) {
      buffer.resize(buffer.size() * 2);
    }
    const ssize_t got = ::read(file, buffer.data() + kept, buffer.size() - simdjson::SIMDJSON_PADDING - kept);
    if (got <= 0) {
      ::close(file);
      return got == 0;
    }
    const char* at = buffer.data();
    const char* const end = at + kept + got;
    while (const void* newline = std::memchr(at, '\n', static_cast<std::size_t>(end - at))) {
      const char* const stop = static_cast<const char*>(newline);
      counter.count(at, static_cast<std::size_t>(stop - at));
      at = stop + 1;
    }
    kept = static_cast<std::size_t>(end - at);
    std::memmove(buffer.data(), at, kept);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: simdjson_floor FILE\n");
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  Totals totals;
  if (!count_file(argv[1], totals)) {
    return 74;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (const auto& [key, value] : totals.requests) {
    std::printf("%s %llu\n", key.c_str(), static_cast<unsigned long long>(value));
  }
  for (const auto& [key, histogram] : totals.durations) {
    std::printf("%s sum %.6f", key.c_str(), histogram.sum);
    for (const std::uint64_t bucket : histogram.buckets) {
      std::printf(" %llu", static_cast<unsigned long long>(bucket));
    }
    std::printf("\n");
  }
  std::printf("lines %llu errors %llu seconds %.3f\n", static_cast<unsigned long long>(totals.lines),
              static_cast<unsigned long long>(totals.errors), seconds);
  return 0;
}
