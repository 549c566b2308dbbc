// Queries as records: read-only, while others write, within limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <stop_token>

#include "collectors/files/sqlite_loader.h"
#include "tests/collectors/files/disk_world.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The service that writes.
class Writer {
 public:
  explicit Writer(const std::string& path) { EXPECT_EQ(sqlite3_open(path.c_str(), &database_), SQLITE_OK); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { sqlite3_close(database_); }

  int run(const std::string& sql) { return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr); }

 private:
  sqlite3* database_ = nullptr;
};

class SqliteTest : public ::testing::Test {
 protected:
  std::string keys(const std::string& query, const std::string& more = "") const {
    return "path = '" + path_ + "'\nformat = 'sqlite'\nquery = '''" + query + "'''\n" + more + "\n";
  }

  // The first rows, read in one step, of 10,000 in the table m with the column v.
  std::vector<std::string> first_of_10000(DiskSource& source) {
    EXPECT_EQ(writer_.run("CREATE TABLE m(v); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                          "10000) INSERT INTO m SELECT i FROM n"),
              SQLITE_OK);
    source.discover();
    std::vector<std::string> rows;
    while (rows.empty() && source.step(rows)) {
    }
    return rows;
  }

  TemporaryDirectory directory_;
  const std::string path_ = directory_ / "models.db";
  Writer writer_{path_};
};

TEST_F(SqliteTest, ColumnsAreFieldsByName) {
  ASSERT_EQ(
      writer_.run("CREATE TABLE m(name TEXT, n INTEGER, rate REAL, b BLOB, x);"
                  "INSERT INTO m VALUES('a\"b', 9007199254740993, 100.0, x'0aff', NULL), ('c', -1, 1e999, '', 2.5)"),
      SQLITE_OK);
  DiskSource source(keys("SELECT name AS \"model name\", n, rate, b, x FROM m ORDER BY name"),
                    {"[\"model name\"]", "n", "rate", "b", "x", "absent"});
  EXPECT_THAT(source.look(), ElementsAre("'a\"b' 9007199254740993 100. '0aff' null -", "'c' -1 inf '' 2.5 -"));
}

TEST_F(SqliteTest, IsReadAgainWhenItChangesAndOnlyThen) {
  ASSERT_EQ(writer_.run("PRAGMA journal_mode=WAL; CREATE TABLE m(v); INSERT INTO m VALUES(1)"), SQLITE_OK);
  DiskSource source(keys("SELECT v FROM m"), {"v"});
  EXPECT_THAT(source.look(), ElementsAre("1"));
  EXPECT_THAT(source.look(), IsEmpty());
  ASSERT_EQ(writer_.run("UPDATE m SET v = 2"), SQLITE_OK);  // only in the -wal file
  EXPECT_THAT(source.look(), ElementsAre("2"));
  ASSERT_EQ(writer_.run("CREATE TABLE other(v); INSERT INTO other VALUES(3)"), SQLITE_OK);
  EXPECT_THAT(source.look(), IsEmpty()) << "the rows of the query are the same";
  ASSERT_EQ(writer_.run("BEGIN; UPDATE m SET v = 4"), SQLITE_OK);
  EXPECT_THAT(source.look(), IsEmpty()) << "not committed";
  ASSERT_EQ(writer_.run("COMMIT"), SQLITE_OK);
  EXPECT_THAT(source.look(), ElementsAre("4"));
}

TEST_F(SqliteTest, WaitsForAWriterThatLocksIt) {
  ASSERT_EQ(writer_.run("CREATE TABLE m(v); INSERT INTO m VALUES(1)"), SQLITE_OK);
  ASSERT_EQ(writer_.run("BEGIN EXCLUSIVE; UPDATE m SET v = 2"), SQLITE_OK);
  DiskSource source(keys("SELECT v FROM m"), {"v"});
  EXPECT_THAT(source.look(), IsEmpty());
  EXPECT_EQ(source.status().unreadable_files, 1);
  EXPECT_THAT(source.reject_reasons(), IsEmpty());
  ASSERT_EQ(writer_.run("COMMIT"), SQLITE_OK);
  EXPECT_THAT(source.look(), ElementsAre("2"));
  EXPECT_EQ(source.status().unreadable_files, 0);
}

