// Reads files of any document format as a whole, as one JSON text: one loader for each format. Everything after that
// (records, columns, positions, limits) is the same for all formats. Used by DocumentReader.
#pragma once

#include <stop_token>
#include <string>

#include "collectors/decode/file_reader.h"

namespace leeway {

class DocumentLoader {
 public:
  static constexpr std::uint64_t kQuickSize = 512 << 10;  // bytes of JSON that are loaded and checked in a millisecond

  virtual ~DocumentLoader() = default;
  // Puts the file's content into `text` as JSON of at most `limit` bytes. kDone, kBroken or kFailed. Content errors:
  // "empty", "too_large", "syntax", "truncated", "too_deep" and those of the format. Called on any thread; ends early,
  // with any step, once it is asked to stop.
  virtual ReadStep load(const FileToRead& version, std::uint64_t limit, std::string& text, std::stop_token stop) = 0;
  // Whether loading may block the writer for too long.
  virtual bool is_slow(const FileToRead& version) const { return version.size > kQuickSize; }
  // As for FileReader.
  virtual bool is_isolated() const { return false; }
  virtual std::string_view companion_suffix() const { return {}; }
};

// The file's bytes, without a byte order mark: kDone, "too_large" or kFailed. For loaders.
ReadStep load_bytes(const FileToRead& version, std::uint64_t limit, std::string& text);

// The `json` format: the bytes unchanged.
class JsonLoader final : public DocumentLoader {
 public:
  ReadStep load(const FileToRead& version, std::uint64_t limit, std::string& text, std::stop_token /*stop*/) override {
    return load_bytes(version, limit, text);
  }
};

}  // namespace leeway
