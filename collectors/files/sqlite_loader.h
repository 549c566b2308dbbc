// The `sqlite` format: the rows of a query, as an array of objects. Made by sqlite_format.
//
// The database is opened read-only, and a transaction is open only while the query runs: a writer in WAL mode is not
// delayed at all, one with a rollback journal by that time at most. Where the database is busy, the query is retried
// later. A database in WAL mode that no process has open can be read on a read-only file system too.
#pragma once

#include <string>
#include <utility>

#include "agent/core/clock.h"
#include "agent/core/expected.h"
#include "agent/core/file_system.h"
#include "collectors/files/document_loader.h"

namespace leeway {

struct SqliteOptions {
  std::string query{};                         // passes check_query()
  Duration timeout = std::chrono::seconds(1);  // of the query
};

// Reasons why a version is broken, besides those of DocumentLoader: "not_a_database" (or damaged), "query" (the
// database rejects it, or it does more than read), "too_slow" (over `timeout`).
//
// Columns with the same name are duplicate keys of the object. A blob is text of hexadecimal digits.
class SqliteLoader final : public DocumentLoader {
 public:
  // `files` outlives the loader.
  SqliteLoader(SqliteOptions options, const FileSystem& files) : options_(std::move(options)), files_(files) {}

  // Finds what is wrong with a query in any database: its syntax, or that it is not one SELECT (or WITH, VALUES).
  // Error: kConfiguration.
  static Expected<void> check_query(const std::string& query);

  ReadStep load(const FileToRead& version, std::uint64_t limit, std::string& text, std::stop_token stop) override;
  bool is_slow(const FileToRead& /*version*/) const override { return true; }
  bool is_isolated() const override { return true; }
  std::string_view companion_suffix() const override { return "-wal"; }

 private:
  const SqliteOptions options_;
  const FileSystem& files_;
};

}  // namespace leeway
