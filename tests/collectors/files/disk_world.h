// A file source over files in the real file system, for formats whose library opens the files itself.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/collectors/files/file_fixture.h"
#include "tests/support/temporary_directory.h"

namespace leeway {

class DiskSource {
 public:
  DiskSource(const std::string& keys, const std::vector<std::string>& fields) {
    for (const std::string& field : fields) {
      schema_.intern(parse_field_path(field).value());
    }
    Diagnostics diagnostics;
    const ConfigTable table = parse_toml(keys, "test.toml", diagnostics);
    TableReader reader(table, {}, "[[source]]", diagnostics);
    CollectorContext context{reader, std::nullopt, builtin_formats()};
    definition_ = build_file_source(context);
    reader.report_unused_keys();
    if (diagnostics.has_errors()) {
      ADD_FAILURE() << diagnostics.errors().front().to_string();
      std::abort();
    }
    restart("");
  }

  // A new process; with "", one without saved state.
  void restart(const std::string& state) {
    collector_ = definition_->open(schema_, files_);
    if (!state.empty()) {
      StateReader in(state);
      EXPECT_TRUE(collector_->load(in));
    }
  }
  std::string save() const {
    StateWriter out;
    collector_->save(out);
    return out.take();
  }

  // An hour passes, then everything is read; returns the rows.
  std::vector<std::string> look() {
    discover();
    std::vector<std::string> rows;
    while (step(rows)) {
    }
    return rows;
  }
  void discover() {
    now_ += std::chrono::hours(1);
    collector_->set_time(now_);
    EXPECT_TRUE(collector_->discover());
  }
  // Whether there was something to do.
  bool step(std::vector<std::string>& rows) {
    const Expected<PollState> state = collector_->poll(Budget{}, batch_);
    EXPECT_TRUE(state);
    for (Row row = 0; row < batch_.rows(); ++row) {
      std::string text;
      for (FieldId field = 0; field < schema_.size(); ++field) {
        text += (field == 0 ? "" : " ") + to_text(batch_.column(field)[row]);
      }
      rows.push_back(text);
    }
    return state && *state != PollState::kIdle;
  }
  SourceStatus status() const {
    SourceStatus status;
    collector_->report(status);
    return status;
  }
  std::vector<std::string> reject_reasons() const {
    std::vector<std::string> reasons;
    const SourceStatus now = status();
    for (const auto& [reason, count] : now.versions->rejects) {
      reasons.push_back(reason);
    }
    return reasons;
  }

 private:
  PosixFileSystem files_;
  Schema schema_;
  std::unique_ptr<SourceDefinition> definition_;
  std::unique_ptr<Collector> collector_;
  RecordBatch batch_;
  TimePoint now_ = TimePoint(std::chrono::hours(800'000));
};

}  // namespace leeway
