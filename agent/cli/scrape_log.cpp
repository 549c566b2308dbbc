#include "agent/cli/scrape_log.h"

#include <spdlog/spdlog.h>

namespace leeway {
namespace {

constexpr Duration kBetweenLines = std::chrono::minutes(1);

}  // namespace

void ScrapeLog::refused() {
  self_.scrape_refused();
  ++refused_;
  say();
}

void ScrapeLog::cut_off() {
  self_.scrape_cut_off();
  ++cut_off_;
  say();
}

void ScrapeLog::say() {
  const MonotonicTime now = clock_.monotonic();
  if (said_ && now - *said_ < kBetweenLines) {
    return;
  }
  said_ = now;
  spdlog::warn(
      "HTTP clients read too slowly, or too many ask: {} answered with 503, {} cut off (leeway_scrapes_*_total)",
      refused_, cut_off_);
  refused_ = cut_off_ = 0;
}

}  // namespace leeway
