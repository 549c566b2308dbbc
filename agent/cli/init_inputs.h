// Which logs and data files `leeway init` looks at: files, directories, rotated parts of a log as one, standard input.
#pragma once

#include <string>
#include <vector>

#include "agent/core/file_system.h"
#include "agent/init/log_sample.h"

namespace leeway {

struct InitInput {
  std::string path;                  // of the source, absolute, perhaps with a *; "-" for standard input
  std::vector<std::string> files{};  // of which it consists, the one to look at first
  std::string name{};                // of the source, where its path tells it; else ""
  std::string owner{};               // what runs the container of that name; "" where nothing is known
  std::string path_fields{};         // a regular expression; "" where the path has none
  std::string label{};               // the one of these fields that tells its files apart; "" if there is one file
  bool named = false;                // by who called init, and not found in a directory
};

// Sorts what was given into inputs. `said` gets a sentence for each file that is a part of another, or is left out.
// Errors: a path that does not exist, nothing that could be a log.
Expected<std::vector<InitInput>> find_inputs(FileSystem& files, const std::vector<std::string>& given,
                                             std::vector<std::string>& said);

// "app.log" of "app.log.1", "app.log-20261128.gz", "app-*.log" of "app-2026-11-28.log"; the name itself for others.
std::string name_before_rotation(const std::string& name);

// Up to 16 MiB, at most to its end. Blocks.
Expected<LogSample> sample_of_standard_input();

// Turns UTF-16 with a byte order mark into UTF-8; false where `text` begins with none.
bool from_utf16(std::string& text);

}  // namespace leeway
