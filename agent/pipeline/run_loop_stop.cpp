// The end of the run loop: when it begins, what is still read, and the last checkpoint.
#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "agent/core/units.h"
#include "agent/pipeline/run_loop.h"

namespace leeway {
namespace {

// A shutdown reads the remaining data for at most this long.
constexpr Duration kShutdownReadTime = std::chrono::milliseconds(300);

}  // namespace

void RunLoop::stop() {
  boost::asio::post(context_, [this] { begin_stop(); });
}

void RunLoop::page_sent(TimePoint taken) {
  boost::asio::post(context_, [this, taken] {
    if (last_page_ && taken >= *last_page_ && !stopping_) {
      spdlog::info("the last values were scraped");
      begin_shutdown();
    }
  });
}

void RunLoop::end_when_idle() {
  if (lingering_ || stopping_) {
    return;
  }
  progress_.observe(pipeline_->source_status(), clock_.monotonic());
  if (progress_.quiet() < *options_.until_idle) {
    return;
  }
  spdlog::info("nothing was read for {}: stopping", format_duration(*options_.until_idle));
  end_input();
  begin_stop();
}

// As a replay ends: what waits for its rest counts as it is.
void RunLoop::end_input() {
  pipeline_->end_receiving();
  pipeline_->finish(kStepBudget, !committer_.status().enabled);
  pipeline_->mark_dirty();
  input_ended_ = true;
}

void RunLoop::begin_stop() {
  if (stopping_) {
    return;
  }
  if (!lingering_) {
    options_.notify("STOPPING=1");
  }
  if (lingering_ || options_.linger == Duration::zero()) {
    begin_shutdown();
  } else {
    linger();
  }
}

void RunLoop::linger() {
  lingering_ = true;
  discover_ = true;
  progress_.observe(pipeline_->source_status(), clock_.monotonic());
  spdlog::info("waiting at most {} until the last values are scraped", format_duration(options_.linger));
  linger_timer_.expires_after(options_.linger);
  linger_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error && !stopping_) {
      spdlog::warn("nobody has scraped the last values within {}", format_duration(options_.linger));
      begin_shutdown();
    }
  });
}

// `snapshot` is about to be sent to somebody.
void RunLoop::note_last_page(const Snapshot& snapshot) {
  progress_.observe(snapshot.status().sources, clock_.monotonic());
  if (!last_page_ && progress_.at_end()) {
    last_page_ = snapshot.taken();
  }
}

void RunLoop::begin_shutdown() {
  stopping_ = true;
  poll_timer_.cancel();
  discovery_timer_.cancel();
  linger_timer_.cancel();
  watch_.stop();
  if (config_watch_) {
    config_watch_->stop();
  }
  pipeline_->end_receiving();
  const MonotonicTime enough = clock_.monotonic() + kShutdownReadTime;
  while (!input_ended_ && pipeline_->step(kStepBudget) == PollState::kMore && clock_.monotonic() < enough) {
  }
  if (!saving_) {
    finish_shutdown();
  }
}

void RunLoop::finish_shutdown() {
  Commit commit = committer_.prepare(*pipeline_);
  outcome_ = committer_.write(commit);
  committer_.publish(*pipeline_, std::move(commit), *outcome_);
  log_status();
  log_end();
  answer(waiting_);
  answer(asked_);
  context_.stop();
}

void RunLoop::log_end() const {
  std::uint64_t records = 0;
  for (const SourceStatus& source : latest()->status().sources) {
    records += source.records;
  }
  spdlog::info("stopped; {} records are counted{}", records,
               !committer_.status().enabled ? ", and no state is kept"
               : outcome_->has_value()      ? ", and the state is saved"
                                            : ", but the state could not be saved");
}

void RunLoop::say_alive() {
  std::uint64_t records = 0;
  std::uint64_t left = 0;
  for (const SourceStatus& source : latest()->status().sources) {
    records += source.records;
    left += source.lag_bytes;
  }
  options_.notify("WATCHDOG=1\nSTATUS=" + std::to_string(records) + " records read, " + format_bytes(left) +
                  " not yet read");
  alive_timer_.expires_after(options_.alive_interval);
  alive_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error && !stopping_) {
      say_alive();
    }
  });
}

}  // namespace leeway
