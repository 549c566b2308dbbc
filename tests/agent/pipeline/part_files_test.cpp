// Parts of checkpoints: written once, there whenever a checkpoint refers to them, gone when none does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <random>

#include "agent/pipeline/checkpoint_store.h"
#include "agent/pipeline/part_file.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;

StatePart part_of(int content, std::size_t size = 5000) {
  return StatePart([=]() -> Expected<std::string> {
    std::string bytes = std::to_string(content) + ":";
    bytes.resize(size, 'p');
    return bytes;
  });
}

// A checkpoint that contains its number and refers to parts.
Checkpoint referring(int number, const std::vector<int>& contents, std::size_t size = 5000) {
  Checkpoint checkpoint;
  StateWriter out(&checkpoint.parts);
  out.u64(contents.size());
  for (const int content : contents) {
    out.part(part_of(content, size));
  }
  checkpoint.sections = {{"metric", std::to_string(number), 1, 1, out.take()}};
  return checkpoint;
}

// The contents that a loaded checkpoint refers to; -1 for those that cannot be read.
std::vector<int> contents_of(const Checkpoint& checkpoint) {
  StateReader in(checkpoint.sections.at(0).bytes, 1, &checkpoint.parts);
  std::vector<int> contents(in.u64());
  for (int& content : contents) {
    const Expected<std::string> bytes = in.part();
    content = bytes ? std::stoi(*bytes) : -1;
  }
  return contents;
}

class PartFilesTest : public testing::Test {
 protected:
  std::unique_ptr<CheckpointStore> open(Durability durability = Durability::kPower) {
    Expected<std::unique_ptr<CheckpointStore>> store = CheckpointStore::open(files_, clock_, "/state", durability);
    EXPECT_TRUE(store) << (store ? "" : store.error().to_string());
    return std::move(*store);
  }
  std::vector<int> found() { return contents_of(*open()->loaded().checkpoint); }
  std::vector<std::string> part_files() {
    std::vector<std::string> names;
    const Expected<std::vector<DirectoryEntry>> entries = files_.list("/state");
    for (const DirectoryEntry& entry : *entries) {
      if (entry.name.starts_with("parts.")) {
        names.push_back(entry.name);
      }
    }
    return names;
  }

  MemoryFileSystem files_;
  FakeClock clock_;
};

TEST_F(PartFilesTest, AreWrittenOnceAndFoundAgain) {
  {
    const std::unique_ptr<CheckpointStore> store = open();
    ASSERT_TRUE(store->save(referring(1, {1, 2, 3})));
    const std::uint64_t renames = files_.calls(FileOperation::kRename);
    ASSERT_TRUE(store->save(referring(2, {3, 2, 1})));
    ASSERT_TRUE(store->save(referring(3, {1, 2, 3})));
    EXPECT_EQ(files_.calls(FileOperation::kRename), renames + 1);  // that of the second slot
    EXPECT_LT(store->size_bytes(), 200U);
  }
  EXPECT_EQ(found(), (std::vector<int>{1, 2, 3}));
  {
    const std::unique_ptr<CheckpointStore> store = open();
    const std::uint64_t renames = files_.calls(FileOperation::kRename);
    ASSERT_TRUE(store->save(referring(4, {2})));
    EXPECT_EQ(files_.calls(FileOperation::kRename), renames);
  }
  EXPECT_EQ(found(), (std::vector<int>{2}));
}

TEST_F(PartFilesTest, SmallOnesArePartOfTheCheckpoint) {
  {
    const std::unique_ptr<CheckpointStore> store = open();
    ASSERT_TRUE(store->save(referring(1, {1, 2}, 100)));
  }
  EXPECT_EQ(part_files(), std::vector<std::string>{});
  EXPECT_EQ(found(), (std::vector<int>{1, 2}));
}

