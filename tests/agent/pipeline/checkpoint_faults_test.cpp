// The state directory with disk errors, a second agent and power cuts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>

#include "agent/pipeline/checkpoint_format.h"
#include "agent/pipeline/checkpoint_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;

const char* const kSlots[] = {"/state/checkpoint.a", "/state/checkpoint.b"};

// A checkpoint that contains its number, `size` bytes long or a little more.
Checkpoint numbered(int number, std::size_t size = 0) {
  Checkpoint checkpoint;
  checkpoint.taken = TimePoint(std::chrono::seconds(1'700'000'000 + number));
  checkpoint.sections = {{"source", std::to_string(number), 1, 1, std::string(size, 'x')}};
  return checkpoint;
}

int number_of(const CheckpointStore& store) {
  const std::optional<Checkpoint>& checkpoint = store.loaded().checkpoint;
  return checkpoint ? std::stoi(checkpoint->sections.at(0).name) : 0;
}

std::string golden(const char* name) {
  std::ifstream file(std::string(LEEWAY_SOURCE_DIR "/tests/data/") + name);
  std::string text;
  std::getline(file, text);
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

class CheckpointFaults : public ::testing::Test {
 protected:
  Expected<std::unique_ptr<CheckpointStore>> try_open(Durability durability = Durability::kPower) {
    return CheckpointStore::open(files_, clock_, "/state", durability);
  }
  std::unique_ptr<CheckpointStore> open(Durability durability = Durability::kPower) {
    Expected<std::unique_ptr<CheckpointStore>> store = try_open(durability);
    EXPECT_TRUE(store) << (store ? "" : store.error().to_string());
    return store ? std::move(*store) : nullptr;
  }
  // Two small checkpoints, numbers 1 and 2, as they are in the slots.
  std::pair<std::string, std::string> two_slots() {
    const std::unique_ptr<CheckpointStore> store = open();
    EXPECT_TRUE(store->save(numbered(1)));
    EXPECT_TRUE(store->save(numbered(2)));
    return {files_.content(kSlots[0]), files_.content(kSlots[1])};
  }
  void expect_fresh_start() {
    clock_.advance(std::chrono::seconds(1));
    std::unique_ptr<CheckpointStore> store = open();
    ASSERT_TRUE(store);
    ASSERT_EQ(number_of(*store), 0);
    ASSERT_EQ(store->loaded().report.discarded, (ReasonCounts{{"damaged", 2}}));
    ASSERT_THAT(store->loaded().report.warnings.back(), HasSubstr("starting afresh"));
    ASSERT_TRUE(store->save(numbered(9)));
    store.reset();
    ASSERT_EQ(number_of(*open()), 9);
  }

  MemoryFileSystem files_;
  FakeClock clock_;
};

TEST_F(CheckpointFaults, TheSameBitFlippedInBothSlotsMeansAFreshStart) {
  const auto [a, b] = two_slots();
  const std::size_t used = encode_checkpoint(numbered(1)).size();
  for (std::size_t bit = 0; bit < used * 8; ++bit) {
    for (const auto& [path, content] : {std::pair(kSlots[0], a), std::pair(kSlots[1], b)}) {
      std::string damaged = content;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
      files_.write(path, damaged);
    }
    expect_fresh_start();
    ASSERT_FALSE(HasFatalFailure()) << "bit " << bit;
  }
}

TEST_F(CheckpointFaults, BothSlotsCutShortMeanAFreshStart) {
  two_slots();
  const std::string bytes = encode_checkpoint(numbered(1));
  for (std::size_t length = 1; length < bytes.size(); ++length) {
    files_.write(kSlots[0], bytes.substr(0, length));
    files_.write(kSlots[1], bytes.substr(0, length));
    expect_fresh_start();
    ASSERT_FALSE(HasFatalFailure()) << length;
  }
}

// A slot gets its name when it has been written: zeros are what a file system left of it.
TEST_F(CheckpointFaults, EmptySlotsAreDamage) {
  files_.append(kSlots[0], "");
  files_.append(kSlots[1], std::string(1000, '\0'));
  const std::unique_ptr<CheckpointStore> store = open();
  EXPECT_EQ(store->loaded().report.discarded, (ReasonCounts{{"damaged", 2}}));
  EXPECT_THAT(store->loaded().report.warnings.back(), HasSubstr("starting afresh"));
}

TEST_F(CheckpointFaults, SlotsAlternate) {
  const std::unique_ptr<CheckpointStore> store = open();
  std::string contents[2];
  int last_changed = -1;
  for (int number = 1; number <= 6; ++number) {
    ASSERT_TRUE(store->save(numbered(number)));
    EXPECT_EQ(store->generation(), static_cast<std::uint64_t>(number));
    int changed = -1;
    for (int i = 0; i < 2; ++i) {
      const std::string now = files_.content(kSlots[i]);
      if (now != contents[i]) {
        EXPECT_EQ(changed, -1) << "both slots written";
        changed = i;
        contents[i] = now;
      }
    }
    EXPECT_NE(changed, -1);
    EXPECT_NE(changed, last_changed);
    last_changed = changed;
  }
}

TEST_F(CheckpointFaults, AShorterCheckpointOverALongerOne) {
  std::unique_ptr<CheckpointStore> store = open();
  for (const int number : {1, 2}) {
    ASSERT_TRUE(store->save(numbered(number, 50'000)));
  }
  const std::uint64_t renames = files_.calls(FileOperation::kRename);
  for (const int number : {3, 4}) {
    ASSERT_TRUE(store->save(numbered(number)));
  }
  EXPECT_EQ(files_.calls(FileOperation::kRename), renames) << "there was room";
  store.reset();
  EXPECT_EQ(number_of(*open()), 4);
}

TEST_F(CheckpointFaults, ReadsTheReleasedFormat) {
  const Expected<Checkpoint> read = decode_checkpoint(golden("checkpoint_v1.hex"));
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->generation, 7U);
  EXPECT_EQ(read->taken, TimePoint(std::chrono::seconds(1'700'000'000)));
  ASSERT_EQ(read->sections.size(), 2U);
  EXPECT_EQ(read->sections[0].kind, "source");
  EXPECT_EQ(read->sections[0].name, "app");
  EXPECT_EQ(read->sections[0].bytes, "content");
  EXPECT_EQ(read->sections[1].kind, "metric");
  EXPECT_EQ(read->sections[1].definition, 0xFEEDU);
  EXPECT_EQ(read->sections[1].version, 3U);

  files_.append(kSlots[0], golden("checkpoint_v1.hex"));
  const std::unique_ptr<CheckpointStore> store = open();
  EXPECT_EQ(store->generation(), 7U);
  ASSERT_TRUE(store->save(numbered(1)));
  EXPECT_EQ(store->generation(), 8U);
  EXPECT_EQ(files_.content(kSlots[0]), golden("checkpoint_v1.hex")) << "the newest checkpoint was overwritten";
}

TEST_F(CheckpointFaults, NextToANewerReleasesSlotNothingIsTouched) {
  const std::string newer = golden("checkpoint_newer.hex");
  for (const int i : {0, 1}) {
    files_.write(kSlots[i], newer);
    files_.write(kSlots[1 - i], "garbage");
    const Expected<std::unique_ptr<CheckpointStore>> opened = try_open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kNewerVersion);
    EXPECT_EQ(files_.content(kSlots[i]), newer);
    EXPECT_EQ(files_.content(kSlots[1 - i]), "garbage");
  }
}

TEST_F(CheckpointFaults, TheLockIsFreeAgainWhenTheStoreIsGone) {
  std::unique_ptr<CheckpointStore> first = open();
  ASSERT_FALSE(try_open());
  // The second agent changed nothing.
  ASSERT_TRUE(first->save(numbered(1)));
  first.reset();
  EXPECT_EQ(number_of(*open()), 1);
}

TEST_F(CheckpointFaults, SaysWhichDirectoryIsUnusable) {
  const struct {
    FileOperation operation;
    int errno_value;
    ErrorCode code;
  } kCases[] = {{FileOperation::kMakeDirectory, EACCES, ErrorCode::kPermission},
                {FileOperation::kMakeDirectory, EROFS, ErrorCode::kIo},
                {FileOperation::kLock, EACCES, ErrorCode::kPermission},
                {FileOperation::kLock, ENOSPC, ErrorCode::kIo}};
  for (const auto& [operation, errno_value, code] : kCases) {
    files_.fail(operation, errno_value, "/state");
    const Expected<std::unique_ptr<CheckpointStore>> opened = try_open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, code);
    EXPECT_THAT(opened.error().message, HasSubstr("/state"));
    files_.clear_faults();
  }
}

// Missing permissions are not damage: starting afresh would lose good state.
TEST_F(CheckpointFaults, ASlotThatMayNotBeOpenedIsAnError) {
  two_slots();
  files_.set_readable(kSlots[0], false);
  const Expected<std::unique_ptr<CheckpointStore>> opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kPermission);
  EXPECT_THAT(opened.error().message, HasSubstr(kSlots[0]));
  files_.set_readable(kSlots[0], true);
  EXPECT_EQ(number_of(*open()), 2);
}

TEST_F(CheckpointFaults, AnUnreadableSectorLeavesTheOtherSlot) {
  two_slots();
  files_.fail(FileOperation::kRead, EIO, "checkpoint.a");
  const std::unique_ptr<CheckpointStore> store = open();
  EXPECT_EQ(number_of(*store), 1);
  EXPECT_EQ(store->loaded().report.discarded, (ReasonCounts{{"damaged", 1}}));
  EXPECT_THAT(store->loaded().report.warnings.at(0), HasSubstr("checkpoint.a"));
  EXPECT_THAT(store->loaded().report.warnings.back(), HasSubstr("continuing from generation 1"));
}

TEST_F(CheckpointFaults, ADirectoryInPlaceOfASlotIsSetAside) {
  files_.append(std::string(kSlots[0]) + "/file", "");
  std::unique_ptr<CheckpointStore> store = open();
  ASSERT_TRUE(store);
  EXPECT_EQ(store->loaded().report.discarded, (ReasonCounts{{"damaged", 1}}));
  for (const int number : {1, 2, 3}) {
    ASSERT_TRUE(store->save(numbered(number)));
  }
  store.reset();
  EXPECT_EQ(number_of(*open()), 3);
}

TEST_F(CheckpointFaults, ADamagedSlotThatCannotBeMovedIsReplaced) {
  two_slots();
  files_.write(kSlots[0], "garbage");
  files_.fail(FileOperation::kRename, EPERM, "checkpoint.a", 0, 1);
  std::unique_ptr<CheckpointStore> store = open();
  EXPECT_THAT(store->loaded().report.warnings.at(0), HasSubstr("cannot be set aside"));
  EXPECT_EQ(number_of(*store), 1);
  ASSERT_TRUE(store->save(numbered(3)));
  store.reset();
  EXPECT_EQ(number_of(*open()), 3);
}

TEST_F(CheckpointFaults, WithoutPowerDurabilityNothingIsSynced) {
  std::unique_ptr<CheckpointStore> store = open(Durability::kProcess);
  for (int number = 1; number <= 5; ++number) {
    ASSERT_TRUE(store->save(numbered(number)));
  }
  EXPECT_EQ(files_.calls(FileOperation::kSync), 0U);
  EXPECT_EQ(files_.calls(FileOperation::kSyncDirectory), 0U);
  store.reset();
  EXPECT_EQ(number_of(*open(Durability::kProcess)), 5);
}

// Space runs out at various bytes of a slot that has to grow, and becomes available again.
TEST_F(CheckpointFaults, AFullDiskAtAnyPointKeepsTheNewestCheckpoint) {
  for (std::uint64_t space = 0; space < 140'000; space += 9'973) {
    files_.remove_tree("/state");
    std::unique_ptr<CheckpointStore> store = open();
    ASSERT_TRUE(store->save(numbered(1)));
    ASSERT_TRUE(store->save(numbered(2)));
    files_.set_free_space(space);
    const bool saved = store->save(numbered(3, 100'000)).has_value();
    files_.set_free_space(std::nullopt);
    store.reset();
    store = open();
    EXPECT_EQ(number_of(*store), saved ? 3 : 2) << space;
    EXPECT_TRUE(store->loaded().report.discarded.empty()) << space;
    ASSERT_TRUE(store->save(numbered(4, 100'000)));
    store.reset();
    EXPECT_EQ(number_of(*open()), 4) << space;
  }
}

// The disk fails from one call on, then the power is cut. False once the script no longer reaches that
// call.
bool survive_cut_at(FileOperation operation, std::uint64_t skip, std::uint64_t seed) {
  MemoryFileSystem files;
  const FakeClock clock;
  files.fail(operation, EIO, "/state", skip);
  int acknowledged = 0;
  int attempted = 0;
  bool reached = false;
  {
    Expected<std::unique_ptr<CheckpointStore>> store =
        CheckpointStore::open(files, clock, "/state", Durability::kPower);
    reached = !store;
    // Small ones in place, large ones that make their slots grow.
    for (const std::size_t size :
         std::initializer_list<std::size_t>{10, 10, 10, 10, 100'000, 10, 100'000, 100'000, 10}) {
      if (!store) {
        break;
      }
      ++attempted;
      if ((*store)->save(numbered(attempted, size))) {
        acknowledged = attempted;
      } else {
        reached = true;
      }
    }
  }
  files.clear_faults();
  files.power_cut(seed);
  Expected<std::unique_ptr<CheckpointStore>> store = CheckpointStore::open(files, clock, "/state", Durability::kPower);
  EXPECT_TRUE(store);
  const int found = number_of(**store);
  EXPECT_GE(found, acknowledged);
  EXPECT_LE(found, attempted);
  EXPECT_TRUE((*store)->save(numbered(100)));
  store->reset();
  files.power_cut(seed + 1);
  store = CheckpointStore::open(files, clock, "/state", Durability::kPower);
  EXPECT_TRUE(store);
  EXPECT_EQ(number_of(**store), 100);
  return reached;
}

TEST(CheckpointPowerCut, AtEveryCallKeepsWhatWasAcknowledged) {
  for (const FileOperation operation : {FileOperation::kWrite, FileOperation::kSync, FileOperation::kRename,
                                        FileOperation::kSyncDirectory, FileOperation::kOpen}) {
    std::uint64_t calls = 0;
    for (bool reached = true; reached; ++calls) {
      ASSERT_LT(calls, 100U);
      reached = false;
      for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        reached = survive_cut_at(operation, calls, seed) || reached;
        ASSERT_FALSE(::testing::Test::HasFailure())
            << "operation " << static_cast<int>(operation) << ", call " << calls << ", seed " << seed;
      }
    }
    EXPECT_GT(calls, 3U);
  }
}

}  // namespace
}  // namespace leeway
