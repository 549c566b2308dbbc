// The parts of checkpoints that do not change, each written once, in files next to the slots: DIRECTORY/parts.1, .2 and
// so on. A checkpoint with new parts begins a file, which also takes those of files that are not larger, so that there
// are few; if little of all that the files hold is still referred to, all is written anew. A file is removed once no
// checkpoint in a slot refers to anything in it. Used by CheckpointStore, and to read the state of an agent that may be
// running.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/file_system.h"
#include "agent/core/state_part.h"
#include "agent/pipeline/part_file.h"
#include "agent/pipeline/state_report.h"

namespace leeway {

class PartFiles {
 public:
  // `files` must outlive it. `durable`: what is written survives a power cut.
  PartFiles(FileSystem& files, std::string directory, bool durable);

  // Finds the files of the directory, and reads them once to see whether they are intact. Each that is not is reported;
  // what is intact in it is used. Errors: the directory cannot be read.
  Expected<void> open(StateReport& report);
  // All that was found, to be read while this object exists.
  StateParts found() const;

  // Writes those that no file holds: afterwards a checkpoint may refer to all of them.
  Expected<void> write(const StateParts& parts);
  // A checkpoint that refers to `parts`, and to no others, is in this slot now.
  void referred_to(std::size_t slot, const StateParts& parts);
  // Forgets files that were removed or replaced by somebody else. Returns whether there were any.
  Expected<bool> forget_replaced();

 private:
  struct Part {
    StatePart part;
    std::uint64_t file;  // its number, the newest that has it
    bool durable;        // as far as that is wanted
  };
  struct Held {
    std::uint64_t number;
    std::shared_ptr<File> file;  // null: it cannot be opened
    std::uint64_t size = 0;
  };

  std::string path_of(std::uint64_t number) const;
  // An error if anything in it is not intact.
  Expected<void> open_file(std::uint64_t number, bool names_durable);
  Expected<void> write_file(const std::vector<StatePart>& parts);
  bool mostly_unused(const StateParts& parts) const;
  std::vector<StatePart> to_write(const StateParts& parts) const;
  void add(const Held& held, const PartFileEntry& entry, bool durable);
  void remove_unused();
  void forget(std::uint64_t number);

  FileSystem& files_;
  std::string directory_;
  bool durable_;
  std::vector<Held> held_;  // ascending numbers
  std::map<StatePartId, Part> parts_;
  // Of each slot; none: not known, so that nothing may be removed.
  std::array<std::optional<std::vector<StatePartId>>, 2> referred_;
};

}  // namespace leeway
