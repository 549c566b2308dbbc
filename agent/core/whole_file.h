// Files that are read, or replaced, as a whole or a long piece at a time: configurations, references, checkpoints,
// documents, samples. Used by code with a FileSystem.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/file_system.h"

namespace leeway {

// Fills `text` with the file's first `size` bytes, or with all of it where it is shorter.
Expected<void> read_beginning(File& file, std::uint64_t size, std::string& text);

// The bytes from `offset` on: `size` of them, or fewer where the file ends.
Expected<std::string> read_range(File& file, std::uint64_t offset, std::uint64_t size);

// Errors: those of the file system, and kLimit for a file of more than `limit` bytes.
Expected<std::string> read_whole_file(FileSystem& files, const std::string& path, std::uint64_t limit);

// Replaces a file: its readers see the old or the new content. Durable once the directory is synchronised.
Expected<void> write_whole_file(FileSystem& files, const std::string& path, std::string_view content);

}  // namespace leeway
