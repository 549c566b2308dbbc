#include "agent/core/access_denied.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

namespace leeway {
namespace {

constexpr mode_t kRead = 4;
constexpr mode_t kWrite = 2;
constexpr mode_t kEnter = 1;
constexpr unsigned kHiddenId = 65534;  // how a user namespace shows the ids that it does not map

std::string mode_of(const struct stat& info) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", info.st_mode & 07777U);
  return text.data();
}

std::string ids(uid_t user, gid_t group) { return std::to_string(user) + ":" + std::to_string(group); }

// Whether an id of the file may be another one than it seems.
bool is_hidden(const struct stat& info) {
  return (info.st_uid == kHiddenId && ::geteuid() != kHiddenId) ||
         (info.st_gid == kHiddenId && ::getegid() != kHiddenId);
}

std::vector<gid_t> supplementary_groups() {
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
  groups.resize(static_cast<std::size_t>(std::max(0, ::getgroups(static_cast<int>(groups.size()), groups.data()))));
  return groups;
}

bool mode_allows(const struct stat& info, mode_t wanted) {
  const std::vector<gid_t> groups = supplementary_groups();
  const bool of_group =
      info.st_gid == ::getegid() || std::find(groups.begin(), groups.end(), info.st_gid) != groups.end();
  const unsigned shift = info.st_uid == ::geteuid() ? 6U : of_group ? 3U : 0U;
  return ((info.st_mode >> shift) & wanted) == wanted;
}

// The first directory on the way to `path` that this process may not enter; "" for none.
std::string closed_directory(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    std::string directory = path.substr(0, slash);
    if (::faccessat(AT_FDCWD, directory.c_str(), X_OK, AT_EACCESS) != 0) {
      return directory;
    }
  }
  return "";
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::string whom_it_runs_as() {
  std::string others;
  for (const gid_t group : supplementary_groups()) {
    if (group != ::getegid()) {
      others += (others.empty() ? " with groups " : ", ") + std::to_string(group);
    }
  }
  return ids(::geteuid(), ::getegid()) + others;
}

}  // namespace

std::string explain_denial(const std::string& path) {
  std::string denied = closed_directory(path);
  mode_t wanted = kEnter;
  struct stat info {};
  if (denied.empty()) {
    denied = path;
    wanted = kRead;
    if (::stat(path.c_str(), &info) != 0) {  // it was to be created
      denied = parent_of(path);
      wanted = kWrite;
    }
  }
  if (::stat(denied.c_str(), &info) != 0) {
    return "";
  }
  const bool hidden = is_hidden(info);
  const std::string who =
      "; '" + denied + "' has mode " + mode_of(info) + " and belongs to " + ids(info.st_uid, info.st_gid) +
      ", the agent runs as " + whom_it_runs_as() +
      (hidden ? " (65534 stands for ids that PrivateUsers= of systemd hides, `ls -ln` shows them)" : "");
  if (!hidden && mode_allows(info, wanted)) {
    return who + ", which would do: look at access control lists and security modules (SELinux, AppArmor)";
  }
  return who + "; allow it (chmod, umask of the writer) for one of its groups, or give the agent " +
         (hidden ? "its group" : "group " + std::to_string(info.st_gid)) +
         " (SupplementaryGroups= of systemd, fsGroup of Kubernetes)";
}

}  // namespace leeway
