// What is remembered of the content that was applied of a log file: enough to tell whether another file holds the same,
// and up to where. Bounded: at most 256 marks at ends of lines, dense near the end and fewer before.
// Used by TailedFile, which keeps one of what it reads and of the last contents that were truncated away.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "agent/core/file_system.h"
#include "agent/core/state_io.h"
#include "collectors/decode/decoder.h"

namespace leeway {

// How much of a printed content another file holds. Between two marks nothing is known.
struct ContentMatch {
  std::uint64_t position = 0;  // the last mark up to which all agree
  std::uint64_t lines = 0;     // lines up to there
  std::uint64_t of_lines = 0;  // lines of the printed content
  bool whole = false;          // all of the printed content is there
  bool diverged = false;       // the file goes on, but differently
  bool other_line = false;     // all of it is there, but then not the line that was unfinished

  // Too little in common to tell a continued or edited log from another that begins with the same banner.
  bool few() const { return lines < kBannerLines; }
  // The file is a beginning of this content. One line in common is not enough.
  bool is_beginning() const { return lines > 1 && !diverged; }
  // The file is this content with at most a quarter of its end changed or missing, as after an edit.
  bool is_cut() const { return !whole && lines > 1 && (of_lines - lines) * 4 <= of_lines; }

  // Enough in common for a version of this content, if not a long banner.
  bool has_much() const { return !few() && lines * 8 >= of_lines; }
  // So much that it is rather this content with a changed end than another.
  bool has_most() const { return !diverged || lines * 2 >= of_lines; }

  static constexpr std::uint64_t kBannerLines = 16;
};

class ContentPrint {
 public:
  ContentPrint() = default;
  // Known by its head alone, as in states of the version before.
  ContentPrint(std::uint64_t head_size, std::uint64_t head_hash) : head_size_(head_size), head_hash_(head_hash) {}

  // `text` ends at `end` of the file and holds what was applied now, of which `lines` are the lines, with at least the
  // kMarkBytes before it (or all there is).
  void extend(std::string_view text, std::uint64_t end, std::span<const Line> lines);
  // Reading goes on at `position`: what lies before it is known by its end only.
  void jump(std::string_view before, std::uint64_t position);
  void set_head(std::uint64_t size, std::uint64_t hash) {
    head_size_ = size;
    head_hash_ = hash;
  }
  // Forgets what lies after `position`.
  void cut(std::uint64_t position);

  bool empty() const { return head_size_ == 0 && marks_.empty(); }
  // Holes of zeros say nothing about a content.
  bool has_lines() const { return lines_ > 0 || (marks_.empty() && head_size_ > 0); }
  // Where the content ends, as far as it is known.
  std::uint64_t end() const { return marks_.empty() ? head_size_ : marks_.back().position; }
  // Whether its lines repeat to the byte, so that one place of it cannot be told from another.
  bool repeats() const { return marks_.size() > 1 && marks_.back().hash == marks_[marks_.size() - 2].hash; }

  // Whether a file that begins with `head` holds not even the first lines: cheap, for one file against thousands.
  bool differs_from(std::string_view head) const;
  // Whether `text` begins with its first line, or with its first lines if they are short.
  bool begins(std::string_view text) const;
  // The error is of reading; a file that is shorter than the content is none.
  Expected<ContentMatch> compare(File& file, std::uint64_t size) const;

  // Whether the file, which differs before the end of the content, holds most of the lines after the first few
  // nevertheless, at most 64 KiB from where they were: somebody edited it. Not where lines repeat.
  Expected<bool> is_edited_in(File& file) const;

  // At most about `max_marks` of them.
  void save(StateWriter& out, std::size_t max_marks) const;
  void load(StateReader& in);

  static constexpr std::size_t kMarkBytes = 512;

 private:
  struct Mark {
    std::uint64_t position;
    std::uint64_t lines;
    std::uint32_t hash;  // of the kMarkBytes before
  };

  static Expected<bool> is_near(File& file, const Mark& mark);
  void add(std::string_view text, std::uint64_t end, std::uint64_t position, std::uint64_t lines);
  std::vector<Mark> thinned() const;
  Expected<bool> ends_earlier(File& file, std::uint64_t size, const ContentMatch& match) const;

  std::uint64_t head_size_ = 0;
  std::uint64_t head_hash_ = 0;
  std::uint64_t lines_ = 0;
  std::vector<Mark> marks_;  // by position
};

}  // namespace leeway
