// The file of `leeway test`: cases, each with what goes in and what has to come out. TOML, read like a configuration.
// Used by the subcommand.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/diagnostics.h"
#include "agent/core/clock.h"
#include "agent/core/error.h"
#include "agent/core/file_system.h"
#include "agent/promql/selector.h"

namespace leeway {

// What a source reads: lines, or files that exist.
struct CaseInput {
  std::string source;                   // "": the only one
  std::optional<std::string> text{};    // of a file of its own
  std::string file_name{};              // of that file, perhaps with folders before it
  std::optional<TimePoint> modified{};  // and its time
  std::vector<std::string> files{};     // paths
  std::string folder{};                 // of the file of cases
  Position position{};
};

struct ExpectedSeries {
  std::string text;               // as in the file
  Selector selector;              // all labels, each with `=`
  std::optional<double> value{};  // none: there must be no such series
  double tolerance = 0;           // a share of the value
  Position position{};
};

struct ExpectedAlert {
  std::string text;
  Selector selector;                // the alert's name, and those labels that matter
  std::optional<Duration> after{};  // from the first record until it fires
  Position position{};
};

struct TestCase {
  std::string name;
  std::vector<CaseInput> inputs;
  Duration run_on{};                       // after the last record, without another one
  std::optional<std::int64_t> records{};   // of all sources
  std::optional<std::int64_t> rejected{};  // lines that are no record
  std::optional<std::int64_t> ignored{};
  std::vector<ExpectedSeries> series;
  bool complete = false;                               // there is no other series of the configuration, but of 0
  std::optional<std::vector<ExpectedAlert>> alerts{};  // that fire at any time: these and no others
  std::optional<std::vector<ExpectedAlert>> at_end{};  // that fire at the end
  Position position{};
};

struct CaseFile {
  std::string config;  // "": the file does not name it
  std::vector<TestCase> cases;
};

// Paths of files are relative to the file. Errors go to `diagnostics`.
CaseFile read_case_file(FileSystem& files, const std::string& path, Diagnostics& diagnostics);

}  // namespace leeway
