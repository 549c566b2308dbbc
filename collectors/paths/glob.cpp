#include "collectors/paths/glob.h"

#include <algorithm>
#include <array>

namespace leeway {
namespace {

// ".1", "-20250825", ".2025-08-25_19": the suffixes that rotation adds to a name.
bool is_rotation_suffix(std::string_view suffix) {
  return !suffix.empty() && suffix.find_first_of("0123456789") != std::string_view::npos &&
         suffix.find_first_not_of("0123456789.-_:TZ") == std::string_view::npos;
}

std::vector<std::string> split_components(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    if (!part.empty() && part != ".") {
      parts.emplace_back(part);
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return parts;
}

std::string unescape(std::string_view component) {
  std::string text;
  for (std::size_t i = 0; i < component.size(); ++i) {
    if (component[i] == '\\' && i + 1 < component.size()) {
      ++i;
    }
    text += component[i];
  }
  return text;
}

// The position after the set that begins at `pattern[at] == '['`, and whether `c` is in it; npos if the set is not
// closed.
std::size_t match_set(std::string_view pattern, std::size_t at, char c, bool& found) {
  std::size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  i += negated ? 1 : 0;
  found = false;
  for (bool first = true; i < pattern.size(); first = false) {
    if (pattern[i] == ']' && !first) {
      found = found != negated;
      return i + 1;
    }
    const char low = pattern[i];
    char high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      high = pattern[i + 2];
      i += 2;
    }
    ++i;
    found = found || (low <= c && c <= high);
  }
  return std::string_view::npos;
}

// Matches components from `p` and `n` on; `**` tries every split, without memoization since patterns hold few of them.
bool components_match(const std::vector<std::string>& pattern, std::size_t p, const std::vector<std::string>& names,
                      std::size_t n) {
  for (; p < pattern.size(); ++p, ++n) {
    if (pattern[p] == "**") {
      for (std::size_t rest = n; rest <= names.size(); ++rest) {
        if (components_match(pattern, p + 1, names, rest)) {
          return true;
        }
      }
      return false;
    }
    if (n == names.size() || !Glob::component_matches(pattern[p], names[n])) {
      return false;
    }
  }
  return n == names.size();
}

class Walk {
 public:
  Walk(const FileSystem& files, const std::vector<Glob>& excludes, const GlobLimits& limits, GlobResult& result)
      : files_(files), excludes_(excludes), limits_(limits), result_(result) {}

  void run(const Glob& pattern) {
    pattern_ = &pattern;
    descend(pattern.absolute() ? "/" : "", 0, 0);
  }

 private:
  void descend(const std::string& directory, std::size_t component, std::size_t depth) {
    const std::vector<std::string>& components = pattern_->components();
    if (component == components.size()) {
      return;
    }
    const std::string& part = components[component];
    if (part == "**") {
      descend(directory, component + 1, depth);
      if (depth < limits_.depth) {
        for (const DirectoryEntry& entry : entries(directory)) {
          if (entry.type == FileType::kDirectory && !entry.name.starts_with('.')) {
            descend(join_path(directory, entry.name), component, depth + 1);
          }
        }
      }
      return;
    }
    const bool last = component + 1 == components.size();
    if (!Glob::has_wildcard(part)) {
      const std::string path = join_path(directory, unescape(part));
      if (!last) {
        descend(path, component + 1, depth);
      } else {
        result_.directories.insert(directory.empty() ? "." : directory);
        if (pattern_->literal() || files_.stat(path)) {
          add(path);
        }
      }
      return;
    }
    for (const DirectoryEntry& entry : entries(directory)) {
      if (!Glob::component_matches(part, entry.name)) {
        continue;
      }
      const std::string path = join_path(directory, entry.name);
      if (last && entry.type != FileType::kDirectory) {
        add(path);
      } else if (!last && is_directory(entry, path)) {
        descend(path, component + 1, depth);
      }
    }
  }

