#include "agent/pipeline/part_files.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace leeway {
namespace {

constexpr std::string_view kPartFilePrefix = "parts.";
// Files are written anew if they hold so many times what is referred to, and more than this.
constexpr std::uint64_t kMostUnused = 3;
constexpr std::uint64_t kSmallestRewritten = 1 << 20;  // bytes

// 0: another file.
std::uint64_t number_of_part_file(std::string_view name) {
  if (name.substr(0, kPartFilePrefix.size()) != kPartFilePrefix) {
    return 0;
  }
  const std::string_view digits = name.substr(kPartFilePrefix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

}  // namespace

PartFiles::PartFiles(FileSystem& files, std::string directory, bool durable)
    : files_(files), directory_(std::move(directory)), durable_(durable) {}

Expected<void> PartFiles::open(StateReport& report) {
  const Expected<std::vector<DirectoryEntry>> entries = files_.list(directory_);
  if (!entries) {
    return entries.error();
  }
  std::set<std::uint64_t> numbers;
  for (const DirectoryEntry& entry : *entries) {
    numbers.insert(number_of_part_file(entry.name));
  }
  numbers.erase(0);
  // An earlier process may have died before its writes were durable.
  const bool names_durable = !durable_ || files_.sync_directory(directory_).has_value();
  for (const std::uint64_t number : numbers) {
    if (const Expected<void> intact = open_file(number, names_durable); !intact) {
      report.discard(kDiscardedDamaged, "'" + path_of(number) + "' is damaged: " + intact.error().message +
                                            "; what refers to the damaged part starts afresh");
    }
  }
  return {};
}

std::string PartFiles::path_of(std::uint64_t number) const {
  return directory_ + "/" + std::string(kPartFilePrefix) + std::to_string(number);
}

Expected<void> PartFiles::open_file(std::uint64_t number, bool names_durable) {
  // Whatever is in it: its number is not used again, and it is removed once it is not needed.
  Held& held = held_.emplace_back(Held{number, nullptr});
  Expected<std::unique_ptr<File>> file = files_.open(path_of(number), OpenMode::kRead);
  if (!file) {
    return file.error();
  }
  held.file = std::move(*file);
  const Expected<std::vector<PartFileEntry>> list = read_part_list(*held.file);
  if (!list) {
    return list.error();
  }
  Expected<void> intact;
  std::vector<PartFileEntry> good;
  for (const PartFileEntry& entry : *list) {
    held.size += entry.size;
    if (const Expected<std::string> bytes = read_part(*held.file, entry); bytes) {
      good.push_back(entry);
    } else {
      intact = bytes.error();
    }
  }
  // What is in a damaged file is written anew, so that it can be removed.
  const bool durable = intact && names_durable && (!durable_ || held.file->sync_data().has_value());
  for (const PartFileEntry& entry : good) {
    add(held, entry, durable);
  }
  return intact;
}

// Those that are removed must not be kept open.
void PartFiles::add(const Held& held, const PartFileEntry& entry, bool durable) {
  const auto read = [file = std::weak_ptr<File>(held.file), entry]() -> Expected<std::string> {
    const std::shared_ptr<File> open = file.lock();
    return open == nullptr ? Error{ErrorCode::kNotFound, "the part's file was removed"} : read_part(*open, entry);
  };
  parts_.insert_or_assign(entry.id, Part{StatePart(entry.id, entry.size, read), held.number, durable});
}

StateParts PartFiles::found() const {
  StateParts result;
  for (const auto& [id, held] : parts_) {
    result.emplace(id, held.part);
  }
  return result;
}

Expected<void> PartFiles::write(const StateParts& parts) {
  const std::vector<StatePart> written = to_write(parts);
  return written.empty() ? Expected<void>{} : write_file(written);
}

std::vector<StatePart> PartFiles::to_write(const StateParts& parts) const {
  const bool all = mostly_unused(parts);
  std::vector<StatePart> result;
  std::uint64_t size = 0;
  for (const auto& [id, part] : parts) {
    const auto known = parts_.find(id);
    if (all || known == parts_.end() || !known->second.durable) {
      result.push_back(part);
      size += part.size();
    }
  }
  if (all || result.empty()) {
    return result;
  }
  for (auto held = held_.rbegin(); held != held_.rend() && held->size <= size; ++held) {
    size += held->size;
    for (const auto& [id, part] : parts) {
      const auto known = parts_.find(id);
      if (known != parts_.end() && known->second.durable && known->second.file == held->number) {
        result.push_back(part);
      }
    }
  }
  return result;
}

bool PartFiles::mostly_unused(const StateParts& parts) const {
  std::uint64_t used = 0;
  for (const auto& [id, part] : parts) {
    used += part.size();
  }
  std::uint64_t all = 0;
  for (const Held& held : held_) {
    all += held.size;
  }
  return used != 0 && all > kSmallestRewritten && all / kMostUnused > used;
}

Expected<void> PartFiles::write_file(const std::vector<StatePart>& parts) {
  Held held{held_.empty() ? 1 : held_.back().number + 1, nullptr};
  const std::string temporary = directory_ + "/" + std::string(kPartFilePrefix) + "new";
  (void)files_.remove(temporary);
  Expected<std::unique_ptr<File>> file = files_.open(temporary, OpenMode::kReadWriteCreate);
  if (!file) {
    return file.error();
  }
  held.file = std::move(*file);
  Expected<void> done = write_parts(*held.file, parts);
  if (done && durable_) {
    done = held.file->sync_data();
  }
  if (done) {
    done = files_.rename(temporary, path_of(held.number));
  }
  if (done && durable_) {
    done = files_.sync_directory(directory_);
  }
  const Expected<std::vector<PartFileEntry>> list =
      done ? read_part_list(*held.file) : Expected<std::vector<PartFileEntry>>(done.error());
  if (!list) {
    (void)files_.remove(temporary);
    return list.error();
  }
  for (const PartFileEntry& entry : *list) {
    held.size += entry.size;
    add(held, entry, true);
  }
  held_.push_back(std::move(held));
  return {};
}

void PartFiles::referred_to(std::size_t slot, const StateParts& parts) {
  std::vector<StatePartId>& ids = referred_[slot].emplace();
  for (const auto& [id, part] : parts) {
    ids.push_back(id);
  }
  remove_unused();
}

void PartFiles::remove_unused() {
  if (!referred_[0] || !referred_[1]) {
    return;
  }
  std::set<std::uint64_t> used;
  for (const auto& ids : referred_) {
    for (const StatePartId& id : *ids) {
      if (const auto found = parts_.find(id); found != parts_.end()) {
        used.insert(found->second.file);
      }
    }
  }
  const std::vector<Held> before = held_;
  for (const Held& held : before) {
    // One that cannot be removed is tried again.
    if (!used.contains(held.number) && files_.remove(path_of(held.number))) {
      forget(held.number);
    }
  }
}

void PartFiles::forget(std::uint64_t number) {
  std::erase_if(parts_, [number](const auto& item) { return item.second.file == number; });
  std::erase_if(held_, [number](const Held& held) { return held.number == number; });
}

Expected<bool> PartFiles::forget_replaced() {
  bool any = false;
  const std::vector<Held> before = held_;
  for (const Held& held : before) {
    const Expected<FileInfo> known = held.file == nullptr ? Expected<FileInfo>(FileInfo{}) : held.file->info();
    const Expected<FileInfo> there = files_.stat(path_of(held.number));
    if (!known) {
      return known.error();
    }
    if (!there && there.error().code != ErrorCode::kNotFound) {
      return there.error();
    }
    if (!there || (held.file != nullptr && (there->inode != known->inode || there->device != known->device))) {
      forget(held.number);
      any = true;
    }
  }
  return any;
}

}  // namespace leeway
