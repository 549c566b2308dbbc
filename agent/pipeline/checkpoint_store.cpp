#include "agent/pipeline/checkpoint_store.h"

#include <algorithm>
#include <filesystem>

#include "agent/core/whole_file.h"

namespace leeway {
namespace {

// Slots grow in steps of this size, so that growth (a rename and two directory syncs) is rare.
constexpr std::uint64_t kSlotStep = 64 * 1024;
// Damaged slots kept for inspection; the oldest are removed.
constexpr std::size_t kKeptDamaged = 4;
// A slot larger than this is damaged: state is bounded by the caps on series and files.
constexpr std::uint64_t kLargestSlot = 1ULL << 30;

constexpr std::string_view kDamagedMark = ".corrupt.";

}  // namespace

CheckpointStore::CheckpointStore(FileSystem& files, const Clock& clock, std::string directory, Durability durability)
    : files_(files),
      clock_(clock),
      directory_(std::move(directory)),
      durability_(durability),
      parts_(files, directory_, durability == Durability::kPower) {
  slots_[0].path = directory_ + "/checkpoint.a";
  slots_[1].path = directory_ + "/checkpoint.b";
}

Expected<std::unique_ptr<CheckpointStore>> CheckpointStore::open(FileSystem& files, const Clock& clock,
                                                                 std::string directory, Durability durability) {
  std::unique_ptr<CheckpointStore> store(new CheckpointStore(files, clock, std::move(directory), durability));
  if (const Expected<void> made = files.make_directory(store->directory_); !made) {
    return made.error().with_prefix("state directory");
  }
  Expected<std::unique_ptr<File>> lock = files.lock(store->directory_ + "/lock");
  if (!lock) {
    return lock.error().with_prefix("state directory '" + store->directory_ + "'");
  }
  store->lock_ = std::move(*lock);
  if (const Expected<void> loaded = store->load(); !loaded) {
    return loaded.error().with_prefix("state directory '" + store->directory_ + "'");
  }
  return store;
}

Expected<void> CheckpointStore::load() {
  std::array<std::optional<Checkpoint>, 2> found;
  std::array<std::string, 2> damage;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Expected<std::optional<Checkpoint>> slot = load_slot(slots_[i], damage[i]);
    if (!slot) {
      return std::move(slot).error();
    }
    found[i] = std::move(*slot);
  }
  // Only now, so that both slots stay unchanged if one is refused.
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (is_unfinished(slots_[i], found[1 - i])) {
      loaded_.report.notes.push_back("'" + slots_[i].path +
                                     "' was being written when the agent ended: continuing from '" +
                                     slots_[1 - i].path + "', which was complete");
    } else if (!damage[i].empty()) {
      set_aside(slots_[i], damage[i]);
    }
  }
  if (durability_ == Durability::kPower) {
    make_durable();
  }
  if (Expected<void> opened = parts_.open(loaded_.report); !opened) {
    return opened;
  }
  const auto generation = [&found](std::size_t i) { return found[i] ? found[i]->generation : 0; };
  const std::size_t newest = generation(1) > generation(0) ? 1 : 0;
  older_ = 1 - newest;
  if (!found[newest]) {
    if (!loaded_.report.discarded.empty()) {
      loaded_.report.warnings.emplace_back("no readable checkpoint is left: starting afresh");
    }
    return {};
  }
  if (!loaded_.report.discarded.empty()) {
    loaded_.report.warnings.push_back("continuing from generation " + std::to_string(found[newest]->generation));
  }
  generation_ = found[newest]->generation;
  size_bytes_ = encode_checkpoint(*found[newest]).size();
  loaded_.checkpoint = std::move(found[newest]);
  loaded_.checkpoint->parts = parts_.found();
  return {};
}

// An earlier process may have died before its writes were durable, or because they could not be made durable. The state
// found now will be shown, so it must survive a later power cut. Slots for which this fails are written again.
void CheckpointStore::make_durable() {
  // The names of a new state directory and its parents. Parents that may not be read were not made by the agent.
  const std::filesystem::path path = std::filesystem::path(directory_).lexically_normal();
  for (std::filesystem::path part = path; part.has_relative_path(); part = part.parent_path()) {
    const std::filesystem::path parent = part.parent_path();
    (void)files_.sync_directory(parent.empty() ? "." : parent.string());
  }
  const bool names_durable = files_.sync_directory(directory_).has_value();
  for (Slot& slot : slots_) {
    if (slot.file != nullptr && (!slot.file->sync_data() || !names_durable)) {
      slot.file.reset();
      slot.capacity = 0;
    }
  }
}

