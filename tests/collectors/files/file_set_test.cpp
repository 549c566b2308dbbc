// Versions of several files: all files of a directory, or all that match.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/collectors/files/file_fixture.h"

namespace leeway {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kAll[] = "path = '/data/**/*.csv'\nformat = 'csv'\nversion = 'all'\n";
constexpr char kDirectory[] = "path = '/data/**/*.csv'\nformat = 'csv'\nversion = 'directory'\n";

std::string ids(int begin, int end) {
  std::string text = "id\n";
  for (int i = begin; i < end; ++i) {
    text += std::to_string(i) + "\n";
  }
  return text;
}

// A set is read by the discovery after the one that saw it last change.
void see_settled(FileWorld& world) {
  world.look();
  world.look();
}

TEST(FileSet, PartsAreOneVersion) {
  FileWorld world(kAll, {"id"});
  world.files.write("/data/part-0.csv", ids(0, 2));
  world.files.write("/data/part-1.csv", ids(2, 4));
  see_settled(world);
  EXPECT_THAT(world.take_events(), ElementsAre("first", "0", "1", "2", "3", "last"));
  EXPECT_EQ(world.status().versions->read, 1);
  EXPECT_EQ(world.status().records, 4);
  EXPECT_EQ(world.status().lag_bytes, 0);
}

TEST(FileSet, AChangeOfOnePartIsANewVersionOfAll) {
  FileWorld world(kAll, {"id"});
  world.files.write("/data/part-0.csv", ids(0, 2));
  world.files.write("/data/part-1.csv", ids(2, 4));
  see_settled(world);
  world.take_events();
  world.files.write("/data/part-1.csv", ids(7, 8));
  see_settled(world);
  EXPECT_THAT(world.take_events(), ElementsAre("first", "0", "1", "7", "last"));
  ASSERT_TRUE(world.files.remove("/data/part-0.csv"));
  see_settled(world);
  EXPECT_THAT(world.take_events(), ElementsAre("first", "7", "last"));
  ASSERT_TRUE(world.files.remove("/data/part-1.csv"));
  see_settled(world);
  EXPECT_THAT(world.take_events(), IsEmpty()) << "no file is no version";
}

TEST(FileSet, TheSameContentUnderOtherNamesIsNotNew) {
  FileWorld world(kAll, {"id"});
  world.files.write("/data/part-0.csv", ids(0, 2));
  world.files.write("/data/part-1.csv", ids(2, 4));
  see_settled(world);
  world.take_events();
  ASSERT_TRUE(world.files.remove("/data/part-0.csv"));
  world.pass(milliseconds(1500));
  world.files.write("/data/part-9.csv", ids(0, 2));
  see_settled(world);
  EXPECT_THAT(world.take_events(), IsEmpty());
  EXPECT_EQ(world.status().versions->unchanged, 1);
}

TEST(FileSet, IsReadOnceNothingOfItHasChangedForAWhile) {
  FileWorld world(std::string(kAll) + "settle = '10s'\n", {"id"});
  for (int part = 0; part < 30; ++part) {
    world.files.write("/data/part-" + std::to_string(part) + ".csv", ids(part, part + 1));
    world.look();
    EXPECT_THAT(world.take_events(), IsEmpty());
  }
  world.pass(std::chrono::seconds(10));
  world.look();
  EXPECT_EQ(world.take_events().size(), 32);
  EXPECT_EQ(world.status().versions->read, 1);
}

TEST(FileSet, FilesOfADirectoryAreAVersionOfTheirOwn) {
  FileWorld world(kDirectory, {"id"});
  world.files.write("/data/day=1/a.csv", ids(0, 1));
  world.files.write("/data/day=1/b.csv", ids(1, 2));
  see_settled(world);
  EXPECT_THAT(world.take_events(), ElementsAre("first", "0", "1", "last"));
  world.files.write("/data/day=2/a.csv", ids(2, 3));
  see_settled(world);
  EXPECT_THAT(world.take_events(), ElementsAre("first", "2", "last"));
  ASSERT_TRUE(world.files.make_directory("/data/day=3"));
  ASSERT_TRUE(world.files.rename("/data/day=2/a.csv", "/data/day=3/a.csv"));
  see_settled(world);
  EXPECT_THAT(world.take_events(), IsEmpty()) << "a renamed directory is not new";
}

TEST(FileSet, EmptyPartsAddNoRecordsAndAreNamed) {
  FileWorld world(kAll, {"id"});
  world.files.write("/data/part-0.csv", ids(0, 2));
  world.files.write("/data/part-1.csv", "");
  world.files.write("/data/part-2.csv", "id\n");
  world.look();
  EXPECT_THAT(world.take_notes(), IsEmpty());
  world.look();
  EXPECT_THAT(world.take_events(), ElementsAre("first", "0", "1", "last"));
  EXPECT_THAT(world.take_notes(), ElementsAre("'/data/part-1.csv' is empty: it adds no records to its version"));
  world.files.write("/data/part-3.csv", ids(2, 3));
  see_settled(world);
  EXPECT_THAT(world.take_events(), ElementsAre("first", "0", "1", "2", "last"));
  EXPECT_EQ(world.rejected("empty"), 1) << "counted once";
  EXPECT_EQ(world.status().unreadable_files, 0);
  EXPECT_EQ(world.status().files.at(1).state, "empty");
}

TEST(FileSet, OnlyEmptyPartsAreNoVersion) {
  FileWorld world(kAll, {"id"});
  world.files.write("/data/part-0.csv", ids(0, 2));
  see_settled(world);
  world.take_events();
  world.files.write("/data/part-0.csv", "");
  see_settled(world);
  EXPECT_THAT(world.take_events(), IsEmpty());
  EXPECT_EQ(world.rejected("empty"), 1);
}

TEST(FileSet, WithABrokenPartTheLastGoodVersionStays) {
  FileWorld world("path = '/data/*.json'\nformat = 'json'\nversion = 'all'\n", {"a"});
  world.files.write("/data/1.json", R"({"a": 1})");
  world.files.write("/data/2.json", R"({"a": )");
  see_settled(world);
  world.look();
  EXPECT_THAT(world.take_events(), IsEmpty());
  EXPECT_EQ(world.rejected("truncated"), 1);
  EXPECT_EQ(world.status().unreadable_files, 1);
  EXPECT_THAT(world.take_notes(), ElementsAre(HasSubstr("'/data/2.json' cannot be read (truncated)")));
  world.files.write("/data/2.json", R"({"a": 2})");
  see_settled(world);
  EXPECT_THAT(world.take_events(), ElementsAre("first", "1", "2", "last"));
  EXPECT_EQ(world.status().unreadable_files, 0);
}

TEST(FileSet, WaitsForTheMarker) {
  for (const std::string unit : {"file", "directory", "all"}) {
    FileWorld world("path = '/data/*/*.csv'\nformat = 'csv'\nmarker = '_SUCCESS'\nversion = '" + unit + "'\n", {"id"});
    world.files.write("/data/1/a.csv", ids(0, 1));
    world.files.write("/data/2/_SUCCESS", "");
    world.look();
    world.look();
    world.finish();
    EXPECT_THAT(world.take_events(), IsEmpty());
    EXPECT_EQ(world.status().lag_bytes, ids(0, 1).size());
    EXPECT_EQ(world.status().files.at(0).state, "waiting");
    EXPECT_EQ(world.status().files.at(0).error, "waits for '_SUCCESS' in its directory");
    world.start();
    world.files.write("/data/1/_SUCCESS", "");
    world.look();
    world.look();
    EXPECT_THAT(world.take_events(), ElementsAre("first", "0", "last"));
  }
}

TEST(FileSet, OfAReplayNeedNotSettle) {
  FileWorld world(kAll, {"id"});
  world.files.write("/data/part-0.csv", ids(0, 2));
  world.files.write("/data/part-1.csv", ids(2, 3));
  ASSERT_TRUE(world.discover());
  world.poll_all();
  world.finish();
  EXPECT_THAT(world.take_events(), ElementsAre("first", "0", "1", "2", "last"));
}

TEST(FileSet, TakesOverTheStateOfAVersionBeforeSets) {
  FileWorld world("path = '/data/**/*.csv'\nformat = 'csv'\n", {"id"});
  world.files.write("/data/t.csv", ids(0, 2));
  world.look();
  EXPECT_THAT(world.take_events(), ElementsAre("first", "0", "1", "last"));
  std::string state = world.save();
  state.front() = 1;
  state.pop_back();  // the number of sets, 0
  world.start();
  world.load(state);
  see_settled(world);
  EXPECT_THAT(world.take_events(), IsEmpty());
}

TEST(FileSet, AVersionOfAnyFileReplacesTheOneBefore) {
  const auto files_of = [](const std::string& replaces) {
    FileWorld world("path = '/data/*.csv'\nformat = 'csv'\nreplaces = '" + replaces + "'\n", {"id"});
    world.files.write("/data/1.csv", ids(0, 1));
    world.look();
    world.files.write("/data/2.csv", ids(1, 2));
    world.look();
    return world.take_files().size();
  };
  EXPECT_EQ(files_of("same"), 2);
  EXPECT_EQ(files_of("any"), 1);
}

// Random writes, renames, removals, restarts and crashes, against an exact account of what each version consists of.
class RandomSets {
 public:
  RandomSets(unsigned seed, std::string unit)
      : random_(seed),
        world_("path = '/data/*/*.csv'\nformat = 'csv'\nversion = '" + unit + "'\n", {"content", "row"}),
        all_(unit == "all") {
    world_.files.set_reuse_inodes(true);
    EXPECT_TRUE(world_.files.make_directory("/data/0"));
    EXPECT_TRUE(world_.files.make_directory("/data/1"));
    checkpoint_ = world_.save();
  }

