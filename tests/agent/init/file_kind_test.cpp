#include "agent/init/file_kind.h"

#include <gmock/gmock.h>

#include <random>

namespace leeway {
namespace {

TEST(FileKind, WhatIsNoTextIsNamed) {
  EXPECT_EQ("a database of SQLite", binary_kind(std::string("SQLite format 3\0", 16)));
  EXPECT_EQ("a picture", binary_kind("\x89PNG\r\n\x1a\n"));
  EXPECT_EQ("a picture", binary_kind("\xff\xd8\xff\xe0"));
  std::mt19937 random(1);
  std::string noise;
  for (int i = 0; i < 4096; ++i) {
    noise += static_cast<char>(random() % 256);
  }
  EXPECT_EQ("binary", binary_kind(noise));
  EXPECT_EQ("binary", binary_kind(std::string(292, '\0')));
}

TEST(FileKind, TextIsTextInAnyAlphabetWithColoursAndAQuotedByte) {
  EXPECT_EQ("", binary_kind("2026-11-28 04:25:02 INFO done\n"));
  EXPECT_EQ("", binary_kind("\x1b[32mINFO\x1b[0m done\r\n"));
  EXPECT_EQ("", binary_kind("\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\n"));
  EXPECT_EQ("", binary_kind("\xcf\xf0\xe8\xe2\xe5\xf2\n"));  // windows-1251
  EXPECT_EQ("", binary_kind("[error] invalid request: \"" + std::string(1, '\0') + "\" from 10.0.0.7, a scanner\n"));
  EXPECT_EQ("", binary_kind("\xff\xfeI\0N\0F\0O\0"));
  EXPECT_EQ("", binary_kind(""));
}

TEST(FileKind, NamesTellWhatIsNoLog) {
  EXPECT_EQ("a configuration", kind_by_name("app.CONF"));
  EXPECT_EQ("a file with the number of a process", kind_by_name("nginx.pid"));
  EXPECT_EQ("the text of a program", kind_by_name("run.sh"));
  for (const char* const name : {"app.log", "syslog", "app.txt", "data.csv", "app.jsonl", "conf", "app.log.1"}) {
    EXPECT_EQ("", kind_by_name(name)) << name;
  }
}

TEST(FileKind, NamesTellWhatIsALog) {
  for (const char* const name : {"app.log", "syslog", "nohup.out", "Catalina.2026-11-28.LOG", "messages"}) {
    EXPECT_TRUE(is_named_log(name)) << name;
  }
  EXPECT_FALSE(is_named_log("notes.txt"));
}

}  // namespace
}  // namespace leeway