TEST_F(PartFilesTest, AreRemovedOnceNoSlotRefersToThem) {
  const std::unique_ptr<CheckpointStore> store = open();
  ASSERT_TRUE(store->save(referring(1, {1}, 50'000)));
  ASSERT_TRUE(store->save(referring(2, {1, 2}, 50'000)));
  ASSERT_TRUE(store->save(referring(3, {2})));
  EXPECT_FALSE(part_files().empty());  // the other slot refers to it
  ASSERT_TRUE(store->save(referring(4, {})));
  ASSERT_TRUE(store->save(referring(5, {})));
  EXPECT_EQ(part_files(), std::vector<std::string>{});
}

// Before both slots were written, those of the run before may refer to anything.
TEST_F(PartFilesTest, ARestartRemovesNothingThatASlotMayReferTo) {
  {
    const std::unique_ptr<CheckpointStore> store = open();
    ASSERT_TRUE(store->save(referring(1, {1})));
    ASSERT_TRUE(store->save(referring(2, {1})));
  }
  {
    const std::unique_ptr<CheckpointStore> store = open();
    ASSERT_TRUE(store->save(referring(3, {})));
  }
  const std::string newest = files_.content("/state/checkpoint.b").substr(16, 1) == "\x03" ? "b" : "a";
  files_.write("/state/checkpoint." + newest, "damaged");
  EXPECT_EQ(found(), (std::vector<int>{1}));
}

TEST_F(PartFilesTest, ManyThatComeOneByOneAreAFewFiles) {
  const std::unique_ptr<CheckpointStore> store = open();
  std::vector<int> contents;
  for (int number = 1; number <= 200; ++number) {
    contents.push_back(number);
    ASSERT_TRUE(store->save(referring(number, contents)));
    ASSERT_LE(part_files().size(), 10U);
  }
}

// A reference that moves along is another one after each window, while others stay.
TEST_F(PartFilesTest, ThatPassTakeABoundedPlace) {
  const std::unique_ptr<CheckpointStore> store = open();
  for (int number = 1; number <= 300; ++number) {
    ASSERT_TRUE(store->save(referring(number, {0, number + 1000, number / 7 + 5000}, 100'000)));
    std::size_t size = 0;
    for (const std::string& name : part_files()) {
      size += files_.content("/state/" + name).size();
    }
    ASSERT_LE(size, 1'600'000U);
    ASSERT_LE(part_files().size(), 10U);
  }
}

TEST_F(PartFilesTest, AWrongByteCostsThePartAndIsSaid) {
  {
    const std::unique_ptr<CheckpointStore> store = open();
    ASSERT_TRUE(store->save(referring(1, {1, 2, 3})));
  }
  const std::string whole = files_.content("/state/parts.1");
  for (std::size_t byte = 0; byte < whole.size(); byte += byte < 100 ? 1 : 1000) {
    std::string damaged = whole;
    damaged[byte] = static_cast<char>(damaged[byte] ^ 4);
    files_.write("/state/parts.1", damaged);
    const std::unique_ptr<CheckpointStore> store = open();
    ASSERT_EQ(store->loaded().report.discarded, (ReasonCounts{{"damaged", 1}})) << byte;
    ASSERT_THAT(store->loaded().report.warnings.at(0), HasSubstr("'/state/parts.1' is damaged")) << byte;
    const std::vector<int> contents = contents_of(*store->loaded().checkpoint);
    ASSERT_EQ(std::count(contents.begin(), contents.end(), -1), byte < 96 ? 3 : 1) << byte;
  }
}

TEST_F(PartFilesTest, AFileThatIsCutOrMissingCostsItsParts) {
  {
    const std::unique_ptr<CheckpointStore> store = open();
    ASSERT_TRUE(store->save(referring(1, {1, 2})));
  }
  const std::string whole = files_.content("/state/parts.1");
  for (std::size_t size = 0; size < whole.size(); size += size < 100 ? 1 : 500) {
    files_.write("/state/parts.1", whole.substr(0, size));
    ASSERT_EQ(open()->loaded().report.discarded, (ReasonCounts{{"damaged", 1}})) << size;
    ASSERT_EQ(found(), (std::vector<int>{-1, -1})) << size;
  }
  ASSERT_TRUE(files_.remove("/state/parts.1"));
  EXPECT_EQ(found(), (std::vector<int>{-1, -1}));
}

// A monitor that starts afresh may come to the same content again.
TEST_F(PartFilesTest, DamagedOnesAreWrittenAgainWhereTheyAreNeeded) {
  {
    const std::unique_ptr<CheckpointStore> store = open();
    ASSERT_TRUE(store->save(referring(1, {1, 2})));
  }
  std::string damaged = files_.content("/state/parts.1");
  damaged.back() = 'x';
  files_.write("/state/parts.1", damaged);
  {
    const std::unique_ptr<CheckpointStore> store = open();
    ASSERT_TRUE(store->save(referring(2, {1, 2})));
    ASSERT_TRUE(store->save(referring(3, {1, 2})));
  }
  EXPECT_EQ(found(), (std::vector<int>{1, 2}));
  EXPECT_TRUE(open()->loaded().report.discarded.empty());
}

TEST_F(PartFilesTest, ThatAreRemovedWhileItRunsAreAFailureAndThenWrittenAnew) {
  {
    const std::unique_ptr<CheckpointStore> store = open();
    ASSERT_TRUE(store->save(referring(1, {1, 2})));
    ASSERT_TRUE(files_.remove("/state/parts.1"));
    const Expected<void> saved = store->save(referring(2, {1, 2}));
    ASSERT_FALSE(saved);
    EXPECT_THAT(saved.error().message, HasSubstr("removed or replaced"));
    ASSERT_TRUE(store->save(referring(3, {1, 2})));
  }
  EXPECT_EQ(found(), (std::vector<int>{1, 2}));
}

// Saves, failures, power cuts and restarts at random: the newest checkpoint that was acknowledged, or one after it, is
// found, and each part that it refers to.
void survive_with_parts(unsigned seed, Durability durability) {
  std::mt19937 random(seed);
  MemoryFileSystem files;
  FakeClock clock;
  std::unique_ptr<CheckpointStore> store = *CheckpointStore::open(files, clock, "/state", durability);
  files.persist();
  int attempted = 0;
  int acknowledged = 0;
  std::vector<int> contents{1};
  for (int action = 0; action < 60; ++action) {
    const unsigned kind = random() % 8;
    if (kind == 0 || (kind == 1 && durability == Durability::kPower)) {
      store.reset();
      files.clear_faults();
      if (kind == 1) {
        files.power_cut(static_cast<std::uint64_t>(random()));
      }
      store = *CheckpointStore::open(files, clock, "/state", durability);
      const std::optional<Checkpoint>& found = store->loaded().checkpoint;
      const int number = found ? std::stoi(found->sections.at(0).name) : 0;
      ASSERT_GE(number, acknowledged) << "seed " << seed << ", action " << action;
      ASSERT_LE(number, attempted);
      if (found) {
        contents = contents_of(*found);
        ASSERT_EQ(std::count(contents.begin(), contents.end(), -1), 0) << "seed " << seed << ", action " << action;
      }
      for (const std::string& warning : store->loaded().report.warnings) {
        ASSERT_EQ(warning.find("/parts."), std::string::npos) << warning;
      }
      acknowledged = number;
    } else if (kind == 2) {
      constexpr FileOperation kFailing[] = {FileOperation::kWrite,  FileOperation::kSync,
                                            FileOperation::kRename, FileOperation::kSyncDirectory,
                                            FileOperation::kOpen,   FileOperation::kRemove};
      files.fail(kFailing[random() % 6], random() % 2 == 0 ? EIO : ENOSPC, "/state", random() % 3, 1);
    } else {
      if (random() % 2 == 0) {
        contents.push_back(static_cast<int>(random() % 1000));
      }
      if (random() % 4 == 0 && !contents.empty()) {
        contents.erase(contents.begin());
      }
      ++attempted;
      if (store->save(referring(attempted, contents, 5000 + random() % 2 * 100'000))) {
        acknowledged = attempted;
      }
    }
  }
}

TEST_F(PartFilesTest, AreThereWheneverACheckpointRefersToThem) {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    survive_with_parts(seed, Durability::kPower);
    survive_with_parts(seed, Durability::kProcess);
    ASSERT_FALSE(HasFatalFailure());
  }
}

TEST(PartFile, ReadsBackItsListAndNothingElse) {
  const std::vector<StatePart> parts{part_of(1), part_of(2, 7000)};
  const std::string bytes = encode_part_list(parts);
  const std::uint64_t size = bytes.size() + 12'000;
  const Expected<std::vector<PartFileEntry>> read = decode_part_list(bytes + "parts", size);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_TRUE(read->at(1).id == parts[1].id());
  EXPECT_EQ(read->at(1).offset, bytes.size() + 5000);
  EXPECT_EQ(read->at(1).size, 7000U);
  EXPECT_FALSE(decode_part_list(bytes, size - 1));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_part_list(bytes.substr(0, length), size)) << length;
  }
}

}  // namespace
}  // namespace leeway
