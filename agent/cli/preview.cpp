#include "agent/cli/preview.h"

#include <string>
#include <vector>

#include "agent/cli/check_inputs.h"
#include "agent/cli/left_out.h"
#include "agent/cli/output_file.h"
#include "agent/core/units.h"
#include "agent/evaluation/alert_states.h"
#include "agent/evaluation/evaluator.h"
#include "agent/evaluation/sample_store.h"
#include "agent/pipeline/timed_replay.h"
#include "dashboards/preview/preview_page.h"
#include "dashboards/preview/replay_samples.h"

namespace leeway {
namespace {

constexpr std::size_t kSteps = 240;  // of a chart

std::vector<std::string> notes_of(const std::vector<std::string>& without_time, const evaluation::SampleStore& samples,
                                  const preview::PreviewRange& range) {
  const auto text = [](evaluation::Time time) { return format_duration(std::chrono::milliseconds(time)); };
  std::vector<std::string> notes;
  notes.push_back("What an agent would have exported, every " + text(samples.interval()) +
                  "; a chart has a value every " + text(range.step) +
                  ". What only a running agent has, such as its CPU time, is not drawn.");
  for (const std::string& source : without_time) {
    notes.push_back("The records of source '" + source +
                    "' have no time of their own: what they amount to is shown from the beginning.");
  }
  if (samples.dropped_oldest()) {
    notes.push_back("Only the end of the data is drawn; earlier records are counted.");
  }
  return notes;
}

}  // namespace

Expected<void> write_preview(const CliOptions& options) {
  PosixFileSystem files;
  const SystemClock clock;
  Expected<Assembly> assembly = load_for_replay(options, files, clock);
  if (!assembly) {
    return assembly.error();
  }
  evaluation::LabelSets sets;
  TimedReplay replay(std::move(*assembly), files, clock);
  const RuleSettings& settings = replay.catalog().settings;
  evaluation::SampleStore samples(sets, settings.scrape_interval / std::chrono::milliseconds(1));
  const AgentStatus status = preview::take_samples(replay, clock, "preview", preview::OwnMetrics::kIncluded, samples);
  print_lines(replay.take_errors());
  print_lines(describe_left_out(status, options.config_file));
  if (Expected<void> inputs = check_inputs(status); !inputs) {
    return inputs;
  }
  const preview::PreviewRange range = preview::preview_range(samples, kSteps, settings.scrape_interval);
  evaluation::Evaluator evaluator(samples, sets, replay.catalog().recording_rules,
                                  {settings.evaluation_interval / std::chrono::milliseconds(1)});
  const evaluation::AlertHistory alerts = evaluation::evaluate_alerts(replay.catalog().alerts, evaluator, sets);
  std::vector<std::string> notes = notes_of(replay.sources_without_time(), samples, range);
  notes.insert(notes.end(), alerts.problems.begin(), alerts.problems.end());
  return replace_output(options.preview, preview::preview_page(replay.catalog(), evaluator, alerts, range, notes));
}

}  // namespace leeway