  std::vector<DirectoryEntry> entries(const std::string& directory) {
    const std::string path = directory.empty() ? "." : directory;
    result_.directories.insert(path);
    Expected<std::vector<DirectoryEntry>> listed = files_.list(path);
    if (!listed) {
      if (listed.error().code != ErrorCode::kNotFound) {
        result_.errors.emplace(path, std::move(listed).error());
      }
      return {};
    }
    seen_ += listed->size();
    if (seen_ > limits_.entries) {
      result_.truncated = true;
      return {};
    }
    return *std::move(listed);
  }

  bool is_directory(const DirectoryEntry& entry, const std::string& path) const {
    if (entry.type != FileType::kOther) {
      return entry.type == FileType::kDirectory;
    }
    const Expected<FileInfo> info = files_.stat(path);
    return info && info->type == FileType::kDirectory;
  }

  void add(const std::string& path) {
    if (is_compressed_name(path) || excluded(path)) {
      return;
    }
    if (result_.paths.size() >= limits_.files) {
      result_.truncated = true;
      return;
    }
    result_.paths.push_back(path);
  }

  bool excluded(const std::string& path) const {
    return std::any_of(excludes_.begin(), excludes_.end(), [&](const Glob& exclude) {
      const bool name_only = exclude.pattern().find('/') == std::string::npos;
      return exclude.matches(name_only ? file_name(path) : std::string_view(path));
    });
  }

