// The files of a log source that have something to read, in the order of their turns: the earliest time first, of one
// time rotated files, and then in the order in which they came. Without times, in fair turns. Used by LogCollector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "collectors/tail/tailed_file.h"

namespace leeway {

class ReadQueue {
 public:
  bool empty() const { return files_.empty(); }
  std::size_t size() const { return files_.size(); }
  // From the one whose turn is next.
  TailedFile& at(std::size_t index) const { return *files_[files_.size() - 1 - index]; }

  // A file that is not queued. `due`: a time that its next record does not precede, kNoTime if there is none.
  void push(TailedFile& file, TimePoint due);
  // Before all others.
  void push_first(TailedFile& file);
  // After all others.
  void push_last(TailedFile& file);
  // If it is queued.
  void erase(TailedFile& file);
  // Of files that have one time and are rotated, or not, those whose content is older come first.
  void sort_by_age();

 private:
  void insert(TailedFile& file, TailedFile::Place place);

  std::vector<TailedFile*> files_;  // the next one last
  std::int64_t pushed_ = 0;
  std::int64_t pushed_first_ = 0;
};

}  // namespace leeway
