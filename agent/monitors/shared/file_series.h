// Which version of which file last set a series: it makes the series of a gauge stale that a new version of its file no
// longer sets. Empty if no source is of files. Used by MetricBase.
#pragma once

#include <vector>

#include "agent/core/record_batch.h"
#include "agent/core/state_io.h"
#include "agent/metrics/series_table.h"

namespace leeway {

class FileSeries {
 public:
  // Whether `series` was set by another version of the same file before, or has gone, so that its value is out of date.
  // `input` is that of the batch: files of several sources are different ones.
  bool set(Series series, const FileVersionPart& part, std::size_t input);
  // Likewise for a record of a log, which belongs to no version.
  bool set(Series series);
  // `part` was read to its end: series that only earlier versions of its file have set are stale.
  void end_version(const FileVersionPart& part, std::size_t input);
  bool empty() const { return origins_.empty(); }
  bool is_gone(Series series) const { return series < origins_.size() && origins_[series].gone; }

  // Must be last in the state: a state saved before this class existed ends here.
  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  struct Origin {
    std::uint64_t file = 0;
    std::uint64_t version = 0;
    bool known = false;
    bool gone = false;
  };

  std::vector<Origin> origins_;  // by series
};

}  // namespace leeway
