#include "agent/cli/progress.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/core/units.h"

namespace leeway {
namespace {

constexpr Duration kRedraw = std::chrono::milliseconds(200);
constexpr std::size_t kBarWidth = 24;

}  // namespace

bool is_redrawable() {
  const char* const terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

Progress::Progress(const Clock& clock, bool visible) : clock_(clock), visible_(visible), started_(clock.monotonic()) {}

bool Progress::due() const { return visible_ && clock_.monotonic() - drawn_ >= kRedraw; }

void Progress::update(std::uint64_t bytes_done, std::uint64_t bytes_left, std::uint64_t records) {
  const MonotonicTime now = clock_.monotonic();
  drawn_ = now;
  const double seconds = to_seconds(now - started_);
  const double total = static_cast<double>(bytes_done + bytes_left);
  const double share = total > 0 ? static_cast<double>(bytes_done) / total : 1;
  const double rate = seconds > 0 ? static_cast<double>(records) / seconds : 0;
  const double eta = bytes_done > 0 ? seconds * static_cast<double>(bytes_left) / static_cast<double>(bytes_done) : 0;
  const auto filled = static_cast<std::size_t>(share * kBarWidth);
  const std::string bar = std::string(filled, '#') + std::string(kBarWidth - filled, '.');
  std::fprintf(stderr, "\r[%s] %3.0f %%  %s of %s  %.0f lines/s  ETA %.0f s \033[K", bar.c_str(), 100 * share,
               format_bytes(bytes_done).c_str(), format_bytes(bytes_done + bytes_left).c_str(), rate, eta);
}

void Progress::clear() {
  if (visible_) {
    std::fprintf(stderr, "\r\033[K");
  }
}

}  // namespace leeway
