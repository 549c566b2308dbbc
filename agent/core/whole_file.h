// Files that are read and replaced as a whole: configurations, references, checkpoints, documents. Used by code with
// a FileSystem.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/file_system.h"

namespace leeway {

// Fills `text` with the file's first `size` bytes, or with all of it where it is shorter.
Expected<void> read_beginning(File& file, std::uint64_t size, std::string& text);

// Errors: those of the file system, and kLimit for a file of more than `limit` bytes.
Expected<std::string> read_whole_file(FileSystem& files, const std::string& path, std::uint64_t limit);

// Replaces a file: its readers see the old or the new content. Durable once the directory is synchronised.
Expected<void> write_whole_file(FileSystem& files, const std::string& path, std::string_view content);

}  // namespace leeway