Expected<std::optional<Checkpoint>> CheckpointStore::load_slot(Slot& slot, std::string& damage) {
  Expected<FileInfo> info = files_.stat(slot.path);
  if (!info) {
    if (info.error().code == ErrorCode::kNotFound) {
      return std::optional<Checkpoint>();
    }
    return std::move(info).error();
  }
  if (info->type != FileType::kRegular) {
    damage = "not a file";
    return std::optional<Checkpoint>();
  }
  Expected<std::unique_ptr<File>> file = files_.open(slot.path, OpenMode::kReadWriteCreate);
  if (!file) {
    return std::move(file).error();
  }
  std::string bytes;
  const Expected<void> read = info->size > kLargestSlot ? Error{ErrorCode::kLimit, "larger than any checkpoint"}
                                                        : read_beginning(**file, info->size, bytes);
  if (!read) {
    damage = read.error().message;
    return std::optional<Checkpoint>();
  }
  Expected<Checkpoint> checkpoint = decode_checkpoint(bytes);
  if (!checkpoint) {
    if (checkpoint.error().code == ErrorCode::kNewerVersion) {
      return std::move(checkpoint).error();
    }
    damage = checkpoint.error().message;
    slot.damaged_generation = generation_in_header(bytes);
    return std::optional<Checkpoint>();
  }
  slot.file = std::move(*file);
  slot.capacity = bytes.size();
  return std::optional<Checkpoint>(std::move(*checkpoint));
}

void CheckpointStore::set_aside(const Slot& slot, const std::string& why) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(clock_.wall().time_since_epoch()).count();
  const std::string target = slot.path + std::string(kDamagedMark) + std::to_string(now);
  const Expected<void> moved = files_.rename(slot.path, target);
  loaded_.report.discard(
      kDiscardedDamaged,
      "'" + slot.path + "' is damaged (" + why +
          "): " + (moved ? "set aside as '" + target + "'" : "cannot be set aside: " + moved.error().message));
  const Expected<std::vector<DirectoryEntry>> entries = files_.list(directory_);
  if (!entries) {
    return;
  }
  std::vector<std::string> damaged;
  for (const DirectoryEntry& entry : *entries) {
    if (entry.name.find(kDamagedMark) != std::string::npos) {
      damaged.push_back(entry.name);
    }
  }
  // By their time stamps, which follow the mark.
  std::sort(damaged.begin(), damaged.end(), [](const std::string& a, const std::string& b) {
    return a.substr(a.find(kDamagedMark)) > b.substr(b.find(kDamagedMark));
  });
  for (std::size_t i = kKeptDamaged; i < damaged.size(); ++i) {
    (void)files_.remove(directory_ + "/" + damaged[i]);
  }
}

// write() leaves the header, which says what the slot held before, to the end.
bool CheckpointStore::is_unfinished(const Slot& slot, const std::optional<Checkpoint>& newest) {
  return newest && slot.damaged_generation != 0 && slot.damaged_generation + 1 == newest->generation;
}

// Somebody may remove or replace the files while the agent runs: writing to them would succeed and keep nothing, and
// without the lock a second agent could start.
Expected<void> CheckpointStore::check_directory() {
  bool replaced = lock_ == nullptr;
  for (Slot& slot : slots_) {
    const Expected<bool> there = slot.file == nullptr ? Expected<bool>(true) : is_at(*slot.file, slot.path);
    if (!there) {
      return there.error();
    }
    if (!*there) {
      slot.file.reset();
      slot.capacity = 0;
      replaced = true;
    }
  }
  const Expected<bool> parts_replaced = parts_.forget_replaced();
  if (!parts_replaced) {
    return parts_replaced.error();
  }
  replaced = replaced || *parts_replaced;
  const std::string lock_path = directory_ + "/lock";
  const Expected<bool> locked = lock_ == nullptr ? Expected<bool>(false) : is_at(*lock_, lock_path);
  if (!locked) {
    return locked.error();
  }
  if (!*locked) {
    replaced = true;
    lock_.reset();
    if (Expected<void> made = files_.make_directory(directory_); !made) {
      return made;
    }
    Expected<std::unique_ptr<File>> lock = files_.lock(lock_path);
    if (!lock) {
      return std::move(lock).error();
    }
    lock_ = *std::move(lock);
  }
  if (replaced) {
    return Error{ErrorCode::kIo, "files in '" + directory_ +
                                     "' were removed or replaced while the agent was running; they are written anew"};
  }
  return {};
}

