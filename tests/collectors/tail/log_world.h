// The other side of the tail's random test: a service that writes unique lines and rotates its log, and a ledger of
// what was written, what was counted, and what may be lost.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/support/memory_file_system.h"

namespace leeway {

using LineId = std::size_t;

// Every line is counted at most once, and a line that is not counted was destroyed before a saved state counted it.
class Ledger {
 public:
  // Longer lines must be skipped.
  explicit Ledger(std::size_t max_line) : max_line_(max_line) {}

  LineId write(const std::string& text, std::size_t end_size) {
    const LineId id = lines_.size();
    lines_.push_back({text, text.size() + end_size});
    ids_[text] = id;
    written_ += text.size() + end_size;
    return id;
  }
  void write_hole(std::uint64_t size) {
    written_ += size;
    skipped_ += size;
  }
  bool over_long(LineId id) const { return lines_[id].text.size() > max_line_; }

  void count(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      const auto found = ids_.find(text);
      ASSERT_TRUE(found != ids_.end()) << "never written: " << text;
      ASSERT_FALSE(counted(found->second)) << "counted twice: " << text;
      counted_.resize(std::max(counted_.size(), found->second + 1));
      counted_[found->second] = true;
    }
  }
  bool counted(LineId id) const { return id < counted_.size() && counted_[id]; }

  void save() { saved_ = counted_; }
  void crash() { counted_ = saved_; }

  // It cannot be read any more. If it is counted in a saved state, it stays counted.
  void destroy(LineId id) { lines_[id].at_risk = lines_[id].at_risk || id >= saved_.size() || !saved_[id]; }

  // `exact`: nothing was destroyed.
  void check(const ReasonCounts& lost, std::uint64_t bytes, bool exact) const {
    std::uint64_t counted_bytes = 0;
    std::uint64_t over_long_bytes = 0;
    std::uint64_t missing = 0;
    for (LineId id = 0; id < lines_.size(); ++id) {
      if (counted(id)) {
        counted_bytes += lines_[id].bytes;
      } else if (over_long(id)) {
        over_long_bytes += lines_[id].bytes;
      } else {
        missing += lines_[id].bytes;
        EXPECT_TRUE(lines_[id].at_risk) << "missing: " << lines_[id].text;
      }
    }
    EXPECT_EQ(bytes, counted_bytes);
    const std::uint64_t skipped = lost.at("oversize") + lost.at("nul");
    const std::uint64_t destroyed = lost.at("truncated") + lost.at("vanished");
    if (exact) {
      EXPECT_EQ(skipped, over_long_bytes + skipped_);
      EXPECT_EQ(destroyed, 0U);
      EXPECT_EQ(bytes + skipped, written_);
    } else {
      EXPECT_LE(skipped, over_long_bytes + skipped_);
      EXPECT_LE(skipped + destroyed, missing + over_long_bytes + skipped_);
    }
  }

 private:
  struct Written {
    std::string text;
    std::uint64_t bytes;
    bool at_risk = false;
  };

  const std::size_t max_line_;
  std::vector<Written> lines_;
  std::unordered_map<std::string, LineId> ids_;
  std::vector<bool> counted_;
  std::vector<bool> saved_;
  std::uint64_t written_ = 0;
  std::uint64_t skipped_ = 0;
};

// Writes through a handle that it keeps across rotations until it is told to reopen its log.
class Service {
 public:
  static constexpr const char* kLog = "/log/app.log";

  Service(MemoryFileSystem& files, Ledger& ledger, std::mt19937& random, bool dated)
      : files_(files), ledger_(ledger), random_(random), dated_(dated) {
    reopen();
  }

