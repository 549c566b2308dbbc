// The other side of the tail's random test: a service that writes unique lines and rotates its log, and a ledger of
// what was written, what was counted, and what may be lost.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "agent/core/status.h"
#include "tests/collectors/tail/compress.h"
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
  // Lines that are the same in many files: how often they are counted is not checked, since a file that holds nothing
  // else cannot be told from another.
  void write_banner(const std::string& text, std::size_t end_size) {
    banner_ = text;
    banner_bytes_ = text.size() + end_size;
  }
  void write_hole(std::uint64_t size) {
    written_ += size;
    skipped_ += size;
  }
  bool over_long(LineId id) const { return lines_[id].bytes - 1 > max_line_; }

  void count(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      if (text == banner_) {
        ++banners_;
        continue;
      }
      const auto found = ids_.find(text);
      ASSERT_TRUE(found != ids_.end()) << "never written: " << text;
      ASSERT_TRUE(!counted(found->second) || may_double_) << "counted twice: " << text;
      if (counted(found->second)) {
        doubles_.push_back(found->second);
      }
      counted_.resize(std::max(counted_.size(), found->second + 1));
      counted_[found->second] = true;
    }
  }
  bool counted(LineId id) const { return id < counted_.size() && counted_[id]; }

  // What is counted twice is an error only if nothing says so at the end.
  void allow_named_doubles() { may_double_ = true; }

  void save() {
    saved_ = counted_;
    saved_banners_ = banners_;
    saved_doubles_ = doubles_;
  }
  void crash() {
    counted_ = saved_;
    banners_ = saved_banners_;
    doubles_ = saved_doubles_;
  }

  // It cannot be read any more. If it is counted in a saved state, it stays counted. `known`: a saved state has a
  // position in its file, so that its loss has a name.
  void destroy(LineId id, bool known) {
    lines_[id].at_risk = lines_[id].at_risk || id >= saved_.size() || !saved_[id];
    lines_[id].known = lines_[id].known || known;
  }

  // `exact`: nothing was destroyed. Not `appends`: zeros may be counted again in a copy, and a log that held nothing
  // but zeros is known by nothing when it is truncated; then that is named.
  void check(const SourceStatus& status, bool exact, bool appends) const {
    const ReasonCounts& lost = status.lost_bytes;
    const std::uint64_t bytes = status.bytes - banners_ * banner_bytes_;
    const bool unnamed =
        std::all_of(status.gaps.begin(), status.gaps.end(), [](const auto& gap) { return gap.second == 0; });
    EXPECT_TRUE(doubles_.empty() || !unnamed)
        << "counted twice, and nothing says so: " << lines_[doubles_.front()].text;
    const bool excused = (may_double_ && !unnamed) || (!appends && (!unnamed || lost.at("nul") > 0));
    std::uint64_t counted_bytes = 0;
    for (const LineId id : doubles_) {
      counted_bytes += lines_[id].bytes;
    }
    std::uint64_t over_long_bytes = 0;
    std::uint64_t missing = 0;
    for (LineId id = 0; id < lines_.size(); ++id) {
      if (counted(id)) {
        counted_bytes += lines_[id].bytes;
      } else if (over_long(id)) {
        over_long_bytes += lines_[id].bytes;
      } else {
        missing += lines_[id].bytes;
        EXPECT_TRUE(lines_[id].at_risk || excused) << "missing: " << lines_[id].text;
        EXPECT_FALSE(lines_[id].known && unnamed) << "missing, and nothing says so: " << lines_[id].text;
      }
    }
    EXPECT_EQ(bytes, counted_bytes);
    const std::uint64_t skipped = lost.at("oversize") + lost.at("nul");
    const std::uint64_t destroyed = lost.at("truncated") + lost.at("vanished");
    if (excused) {
      return;
    }
    if (exact) {
      EXPECT_EQ(destroyed, 0U);
      EXPECT_GE(skipped, over_long_bytes + skipped_);
      EXPECT_GE(bytes + skipped, written_);
      if (appends) {
        EXPECT_EQ(skipped, over_long_bytes + skipped_);
        EXPECT_EQ(bytes + skipped, written_);
      }
    } else if (appends) {
      EXPECT_LE(skipped, over_long_bytes + skipped_);
      EXPECT_TRUE(!unnamed || skipped + destroyed <= missing + over_long_bytes + skipped_);
    }
  }

 private:
  struct Written {
    std::string text;
    std::uint64_t bytes;
    bool at_risk = false;
    bool known = false;
  };

  const std::size_t max_line_;
  bool may_double_ = false;
  std::vector<LineId> doubles_;
  std::vector<LineId> saved_doubles_;
  std::string banner_;
  std::size_t banner_bytes_ = 0;
  std::uint64_t banners_ = 0;
  std::uint64_t saved_banners_ = 0;
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

  // Without `appends` it writes where it was, behind the zeros that truncation leaves.
  Service(MemoryFileSystem& files, Ledger& ledger, std::mt19937& random, bool dated, bool appends)
      : files_(files), ledger_(ledger), random_(random), dated_(dated), appends_(appends) {
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
    end_copy();
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
    end_copy();
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
    at_ = 0;
    content_ = names_[kLog];
  }
  bool writes_elsewhere() const { return content_ != log_content(); }

  // In steps, between which others look; the next write or rotation completes them: the copy is there but empty, it is
  // begun, it is complete, the log is empty.
  void begin_copytruncate(std::size_t kept) {
    end_line();
    if (writes_elsewhere()) {
      return;
    }
    shift(kept);
    files_.append(rotated_name(), "");
    names_[rotated_name()] = std::make_shared<Content>(*content_);
    names_[rotated_name()]->known = false;
    names_[rotated_name()]->copy = true;
    copied_ = 0;
  }
  void continue_copytruncate() {
    if (!copied_) {
      return;
    }
    const std::string all = files_.content(kLog);
    if (*copied_ < all.size()) {
      const std::size_t part = 1 + random_() % (all.size() - *copied_);
      files_.append(rotated_name(), all.substr(*copied_, part));
      *copied_ += part;
    } else {
      files_.truncate(kLog, 0);
      content_->lines.clear();
      content_->known = false;
      copied_.reset();
    }
  }
  void end_copy() {
    while (copying()) {
      continue_copytruncate();
    }
  }
  bool copying() const { return copied_.has_value(); }
  void truncate() {
    end_copy();
    if (!writes_elsewhere()) {
      end_line();
      destroy(*content_, false);
      files_.truncate(kLog, 0);
      content_->lines.clear();
      content_->known = false;
    }
  }
  void remove() {
    end_copy();
    if (names_.contains(kLog)) {
      destroy(*names_[kLog], true);
      ASSERT_TRUE(files_.remove(kLog));
      names_.erase(kLog);
    }
  }
  // The log is a link and now leads to a new file; the writer continues in the old one.
  void switch_link() {
    end_copy();
    const std::string target = "/log/app-" + std::to_string(++rotations_) + ".txt";
    files_.append(target, "");
    files_.make_symlink(target, kLog);
    names_[kLog] = std::make_shared<Content>();
  }

  // The tail saved its state.
  void saved() {
    for_each_content([this](Content& content) { content.known = !content.copy && is_begun(content); });
  }

  // Each file that it creates begins with these lines.
  void set_banner(std::string line, std::size_t lines) {
    banner_ = std::move(line);
    banner_lines_ = lines;
  }
  // Somebody keeps a copy of a log. Fewer lines are not enough to know it again: they may be a banner.
  void copy_by_hand() {
    end_line();
    const std::shared_ptr<Content> log = log_content();
    const auto counted = [this](LineId id) { return ledger_.counted(id); };
    if (log == nullptr || std::count_if(log->lines.begin(), log->lines.end(), counted) < 16) {
      return;
    }
    static constexpr std::array kCopies{"/log/app.log.bak", "/log/app.log.copy", "/log/copy-of-app.log",
                                        "/log/old/app.log"};
    const std::string name = kCopies.at(random_() % kCopies.size());
    if (files_.exists(name) && random_() % 4 == 0) {
      ASSERT_TRUE(files_.remove(name));
    } else if (files_.exists(name)) {
      files_.truncate(name, 0);
    }
    files_.append(name, files_.content(kLog));
  }
  // Compresses the oldest rotated file that is not written any more, in two steps.
  void begin_compress() {
    end_copy();
    end_compress();
    for (const auto& [name, content] : names_) {
      if (dated_ && name != kLog && !name.ends_with(".gz") && content != content_) {
        const std::string all = gzip(files_.content(name));
        const std::size_t half = random_() % all.size();
        files_.append(name + ".gz", all.substr(0, half));
        compressing_ = {name, all.substr(half)};
        return;
      }
    }
  }
  void end_compress() {
    if (const auto [name, rest] = std::exchange(compressing_, {}); !name.empty()) {
      files_.append(name + ".gz", rest);
      ASSERT_TRUE(files_.remove(name));
      names_[name + ".gz"] = std::move(names_[name]);
      names_.erase(name);
    }
  }
  bool compressing() const { return !compressing_.first.empty(); }

  bool appends() const { return appends_; }

  // Whether a line of the log's current content is counted.
  bool log_is_begun() const {
    const std::shared_ptr<Content> log = log_content();
    return log != nullptr && is_begun(*log);
  }

 private:
  struct Content {
    std::vector<LineId> lines;
    bool removed = false;
    bool known = false;  // a saved state has a position in it
    bool copy = false;   // the tail may not have found it yet
  };

  bool is_begun(const Content& content) const {
    return std::any_of(content.lines.begin(), content.lines.end(), [this](LineId id) { return ledger_.counted(id); });
  }

  template <typename Visit>
  void for_each_content(Visit visit) {
    visit(*content_);
    for (const auto& [name, content] : names_) {
      if (content != nullptr) {
        visit(*content);
      }
    }
  }

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
      ledger_.destroy(id, content_->known);
    }
    return text + end;
  }
  void append(const std::string& bytes, std::string rest) {
    const std::uint64_t size = writer_->info()->size;
    const std::uint64_t at = appends_ ? size : std::max(at_, size);
    ledger_.write_hole(at - size);
    ASSERT_TRUE(writer_->write_at(at, bytes));
    at_ = at + bytes.size();
    rest_ = std::move(rest);
  }
  void create() {
    files_.append(kLog, "");
    names_[kLog] = std::make_shared<Content>();
    for (std::size_t i = 0; i < banner_lines_; ++i) {
      ledger_.write_banner(banner_, 1);
      files_.append(kLog, banner_ + "\n");
    }
  }
  void destroy(Content& content, bool removed) {
    content.removed = removed;
    for (const LineId id : content.lines) {
      ledger_.destroy(id, removed && content.known);
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
  const bool appends_;
  std::map<std::string, std::shared_ptr<Content>> names_;
  std::shared_ptr<Content> content_ = std::make_shared<Content>();  // of the file that the writer has open
  std::unique_ptr<File> writer_;
  std::string rest_;
  std::string banner_;
  std::size_t banner_lines_ = 0;
  std::pair<std::string, std::string> compressing_;  // name, and what is not compressed yet
  std::uint64_t at_ = 0;                             // where it writes next
  std::optional<std::size_t> copied_;                // bytes, while the log is copied
  std::size_t next_ = 0;
  std::size_t rotations_ = 0;
};

}  // namespace leeway
