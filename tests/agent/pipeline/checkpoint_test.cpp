#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>
#include <random>

#include "agent/pipeline/await_state.h"
#include "agent/pipeline/checkpoint_format.h"
#include "agent/pipeline/checkpoint_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

// An empty directory's first checkpoint goes to b, the second to a.
constexpr char kSlotA[] = "/state/checkpoint.a";
constexpr char kSlotB[] = "/state/checkpoint.b";

Checkpoint sample(const std::string& content) {
  Checkpoint checkpoint;
  checkpoint.generation = 7;
  checkpoint.taken = TimePoint(std::chrono::seconds(1'700'000'000));
  checkpoint.sections = {{"source", "app", 0, 1, content}, {"metric", "requests_total", 0xFEEDU, 3, "\x01\x02"}};
  return checkpoint;
}

std::string content_of(const CheckpointStore& store) {
  const std::optional<Checkpoint>& checkpoint = store.loaded().checkpoint;
  return checkpoint ? checkpoint->sections.at(0).bytes : "nothing";
}

struct Disk {
  MemoryFileSystem files;
  FakeClock clock;

  Expected<std::unique_ptr<CheckpointStore>> try_open() {
    return CheckpointStore::open(files, clock, "/state", Durability::kPower);
  }
  std::unique_ptr<CheckpointStore> open() {
    Expected<std::unique_ptr<CheckpointStore>> store = try_open();
    EXPECT_TRUE(store) << (store ? "" : store.error().to_string());
    return std::move(*store);
  }
};

TEST(CheckpointFormat, ReadsBackWhatItWrote) {
  const Checkpoint checkpoint = sample(std::string(300, 'x'));
  const Expected<Checkpoint> read = decode_checkpoint(encode_checkpoint(checkpoint) + "left over from before");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->generation, 7U);
  EXPECT_EQ(read->taken, checkpoint.taken);
  ASSERT_EQ(read->sections.size(), 2U);
  EXPECT_EQ(read->sections[0].bytes, checkpoint.sections[0].bytes);
  EXPECT_EQ(read->sections[1].name, "requests_total");
  EXPECT_EQ(read->sections[1].definition, 0xFEEDU);
  EXPECT_EQ(read->sections[1].version, 3U);
}

TEST(CheckpointFormat, EveryTruncationIsCorrupt) {
  const std::string bytes = encode_checkpoint(sample("content"));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const Expected<Checkpoint> read = decode_checkpoint(std::string_view(bytes).substr(0, length));
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt) << length;
  }
}

TEST(CheckpointFormat, EveryFlippedBitIsCorrupt) {
  const std::string bytes = encode_checkpoint(sample("content"));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const Expected<Checkpoint> read = decode_checkpoint(damaged);
    ASSERT_FALSE(read) << "bit " << bit;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt) << "bit " << bit;
  }
}

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

// State directories outlive releases: the bytes of a released format never change.
TEST(CheckpointFormat, IsTheReleasedOne) {
  std::ifstream golden(LEEWAY_SOURCE_DIR "/tests/data/checkpoint_v1.hex");
  std::string expected;
  ASSERT_TRUE(std::getline(golden, expected));
  EXPECT_EQ(hex(encode_checkpoint(sample("content"))), expected);
}

TEST(CheckpointStore, StartsEmptyAndGoesOnWithTheLast) {
  Disk disk;
  EXPECT_EQ(content_of(*disk.open()), "nothing");
  for (const char* content : {"one", "two", "three"}) {
    const std::unique_ptr<CheckpointStore> store = disk.open();
    ASSERT_TRUE(store->save(sample(content)));
    EXPECT_EQ(store->size_bytes(), encode_checkpoint(sample(content)).size());
  }
  const std::unique_ptr<CheckpointStore> store = disk.open();
  EXPECT_EQ(content_of(*store), "three");
  EXPECT_EQ(store->generation(), 3U);
  EXPECT_TRUE(store->loaded().report.warnings.empty());
}

TEST(CheckpointStore, ADamagedSlotLeavesTheOtherOne) {
  const std::size_t used = encode_checkpoint(sample("old")).size();
  for (std::size_t bit = 0; bit < used * 8; ++bit) {
    Disk disk;
    {
      const std::unique_ptr<CheckpointStore> store = disk.open();
      ASSERT_TRUE(store->save(sample("old")));
      ASSERT_TRUE(store->save(sample("new")));
    }
    std::string damaged = disk.files.content(kSlotA);
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    disk.files.write(kSlotA, damaged);
    const std::unique_ptr<CheckpointStore> store = disk.open();
    ASSERT_EQ(content_of(*store), "old") << "bit " << bit;
    ASSERT_EQ(store->loaded().report.discarded, (ReasonCounts{{"damaged", 1}}));
    ASSERT_FALSE(store->loaded().report.warnings.empty());
    ASSERT_TRUE(store->save(sample("newer")));
  }
}

