#include <algorithm>
#include <map>
#include <memory>

#include "agent/core/nearest_word.h"
#include "agent/core/units.h"
#include "agent/sampling/findings.h"

namespace leeway {
namespace {

bool is_directory(const FileSystem& files, const std::string& path) {
  const Expected<FileInfo> info = files.stat(path);
  return info && info->type == FileType::kDirectory;
}

// The first directory of a path that does not exist, as far as it has no wildcards; "" if all do.
std::string missing_directory(const FileSystem& files, const Glob& pattern) {
  std::string path = pattern.absolute() ? "/" : "";
  for (std::size_t i = 0; i + 1 < pattern.components().size(); ++i) {
    if (Glob::has_wildcard(pattern.components()[i])) {
      return "";
    }
    path = join_path(path, pattern.components()[i]);
    const Expected<FileInfo> info = files.stat(path);
    if (!info && info.error().code == ErrorCode::kNotFound) {
      return path;
    }
  }
  return "";
}

// How many compressed files the pattern would match if such files ever did; the name of one.
std::string compressed_match(const FileSystem& files, const Glob& pattern) {
  const std::string directory = parent_directory(pattern.pattern());
  const Expected<std::vector<DirectoryEntry>> entries = files.list(directory);
  if (!entries) {
    return "";
  }
  for (const DirectoryEntry& entry : *entries) {
    if (is_compressed_name(entry.name) && pattern.matches(join_path(directory, entry.name))) {
      return entry.name;
    }
  }
  return "";
}

// The file of the same directory whose name is nearest; "" if none is near, or the name has wildcards.
std::string similar_file(const FileSystem& files, const Glob& pattern) {
  const std::string& path = pattern.pattern();
  const Expected<std::vector<DirectoryEntry>> entries = files.list(parent_directory(path));
  if (!entries || pattern.components().empty() || Glob::has_wildcard(pattern.components().back())) {
    return "";
  }
  std::vector<std::string> names;
  for (const DirectoryEntry& entry : *entries) {
    if (!is_compressed_name(entry.name)) {
      names.push_back(entry.name);
    }
  }
  return nearest_word(pattern.components().back(), names);
}

// Why it can never match; "" where it can.
std::string mistake_in(const FileSystem& files, const Glob& pattern) {
  const std::string& text = pattern.pattern();
  if (text.starts_with('~')) {
    return "'~' is not expanded; expected the whole path, or \"${HOME}" + text.substr(1) + "\"";
  }
  if (const std::size_t brace = text.find('{');
      brace != std::string::npos && text.find('}', brace) != std::string::npos) {
    return "'{' and '}' have no meaning in a path; expected a list, path = [\"a.log\", \"b.log\"]";
  }
  if (is_compressed_name(text)) {
    return "compressed files are never read; expected the file that the service writes, whose compressed generations "
           "are found by themselves";
  }
  if (is_directory(files, text)) {
    return "it is a directory; expected a pattern of files, such as \"" + join_path(text, "*.log") + "\"";
  }
  return "";
}

// The pattern of `exclude` that leaves out a file that `pattern` matches, and that file; "" if there is none.
std::string excluded_match(const SampledSource& sampled, const FileSystem& files, const Glob& pattern) {
  const std::vector<std::string> paths = expand(files, {pattern}, {}).paths;
  for (const Glob& exclude : sampled.excludes) {
    if (!paths.empty() && expand(files, {pattern}, {exclude}).paths.size() < paths.size()) {
      return "`exclude` leaves out '" + paths.front() + "', by \"" + exclude.pattern() + "\"";
    }
  }
  return "";
}

// Why nothing matches now; "" where nothing more than that is known.
std::string reason_of(const SampledSource& sampled, const FileSystem& files, const Glob& pattern) {
  if (std::string excluded = excluded_match(sampled, files, pattern); !excluded.empty()) {
    return excluded;
  }
  if (const std::string missing = missing_directory(files, pattern); !missing.empty()) {
    return "there is no directory '" + missing + "'";
  }
  if (const std::string name = compressed_match(files, pattern); !name.empty()) {
    return "it would match '" + name + "', but compressed files are never read";
  }
  if (const std::string name = similar_file(files, pattern); !name.empty()) {
    return "did you mean '" + name + "'?";
  }
  return "";
}

Position position_of_pattern(const SampledSource& sampled, std::size_t index) {
  const ConfigValue* const path = sampled.table == nullptr ? nullptr : sampled.table->find("path");
  const auto* const list = path == nullptr ? nullptr : path->get_if<ConfigArray>();
  return list != nullptr && index < list->size() ? (*list)[index].position() : sampled.position_of("path");
}

// Whether there is something of that name that may be read.
bool is_there(const FileSystem& files, const std::string& path) {
  const Expected<FileInfo> info = files.stat(path);
  return info ? info->type != FileType::kDirectory : info.error().code != ErrorCode::kNotFound;
}

// A pattern of several may match nothing as long as another does, unless it is a mistake.
void add_unmatched(const DataSample& sample, const SampledSource& sampled, std::vector<Finding>& out) {
  const FileSystem& files = sample.all_files();
  const std::vector<std::string>& paths = sampled.matches.paths;
  const bool any = std::any_of(paths.begin(), paths.end(), [&](const auto& path) { return is_there(files, path); });
  for (std::size_t i = 0; i < sampled.patterns.size(); ++i) {
    const Glob& pattern = sampled.patterns[i];
    const bool own = std::any_of(paths.begin(), paths.end(),
                                 [&](const auto& path) { return pattern.matches(path) && is_there(files, path); });
    std::string reason = own ? "" : mistake_in(files, pattern);
    if (own || (any && reason.empty())) {
      continue;
    }
    reason = reason.empty() ? reason_of(sampled, files, pattern) : reason;
    out.push_back(
        {Weight::kWarning, position_of_pattern(sampled, i),
         sampled.title() + "no file matches '" + pattern.pattern() + "'" + (reason.empty() ? "" : ": " + reason)});
  }
  for (const auto& [directory, error] : sampled.matches.errors) {
    out.push_back({Weight::kWarning, sampled.position_of("path"), sampled.title() + error.to_string()});
  }
}

// Files that match and cannot be read, and why.
std::map<std::string, std::string> unreadable(const DataSample& sample, const SampledSource& sampled) {
  constexpr std::size_t kMostOpened = 200;
  std::map<std::string, std::string> problems;
  for (const FileStatus& file : sampled.status.files) {
    if (file.state == "unreadable" || (!file.error.empty() && file.state != "gone")) {
      problems[file.path] = file.error.empty() ? "it cannot be opened" : file.error;
    }
  }
  std::size_t opened = 0;
  for (const std::string& path : sampled.matches.paths) {
    if (is_there(sample.all_files(), path) && ++opened <= kMostOpened) {
      if (const Expected<std::unique_ptr<File>> file = sample.all_files().open(path, OpenMode::kRead); !file) {
        problems.emplace(path, file.error().message);
      }
    }
  }
  return problems;
}

void add_unreadable(const DataSample& sample, const SampledSource& sampled, std::vector<Finding>& out) {
  constexpr std::size_t kMost = 3;
  std::size_t told = 0;
  const auto problems = unreadable(sample, sampled);
  for (const auto& [path, problem] : problems) {
    if (!is_directory(sample.all_files(), path) && ++told <= kMost) {
      out.push_back(
          {Weight::kWarning, sampled.position_of("path"), sampled.title() + "'" + path + "' is not read: " + problem});
    }
  }
  if (told > kMost) {
    out.push_back({Weight::kWarning, sampled.position_of("path"),
                   sampled.title() + std::to_string(told - kMost) + " more files are not read"});
  }
}

// A log that two sources read counts in the metrics of both.
void add_shared(const DataSample& sample, const SampledSource& sampled, std::vector<Finding>& out) {
  for (const SampledSource& other : sample.sources()) {
    if (&other == &sampled) {
      return;
    }
    const std::vector<std::string>& paths = other.matches.paths;
    for (const std::string& path : sampled.matches.paths) {
      if (std::find(paths.begin(), paths.end(), path) != paths.end()) {
        out.push_back({Weight::kNote, sampled.position_of("path"),
                       sampled.title() + "it reads '" + path + "', as the source '" + other.source->name +
                           "' does: each line is a record of both"});
        break;
      }
    }
  }
}

}  // namespace

void add_path_findings(const DataSample& sample, std::vector<Finding>& out) {
  for (const SampledSource& sampled : sample.sources()) {
    if (sampled.stream) {
      continue;
    }
    add_unmatched(sample, sampled, out);
    add_shared(sample, sampled, out);
    add_unreadable(sample, sampled, out);
  }
}

}  // namespace leeway
