// A file source over files in memory, from its configuration: what a pipeline would do to it, and the records it
// returns.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/toml_reader.h"
#include "agent/core/rfc3339.h"
#include "agent/expressions/expression.h"
#include "collectors/builtin.h"
#include "collectors/decode/field_path.h"
#include "collectors/files/file_source.h"
#include "tests/support/memory_file_system.h"

namespace leeway {

inline std::string to_text(const Value& value);

// What is in a list or object, where the format of the source gives it: "[1 'a']".
inline std::string items_text(const Value& value) {
  std::string text;
  for (const Value& item : value.items()) {
    text += (text.empty() ? "" : " ") + to_text(item);
  }
  return "[" + text + "]";
}

inline std::string to_text(const Value& value) {
  switch (value.kind) {
    case ValueKind::kMissing:
      return "-";
    case ValueKind::kNull:
      return "null";
    case ValueKind::kBool:
      return value.boolean ? "true" : "false";
    case ValueKind::kInt:
      return std::to_string(value.integer);
    case ValueKind::kUnsigned:
      return std::to_string(value.bits());
    case ValueKind::kDouble: {
      std::string text = std::to_string(value.number);
      text.erase(text.find_last_not_of('0') + 1);
      return text;
    }
    case ValueKind::kString:
      return "'" + std::string(value.string()) + "'";
    case ValueKind::kList:
      return "list" + std::to_string(value.length) + (value.items().empty() ? "" : items_text(value));
    case ValueKind::kMap:
      return "map" + std::to_string(value.length) + (value.items().empty() ? "" : items_text(value));
    case ValueKind::kTimestamp:
      return format_rfc3339(value.instant());
    default:
      return "error";
  }
}

class FileWorld {
 public:
  // `keys` of the source in TOML; `fields` as expressions name them. The text of one such as json(log).level is a
  // column too, before it unless it was named earlier. "list..." is a list or object with what is in it.
  FileWorld(std::string keys, const std::vector<std::string>& fields) : keys_(std::move(keys)) {
    for (const std::string& field : fields) {
      if (field.starts_with("json(")) {
        EXPECT_TRUE(Expression::compile(field, schema_));
      } else if (field.ends_with("...")) {
        schema_.want_items(schema_.intern(parse_field_path(field.substr(0, field.size() - 3)).value()));
      } else {
        schema_.intern(parse_field_path(field).value());
      }
    }
    files.set_time(now_, true);
    EXPECT_TRUE(files.make_directory("/data"));
    start();
  }

  // A new process, which knows only what the old one saved.
  void restart() {
    StateWriter out;
    collector_->save(out);
    const std::string state = out.take();
    start();
    load(state);
  }
  std::string save() const {
    StateWriter out;
    collector_->save(out);
    return out.take();
  }
  void start() {
    batch_.reset(schema_.size());
    collector_.reset();
    Diagnostics diagnostics;
    const ConfigTable table = parse_toml(keys_, "test.toml", diagnostics);
    TableReader reader(table, {}, "[[source]]", diagnostics);
    CollectorContext context{reader, std::nullopt, builtin_formats()};
    definition_ = build_file_source(context);
    reader.report_unused_keys();
    ASSERT_FALSE(diagnostics.has_errors()) << diagnostics.errors().front().to_string();
    collector_ = definition_->open(schema_, files);
  }
  void load(const std::string& state) {
    StateReader in(state);
    const Expected<void> loaded = collector_->load(in);
    ASSERT_TRUE(loaded) << loaded.error().to_string();
  }

  void set_wake(const std::function<void()>& wake) { collector_->set_wake(wake); }

  Expected<void> try_load(StateReader& in) { return collector_->load(in); }

