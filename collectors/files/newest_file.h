// The newest file of a source and the names of its columns, which the configuration may ask for before anything is
// read. Used by file_source.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectors/decode/file_reader.h"
#include "collectors/files/file_collector.h"

namespace leeway {

struct NewestFile {
  std::string path;
  FileInfo info;

  // Differs for another file and for another version of it.
  std::string stamp() const;
};

// None if no file matches.
std::optional<NewestFile> newest_file(const FilePaths& paths, const FileSystem& files);

// The names of the columns, from a reader whose format names them. Reads the beginning or the end of the file.
Expected<std::vector<std::string>> columns_of(const NewestFile& newest, FileReader& reader, FileSystem& files);

}  // namespace leeway
