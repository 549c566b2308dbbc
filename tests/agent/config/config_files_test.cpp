#include "agent/config/config_files.h"

#include <gtest/gtest.h>

#include "agent/config/toml_reader.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

class ConfigFilesTest : public testing::Test {
 protected:
  void read(const std::string& path = "/etc/leeway/leeway.toml") {
    Diagnostics diagnostics;
    read_toml(files_, path, diagnostics, nullptr, &read_);
  }

  MemoryFileSystem files_;
  ConfigFiles read_;
};

TEST_F(ConfigFilesTest, NothingHasChangedSinceTheyWereRead) {
  files_.write("/etc/leeway/leeway.toml", "a = 1\n");
  read();
  EXPECT_FALSE(read_.changed(files_));
  files_.write("/etc/leeway/leeway.toml", "a = 1\n");  // another time of modification
  EXPECT_FALSE(read_.changed(files_));
}

TEST_F(ConfigFilesTest, FilesThatAreIncludedBelongToIt) {
  files_.write("/etc/leeway/leeway.toml", "include = [\"../packs/a.toml\", \"missing.toml\"]\n");
  files_.write("/etc/packs/a.toml", "a = 1\n");
  read();
  EXPECT_EQ(read_.directories(), (std::vector<std::string>{"/etc/leeway", "/etc/leeway/../packs"}));
  EXPECT_FALSE(read_.changed(files_));
  files_.write("/etc/packs/a.toml", "a = 2\n");
  EXPECT_TRUE(read_.changed(files_));
  read();
  EXPECT_FALSE(read_.changed(files_));
  files_.write("/etc/leeway/missing.toml", "b = 1\n");
  EXPECT_TRUE(read_.changed(files_));
}

// As the kubelet does it: `..data` is switched to a new directory.
TEST_F(ConfigFilesTest, ASwitchedLinkIsAChangeIfItLeadsToOtherText) {
  files_.write("/etc/leeway/..1/leeway.toml", "a = 1\n");
  files_.write("/etc/leeway/..2/leeway.toml", "a = 1\n");
  files_.write("/etc/leeway/..3/leeway.toml", "a = 3\n");
  files_.make_symlink("/etc/leeway/..1", "/etc/leeway/..data");
  files_.make_symlink("/etc/leeway/..data/leeway.toml", "/etc/leeway/leeway.toml");
  read();
  files_.make_symlink("/etc/leeway/..2", "/etc/leeway/..data");
  EXPECT_FALSE(read_.changed(files_));
  files_.make_symlink("/etc/leeway/..3", "/etc/leeway/..data");
  EXPECT_TRUE(read_.changed(files_));
}

TEST_F(ConfigFilesTest, AFileThatIsGoneOrBackHasChanged) {
  files_.write("/etc/leeway/leeway.toml", "a = 1\n");
  read();
  files_.remove_tree("/etc/leeway/leeway.toml");
  EXPECT_TRUE(read_.changed(files_));
  read();
  EXPECT_FALSE(read_.changed(files_));
  files_.write("/etc/leeway/leeway.toml", "a = 1\n");
  EXPECT_TRUE(read_.changed(files_));
}

}  // namespace
}  // namespace leeway
