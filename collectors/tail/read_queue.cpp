#include "collectors/tail/read_queue.h"

#include <algorithm>

namespace leeway {
namespace {

bool is_later(const TailedFile* a, const TailedFile* b) { return a->place > b->place; }

}  // namespace

void ReadQueue::insert(TailedFile& file, TailedFile::Place place) {
  file.queued = true;
  file.place = place;
  files_.insert(std::lower_bound(files_.begin(), files_.end(), &file, is_later), &file);
}

void ReadQueue::push(TailedFile& file, TimePoint due) { insert(file, {due, !file.rotated, ++pushed_}); }

void ReadQueue::push_first(TailedFile& file) { insert(file, {kNoTime, false, --pushed_first_}); }

void ReadQueue::push_last(TailedFile& file) {
  insert(file, {files_.empty() ? kNoTime : files_.front()->place.due, true, ++pushed_});
}

void ReadQueue::erase(TailedFile& file) {
  if (file.queued) {
    file.queued = false;
    files_.erase(std::lower_bound(files_.begin(), files_.end(), &file, is_later));
  }
}

void ReadQueue::sort_by_age() {
  std::sort(files_.begin(), files_.end(), [](const TailedFile* a, const TailedFile* b) {
    return a->content_born() != b->content_born() ? a->content_born() < b->content_born() : a->place < b->place;
  });
  for (TailedFile* const file : files_) {
    file->place.number = ++pushed_;
  }
  std::sort(files_.begin(), files_.end(), is_later);
}

}  // namespace leeway