Expected<bool> CheckpointStore::is_at(const File& file, const std::string& path) const {
  const Expected<FileInfo> held = file.info();
  if (!held) {
    return held.error();
  }
  const Expected<FileInfo> found = files_.stat(path);
  if (!found && found.error().code != ErrorCode::kNotFound) {
    return found.error();
  }
  return found && found->device == held->device && found->inode == held->inode;
}

Expected<void> CheckpointStore::save(Checkpoint checkpoint) {
  if (const Expected<void> checked = check_directory(); !checked) {
    return checked.error().with_prefix("checkpoint");
  }
  checkpoint.generation = generation_ + 1;
  const std::string bytes = encode_checkpoint(checkpoint);
  if (bytes.size() > kLargestSlot) {
    return Error{ErrorCode::kLimit, "checkpoint: the state of all components has " + std::to_string(bytes.size()) +
                                        " bytes; expected at most " + std::to_string(kLargestSlot)};
  }
  if (const Expected<void> written = parts_.write(checkpoint.parts); !written) {
    return written.error().with_prefix("checkpoint");
  }
  Slot& slot = slots_[older_];
  if (const Expected<void> written = write(slot, bytes); !written) {
    // After a failed sync the kernel may have dropped the pages of this file: never write to it again.
    slot.file.reset();
    slot.capacity = 0;
    return written.error().with_prefix("checkpoint");
  }
  generation_ = checkpoint.generation;
  size_bytes_ = bytes.size();
  parts_.referred_to(older_, checkpoint.parts);
  older_ = 1 - older_;
  return {};
}

Expected<void> CheckpointStore::write(Slot& slot, const std::string& bytes) {
  if (slot.file == nullptr || bytes.size() > slot.capacity) {
    return grow(slot, bytes);
  }
  const std::string_view text = bytes;
  // Last the header: a slot that is half written when the agent is killed is known by it.
  if (Expected<void> written = slot.file->write_at(kCheckpointHeaderBytes, text.substr(kCheckpointHeaderBytes));
      !written) {
    return written;
  }
  if (Expected<void> written = slot.file->write_at(0, text.substr(0, kCheckpointHeaderBytes)); !written) {
    return written;
  }
  return durability_ == Durability::kPower ? slot.file->sync_data() : Expected<void>();
}

// A new file replaces the slot once it holds the checkpoint, padded with real bytes up to the next step, so that later
// writes need no new blocks.
Expected<void> CheckpointStore::grow(Slot& slot, const std::string& bytes) {
  const std::string temporary = slot.path + ".new";
  // A leftover of a crash may be longer than what is written now; its tail has no meaning, but its blocks could not be
  // relied on.
  (void)files_.remove(temporary);
  Expected<std::unique_ptr<File>> file = files_.open(temporary, OpenMode::kReadWriteCreate);
  if (!file) {
    return std::move(file).error();
  }
  std::string padded = bytes;
  padded.resize((bytes.size() / kSlotStep + 1) * kSlotStep, '\0');
  if (Expected<void> written = (*file)->write_at(0, padded); !written) {
    return written;
  }
  if (durability_ == Durability::kPower) {
    if (Expected<void> synced = (*file)->sync_data(); !synced) {
      return synced;
    }
  }
  if (Expected<void> renamed = files_.rename(temporary, slot.path); !renamed) {
    return renamed;
  }
  if (durability_ == Durability::kPower) {
    if (Expected<void> synced = files_.sync_directory(directory_); !synced) {
      return synced;
    }
  }
  slot.file = std::move(*file);
  slot.capacity = padded.size();
  return {};
}

}  // namespace leeway
