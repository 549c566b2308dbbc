// Which formats read the lines of a log: one, or a list of them, with what a container runtime wrote around each line
// and with records of several lines. Used by init.
#pragma once

#include <string>
#include <vector>

#include "agent/init/format_candidates.h"
#include "agent/init/log_sample.h"
#include "agent/init/source_trial.h"

namespace leeway {

struct FormatChoice {
  std::vector<FormatCandidate> formats{};       // in the order in which a line is tried; none: no structure was found
  std::vector<double> shares{};                 // of the lines, each
  std::vector<std::string> beginnings{};        // of the lines that each reads: common_beginning()
  std::string container{};                      // "cri", "docker", "compose" or ""
  std::string multiline{};                      // as in TOML: "\"traces\"", "{ start = '^\\d' }" or ""
  std::vector<std::string> doubts{};            // sentences
  std::vector<std::string> lines{};             // of the sample that one of them reads, without what is around them
  std::vector<std::string> columns{};           // of lines that are rows of a table
  std::vector<std::vector<std::string>> own{};  // those that each reads; empty where that is not known
};

// What the beginnings of all lines have in common, as a regular expression: "\\d\\d\\d\\d-\\d\\d-\\d\\d "; "" where
// that is hardly anything.
std::string common_beginning(const std::vector<std::string>& lines);

FormatChoice choose_formats(const LogSample& sample);

// The keys of the source that say so.
SourceKeys keys_of(const FormatChoice& choice);

}  // namespace leeway