  void pass(Duration time) {
    now_ += time;
    files.set_time(now_, true);
  }
  Expected<void> discover() {
    collector_->set_time(now_);
    collector_->set_monotonic_time(MonotonicTime(now_.time_since_epoch()));
    return collector_->discover();
  }
  PollState poll(std::size_t bytes = Budget{}.bytes) { return take(collector_->poll(Budget{bytes}, batch_)); }
  void poll_all(std::size_t bytes = Budget{}.bytes) {
    for (int i = 0; i < 100'000; ++i) {
      const PollState state = poll(bytes);
      if (state == PollState::kIdle) {
        return;
      }
      i -= state == PollState::kWaiting ? 1 : 0;
    }
    ADD_FAILURE() << "the collector is never idle";
  }
  void finish() {
    while (take(collector_->finish(Budget{}, batch_)) == PollState::kMore) {
    }
  }
  // A second passes, then everything is read.
  void look(std::size_t bytes = Budget{}.bytes) {
    pass(std::chrono::seconds(1));
    EXPECT_TRUE(discover());
    poll_all(bytes);
  }
  // A second passes, then only some of a large file is read.
  void begin_to_look() {
    pass(std::chrono::seconds(1));
    EXPECT_TRUE(discover());
    for (int i = 0; i < 4; ++i) {
      poll();
    }
  }
  // The rows that were read since the last call.
  std::vector<std::string> take_rows() { return std::exchange(rows_, {}); }
  std::vector<TimePoint> take_times() { return std::exchange(times_, {}); }
  // The rows that were read since the last call, and between them "first" and "last" where versions began and ended.
  std::vector<std::string> take_events() { return std::exchange(events_, {}); }
  // The files that versions were said to be of, since the last call.
  std::set<std::uint64_t> take_files() { return std::exchange(files_of_versions_, {}); }
  std::vector<std::string> take_notes() { return collector_->take_notes(); }
  // Where versions began (with their columns) and ended, since the last call.
  std::vector<std::string> take_marks() { return std::exchange(marks_, {}); }

  SourceStatus status() const {
    SourceStatus status;
    collector_->report(status);
    return status;
  }
  std::uint64_t rejected(const std::string& reason) const {
    const SourceStatus now = status();
    const auto at = now.versions->rejects.find(reason);
    return at == now.versions->rejects.end() ? 0 : at->second;
  }
  TimePoint now() const { return now_; }
  const SourceDefinition& definition() const { return *definition_; }

  // Replaces the file as a careful writer does: writes another file and renames it.
  void replace(const std::string& path, std::string_view content) {
    files.write("/elsewhere/new", content);
    ASSERT_TRUE(files.rename("/elsewhere/new", path));
  }

  MemoryFileSystem files;

 private:
  PollState take(const Expected<PollState>& state) {
    EXPECT_TRUE(state) << state.error().to_string();
    if (batch_.file_version()) {
      files_of_versions_.insert(batch_.file_version()->file);
    }
    if (batch_.file_version() && batch_.file_version()->first) {
      events_.emplace_back("first");
    }
    for (Row row = 0; row < batch_.rows(); ++row) {
      std::string text;
      for (FieldId field = 0; field < schema_.size(); ++field) {
        text += (field == 0 ? "" : " ") + to_text(batch_.column(field)[row]);
      }
      rows_.push_back(text);
      events_.push_back(text);
      times_.push_back(batch_.times()[row]);
    }
    if (const std::optional<FileVersionPart>& part = batch_.file_version(); part && (part->first || part->last)) {
      std::string text = part->first ? "first" : "last";
      for (const std::string& column : part->columns) {
        text += " " + column;
      }
      marks_.push_back(text);
    }
    if (batch_.file_version() && batch_.file_version()->last) {
      events_.emplace_back("last");
    }
    return state ? *state : PollState::kIdle;
  }

  std::string keys_;
  Schema schema_;
  std::unique_ptr<SourceDefinition> definition_;
  std::unique_ptr<Collector> collector_;
  RecordBatch batch_;
  TimePoint now_ = TimePoint(std::chrono::hours(500'000));
  std::vector<std::string> rows_;
  std::vector<TimePoint> times_;
  std::vector<std::string> marks_;
  std::vector<std::string> events_;
  std::set<std::uint64_t> files_of_versions_;
};

}  // namespace leeway