// `kill -9` ends a write between two pages. What it leaves is no damage: it was never shown.
TEST(CheckpointStore, ASlotThatWasBeingWrittenIsNoDamage) {
  const std::string older(8000, 'a');
  const std::string newest(8000, 'b');
  for (const std::size_t written : {std::size_t{41}, std::size_t{4096}, std::size_t{8000}}) {
    Disk disk;
    {
      const std::unique_ptr<CheckpointStore> store = disk.open();
      ASSERT_TRUE(store->save(sample(older)));
      ASSERT_TRUE(store->save(sample(newest)));
    }
    for (const char* const path : {kSlotA, kSlotB}) {
      const std::string content = disk.files.content(path);
      if (content.find(older) != std::string::npos) {
        disk.files.write_at(path, kCheckpointHeaderBytes, std::string(written, 'c'));
      }
    }
    const std::unique_ptr<CheckpointStore> store = disk.open();
    EXPECT_EQ(content_of(*store), newest);
    EXPECT_TRUE(store->loaded().report.discarded.empty());
    EXPECT_TRUE(store->loaded().report.warnings.empty());
    ASSERT_EQ(store->loaded().report.notes.size(), 1U);
    ASSERT_TRUE(store->save(sample("next")));
    ASSERT_TRUE(store->save(sample("after")));
  }
}

TEST(CheckpointStore, EveryHalfWrittenSlotLeavesTheOtherOne) {
  const std::size_t used = encode_checkpoint(sample("old")).size();
  for (std::size_t length = 0; length <= used; ++length) {
    Disk disk;
    {
      const std::unique_ptr<CheckpointStore> store = disk.open();
      ASSERT_TRUE(store->save(sample("old")));
      ASSERT_TRUE(store->save(sample("new")));
    }
    disk.files.truncate(kSlotA, length);
    const std::unique_ptr<CheckpointStore> store = disk.open();
    ASSERT_EQ(content_of(*store), length == used ? "new" : "old") << length;
  }
}

TEST(CheckpointStore, StartsAfreshWhereBothSlotsAreDamagedAndKeepsThemForALook) {
  Disk disk;
  disk.files.append(kSlotA, "garbage");
  disk.files.append(kSlotB, "more garbage");
  const std::unique_ptr<CheckpointStore> store = disk.open();
  EXPECT_EQ(content_of(*store), "nothing");
  EXPECT_EQ(store->loaded().report.discarded, (ReasonCounts{{"damaged", 2}}));
  EXPECT_FALSE(disk.files.exists(kSlotA));
  EXPECT_TRUE(disk.files.exists(std::string(kSlotA) + ".corrupt.1700000000"));
  ASSERT_TRUE(store->save(sample("first")));
}

TEST(CheckpointStore, DamagedSlotsDoNotPileUp) {
  Disk disk;
  for (int i = 0; i < 20; ++i) {
    disk.clock.advance(std::chrono::seconds(1));
    disk.files.append(kSlotA, "garbage");
    disk.open();
  }
  EXPECT_LE(disk.files.list("/state")->size(), 6U);
}

TEST(CheckpointStore, StateOfANewerReleaseIsLeftAlone) {
  Disk disk;
  disk.open();
  // Format 9, readable from 8 on.
  std::ifstream golden(LEEWAY_SOURCE_DIR "/tests/data/checkpoint_newer.hex");
  std::string text;
  ASSERT_TRUE(std::getline(golden, text));
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  }
  disk.files.append(kSlotA, bytes);
  const Expected<std::unique_ptr<CheckpointStore>> opened = disk.try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kNewerVersion);
  EXPECT_NE(opened.error().message.find("/state"), std::string::npos);
  EXPECT_EQ(disk.files.content(kSlotA), bytes);
}

TEST(CheckpointStore, OneAgentADirectory) {
  Disk disk;
  const std::unique_ptr<CheckpointStore> first = disk.open();
  const Expected<std::unique_ptr<CheckpointStore>> second = disk.try_open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kInUse);
}

TEST(CheckpointStore, TheNextAgentWaitsForOneThatIsEnding) {
  Disk disk;
  std::unique_ptr<CheckpointStore> first = disk.open();
  const MonotonicTime begin = disk.clock.monotonic();
  int said = 0;
  bool ends = true;
  const auto next = [&] {
    return await_state(
        disk.files, disk.clock, "/state", Durability::kPower,
        [&](Duration pause) {
          disk.clock.advance(pause);
          if (ends && disk.clock.monotonic() - begin >= std::chrono::seconds(1)) {
            first.reset();
          }
        },
        [&](const std::string&) { ++said; });
  };
  Expected<std::unique_ptr<CheckpointStore>> second = next();
  ASSERT_TRUE(second);
  EXPECT_EQ(disk.clock.monotonic() - begin, std::chrono::seconds(1));
  EXPECT_EQ(said, 1);

  ends = false;
  const MonotonicTime again = disk.clock.monotonic();
  const Expected<std::unique_ptr<CheckpointStore>> third = next();
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::kInUse);
  EXPECT_EQ(disk.clock.monotonic() - again, kLockPatience);
  EXPECT_EQ(said, 2);
}

