// Turns one version of a file into records: the part of a file source that depends on the format. A reader handles one
// version at a time; FileCollector opens the file, drives the reader, and checks the file again after each step, so a
// reader need not care about concurrent writes.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "agent/core/collector.h"
#include "agent/core/file_system.h"
#include "agent/core/record_batch.h"
#include "collectors/decode/decoder.h"

namespace leeway {

struct FileToRead {
  std::string path;
  File* file = nullptr;  // open until close(); null for a reader that is_isolated()
  std::uint64_t size = 0;
  // Of the version that was read before; nothing is known of it if `size_before` is 0.
  std::uint64_t size_before = 0;
  std::uint64_t hash_before = 0;
  bool columns_only = false;  // only columns() are asked for: there is no hash(), and as little as possible is read
};

// The result of a step of a reader.
struct ReadStep {
  enum class State : std::uint8_t {
    kMore,     // call again
    kDone,     // this was the last step
    kBroken,   // the file does not conform to its format: nothing more of this version can be read
    kFailed,   // the operating system returned an error; the same step may succeed later
    kWaiting,  // a thread of the reader is working: call again later, or wait()
  };

  State state = State::kDone;
  std::uint64_t bytes = 0;  // of the file, applied by this step
  std::string reason{};     // kBroken: a short fixed word for a label
  std::string message{};    // kBroken, kFailed: for users

  static ReadStep more(std::uint64_t bytes = 0) { return {State::kMore, bytes}; }
  static ReadStep done(std::uint64_t bytes = 0) { return {State::kDone, bytes}; }
  static ReadStep waiting() { return {State::kWaiting}; }
  static ReadStep broken(std::string reason, std::string message) {
    return {State::kBroken, 0, std::move(reason), std::move(message)};
  }
  static ReadStep shortened() { return {State::kFailed, 0, {}, "the file became shorter while it was read"}; }
  static ReadStep failed(const Error& error) { return {State::kFailed, 0, {}, error.to_string()}; }
};

class FileReader {
 public:
  virtual ~FileReader() = default;

  // Starts a version.
  virtual void open(const FileToRead& version) = 0;
  // Reads the content once, for hash(), at most about `budget` in one call. `scratch` is memory to read into; no record
  // is added.
  virtual ReadStep prepare(Budget budget, RecordBatch& scratch) = 0;
  // The hash of the content, once prepare() is done. Equal content has equal hashes, in every run.
  virtual std::uint64_t hash() const = 0;
  // Whether it is the version before with something appended, once prepare() is done; false where a format cannot tell.
  virtual bool has_grown() const { return false; }
  // Goes to `position`: 0, or what position() was for the same content.
  virtual ReadStep begin(std::uint64_t position, RecordBatch& scratch) = 0;
  // Appends the next records. `batch` is empty; records without a time have kNoTime.
  virtual ReadStep read(Budget budget, RecordBatch& batch, DecodeCounts& counts) = 0;
  // Where the next read() continues.
  virtual std::uint64_t position() const = 0;
  // After kWaiting: blocks until the step has a result.
  virtual void wait() {}
  // Sets what the reader's thread calls when the step has a result. Called before open().
  virtual void set_wake(const std::function<void()>& /*wake*/) {}
  // Releases the file and its memory, and stops a thread of the reader that uses them.
  virtual void close() = 0;

  // Identifies the columns of a table; 0 for other formats. Valid once begin() is done.
  virtual std::uint64_t shape() const { return 0; }
  // Names of the columns of a table, in its order; none where the format does not name them. Valid until close().
  virtual std::span<const std::string> columns() const { return {}; }
  // Whether it opens the file itself, so that what it reads is consistent even if the file changes meanwhile.
  virtual bool is_isolated() const { return false; }
  // The suffix of a second file whose changes also count as changes of this one ("-wal"); "" for none.
  virtual std::string_view companion_suffix() const { return {}; }
};

}  // namespace leeway