  const FileSystem& files_;
  const std::vector<Glob>& excludes_;
  const GlobLimits& limits_;
  GlobResult& result_;
  const Glob* pattern_ = nullptr;
  std::size_t seen_ = 0;
};

}  // namespace

Glob::Glob(std::string_view pattern)
    : pattern_(pattern), components_(split_components(pattern)), absolute_(pattern.starts_with('/')) {
  if (!components_.empty() && components_.back() == "**") {
    components_.emplace_back("*");
  }
  literal_ = std::none_of(components_.begin(), components_.end(),
                          [](const std::string& component) { return has_wildcard(component); });
}

bool Glob::matches(std::string_view path) const {
  return absolute_ == path.starts_with('/') && components_match(components_, 0, split_components(path), 0);
}

std::string Glob::of_path(std::string_view path) {
  std::string pattern;
  for (const char c : path) {
    pattern += std::string_view("\\*?[").find(c) == std::string_view::npos ? "" : "\\";
    pattern += c;
  }
  return pattern;
}

bool Glob::has_wildcard(std::string_view component) {
  for (std::size_t i = 0; i < component.size(); ++i) {
    if (component[i] == '\\') {
      ++i;
    } else if (component[i] == '*' || component[i] == '?' || component[i] == '[') {
      return true;
    }
  }
  return false;
}

bool Glob::component_matches(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && (pattern.starts_with('*') || pattern.starts_with('?') || pattern.starts_with('['))) {
    return false;
  }
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;  // where to backtrack to: the last `*` takes one more character
  std::size_t star_name = 0;
  while (n < name.size()) {
    std::size_t next = std::string_view::npos;
    if (p < pattern.size()) {
      bool found = false;
      if (pattern[p] == '*') {
        star = p++;
        star_name = n;
        continue;
      }
      if (pattern[p] == '?') {
        next = p + 1;
      } else if (pattern[p] == '[' && match_set(pattern, p, name[n], found) != std::string_view::npos) {
        const std::size_t end = match_set(pattern, p, name[n], found);
        next = found ? end : std::string_view::npos;
      } else {
        const std::size_t literal = pattern[p] == '\\' && p + 1 < pattern.size() ? p + 1 : p;
        next = pattern[literal] == name[n] ? literal + 1 : std::string_view::npos;
      }
    }
    if (next != std::string_view::npos) {
      p = next;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_name;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') {
    ++p;
  }
  return p == pattern.size();
}

GlobResult expand(const FileSystem& files, const std::vector<Glob>& patterns, const std::vector<Glob>& excludes,
                  const GlobLimits& limits) {
  GlobResult result;
  Walk walk(files, excludes, limits, result);
  for (const Glob& pattern : patterns) {
    walk.run(pattern);
  }
  std::sort(result.paths.begin(), result.paths.end());
  result.paths.erase(std::unique(result.paths.begin(), result.paths.end()), result.paths.end());
  return result;
}

bool is_rotated_name(std::string_view path, std::string_view base) {
  return !base.empty() && path.starts_with(base) && is_rotation_suffix(path.substr(base.size()));
}

std::string_view without_backup(std::string_view name) {
  constexpr std::string_view kBackup = ".backup";
  constexpr std::size_t kHourSize = std::string_view("-2026112814").size();
  if (!name.ends_with(kBackup)) {
    return name;
  }
  name.remove_suffix(kBackup.size());
  const std::string_view hour = name.substr(name.size() - std::min(name.size(), kHourSize));
  return hour.starts_with('-') && is_rotation_suffix(hour) ? name.substr(0, name.size() - kHourSize) : name;
}

bool is_generation_name(std::string_view name, std::string_view base) {
  if (is_compressed_name(name)) {
    name = uncompressed_name(name);
    if (name == base) {
      return true;
    }
  }
  name = without_backup(name);
  const std::size_t dot = std::min(base.rfind('.'), base.size());
  const std::string_view stem = base.substr(0, dot);
  const std::string_view extension = base.substr(dot);
  if (stem.empty() || !name.starts_with(stem)) {
    return false;
  }
  const std::string_view rest = name.substr(stem.size());
  const auto is_added = [](std::string_view text) {
    return (is_rotation_suffix(text) && text.find_first_of("0123456789") > 0) || text == ".old" || text == ".bak" ||
           text == ".prev";
  };
  if (rest.starts_with(extension) && is_added(rest.substr(extension.size()))) {
    return true;
  }
  return rest.ends_with(extension) && is_added(rest.substr(0, rest.size() - extension.size()));
}

std::string join_path(const std::string& directory, std::string_view name) {
  if (directory.empty()) {
    return std::string(name);
  }
  return directory == "/" ? "/" + std::string(name) : directory + "/" + std::string(name);
}

bool is_compressed_name(std::string_view path) {
  constexpr std::array<std::string_view, 4> kSuffixes = {".gz", ".bz2", ".xz", ".zst"};
  return std::any_of(kSuffixes.begin(), kSuffixes.end(),
                     [&](std::string_view suffix) { return path.ends_with(suffix); });
}

std::string_view uncompressed_name(std::string_view path) { return path.substr(0, path.rfind('.')); }

std::optional<FileInfo> find_regular_file(const FileSystem& files, const std::string& path,
                                          const std::vector<Glob>& patterns,
                                          std::map<std::string, std::string>& problems) {
  const Expected<FileInfo> info = files.stat(path);
  if (!info) {
    if (info.error().code != ErrorCode::kNotFound) {
      problems[path] = info.error().message;
    }
    return std::nullopt;
  }
  if (info->type == FileType::kRegular) {
    return *info;
  }
  if (std::any_of(patterns.begin(), patterns.end(), [&](const Glob& pattern) { return pattern.pattern() == path; })) {
    problems[path] = "'" + path + "' is not a regular file" +
                     (info->type == FileType::kFifo ? ", but a FIFO; read it by type = \"fifo\"" : "");
  }
  return std::nullopt;
}

std::string parent_directory(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) {
    return ".";
  }
  return std::string(path.substr(0, std::max<std::size_t>(slash, 1)));
}

std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string quoted_patterns(const std::vector<Glob>& patterns) {
  std::string text;
  for (const Glob& pattern : patterns) {
    text += (text.empty() ? "'" : ", '") + pattern.pattern() + "'";
  }
  return text;
}

std::string matches_text(const FileSystem& files, const std::vector<Glob>& patterns, const GlobResult& found) {
  std::string text;
  for (const Glob& pattern : patterns) {
    text += " " + pattern.pattern();
  }
  std::string matches;
  std::size_t count = 0;
  for (const std::string& path : found.paths) {
    const Expected<FileInfo> info = files.stat(path);
    if (info && info->type == FileType::kRegular) {
      ++count;
      matches += "\n    " + path;
    }
  }
  text += ": " + std::to_string(count) + (count == 1 ? " file matches" : " files match") + " now" + matches;
  for (const auto& [directory, error] : found.errors) {
    text += "\n    " + error.to_string();
  }
  return text;
}

}  // namespace leeway