  void write() {
    end_line();
    append(new_line(), "");
  }
  // Half a line; the next write of any kind completes it.
  void begin_line() {
    end_line();
    const std::string line = new_line();
    const std::size_t half = random_() % line.size();
    append(line.substr(0, half), line.substr(half));
  }
  void end_line() {
    if (!rest_.empty()) {
      append(std::string(rest_), "");
    }
  }
  // A line after a hole, as left by a writer that does not know that its file was truncated.
  void write_behind_hole() {
    end_line();
    const std::uint64_t hole = 1 + random_() % (random_() % 2 == 0 ? 20'000 : 100);
    ledger_.write_hole(hole);
    const std::string line = new_line();
    ASSERT_TRUE(writer_->write_at(writer_->info()->size + hole, line));
  }

  // The log gets another name; the writer continues in it.
  void rename_away(std::size_t kept) {
    if (!names_.contains(kLog)) {
      return;
    }
    shift(kept);
    ASSERT_TRUE(files_.rename(kLog, rotated_name()));
    names_[rotated_name()] = std::exchange(names_[kLog], nullptr);
    names_.erase(kLog);
    if (random_() % 2 == 0) {  // `create`
      create();
    }
  }
  void reopen() {
    end_line();
    if (!names_.contains(kLog)) {
      create();
    }
    writer_ = files_.open_writer(kLog);
    content_ = names_[kLog];
  }
  bool writes_elsewhere() const { return content_ != log_content(); }

  void copytruncate(std::size_t kept) {
    if (writes_elsewhere()) {
      return;
    }
    end_line();
    shift(kept);
    files_.append(rotated_name(), files_.content(kLog));
    names_[rotated_name()] = std::make_shared<Content>(*content_);
    files_.truncate(kLog, 0);
    content_->lines.clear();
  }
  void truncate() {
    if (!writes_elsewhere()) {
      end_line();
      destroy(*content_, false);
      files_.truncate(kLog, 0);
      content_->lines.clear();
    }
  }
  void remove() {
    if (names_.contains(kLog)) {
      destroy(*names_[kLog], true);
      ASSERT_TRUE(files_.remove(kLog));
      names_.erase(kLog);
    }
  }
  // The log is a link and now leads to a new file; the writer continues in the old one.
  void switch_link() {
    const std::string target = "/log/app-" + std::to_string(++rotations_) + ".txt";
    files_.append(target, "");
    files_.make_symlink(target, kLog);
    names_[kLog] = std::make_shared<Content>();
  }

  // Whether a line of the log's current content is counted.
  bool log_is_begun() const {
    const std::shared_ptr<Content> log = log_content();
    return log != nullptr &&
           std::any_of(log->lines.begin(), log->lines.end(), [this](LineId id) { return ledger_.counted(id); });
  }

 private:
  struct Content {
    std::vector<LineId> lines;
    bool removed = false;
  };

  std::shared_ptr<Content> log_content() const {
    const auto log = names_.find(kLog);
    return log == names_.end() ? nullptr : log->second;
  }

  std::string new_line() {
    const std::string end = random_() % 8 == 0 ? "\r\n" : "\n";
    const std::size_t padding = random_() % 20 == 0 ? random_() % 1000 : random_() % 40;
    const std::string text = "line " + std::to_string(next_++) + " " + std::string(padding, 'x');
    const LineId id = ledger_.write(text, end.size());
    content_->lines.push_back(id);
    if (content_->removed) {
      ledger_.destroy(id);
    }
    return text + end;
  }
  void append(const std::string& bytes, std::string rest) {
    files_.append(*writer_, bytes);
    rest_ = std::move(rest);
  }
  void create() {
    files_.append(kLog, "");
    names_[kLog] = std::make_shared<Content>();
  }
  void destroy(Content& content, bool removed) {
    content.removed = removed;
    for (const LineId id : content.lines) {
      ledger_.destroy(id);
    }
  }
  std::string rotated_name(std::size_t number = 1) const {
    return dated_ ? std::string(kLog) + "-2025" + std::to_string(1000 + rotations_)
                  : std::string(kLog) + "." + std::to_string(number);
  }
  // Makes room for one more rotated file.
  void shift(std::size_t kept) {
    ++rotations_;
    if (dated_) {
      return;
    }
    std::size_t last = 1;
    while (names_.contains(rotated_name(last))) {
      ++last;
    }
    for (; last > 1; --last) {
      std::shared_ptr<Content> content = names_[rotated_name(last - 1)];
      names_.erase(rotated_name(last - 1));
      if (last > kept) {
        destroy(*content, true);
        ASSERT_TRUE(files_.remove(rotated_name(last - 1)));
      } else {
        ASSERT_TRUE(files_.rename(rotated_name(last - 1), rotated_name(last)));
        names_[rotated_name(last)] = std::move(content);
      }
    }
  }

  MemoryFileSystem& files_;
  Ledger& ledger_;
  std::mt19937& random_;
  const bool dated_;
  std::map<std::string, std::shared_ptr<Content>> names_;
  std::shared_ptr<Content> content_ = std::make_shared<Content>();  // of the file that the writer has open
  std::unique_ptr<File> writer_;
  std::string rest_;
  std::size_t next_ = 0;
  std::size_t rotations_ = 0;
};

}  // namespace leeway
