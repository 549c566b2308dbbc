// The findings about a configuration and files in memory, as `check` would have them. Used by the tests of findings.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/toml_reader.h"
#include "agent/core/background.h"
#include "agent/pipeline/assembly.h"
#include "agent/pipeline/pipeline.h"
#include "agent/sampling/findings.h"
#include "agent/sampling/take_sample.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_file_system.h"

namespace leeway {

class CheckedSample {
 public:
  static constexpr const char* kMetric = "[[metric]]\nname = \"x_total\"\ntype = \"counter\"\n";

  MemoryFileSystem files;
  FakeClock clock{TimePoint(std::chrono::seconds(1'800'000'000))};
  SampleLimits limits;

  // Lines of the log that log_source() reads.
  void log(const std::string& text) { files.append("/log/app.log", text); }
  static std::string log_source(const std::string& keys = "") {
    return "[[source]]\nname = \"app\"\ntype = \"log\"\npath = \"/log/app.log\"\nformat = \"json\"\n" + keys;
  }

  // "test.toml:7:8: warning: ...", sorted by weight; nothing may be written meanwhile.
  std::vector<std::string> check(const std::string& config) {
    Diagnostics diagnostics;
    const ConfigTable table = parse_toml(config, "test.toml", diagnostics);
    std::optional<Assembly> assembly = assemble(table, {{}, std::nullopt, clock.wall()}, files, diagnostics);
    EXPECT_TRUE(assembly) << diagnostics.to_string();
    const std::uint64_t written = writes();
    DataSample sample(*assembly, table, diagnostics.expressions(), {}, files, limits);
    Pipeline pipeline(std::move(*assembly), sample.files(), clock, {std::nullopt, &background_});
    sample.run(pipeline, clock);
    EXPECT_EQ(written, writes());
    records.clear();
    std::vector<std::string> lines;
    for (const Finding& finding : findings_of(sample)) {
      const std::string place = finding.position.to_string();
      lines.push_back(place + (place.empty() ? "" : ": ") + to_string(finding.weight) + ": " + finding.message);
    }
    for (const SampledSource& sampled : sample.sources()) {
      records.push_back(sampled.status.records);
    }
    return lines;
  }

  std::vector<std::uint64_t> records;  // of each source, as the last check() read them

 private:
  class Nothing final : public Background {
   public:
    void run(std::function<void()> /*work*/) override {}
  };

  std::uint64_t writes() const {
    return files.calls(FileOperation::kWrite) + files.calls(FileOperation::kRename) +
           files.calls(FileOperation::kRemove) + files.calls(FileOperation::kMakeDirectory) +
           files.calls(FileOperation::kLock);
  }

  Nothing background_;
};

}  // namespace leeway
