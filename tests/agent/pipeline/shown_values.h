// What a pipeline shows, by series; of a histogram its sum. Used by tests that compare two ways of reading the same
// logs.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "agent/pipeline/pipeline.h"
#include "tests/support/label_words.h"

namespace leeway {

using ShownValues = std::map<std::string, double>;

inline ShownValues shown_values(const Pipeline& pipeline) {
  SnapshotBuilder builder(TimePoint{});
  pipeline.collect(builder);
  ShownValues result;
  const std::shared_ptr<const Snapshot> snapshot = builder.build();
  for (const MetricFamily& family : snapshot->families()) {
    for (const Sample& sample : family.samples) {
      const bool is_histogram = family.desc.type == MetricType::kHistogram;
      result[family.desc.name + "{" + label_words(sample.labels) + "}"] = is_histogram ? sample.sum : sample.value;
    }
  }
  return result;
}

// Reads all of the logs, `budget` bytes at a time.
inline ShownValues replayed_values(Pipeline& pipeline, std::size_t budget) {
  pipeline.discover();
  while (pipeline.step_to_end({budget}, true) == PollState::kMore) {
  }
  return shown_values(pipeline);
}

}  // namespace leeway
