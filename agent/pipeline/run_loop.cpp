#include "agent/pipeline/run_loop.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <iterator>
#include <utility>

#include "agent/pipeline/signal_watch.h"

namespace leeway {
namespace {

// After a hint the loop waits this long, so that a busy writer causes few wake-ups.
constexpr Duration kHintDelay = std::chrono::milliseconds(25);
// A scrape reads new data for at most this long before it commits.
constexpr Duration kScrapeReadTime = std::chrono::milliseconds(20);
// A shutdown may take this long in all: exit within a second is promised.
constexpr std::chrono::milliseconds kShutdownTime(900);

}  // namespace

RunLoop::RunLoop(Assembly assembly, FileSystem& files, const Clock& clock, CheckpointStore* store,
                 RunLoopOptions options)
    : files_(files),
      clock_(clock),
      options_(std::move(options)),
      background_([this] { wake(); }),
      committer_(clock, store),
      poll_timer_(context_),
      discovery_timer_(context_),
      linger_timer_(context_),
      alive_timer_(context_),
      watch_(context_,
             [this](bool names_changed) {
               discover_ = discover_ || names_changed;
               schedule(kHintDelay);
             }),
      disk_(1),
      reloader_(1) {
  use(std::move(assembly));
  if (store != nullptr) {
    use_report(store->loaded().report, kNoTime);
    if (const std::optional<Checkpoint>& checkpoint = store->loaded().checkpoint) {
      use_report(pipeline_->load(*checkpoint), checkpoint->taken);
    }
  }
  if (options_.watched != nullptr) {
    config_watch_.emplace(context_, reloader_, files_, *options_.watched, [this] {
      spdlog::info("the configuration has changed");
      reload([](const Expected<void>&) {});
    });
  }
  // The restored state is on disk already and may be seen immediately, so no counter is ever seen to decrease.
  committer_.publish(*pipeline_, committer_.prepare(*pipeline_), {});
  log_.begin(latest()->status());
}

// The pipeline's threads wake the loop, so they end before it.
RunLoop::~RunLoop() {
  reload_cancelled_ = true;
  reloader_.join();
  pipeline_.reset();
  disk_.join();
}

void RunLoop::use(Assembly assembly) {
  pipeline_ =
      std::make_unique<Pipeline>(std::move(assembly), files_, clock_, PipelineOptions{std::nullopt, &background_});
  pipeline_->set_wake([this] { wake(); });
}

void RunLoop::wake() {
  boost::asio::post(context_, [this] { schedule(Duration::zero()); });
}

Expected<void> RunLoop::run() {
  const SignalWatch signals({.on_reload = [this] { reload([](const Expected<void>&) {}); },
                             .on_stop =
                                 [this](int signal) {
                                   spdlog::info("signal {}: reading the remaining data, then stopping", signal);
                                   stop();
                                 },
                             .on_stop_overdue = options_.on_stop_overdue,
                             .linger = std::chrono::ceil<std::chrono::milliseconds>(options_.linger),
                             .patience = kShutdownTime});
  if (Expected<void> started = pipeline_->begin_receiving(); !started) {
    return started;
  }
  log_sources();
  // A checkpoint that is being written is awaited, also when nothing else is left to do.
  const auto until_stopped = boost::asio::make_work_guard(context_);
  schedule_discovery();
  schedule(Duration::zero());
  if (config_watch_) {
    config_watch_->start();
  }
  options_.notify("READY=1");
  say_alive();
  context_.run();
  return outcome_.value_or(Expected<void>());
}

void RunLoop::schedule(Duration delay) {
  if (stopping_) {
    return;
  }
  const MonotonicTime due = clock_.monotonic() + delay;
  const bool armed = next_poll_ != MonotonicTime{};
  if (armed && next_poll_ <= due) {
    return;
  }
  next_poll_ = due;
  poll_timer_.expires_after(delay);
  poll_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) {
      next_poll_ = MonotonicTime{};
      tick();
    }
  });
}

void RunLoop::schedule_discovery() {
  discovery_timer_.expires_after(discovery_interval(discovery_cost_));
  discovery_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) {
      discover_ = true;
      schedule(Duration::zero());
      schedule_discovery();
    }
  });
}

void RunLoop::tick() {
  if (stopping_) {
    return;
  }
  const PollState state = read();
  commit_if_due();
  log_status_if_due();
  if (options_.until_idle && state == PollState::kIdle) {
    end_when_idle();
  }
  schedule(state == PollState::kMore ? Duration::zero() : pipeline_->settings().poll_interval);
}

PollState RunLoop::read() {
  if (input_ended_) {
    return PollState::kIdle;
  }
  if (std::exchange(discover_, false)) {
    const MonotonicTime start = clock_.monotonic();
    const Duration cpu = clock_.thread_cpu();
    pipeline_->discover();
    watch_.update(pipeline_->watch_directories());
    if (pipeline_->columns_appeared()) {
      spdlog::info("a file is there whose columns the configuration asks for: it is read again");
      reload([](const Expected<void>&) {});
    }
    discovery_cost_ = {clock_.thread_cpu() - cpu, clock_.monotonic() - start};
  }
  const PollState state = pipeline_->step(kStepBudget);
  if (state != PollState::kMore) {
    pipeline_->advance();
  }
  log_notes();
  return state;
}

