// A log of lines that are all different, so that each can be seen to be counted once. Used by the tests of copies,
// replaced files and compressed generations.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "tests/collectors/tail/log_collector_fixture.h"

namespace leeway {

class LogContentTest : public LogCollectorTest {
 protected:
  // `count` lines that were never written before.
  std::string lines(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += "2026-11-28T10:00:00 line " + std::to_string(++written_) + " of a log with some words in it\n";
    }
    return text;
  }
  static std::string banner(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += "banner of the service, line " + std::to_string(i) + "\n";
    }
    return text;
  }
  // Each line that lines() made exactly once.
  void expect_each_once(const Tail& tail) const {
    std::vector<std::string> unique = tail.lines;
    std::sort(unique.begin(), unique.end());
    unique.erase(std::unique(unique.begin(), unique.end()), unique.end());
    EXPECT_EQ(unique.size(), tail.lines.size()) << "counted twice";
    EXPECT_EQ(tail.lines.size(), written_);
  }
  // The same, but for banners, which several files hold.
  void expect_each_line_once(Tail& tail) const {
    std::erase_if(tail.lines, [](const std::string& line) { return line.starts_with("banner"); });
    expect_each_once(tail);
  }
  static void expect_no_gap(const Tail& tail) {
    for (const auto& [reason, count] : tail.status().gaps) {
      EXPECT_EQ(count, 0U) << reason << " " << testing::PrintToString(tail.notes);
    }
  }

  std::size_t written_ = 0;
};

}  // namespace leeway
