// What init proposes for one data file: how it is read, and which checks its rows pass today.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/file_system.h"
#include "agent/init/format_choice.h"
#include "agent/init/source_trial.h"

namespace leeway {

struct TableColumn {
  std::string text;  // as an expression
  std::string name;
  bool numbers = false;
  double least = 0;
  double greatest = 0;
};

struct TableProposal {
  std::string name;
  std::string path;
  SourceKeys keys{};
  std::uint64_t rows = 0;  // that were read
  bool whole = false;      // these are all
  std::vector<TableColumn> columns{};
  std::vector<std::string> never_null{};
  std::string time{};     // a column whose times ascend from row to row; "" if there is none
  bool appended = false;  // the last of these is when the file was changed: it grows, as a log does
  std::vector<std::string> doubts{};
};

// How the rows of a table are read as the lines of a log.
FormatChoice as_log(const TableProposal& table);

// No value for a path that is a log. Blocks while the first 50,000 rows are read.
std::optional<TableProposal> propose_table(FileSystem& files, const std::string& name, const std::string& path);

}  // namespace leeway
