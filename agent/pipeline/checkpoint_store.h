// One state directory: two preallocated slots that are written in turn, so that the newest checkpoint is never the one
// being overwritten, and beside them what checkpoints refer to (PartFiles). Locked for the lifetime of the object. Used
// by run, and by replay with --state.dir. A slot that cannot be read is set aside, counted and noted; it never keeps
// the agent from starting.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/file_system.h"
#include "agent/pipeline/checkpoint_format.h"
#include "agent/pipeline/part_files.h"
#include "agent/pipeline/state_report.h"

namespace leeway {

enum class Durability : std::uint8_t {
  kPower,    // a checkpoint survives a power cut: fdatasync
  kProcess,  // it survives the death of the process: it is in the kernel's cache
};

struct LoadedState {
  std::optional<Checkpoint> checkpoint;  // none at the very first start and if nothing could be read
  StateReport report;                    // what was wrong and what was done about it; each damaged slot is one
};

class CheckpointStore {
 public:
  // Creates the directory if it is missing. kInUse if another agent holds it, kNewerVersion if its state was written by
  // a release that this one must not overwrite, kIo and similar codes if it cannot be used.
  // `files` and `clock` must outlive the store.
  static Expected<std::unique_ptr<CheckpointStore>> open(FileSystem& files, const Clock& clock, std::string directory,
                                                         Durability durability);

  const LoadedState& loaded() const { return loaded_; }

  // Gives the checkpoint the next generation and writes it to the older slot, after those of its parts that no earlier
  // one had. On an error the newer slot is untouched
  // and the next call tries again; so too if the files in the directory are no longer those of this object (an error
  // once, then new files), or if another agent holds the directory meanwhile. Any thread, one call at a time.
  Expected<void> save(Checkpoint checkpoint);

  // Of the last checkpoint saved or loaded.
  std::uint64_t size_bytes() const { return size_bytes_; }
  std::uint64_t generation() const { return generation_; }

 private:
  struct Slot {
    std::string path;
    std::unique_ptr<File> file;  // open once it has been written
    std::uint64_t capacity = 0;
    std::uint64_t damaged_generation = 0;  // of a slot with a wrong checksum, as its header says
  };

  CheckpointStore(FileSystem& files, const Clock& clock, std::string directory, Durability durability);
  Expected<void> load();
  void make_durable();
  Expected<void> check_directory();
  Expected<bool> is_at(const File& file, const std::string& path) const;
  // No value, and the reason in `damage`, if the slot has to be set aside.
  Expected<std::optional<Checkpoint>> load_slot(Slot& slot, std::string& damage);
  void set_aside(const Slot& slot, const std::string& why);
  // Whether the slot was being written when the agent was killed: `newest` is the checkpoint before.
  static bool is_unfinished(const Slot& slot, const std::optional<Checkpoint>& newest);
  Expected<void> write(Slot& slot, const std::string& bytes);
  Expected<void> grow(Slot& slot, const std::string& bytes);

  FileSystem& files_;
  const Clock& clock_;
  std::string directory_;
  Durability durability_;
  std::unique_ptr<File> lock_;
  std::array<Slot, 2> slots_;
  PartFiles parts_;
  std::size_t older_ = 0;  // the slot to write next
  std::uint64_t generation_ = 0;
  std::uint64_t size_bytes_ = 0;
  LoadedState loaded_;
};

}  // namespace leeway
