// Random writes, renames, restarts and crashes, against an exact account of the rows of each version.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "tests/collectors/files/file_fixture.h"

namespace leeway {
namespace {

constexpr int kSteps = 400;
constexpr int kPaths = 4;
constexpr unsigned kSeeds = 20;

class RandomFiles {
 public:
  explicit RandomFiles(unsigned seed, std::string format)
      : random_(seed),
        format_(std::move(format)),
        world_("path = '/data/*'\nformat = '" + format_ + "'\n" + (format_ == "json" ? "records = '*'" : ""),
               {"version", "row"}) {
    world_.files.set_reuse_inodes(true);
    checkpoint_ = world_.save();
  }

  void run() {
    for (int step = 0; step < kSteps; ++step) {
      act();
    }
    for (int i = 0; i < 5; ++i) {
      look();
    }
    check();
  }

 private:
  int pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }
  std::string path() { return "/data/" + std::to_string(pick(kPaths)); }

  std::string content() {
    const int version = static_cast<int>(sizes_.size());
    const int rows = pick(5) == 0 ? pick(3000) : 1 + pick(5);
    sizes_.push_back(rows);
    std::string text = format_ == "json" ? "[" : "row,version\n";
    for (int i = 0; i < rows; ++i) {
      if (format_ == "json") {
        text += (i == 0 ? "" : ", ") + ("{\"version\": " + std::to_string(version)) +
                ", \"row\": " + std::to_string(i) + "}";
      } else {
        text += std::to_string(i) + "," + std::to_string(version) + "\n";
      }
    }
    return text + (format_ == "json" ? "]" : "");
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
      case 3:  // the same content, written again: not read again once it is known
        look();
        if (world_.files.exists(target)) {
          world_.replace(target, world_.files.content(target));
        }
        look();
        commit();
        return;
      case 4:
        if (world_.files.exists(target)) {
          static_cast<void>(world_.files.rename(target, path()));
        }
        return;
      case 5:
        commit();
        return;
      case 6:  // crash: everything after the checkpoint is undone
        take();
        rows_.resize(committed_);
        world_.start();
        world_.load(checkpoint_);
        return;
      case 7:
        world_.pass(std::chrono::milliseconds(pick(1500)));
        return;
      case 8:
        static_cast<void>(world_.discover());
        return;
      case 9:
        look();
        return;
      default:
        world_.poll(std::size_t{1} << pick(16));
        return;
    }
  }

  void commit() {
    checkpoint_ = world_.save();
    take();
    committed_ = rows_.size();
  }
  void look() { world_.look(std::size_t{64} << pick(12)); }
  void take() {
    for (const std::string& row : world_.take_rows()) {
      rows_.push_back(row);
    }
  }

  // No row twice, no row out of order, no gap before a row, and all rows of the versions that exist at the end.
  void check() {
    take();
    std::map<int, int> read;
    for (const std::string& row : rows_) {
      const std::size_t space = row.find(' ');
      const int version = std::stoi(row.substr(0, space));
      ASSERT_EQ(std::stoi(row.substr(space + 1)), read[version]) << "version " << version;
      ++read[version];
    }
    std::uint64_t whole = 0;
    std::uint64_t cut = 0;
    for (const auto& [version, rows] : read) {
      const int size = sizes_[static_cast<std::size_t>(version)];
      ASSERT_LE(rows, size);
      whole += rows == size ? 1 : 0;
      cut += rows < size ? 1 : 0;
    }
    const SourceStatus status = world_.status();
    EXPECT_EQ(status.records, rows_.size());
    EXPECT_LE(status.versions->read, whole + empty());
    EXPECT_GE(world_.rejected("changed_while_reading") + world_.rejected("replaced_while_reading"), cut);
    for (int i = 0; i < kPaths; ++i) {
      const std::string at = "/data/" + std::to_string(i);
      if (world_.files.exists(at)) {
        const int version = version_of(world_.files.content(at));
        EXPECT_TRUE(version < 0 || read[version] == sizes_[static_cast<std::size_t>(version)]) << at;
      }
    }
  }

  std::uint64_t empty() const { return static_cast<std::uint64_t>(std::count(sizes_.begin(), sizes_.end(), 0)); }
  int version_of(const std::string& text) const {
    const std::size_t at = format_ == "json" ? text.find("\"version\": ") : text.find("\n0,");
    return at == std::string::npos ? -1 : std::stoi(text.substr(at + (format_ == "json" ? 11 : 3)));
  }

  std::mt19937 random_;
  std::string format_;
  FileWorld world_;
  std::string checkpoint_;
  std::size_t committed_ = 0;
  std::vector<int> sizes_;  // rows of each version
  std::vector<std::string> rows_;
};

TEST(FileCollectorRandom, EveryRowOfATableOnce) {
  for (unsigned seed = 1; seed <= kSeeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomFiles(seed, "csv").run();
  }
}

TEST(FileCollectorRandom, EveryRecordOfADocumentOnce) {
  for (unsigned seed = 1; seed <= kSeeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomFiles(seed, "json").run();
  }
}

}  // namespace
}  // namespace leeway
