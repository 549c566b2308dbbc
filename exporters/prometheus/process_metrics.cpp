#include "exporters/prometheus/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

namespace leeway {
namespace {

std::string read_text(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Fields of /proc/self/stat from the third on (proc(5)); the second, the name, may hold spaces and brackets.
struct Stat {
  double user_ticks = 0;
  double system_ticks = 0;
  double start_ticks = 0;
  double virtual_bytes = 0;
  double resident_pages = 0;
};

std::optional<Stat> read_stat() {
  const std::string text = read_text("/proc/self/stat");
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) {
    return std::nullopt;
  }
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  Stat stat;
  const auto skip = [&](int count) {
    for (int i = 0; i < count; ++i) {
      fields >> skipped;
    }
  };
  skip(11);  // fields 3 to 13
  fields >> stat.user_ticks >> stat.system_ticks;
  skip(6);  // fields 16 to 21
  fields >> stat.start_ticks >> stat.virtual_bytes >> stat.resident_pages;
  return fields ? std::optional(stat) : std::nullopt;
}

double clock_seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Seconds between the epoch and the start of the system.
double boot_time() {
  const std::string text = read_text("/proc/stat");
  const std::size_t at = text.find("\nbtime ");
  if (at != std::string::npos) {
    return std::stod(text.substr(at + 7));
  }
  // systemd's ProcSubset=pid hides that file. Once, as the difference of two clocks varies by microseconds.
  static const double from_clocks = clock_seconds(CLOCK_REALTIME) - clock_seconds(CLOCK_BOOTTIME);
  return from_clocks;
}

std::optional<double> open_descriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator entries("/proc/self/fd", error);
  if (error) {
    return std::nullopt;
  }
  return static_cast<double>(std::distance(begin(entries), end(entries)) - 1);  // without the one used to list them
}

void add(SnapshotBuilder& out, const char* name, MetricType type, const char* help, std::optional<double> value) {
  if (value) {
    out.add(out.family({name, type, help, {}, {}}), {}, *value);
  }
}

}  // namespace

void add_process_metrics(SnapshotBuilder& out) {
  add(out, "process_open_fds", MetricType::kGauge, "Number of open file descriptors.", open_descriptors());
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    add(out, "process_max_fds", MetricType::kGauge, "Maximum number of open file descriptors.",
        static_cast<double>(limit.rlim_cur));
  }
  const std::optional<Stat> stat = read_stat();
  if (!stat) {
    return;
  }
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  add(out, "process_cpu_seconds_total", MetricType::kCounter, "Total user and system CPU time spent in seconds.",
      (stat->user_ticks + stat->system_ticks) / ticks);
  add(out, "process_resident_memory_bytes", MetricType::kGauge, "Resident memory size in bytes.",
      stat->resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE)));
  add(out, "process_virtual_memory_bytes", MetricType::kGauge, "Virtual memory size in bytes.", stat->virtual_bytes);
  add(out, "process_start_time_seconds", MetricType::kGauge, "Start time of the process since the Unix epoch.",
      boot_time() + stat->start_ticks / ticks);
}

}  // namespace leeway
