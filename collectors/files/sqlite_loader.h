// The `sqlite` format: the rows of a query, as an array of objects. Made by sqlite_format.
//
// The database is opened read-only, and a transaction is open only during the query: a writer in WAL mode is not
// delayed at all, one with a rollback journal at most by that time. If the database is busy, the query is retried
// later. A database in WAL mode that no process has open can also be read on a read-only file system.
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

// Reasons why a version is broken, in addition to those of DocumentLoader: "not_a_database" (or damaged), "query" (the
// database refuses it, or it does not only read), "too_slow" (over `timeout`).
//
// Columns with the same name follow each other in the object, as duplicate keys do. A blob is a string of hexadecimal
// digits.
class SqliteLoader final : public DocumentLoader {
 public:
  // `files` outlives the loader.
  SqliteLoader(SqliteOptions options, const FileSystem& files) : options_(std::move(options)), files_(files) {}

  // Checks what does not depend on the database: the query's syntax, and that it is one SELECT (or WITH, VALUES).
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
