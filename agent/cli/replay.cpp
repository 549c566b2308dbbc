#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

#include "agent/cli/backfill.h"
#include "agent/cli/check_inputs.h"
#include "agent/cli/commands.h"
#include "agent/cli/left_out.h"
#include "agent/cli/output_file.h"
#include "agent/cli/progress.h"
#include "agent/cli/replay_sources.h"
#include "agent/cli/report_error.h"
#include "agent/cli/summary.h"
#include "agent/core/rfc3339.h"
#include "agent/pipeline/committer.h"
#include "exporters/prometheus/exposition.h"
#include "exporters/prometheus/status_metrics.h"

namespace leeway {
namespace {

void use_report(const StateReport& report, Committer& committer) {
  print_lines(report.notes);
  print_lines(report.warnings);
  committer.count_discarded(report.discarded);
}

// Of those who read a terminal; a pipe gets the text format.
bool is_summary(const CliOptions& options) {
  return options.format == "summary" ||
         (options.format.empty() && options.file.empty() && !options.internal_metrics && isatty(STDOUT_FILENO) == 1);
}

std::string render(const CliOptions& options, const Snapshot& snapshot) {
  if (is_summary(options)) {
    return summarize(snapshot, options.file.empty() ? terminal_colours() : Colours::kNo);
  }
  const ExpositionFormat format =
      options.format == "openmetrics" ? ExpositionFormat::kOpenMetrics : ExpositionFormat::kText;
  LabelTextCache texts;
  std::string text;
  write_families(snapshot.families(), format, texts, text);
  if (options.internal_metrics) {
    SnapshotBuilder own(snapshot.taken());
    AgentStatus status = snapshot.status();
    for (SourceStatus& source : status.sources) {
      source.matching_files.reset();  // of now: with --until, some may be of later
    }
    add_status_metrics(status, own);
    write_families(own.build()->families(), format, texts, text);
  }
  write_end(format, text);
  return text;
}

Expected<void> print(const std::string& text) {
  const bool printed = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return printed ? Expected<void>() : system_error("cannot write to", "standard output", errno);
}

Expected<std::optional<TimePoint>> parse_until(const std::string& text) {
  if (text.empty()) {
    return std::optional<TimePoint>();
  }
  const std::optional<TimePoint> time = parse_rfc3339(text);
  if (!time) {
    return Error{ErrorCode::kUsage, "--until '" + text + "': expected a time such as 2025-08-25T19:27:04Z"};
  }
  return time;
}

}  // namespace

int replay_command(const CliOptions& options) {
  if (options.format == "backfill") {
    const Expected<void> written = write_backfill(options);
    return written ? 0 : report_error(written.error());
  }
  const Expected<std::optional<TimePoint>> until = parse_until(options.until);
  if (!until) {
    return report_error(until.error());
  }
  if (const Expected<void> writable = check_output(options.file); !writable) {
    return report_error(writable.error());
  }
  PosixFileSystem files;
  const SystemClock clock;
  Expected<Assembly> assembly = load_for_replay(options, files, clock);
  if (!assembly) {
    return report_error(assembly.error());
  }
  std::unique_ptr<CheckpointStore> store;
  if (!assembly->settings.state_dir.empty()) {
    Expected<std::unique_ptr<CheckpointStore>> opened =
        CheckpointStore::open(files, clock, assembly->settings.state_dir, assembly->settings.durability);
    if (!opened) {
      return report_error(opened.error());
    }
    store = std::move(*opened);
  }
  Pipeline pipeline(std::move(*assembly), files, clock, {*until});
  Committer committer(clock, store.get());
  if (store != nullptr) {
    use_report(store->loaded().report, committer);
    if (*until) {
      print_lines(
          {"records after " + options.until + " are passed over: with this state directory, no later run reads them"});
    }
    if (store->loaded().checkpoint) {
      use_report(pipeline.load(*store->loaded().checkpoint), committer);
    }
  }
  // If state is kept, an unfinished last line is left for the next run.
  read_to_end(pipeline, clock, store == nullptr, is_redrawable() ? ShowProgress::kYes : ShowProgress::kNo);
  print_lines(pipeline.take_errors());
  Commit commit = committer.prepare(pipeline);
  if (const Expected<void> written = committer.write(commit); !written) {
    return report_error(written.error());
  }
  const std::string text = render(options, *commit.snapshot);
  if (options.file.empty()) {
    if (const Expected<void> printed = print(text); !printed) {
      return report_error(printed.error());
    }
  }
  print_lines(describe_left_out(commit.snapshot->status(), options.config_file, commit.snapshot->families()));
  if (const Expected<void> inputs = check_inputs(commit.snapshot->status()); !inputs) {
    return report_error(inputs.error());
  }
  if (!options.file.empty()) {
    if (const Expected<void> written = replace_output(options.file, text); !written) {
      return report_error(written.error());
    }
  }
  return 0;
}

}  // namespace leeway
