#include "dashboards/preview/replay_samples.h"

#include <optional>

#include "agent/evaluation/snapshot_samples.h"
#include "agent/metrics/label_pool.h"
#include "agent/metrics/snapshot.h"
#include "exporters/prometheus/status_metrics.h"

namespace leeway::preview {
namespace {

using evaluation::SampleStore;
using evaluation::Time;

// Rates need some samples, and a file that is read as a whole has only one time.
constexpr Time kShortest = 600 * evaluation::kSecond;

// Down: a record is at or after it.
Time to_time(TimePoint time) { return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count(); }
TimePoint to_point(Time time) { return TimePoint(std::chrono::milliseconds(time)); }
Time aligned(Time time, Time interval) { return time - ((time % interval) + interval) % interval; }

RuleLabels target_labels_of(const RuleSettings& settings, const std::string& instance) {
  RuleLabels labels = settings.scope_labels;
  const auto add = [&labels](const char* name, const std::string& value) {
    if (find_label(labels, name) == nullptr) {
      labels.emplace_back(name, value);
    }
  };
  add("job", job_name(settings));
  add("instance", instance);
  return labels;
}

}  // namespace

AgentStatus take_samples(TimedReplay& replay, const Clock& clock, const std::string& instance, OwnMetrics own_metrics,
                         SampleStore& samples, Duration run_on) {
  evaluation::SnapshotSamples writer(samples, target_labels_of(replay.catalog().settings, instance));
  LabelPool pool;
  LabelPool own_pool;  // a pool forgets what most of a snapshot does not use
  const Time interval = samples.interval();
  const Time first = aligned(to_time(replay.next_record().value_or(clock.wall())), interval);
  // A long silence is passed over: its samples would be dropped again.
  constexpr Time kLongestSilence = Time{60} * 86'400 * evaluation::kSecond;
  Time time = first;
  std::optional<Time> ended;  // the first instant with all records
  while (true) {
    replay.read_until(to_point(time));
    samples.begin(time);
    SnapshotBuilder builder(to_point(time), pool);
    replay.collect(builder);
    AgentStatus status = builder.status();
    const auto snapshot = builder.build();
    writer.add(snapshot->families());
    if (own_metrics == OwnMetrics::kIncluded) {
      SnapshotBuilder own(to_point(time), own_pool);
      add_status_metrics(status, own);
      writer.add(own.build()->families());
      writer.add("up", 1);
    }
    const std::optional<TimePoint> next = replay.next_record();
    if (!ended && !next && replay.at_end()) {
      ended = time;
    }
    if (ended && time - samples.start() >= kShortest && time - *ended >= run_on / std::chrono::milliseconds(1)) {
      replay.add_files(status);
      return status;
    }
    time = samples.next_time();
    if (next && to_time(*next) - time > kLongestSilence) {
      time = aligned(to_time(*next), samples.interval());
    }
  }
}

}  // namespace leeway::preview
