// A sample of the data that a configuration reads: of each log the first and last lines of its newest file, of data
// files the first rows. Its records go through the collectors, decoders and monitors of the configuration, and through
// an observer of its own. Nothing is written, and no state is used. Used by `check` and `explain`.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"
#include "agent/core/clock.h"
#include "agent/core/file_system.h"
#include "agent/metrics/snapshot.h"
#include "agent/pipeline/assembly.h"
#include "agent/pipeline/pipeline.h"
#include "agent/sampling/sample_files.h"
#include "agent/sampling/source_sample.h"
#include "collectors/paths/glob.h"

namespace leeway {

struct SampleLimits {
  SampleSize log{};
  std::size_t file_bytes = std::size_t{4} << 20;  // read of the files of a source that are read as a whole
  Duration patience = std::chrono::seconds(2);    // for all sources together
};

// One source of the configuration, its files, and what was read of them.
struct SampledSource {
  const AssembledSource* source = nullptr;
  const ConfigTable* table = nullptr;  // [[source]]
  Position position;                   // of its path, or of the table
  bool stream = false;                 // it is no file, and was not read
  bool is_read = true;                 // by anything but the sample
  std::vector<Glob> patterns{};
  std::vector<Glob> excludes{};
  GlobResult matches{};
  std::optional<std::string> newest{};    // the newest file that holds anything
  std::optional<FileInfo> info{};         // of it, before it was read
  std::vector<FieldPath> known_fields{};  // that its records seem to have
  std::unique_ptr<SourceSample> sample{};
  // After the run:
  SourceStatus status{};
  bool complete = false;  // everything was read
  double share = 1;       // of the newest log that was read
  // Fields that the first lines of other logs of the source seem to have, and one of those logs; not those of
  // known_fields.
  std::vector<std::pair<FieldPath, std::string>> elsewhere{};

  // "[[source]] 'app': ", for messages.
  std::string title() const { return "[[source]] '" + source->name + "': "; }
  // The position of a key, or of the table where it is absent.
  Position position_of(std::string_view key) const;
};

class DataSample {
 public:
  // Before the pipeline is made of `assembly`: adds fields and an observer to its sources. `uses` are the expressions
  // that were found in `config`. `paths` are those of the command line. All references must outlive the sample.
  DataSample(Assembly& assembly, const ConfigTable& config, const std::vector<ExpressionUse>& uses,
             const std::map<std::string, std::string>& paths, FileSystem& files, const SampleLimits& limits);

  // For the pipeline.
  FileSystem& files() { return sample_files_; }
  // The files themselves.
  FileSystem& all_files() const { return files_; }
  void run(Pipeline& pipeline, const Clock& clock);

  const ConfigTable& config() const { return config_; }
  const std::vector<SampledSource>& sources() const { return sources_; }
  // What was read of its newest log, or the beginning of its newest data file.
  std::string text_of(const SampledSource& sampled) const;
  // Of the monitor of the entry that has this place, after the sample; null if it has none.
  const MetricStatus* status_of(const ConfigPlace& place) const;
  // What the pipeline has after the sample, and what it declares; the pipeline must still exist.
  const Snapshot& snapshot() const { return *snapshot_; }
  const Catalog& catalog() const { return *catalog_; }
  // The time was over before everything that was wanted was read.
  bool out_of_time() const { return out_of_time_; }
  TimePoint taken() const { return taken_; }

 private:
  void add_source(AssembledSource& source, const std::map<std::string, std::string>& paths, std::size_t logs);
  void find_fields(SampledSource& sampled);
  void find_elsewhere(SampledSource& sampled);

  const ConfigTable& config_;
  FileSystem& files_;
  const SampleLimits limits_;
  SampleFiles sample_files_;
  std::vector<SampledSource> sources_;
  std::shared_ptr<const Snapshot> snapshot_;
  const Catalog* catalog_ = nullptr;
  bool out_of_time_ = false;
  TimePoint taken_ = kNoTime;
};

}  // namespace leeway
