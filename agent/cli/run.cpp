#include <malloc.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <thread>

#include "agent/cli/commands.h"
#include "agent/cli/load_configuration.h"
#include "agent/cli/log_lines.h"
#include "agent/cli/reload_state.h"
#include "agent/cli/report_error.h"
#include "agent/cli/scrape_log.h"
#include "agent/cli/web_access.h"
#include "agent/core/service_notifier.h"
#include "agent/core/units.h"
#include "agent/pipeline/await_state.h"
#include "agent/pipeline/run_loop.h"
#include "agent/pipeline/signal_watch.h"
#include "agent/version.h"
#include "exporters/http/http_exporter.h"
#include "exporters/page/status_page.h"
#include "exporters/prometheus/metrics_page.h"

namespace leeway {
namespace {

constexpr char kDefaultAddress[] = "127.0.0.1:9464";

// Larger blocks are returned to the system as soon as they are freed. glibc raises its own threshold with every page
// that is freed, up to 32 MiB, and then keeps what pages and checkpoints took.
constexpr int kReturnedAtOnce = 256 * 1024;  // bytes

void set_up_logging(const std::string& level, const std::string& format) {
  auto logger = std::make_shared<spdlog::logger>("leeway", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  logger->set_formatter(make_log_formatter(format == "json" ? LogFormat::kJson : LogFormat::kLogfmt));
  spdlog::set_default_logger(std::move(logger));
}

// A line of the log has a level of its own.
std::string_view without_severity(std::string_view line, std::string_view severity) {
  return line.starts_with(severity) ? line.substr(severity.size()) : line;
}

// One message each.
void log_warnings(const Diagnostics& diagnostics) {
  std::istringstream lines(diagnostics.to_string());
  for (std::string line; std::getline(lines, line);) {
    spdlog::warn("{}", without_severity(line, "warning: "));
  }
}

// One message a line: of a configuration, each says what is wrong at one place.
int log_failure(const Error& error) {
  std::istringstream lines(error.to_string());
  for (std::string line; std::getline(lines, line);) {
    spdlog::error("{}", without_severity(line, "error: "));
  }
  return exit_code(error.code);
}

// Before anything runs: for people, unless somebody asked for a form of the log.
int fail_to_start(const CliOptions& options, const Error& error) {
  return options.log_format.empty() ? report_error(error) : log_failure(error);
}

Expected<std::unique_ptr<CheckpointStore>> open_store(FileSystem& files, const Clock& clock,
                                                      const AgentSettings& settings) {
  if (settings.state_dir.empty()) {
    spdlog::warn("no state directory ([agent] state_dir or --state.dir): counters start at 0 at each start");
    return std::unique_ptr<CheckpointStore>();
  }
  return await_state(
      files, clock, settings.state_dir, settings.durability, [](Duration pause) { std::this_thread::sleep_for(pause); },
      [](const std::string& text) { spdlog::info("{}", text); });
}

HttpOptions http_options(const CliOptions& options, const ReloadState& reloads) {
  HttpOptions http;
  http.addresses = options.listen_addresses;
  if (http.addresses.empty()) {
    http.addresses = {kDefaultAddress};
  }
  http.enable_lifecycle = options.enable_lifecycle;
  http.first_page = [&reloads, file = options.config_file](const Snapshot& snapshot, TimePoint now) {
    return status_page(snapshot, {kVersion, file, reloads.status()}, now);
  };
  http.configuration = [&reloads] { return reloads.status(); };
  return http;
}

PageRenderer page_renderer(MetricsPages& pages, SelfMetrics& self, const Clock& clock) {
  return [&pages, &self, &clock](const std::shared_ptr<const Snapshot>& snapshot, std::string_view accept,
                                 std::string_view accept_encoding) {
    const MonotonicTime started = clock.monotonic();
    MetricsPage page = pages.render(snapshot, accept, accept_encoding);
    self.scrape_served(clock.monotonic() - started);
    return HttpPage{std::move(page.content_type), std::move(page.end), std::move(page.content_encoding),
                    std::move(page.beginning)};
  };
}

Expected<Duration> read_duration(const std::string& flag, const std::string& text) {
  const Expected<Duration> duration = parse_duration(text);
  return duration ? duration : Error{ErrorCode::kUsage, flag + " '" + text + "': expected a duration such as 20s"};
}

// What the command line says about the end, and whoever has started the agent.
Expected<RunLoopOptions> loop_options_of(const CliOptions& options, const ServiceNotifier& service) {
  RunLoopOptions loop;
  const Expected<Duration> linger = read_duration("--shutdown.linger", options.linger);
  if (!linger) {
    return linger.error();
  }
  loop.linger = *linger;
  if (!options.until_idle.empty()) {
    const Expected<Duration> idle = read_duration("--until-idle", options.until_idle);
    if (!idle) {
      return idle.error();
    }
    if (*idle == Duration::zero()) {
      return Error{ErrorCode::kUsage, "--until-idle '" + options.until_idle + "': expected more than 0s"};
    }
    loop.until_idle = *idle;
  }
  if (service.has_manager()) {
    loop.notify = [&service](const std::string& state) { service.send(state); };
  }
  if (service.watchdog() > Duration::zero()) {
    loop.alive_interval = std::min(loop.alive_interval, service.watchdog() / 3);
  }
  return loop;
}

std::uint64_t records_of(const AgentStatus& status) {
  std::uint64_t records = 0;
  for (const SourceStatus& source : status.sources) {
    records += source.records;
  }
  return records;
}

// Nothing is said to be well that was not seen.
int end_of_finite_run(std::uint64_t records_read) {
  if (records_read != 0) {
    return 0;
  }
  spdlog::error("no record was read; expected files that match the `path` of a source, with lines of its `format`");
  return 1;
}

}  // namespace

int run_command(const CliOptions& options) {
  const ServiceNotifier service;
  set_up_logging(options.log_level, options.log_format);
  Expected<RunLoopOptions> parsed = loop_options_of(options, service);
  if (!parsed) {
    return fail_to_start(options, parsed.error());
  }
  RunLoopOptions loop_options = std::move(*parsed);
  mallopt(M_MMAP_THRESHOLD, kReturnedAtOnce);
  std::signal(SIGPIPE, SIG_IGN);
  hold_reload_signals();
  PosixFileSystem files;
  const SystemClock clock;
  ConfigFiles config_files;
  Expected<Assembly> assembly =
      load_configuration(options, files, clock, true, kNeverCancelled, &config_files, log_warnings);
  if (!assembly) {
    return fail_to_start(options, assembly.error());
  }
  SelfMetrics self(clock, kVersion, kRevision);
  ReloadState reloads(clock);
  HttpOptions http = http_options(options, reloads);
  if (const Expected<void> ready = set_up_web_access(options, files, clock, self, http); !ready) {
    return fail_to_start(options, ready.error());
  }
  const std::string state_dir = assembly->settings.state_dir;
  Expected<std::unique_ptr<CheckpointStore>> store = open_store(files, clock, assembly->settings);
  if (!store) {
    return log_failure(store.error());
  }
  self.configuration_loaded(true);
  loop_options.watched = options.watch_config ? &config_files : nullptr;
  loop_options.on_reload = [&self, &reloads](const Expected<void>& outcome) {
    self.configuration_loaded(outcome.has_value());
    reloads.reloaded(outcome);
  };
  loop_options.on_stop_overdue = [] {
    spdlog::error(
        "no last checkpoint within a second, since a disk does not answer or the machine is busy: stopping without it; "
        "what was read since the one before is read again after the next start");
    std::_Exit(exit_code(ErrorCode::kIo));
  };
  loop_options.reassemble = [&](const std::atomic<bool>& cancelled) {
    Expected<Assembly> reloaded =
        load_configuration(options, files, clock, true, cancelled, &config_files, log_warnings);
    if (reloaded && reloaded->settings.state_dir != state_dir) {
      spdlog::warn("the state directory stays '{}' until the next start", state_dir);
    }
    return reloaded;
  };
  RunLoop loop(std::move(*assembly), files, clock, store->get(), std::move(loop_options));
  MetricsPages pages(self);
  ScrapeLog scrape_log(self, clock);
  http.on_scrapes_done = [&pages] { pages.release(); };
  http.on_refused = [&scrape_log] { scrape_log.refused(); };
  http.on_cut_off = [&scrape_log] { scrape_log.cut_off(); };
  http.on_page_sent = [&loop](TimePoint taken) { loop.page_sent(taken); };
  const char* const scheme = web_scheme(http);
  HttpExporter server(std::move(http), loop, page_renderer(pages, self, clock), clock);
  if (const Expected<void> started = server.start(); !started) {
    return log_failure(started.error());
  }
  for (const std::string& address : server.bound_addresses()) {
    spdlog::info("leeway {} serves {}://{}/metrics", kVersion, scheme, address);
  }
  const std::uint64_t restored = records_of(loop.latest()->status());
  const Expected<void> outcome = loop.run();
  server.stop();
  if (!outcome) {
    return log_failure(outcome.error());
  }
  return options.until_idle.empty() ? 0 : end_of_finite_run(records_of(loop.latest()->status()) - restored);
}

}  // namespace leeway
