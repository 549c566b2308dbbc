// File name patterns, and the bounded walk that finds the files they name. Used by the log and file sources.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/file_system.h"

namespace leeway {

// A pattern of path components: `*` matches any characters, `?` one, `[a-z]` `[!a-z]` one (not) in the set, `\` takes
// the next character literally, `**` as a whole component matches any number of directories, and as the last one all
// files below. No other wildcard matches '/', and a wildcard at the start of a component does not match a leading dot.
class Glob {
 public:
  explicit Glob(std::string_view pattern);

  bool matches(std::string_view path) const;
  // Whether the pattern names exactly one path.
  bool literal() const { return literal_; }
  const std::string& pattern() const { return pattern_; }
  const std::vector<std::string>& components() const { return components_; }
  bool absolute() const { return absolute_; }

  static bool component_matches(std::string_view pattern, std::string_view name);
  static bool has_wildcard(std::string_view component);
  // The pattern of this path and no other.
  static std::string of_path(std::string_view path);

 private:
  std::string pattern_;
  std::vector<std::string> components_;
  bool absolute_ = false;
  bool literal_ = false;
};

struct GlobLimits {
  std::size_t files = 100'000;      // paths found
  std::size_t entries = 1'000'000;  // directory entries examined
  std::size_t depth = 32;           // directories below a `**`
};

struct GlobResult {
  std::vector<std::string> paths;       // sorted, each once
  std::set<std::string> directories;    // in which a new match could appear
  std::map<std::string, Error> errors;  // directories that could not be listed (absent ones are not an error)
  bool truncated = false;               // a limit was reached
};

// The paths that match `patterns` and none of `excludes`. A literal pattern is a path whether it exists or not.
// An exclude without '/' is matched against the last component. Compressed files (.gz .bz2 .xz .zst) never match.
// `**` does not follow symbolic links to directories; a plain component does.
GlobResult expand(const FileSystem& files, const std::vector<Glob>& patterns, const std::vector<Glob>& excludes,
                  const GlobLimits& limits = {});

// For messages: "'/var/log/a*.log', '/var/log/b.log'".
std::string quoted_patterns(const std::vector<Glob>& patterns);

// The regular file at `path`, one of the paths of expand(); none if it is gone or not a regular file. `problems` says
// under `path` why it cannot be read; another kind of file is a problem only if one of `patterns` is its whole name.
std::optional<FileInfo> find_regular_file(const FileSystem& files, const std::string& path,
                                          const std::vector<Glob>& patterns,
                                          std::map<std::string, std::string>& problems);

bool is_compressed_name(std::string_view path);
// The name of the file that one with a compressed name was made from.
std::string_view uncompressed_name(std::string_view path);
// Whether rotation renames `base` to `path`: "app.log.1" or "app.log-20250825" from "app.log".
bool is_rotated_name(std::string_view path, std::string_view base);
// The name of a file that was in logrotate's way and got the hour and ".backup" behind its name; `name` for another.
std::string_view without_backup(std::string_view name);
// Whether rotation gives `name` to a file named `base`, both without directories: besides the names of
// is_rotated_name() "app.1.log", "app-20250825.log", "app.log.old" and "app.log.bak", each perhaps compressed, and
// `base` compressed.
bool is_generation_name(std::string_view name, std::string_view base);
// `name` alone where `directory` is "".
std::string join_path(const std::string& directory, std::string_view name);
// "." if there is none.
std::string parent_directory(std::string_view path);
std::string_view file_name(std::string_view path);

// For users: the patterns, how many files match them now, each file and each error on a line of its own.
std::string matches_text(const FileSystem& files, const std::vector<Glob>& patterns, const GlobResult& found);

}  // namespace leeway
