// The log source over files in memory, with rotation as in logrotate. Shared by its tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/collectors/tail/tail_fixture.h"

namespace leeway {

inline constexpr const char* kLog = "/log/app.log";

class LogCollectorTest : public testing::Test {
 protected:
  void rename(const std::string& from, const std::string& to) { ASSERT_TRUE(files_.rename(from, to)); }
  void copy(const std::string& from, const std::string& to) {
    ASSERT_FALSE(files_.exists(to));
    files_.append(to, files_.content(from));
  }
  void copytruncate(const std::string& path, const std::string& to) {
    copy(path, to);
    files_.truncate(path, 0);
  }

  MemoryFileSystem files_;
};

}  // namespace leeway