TEST(CheckpointStore, FilesThatAreRemovedWhileItRunsAreAFailureAndThenWrittenAnew) {
  for (const char* removed : {"/state/checkpoint.a", "/state/checkpoint.b", "/state/lock", "/state"}) {
    Disk disk;
    std::unique_ptr<CheckpointStore> store = disk.open();
    ASSERT_TRUE(store->save(sample("1")));
    ASSERT_TRUE(store->save(sample("2")));
    disk.files.remove_tree(removed);
    const Expected<void> failed = store->save(sample("3"));
    ASSERT_FALSE(failed) << removed;
    EXPECT_NE(failed.error().message.find("removed or replaced"), std::string::npos);
    ASSERT_TRUE(store->save(sample("4"))) << removed;
    ASSERT_TRUE(store->save(sample("5"))) << removed;
    EXPECT_EQ(disk.try_open().error().code, ErrorCode::kInUse) << removed;
    store.reset();
    EXPECT_EQ(content_of(*disk.open()), "5") << removed;
  }
}

TEST(CheckpointStore, WritesNothingOnceAnotherAgentHoldsTheDirectory) {
  Disk disk;
  std::unique_ptr<CheckpointStore> store = disk.open();
  ASSERT_TRUE(store->save(sample("1")));
  disk.files.remove_tree("/state/lock");
  std::unique_ptr<CheckpointStore> other = disk.open();
  ASSERT_TRUE(other->save(sample("2")));
  EXPECT_EQ(store->save(sample("3")).error().code, ErrorCode::kInUse);
  EXPECT_EQ(store->save(sample("3")).error().code, ErrorCode::kInUse);
  other.reset();
  EXPECT_EQ(content_of(*disk.open()), "2");
}

TEST(CheckpointStore, AFullDiskCostsOnlyTheCheckpointThatDidNotFit) {
  Disk disk;
  std::unique_ptr<CheckpointStore> store = disk.open();
  ASSERT_TRUE(store->save(sample("one")));
  for (int attempt = 0; attempt < 3; ++attempt) {
    disk.files.set_free_space(attempt * 100);
    const Expected<void> saved = store->save(sample(std::string(200'000, 'x')));
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().code, ErrorCode::kIo);
  }
  store.reset();
  store = disk.open();
  EXPECT_EQ(content_of(*store), "one");
  disk.files.set_free_space(std::nullopt);
  ASSERT_TRUE(store->save(sample("two")));
  store.reset();
  EXPECT_EQ(content_of(*disk.open()), "two");
}

TEST(CheckpointStore, SaysWhyADirectoryCannotBeUsed) {
  Disk disk;
  disk.files.append("/state", "a file, not a directory");
  const Expected<std::unique_ptr<CheckpointStore>> opened = disk.try_open();
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("/state"), std::string::npos);
}

// Random saves, failures, power cuts and restarts. An acknowledged checkpoint is never lost, and the one found
// was saved and is complete.
void survive(unsigned seed) {
  std::mt19937 random(seed);
  Disk disk;
  std::unique_ptr<CheckpointStore> store = disk.open();
  disk.files.persist();
  int attempted = 0;
  int acknowledged = 0;
  for (int action = 0; action < 60; ++action) {
    switch (random() % 8) {
      case 0:
        store.reset();
        disk.files.clear_faults();
        store = disk.open();
        break;
      case 1:
        store.reset();
        disk.files.clear_faults();
        disk.files.power_cut(static_cast<std::uint64_t>(random()));
        store = disk.open();
        break;
      case 2: {
        constexpr FileOperation kFailing[] = {FileOperation::kWrite, FileOperation::kSync, FileOperation::kRename,
                                              FileOperation::kSyncDirectory, FileOperation::kOpen};
        disk.files.fail(kFailing[random() % 5], random() % 2 == 0 ? EIO : ENOSPC, "/state", random() % 3, 1);
        continue;
      }
      default: {
        ++attempted;
        Checkpoint checkpoint = sample(std::string(random() % 3 == 0 ? 100'000 : 10, 'x'));
        checkpoint.sections[0].name = std::to_string(attempted);
        if (store->save(checkpoint)) {
          acknowledged = attempted;
        }
        continue;
      }
    }
    const std::optional<Checkpoint>& found = store->loaded().checkpoint;
    const int number = found ? std::stoi(found->sections.at(0).name) : 0;
    ASSERT_GE(number, acknowledged) << "seed " << seed << ", action " << action;
    ASSERT_LE(number, attempted) << "seed " << seed;
    acknowledged = number;
  }
}

TEST(CheckpointStore, KeepsWhatItAcknowledgedThroughFailuresAndPowerCuts) {
  for (unsigned seed = 1; seed <= 150; ++seed) {
    survive(seed);
    ASSERT_FALSE(HasFatalFailure());
  }
}

}  // namespace
}  // namespace leeway