  void run() {
    for (int step = 0; step < 400; ++step) {
      act();
    }
    for (int i = 0; i < 5; ++i) {
      world_.look(std::size_t{64} << pick(12));
    }
    take();
    check();
  }

 private:
  int pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }
  std::string path() { return "/data/" + std::to_string(pick(2)) + "/" + std::to_string(pick(3)) + ".csv"; }

  std::string content() {
    if (pick(8) == 0) {
      return "";
    }
    const int rows = pick(5) == 0 ? 1 + pick(3000) : 1 + pick(5);
    std::string text = "row,content\n";
    for (int i = 0; i < rows; ++i) {
      text += std::to_string(i) + "," + std::to_string(sizes_.size()) + "\n";
    }
    sizes_.push_back(rows);
    return text;
  }

  void act() {
    const std::string target = path();
    switch (pick(12)) {
      case 0:
      case 1:
        world_.replace(target, content());
        return;
      case 2:
        world_.files.write(target, content());
        return;
      case 3:
        static_cast<void>(world_.files.remove(target));
        return;
      case 4:
        if (world_.files.exists(target)) {
          static_cast<void>(world_.files.rename(target, path()));
        }
        return;
      case 5:
        checkpoint_ = world_.save();
        take();
        committed_ = events_.size();
        return;
      case 6:  // crash: everything after the checkpoint is undone
        take();
        events_.resize(committed_);
        world_.start();
        world_.load(checkpoint_);
        return;
      case 7:
        world_.pass(milliseconds(pick(1500)));
        return;
      case 8:
        static_cast<void>(world_.discover());
        return;
      case 9:
        world_.look(std::size_t{64} << pick(12));
        return;
      default:
        world_.poll(std::size_t{1} << pick(16));
        return;
    }
  }

