// Tries of formats on the lines of a sample. Used by format_choice and request_choice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/init/format_candidates.h"

namespace leeway {

// Which of the lines a candidate reads as its own. All are open at first.
class LineTries {
 public:
  explicit LineTries(const std::vector<std::string>& lines);

  const std::vector<std::string>& lines() const { return lines_; }
  std::size_t open() const;
  bool is_open(std::size_t line) const { return open_[line]; }
  std::vector<std::string> open_lines() const;

  // Of those that are open.
  std::vector<std::size_t> read_by(const FormatCandidate& candidate) const;
  // Of all lines.
  double share_read_by(const FormatCandidate& candidate) const;
  // They are open no more.
  void take(const std::vector<std::size_t>& read);

 private:
  std::string text_;
  std::vector<std::string> lines_;
  std::map<std::uint64_t, std::size_t> ends_;
  std::vector<bool> open_;
};

// A format that reads nothing more than a percent of the lines is not worth its place in a list.
bool is_worth(std::size_t read, std::size_t lines);

}  // namespace leeway
