#include "collectors/tail/compressed_file.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/collectors/tail/compress.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

std::string numbers(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "line " + std::to_string(i) + "\n";
  }
  return text;
}

TEST(CompressedFile, IsItsContentAtEveryPlace) {
  const std::string text = numbers(300'000);  // larger than what is kept to go back
  for (const auto& [name, bytes] : {std::pair("/log/a.gz", gzip(text)), std::pair("/log/a.zst", zstd(text)),
                                    std::pair("/log/b.gz", gzip(text.substr(0, 1000)) + gzip(text.substr(1000)))}) {
    MemoryFileSystem files;
    files.append(name, bytes);
    const Expected<std::unique_ptr<File>> file = open_content(files, name);
    ASSERT_TRUE(file);
    EXPECT_EQ((*file)->info()->size, text.size());
    EXPECT_EQ((*file)->info()->inode, files.stat(name)->inode);
    std::mt19937 random(1);
    for (int i = 0; i < 20; ++i) {
      const std::size_t at = random() % text.size();
      std::string part(1 + random() % 300'000, '\0');
      const Expected<std::size_t> size = read_fully(**file, at, part);
      ASSERT_TRUE(size);
      part.resize(*size);
      EXPECT_TRUE(part == text.substr(at, part.size())) << name << " at " << at;
      EXPECT_EQ(at + part.size() == text.size(), *size < part.capacity() && at + *size == text.size());
    }
  }
}

TEST(ContentCache, GivesWhatIsThereNow) {
  MemoryFileSystem files;
  ContentCache cache;
  files.append("/log/a.gz", gzip(numbers(100)));
  const auto content = [&](const std::string& path) {
    const Expected<std::unique_ptr<File>> file = cache.open(files, path);
    std::string text(file && (*file)->info() ? (*file)->info()->size : 0, '\0');
    EXPECT_TRUE(file && read_fully(**file, 0, text));
    return text;
  };
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(content("/log/a.gz"), numbers(100));
  }
  ASSERT_TRUE(files.rename("/log/a.gz", "/log/b.gz"));
  files.append("/log/a.gz", gzip(numbers(7)));
  EXPECT_EQ(content("/log/a.gz"), numbers(7));
  EXPECT_EQ(content("/log/b.gz"), numbers(100));
  files.append("/log/a.gz", gzip("more"));
  EXPECT_EQ(content("/log/a.gz"), numbers(7) + "more");
  const Expected<std::unique_ptr<File>> one = cache.open(files, "/log/a.gz");
  const Expected<std::unique_ptr<File>> same = cache.open(files, "/log/a.gz");
  EXPECT_EQ((*one)->info()->size, (*same)->info()->size);
  cache.close_all();
  EXPECT_EQ(content("/log/a.gz"), numbers(7) + "more");
  files.append("/log/plain", "text");
  EXPECT_EQ(content("/log/plain"), "text");
}

// As in a log that was truncated while its writer kept its position.
TEST(CompressedFile, ZerosAtItsBeginningAreItsContentToo) {
  constexpr std::size_t kZeros = 20'000'000;  // more than is kept to go back
  const std::string text = std::string(kZeros, '\0') + numbers(1000) + std::string(5, '\0') + "end";
  for (const auto& [name, bytes] : {std::pair("/log/a.gz", gzip(text)), std::pair("/log/a.zst", zstd(text))}) {
    MemoryFileSystem files;
    files.append(name, bytes);
    const Expected<std::unique_ptr<File>> file = open_content(files, name);
    ASSERT_TRUE(file);
    EXPECT_EQ((*file)->info()->size, text.size());
    for (const std::size_t at : {text.size() - 3, std::size_t{0}, kZeros - 10, kZeros, kZeros + 10, std::size_t{7}}) {
      std::string part(100, 'x');
      const Expected<std::size_t> size = read_fully(**file, at, part);
      ASSERT_TRUE(size);
      part.resize(*size);
      EXPECT_TRUE(part == text.substr(at, 100)) << name << " at " << at;
    }
    EXPECT_EQ((*file)->next_data(5).value(), kZeros);
  }
}

TEST(CompressedFile, ThatEndsEarlyOrIsDamagedIsAnError) {
  const std::string text = numbers(1000);
  for (const bool gz : {true, false}) {
    const std::string whole = gz ? gzip(text) : zstd(text);
    for (std::size_t size = 1; size < whole.size(); size += 1 + whole.size() / 50) {
      MemoryFileSystem files;
      const std::string name = gz ? "/a.gz" : "/a.zst";
      files.append(name, whole.substr(0, size));
      const Expected<std::unique_ptr<File>> file = open_content(files, name);
      ASSERT_TRUE(file);
      const Expected<FileInfo> info = (*file)->info();
      ASSERT_FALSE(info) << size;
      EXPECT_NE(info.error().message.find(name), std::string::npos);
      files.append(name, whole.substr(size));
      EXPECT_EQ((*file)->info()->size, text.size());
    }
    MemoryFileSystem files;
    files.append("/a.gz", "not compressed");
    const Expected<std::unique_ptr<File>> file = open_content(files, "/a.gz");
    ASSERT_TRUE(file);
    EXPECT_FALSE((*file)->info());
  }
}

TEST(CompressedFile, OthersAreOpenedAsTheyAre) {
  MemoryFileSystem files;
  files.append("/a.log", "text");
  const Expected<std::unique_ptr<File>> file = open_content(files, "/a.log");
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->info()->size, 4U);
  EXPECT_EQ(open_content(files, "/none.gz").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace leeway