void RunLoop::request(Done done) {
  boost::asio::post(context_, [this, done = std::move(done)]() mutable {
    if (stopping_) {
      done(latest());
      return;
    }
    if (asked_.empty()) {
      // Behind the requests that have arrived meanwhile, so that they share a snapshot.
      boost::asio::post(context_, [this] { serve(); });
    }
    asked_.push_back(std::move(done));
  });
}

void RunLoop::serve() {
  if (stopping_) {
    answer(asked_);
    return;
  }
  const MonotonicTime enough = clock_.monotonic() + kScrapeReadTime;
  while (read() == PollState::kMore && clock_.monotonic() < enough) {
  }
  std::move(asked_.begin(), asked_.end(), std::back_inserter(waiting_));
  asked_.clear();
  commit_if_due();
}

void RunLoop::answer(std::vector<Done>& asked) {
  for (const Done& done : std::exchange(asked, {})) {
    done(latest());
  }
}

void RunLoop::commit_if_due() {
  if (saving_ || stopping_) {
    return;
  }
  const bool interval_over = clock_.monotonic() - last_commit_ >= pipeline_->settings().commit_interval;
  const bool became_ready = !latest()->status().ready && pipeline_->caught_up();
  if (!waiting_.empty() || became_ready || (pipeline_->dirty() && interval_over)) {
    start_commit();
  }
}

void RunLoop::start_commit() {
  saving_ = true;
  last_commit_ = clock_.monotonic();
  committing_ = std::exchange(waiting_, {});
  Commit commit = committer_.prepare(*pipeline_);
  if (lingering_ && !committing_.empty()) {
    note_last_page(*commit.snapshot);
  }
  if (!commit.checkpoint) {
    finish_commit(std::move(commit), {});
    return;
  }
  boost::asio::post(disk_, [this, commit = std::move(commit)]() mutable {
    const Expected<void> written = committer_.write(commit);
    boost::asio::post(
        context_, [this, commit = std::move(commit), written]() mutable { finish_commit(std::move(commit), written); });
  });
}

void RunLoop::finish_commit(Commit commit, const Expected<void>& written) {
  const std::string before = committer_.status().last_error;
  committer_.publish(*pipeline_, std::move(commit), written);
  saving_ = false;
  log_status();
  if (!written && committer_.status().last_error != before) {
    spdlog::error("checkpoint failed, metrics stay as they were until one succeeds: {}", written.error().to_string());
  } else if (written && !before.empty()) {
    spdlog::info("checkpoints succeed again");
  }
  answer(committing_);
  if (stopping_) {
    finish_shutdown();
  } else if (!waiting_.empty()) {
    commit_if_due();
  }
}

void RunLoop::reload(std::function<void(Expected<void>)> done) {
  boost::asio::post(context_, [this, done = std::move(done)]() mutable {
    reload_waiting_.push_back(std::move(done));
    if (reloading_.empty()) {
      start_reload();
    }
  });
}

// All that asked before it starts get its outcome.
void RunLoop::start_reload() {
  reloading_ = std::exchange(reload_waiting_, {});
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(clock_.monotonic().time_since_epoch());
  options_.notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count()));
  boost::asio::post(reloader_, [this] {
    Expected<Assembly> assembly = options_.reassemble(reload_cancelled_);
    boost::asio::post(context_,
                      [this, assembly = std::move(assembly)]() mutable { finish_reload(std::move(assembly)); });
  });
}

void RunLoop::finish_reload(Expected<Assembly> assembly) {
  const Expected<void> loaded = take_over(std::move(assembly));
  if (!loaded) {
    spdlog::error("reload failed, the old configuration stays in use:\n{}", loaded.error().to_string());
  } else {
    spdlog::info("configuration reloaded");
  }
  options_.on_reload(loaded);
  options_.notify("READY=1");
  for (const auto& done : std::exchange(reloading_, {})) {
    done(loaded);
  }
  if (!reload_waiting_.empty()) {
    start_reload();
  }
}

Expected<void> RunLoop::take_over(Expected<Assembly> assembly) {
  if (!assembly) {
    return std::move(assembly).error();
  }
  if (stopping_) {
    return Error{ErrorCode::kIo, "the agent is stopping"};
  }
  const Checkpoint state = pipeline_->save();
  const std::unique_ptr<Pipeline> before = std::move(pipeline_);
  use(std::move(*assembly));
  use_report(pipeline_->load(state), state.taken);
  pipeline_->inherit_open_files(*before);
  log_sources();
  pipeline_->mark_dirty();
  discover_ = true;
  schedule(Duration::zero());
  return {};
}

}  // namespace leeway
