#include "agent/pipeline/source_line.h"

#include <algorithm>

#include "agent/core/rfc3339.h"

namespace leeway {
namespace {

constexpr std::size_t kNamedFiles = 3;

// Without the list of files, and without " now" before it.
std::string what_is_watched(const AssembledSource& source, FileSystem& files) {
  std::string text = source.definition->summary(files);
  text.resize(std::min(text.size(), text.find('\n')));
  constexpr std::string_view kNow = " now";
  text.resize(text.size() - (text.ends_with(kNow) ? kNow.size() : 0));
  return text;
}

bool shares_name(const SourceStatus& status, const FileStatus& file) {
  return file.state == "rotated" && std::count_if(status.files.begin(), status.files.end(),
                                                  [&](const FileStatus& other) { return other.path == file.path; }) > 1;
}

// "at byte 120 of '/log/app.log', ... and 2 more files"; "" if no file was read. A generation may still have the name
// that it was last seen under, which is another file's now.
std::string positions(const SourceStatus& status) {
  std::string text;
  std::size_t files = 0;
  for (const FileStatus& file : status.files) {
    if (file.offset != 0 && ++files <= kNamedFiles) {
      text += (text.empty() ? "" : ", ") + ("at byte " + std::to_string(file.offset)) + " of " +
              (shares_name(status, file) ? "an older generation of '" : "'") + file.path + "'";
    }
  }
  return files <= kNamedFiles ? text : text + " and in " + std::to_string(files - kNamedFiles) + " more files";
}

}  // namespace

std::string source_line(const AssembledSource& source, const SourceStatus& status, std::optional<TimePoint> saved,
                        FileSystem& files) {
  std::string text = "source '" + source.name + "': " + what_is_watched(source, files) + "; ";
  if (!source.definition->exclusive_input().empty()) {
    return text + "it reads what arrives from now on";
  }
  if (!saved) {
    return text + "it is new and reads from " + (source.definition->starts_at_end() ? "the end" : "the beginning");
  }
  const std::string where = positions(status);
  return text + "it goes on " + (where.empty() ? "after what it has read" : where) + ", as saved at " +
         format_rfc3339(*saved);
}

}  // namespace leeway