TEST_F(SqliteTest, NeverHoldsALockBetweenPolls) {
  DiskSource source(keys("SELECT v FROM m"), {"v"});
  std::vector<std::string> rows = first_of_10000(source);
  EXPECT_LT(rows.size(), 10'000);
  EXPECT_EQ(writer_.run("BEGIN EXCLUSIVE; UPDATE m SET v = 0; COMMIT"), SQLITE_OK);
  while (source.step(rows)) {
  }
  EXPECT_THAT(rows, SizeIs(10'000)) << "the version is complete";
}

TEST_F(SqliteTest, GoesOnAfterARestartWithoutCountingARowTwice) {
  DiskSource source(keys("SELECT v FROM m"), {"v"});
  std::vector<std::string> rows = first_of_10000(source);
  source.restart(source.save());
  const std::vector<std::string> rest = source.look();
  rows.insert(rows.end(), rest.begin(), rest.end());
  ASSERT_THAT(rows, SizeIs(10'000));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i], std::to_string(i + 1));
  }
}

TEST_F(SqliteTest, AQueryThatTakesTooLongIsStopped) {
  ASSERT_EQ(writer_.run("CREATE TABLE m(v)"), SQLITE_OK);
  DiskSource source(
      keys("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n", "timeout = '20ms'"),
      {"i"});
  EXPECT_THAT(source.look(), IsEmpty());
  EXPECT_THAT(source.reject_reasons(), ElementsAre("too_slow"));
}

TEST_F(SqliteTest, RowsAreLimitedBeforeTheyAreKept) {
  ASSERT_EQ(writer_.run("CREATE TABLE m(v)"), SQLITE_OK);
  const std::string endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
  DiskSource source(keys(endless, "max_size = '64KiB'\ntimeout = '60s'"), {"i"});
  EXPECT_THAT(source.look(), IsEmpty());
  EXPECT_THAT(source.reject_reasons(), ElementsAre("too_large"));
  DiskSource blob(keys("SELECT randomblob(100000000) AS i", "timeout = '60s'"), {"i"});
  EXPECT_THAT(blob.look(), IsEmpty());
  EXPECT_THAT(blob.reject_reasons(), ElementsAre("too_large"));
}

TEST_F(SqliteTest, WhatTheDatabaseRefusesIsRejectedAndTriedAgainWhenItChanges) {
  ASSERT_EQ(writer_.run("CREATE TABLE other(v)"), SQLITE_OK);
  DiskSource source(keys("SELECT v FROM m"), {"v"});
  EXPECT_THAT(source.look(), IsEmpty());
  EXPECT_THAT(source.reject_reasons(), ElementsAre("query"));
  EXPECT_THAT(source.status().files.front().error, HasSubstr("no such table: m"));
  ASSERT_EQ(writer_.run("CREATE TABLE m(v); INSERT INTO m VALUES(7)"), SQLITE_OK);
  EXPECT_THAT(source.look(), ElementsAre("7"));
}

TEST_F(SqliteTest, WritesNothing) {
  ASSERT_EQ(writer_.run("CREATE TABLE m(v); INSERT INTO m VALUES(1)"), SQLITE_OK);
  DiskSource with(keys("WITH x AS (SELECT 1) DELETE FROM m"), {"v"});
  EXPECT_THAT(with.look(), IsEmpty());
  DiskSource two(keys("SELECT v FROM m; DELETE FROM m"), {"v"});
  EXPECT_THAT(two.look(), IsEmpty());
  EXPECT_THAT(two.reject_reasons(), ElementsAre("query"));
  DiskSource source(keys("SELECT v FROM m"), {"v"});
  EXPECT_THAT(source.look(), ElementsAre("1"));
}

TEST_F(SqliteTest, WhatIsNoDatabaseIsRejected) {
  std::ofstream(directory_ / "text.db") << std::string(2000, 'x');
  DiskSource source("path = '" + directory_ / "text.db" + "'\nformat = 'sqlite'\nquery = 'SELECT v FROM m'", {"v"});
  EXPECT_THAT(source.look(), IsEmpty());
  EXPECT_THAT(source.reject_reasons(), ElementsAre("not_a_database"));
}

// In WAL mode SQLite needs to create files next to the database. A dangling link with their name, which it does not
// follow, stands for a read-only file system.
TEST_F(SqliteTest, ADatabaseAtRestIsReadWhereNothingCanBeWrittenBesideIt) {
  const std::string path = directory_ / "wal.db";
  {
    Writer writer(path);
    ASSERT_EQ(writer.run("PRAGMA journal_mode=WAL; CREATE TABLE m(v); INSERT INTO m VALUES(1)"), SQLITE_OK);
  }
  std::filesystem::create_symlink(directory_ / "nowhere", path + "-shm");
  DiskSource source("path = '" + path + "'\nformat = 'sqlite'\nquery = 'SELECT v FROM m'", {"v"});
  EXPECT_THAT(source.look(), ElementsAre("1"));
  std::ofstream(path + "-wal") << "something that is not in the database yet";
  EXPECT_THAT(source.look(), IsEmpty());
  EXPECT_EQ(source.status().unreadable_files, 1);
}

// By default SQLite retries for ten seconds, whatever the timeout, and cannot be interrupted.
TEST_F(SqliteTest, ADamagedWalFileIsGivenUpAfterTheTimeoutAndWhenAskedToStop) {
  const std::string path = directory_ / "wal.db";
  {
    Writer writer(path);
    ASSERT_EQ(writer.run("PRAGMA journal_mode=WAL; CREATE TABLE m(v); INSERT INTO m VALUES(1)"), SQLITE_OK);
  }
  const std::string damaged(100'000, 'x');
  std::ofstream(path + "-wal") << damaged;
  std::filesystem::create_directory(path + "-shm");
  const auto time_of = [&](Duration timeout, std::stop_token stop) {
    const PosixFileSystem files;
    SqliteLoader loader({"SELECT v FROM m", timeout}, files);
    std::string text;
    const auto started = std::chrono::steady_clock::now();
    const ReadStep step = loader.load({path, nullptr, 1}, 1 << 20, text, std::move(stop));
    EXPECT_EQ(step.state, ReadStep::State::kFailed);
    return std::chrono::steady_clock::now() - started;
  };
  constexpr std::chrono::seconds kFarLess(5);
  EXPECT_LT(time_of(std::chrono::milliseconds(100), {}), kFarLess);
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_LT(time_of(std::chrono::minutes(10), stopped.get_token()), kFarLess);
}

TEST(SqliteQuery, IsCheckedBeforeThereIsADatabase) {
  EXPECT_TRUE(SqliteLoader::check_query("SELECT a FROM b WHERE c > 1 -- comment"));
  EXPECT_TRUE(SqliteLoader::check_query(" -- first\n/* second */ with x AS (SELECT 1 AS a) SELECT a FROM x ; "));
  EXPECT_TRUE(SqliteLoader::check_query("VALUES (1), (2)"));
  EXPECT_FALSE(SqliteLoader::check_query("DELETE FROM m"));
  EXPECT_FALSE(SqliteLoader::check_query("PRAGMA user_version"));
  EXPECT_FALSE(SqliteLoader::check_query("SELECT 1; SELECT 2"));
  EXPECT_FALSE(SqliteLoader::check_query("SELECT a FORM b"));
  EXPECT_FALSE(SqliteLoader::check_query("SELECT a FROM (b"));
  EXPECT_FALSE(SqliteLoader::check_query("SELECT 'a"));
  EXPECT_FALSE(SqliteLoader::check_query("-- nothing"));
}

}  // namespace
}  // namespace leeway