  void take() {
    for (std::string& event : world_.take_events()) {
      events_.push_back(std::move(event));
    }
  }

  // Each version that was read to its end consists of whole contents; the last ones are those of the files.
  void check() {
    std::map<int, int> rows;
    std::set<std::set<int>> versions;
    for (const std::string& event : events_) {
      if (event == "first") {
        rows.clear();
      } else if (event == "last") {
        std::set<int> contents;
        for (const auto& [content, count] : rows) {
          ASSERT_EQ(count % sizes_[static_cast<std::size_t>(content)], 0) << "content " << content;
          contents.insert(content);
        }
        versions.insert(contents);
        rows.clear();
      } else {
        const int content = std::stoi(event);
        const int row = std::stoi(event.substr(event.find(' ') + 1));
        ASSERT_EQ(row, rows[content] % sizes_[static_cast<std::size_t>(content)]) << "content " << content;
        ++rows[content];
      }
    }
    std::map<int, std::set<int>> now;
    for (int directory = 0; directory < 2; ++directory) {
      for (int file = 0; file < 3; ++file) {
        const std::string path = "/data/" + std::to_string(directory) + "/" + std::to_string(file) + ".csv";
        if (world_.files.exists(path) && !world_.files.content(path).empty()) {
          const std::string text = world_.files.content(path);
          now[all_ ? 0 : directory].insert(std::stoi(text.substr(text.find("\n0,") + 3)));
        }
      }
    }
    for (const auto& [directory, contents] : now) {
      EXPECT_TRUE(versions.contains(contents)) << "the last version was not read";
    }
    EXPECT_EQ(world_.status().lag_bytes, 0);
  }

  std::mt19937 random_;
  FileWorld world_;
  bool all_;
  std::string checkpoint_;
  std::size_t committed_ = 0;
  std::vector<int> sizes_;  // rows of each content
  std::vector<std::string> events_;
};

TEST(FileSetRandom, EachVersionIsWholeAndReadOnce) {
  for (const std::string unit : {"all", "directory"}) {
    for (unsigned seed = 1; seed <= 12 && !::testing::Test::HasFailure(); ++seed) {
      SCOPED_TRACE(unit + " " + std::to_string(seed));
      RandomSets(seed, unit).run();
    }
  }
}

}  // namespace
}  // namespace leeway
