// A temporary folder with what the sources of a case read. Used by `leeway test`.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/case_file.h"
#include "agent/core/expected.h"

namespace leeway {

class CaseFolder {
 public:
  // In the system's folder for temporary files.
  static Expected<CaseFolder> make();
  CaseFolder(CaseFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  CaseFolder(const CaseFolder&) = delete;
  CaseFolder& operator=(const CaseFolder&) = delete;
  CaseFolder& operator=(CaseFolder&&) = delete;
  // Removes it.
  ~CaseFolder();

  // NAME=GLOB of each source, as --source.path: its input, or where nothing is.
  Expected<std::vector<std::string>> place(const TestCase& test, const std::vector<std::string>& sources);

 private:
  explicit CaseFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace leeway
