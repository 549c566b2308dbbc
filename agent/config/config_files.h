// The files that a configuration was read from, and whether they have changed since. Filled by the TOML reader, asked
// by the run loop where it watches the configuration.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/file_system.h"

namespace leeway {

inline constexpr std::uint64_t kLargestConfigFile = std::uint64_t{16} << 20;  // bytes

// For one thread at a time.
class ConfigFiles {
 public:
  // Before a configuration is read: forgets those of the one before.
  void clear() { files_.clear(); }
  // A file of it has this text, or cannot be read.
  void note(const std::string& path, const Expected<std::string>& text);

  // Whether one of them has other contents now, cannot be read any more, or can be again. Reads only those whose size,
  // time or identity has changed.
  bool changed(FileSystem& files);
  // Where they are, sorted.
  std::vector<std::string> directories() const;

 private:
  struct Noted {
    std::size_t content = 0;  // a hash
    std::optional<FileInfo> info{};
  };
  std::map<std::string, Noted> files_;
};

}  // namespace leeway
