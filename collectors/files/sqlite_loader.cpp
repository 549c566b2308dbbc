#include "collectors/files/sqlite_loader.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

#include "collectors/files/json_text.h"

namespace leeway {
namespace {

// For all of SQLite: its page cache and what a query sorts in memory.
constexpr std::int64_t kHeapLimit = std::int64_t{64} << 20;
constexpr int kInstructionsBetweenChecks = 1000;  // of the query's program; some 10 microseconds
constexpr int kBusyMilliseconds = 100;            // how long to wait for a lock of the writer
constexpr std::chrono::milliseconds kSleepBetweenChecks(10);
constexpr int kLargestValue = 16 << 20;  // bytes of one text or blob

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// The conditions that stop a running query.
struct Patience {
  std::chrono::steady_clock::time_point end;
  const std::stop_token& stop;

  bool is_over() const { return stop.stop_requested() || std::chrono::steady_clock::now() >= end; }
};

int is_over(void* context) { return static_cast<const Patience*>(context)->is_over() ? 1 : 0; }

// SQLite's own file system, except that its sleep ends with the patience: otherwise SQLite retries a damaged -wal file
// for ten seconds and cannot be stopped. Outlives the databases that are opened with it.
class PatientFileSystem {
 public:
  explicit PatientFileSystem(const Patience& patience) : name_(unique_name(this)) {
    if (const sqlite3_vfs* const original = sqlite3_vfs_find(nullptr)) {
      shim_.base = *original;
      shim_.base.zName = name_.c_str();
      shim_.base.xSleep = sleep;
      shim_.patience = &patience;
      registered_ = sqlite3_vfs_register(&shim_.base, 0) == SQLITE_OK;
    }
  }
  PatientFileSystem(const PatientFileSystem&) = delete;
  PatientFileSystem& operator=(const PatientFileSystem&) = delete;
  ~PatientFileSystem() {
    if (registered_) {
      sqlite3_vfs_unregister(&shim_.base);
    }
  }

  // For sqlite3_open_v2(); null: SQLite's own.
  const char* name() const { return registered_ ? name_.c_str() : nullptr; }

 private:
  // SQLite passes back a pointer to its first member.
  struct Shim {
    sqlite3_vfs base;
    const Patience* patience;
  };
  static_assert(std::is_standard_layout_v<Shim>);

  static std::string unique_name(const void* self) {
    return "leeway-" + std::to_string(reinterpret_cast<std::uintptr_t>(self));
  }
  static int sleep(sqlite3_vfs* self, int microseconds) {
    const Patience& patience = *reinterpret_cast<Shim*>(self)->patience;
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(microseconds);
    while (!patience.is_over() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(
          std::min<std::chrono::steady_clock::duration>(kSleepBetweenChecks, end - std::chrono::steady_clock::now()));
    }
    return microseconds;
  }

  std::string name_;
  Shim shim_{};
  bool registered_ = false;
};

ReadStep broken(const char* reason, sqlite3* database) {
  return ReadStep::broken(reason, database == nullptr ? "out of memory" : sqlite3_errmsg(database));
}

ReadStep error_step(int code, sqlite3* database) {
  switch (code & 0xFF) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_FORMAT:
      return broken("not_a_database", database);
    case SQLITE_INTERRUPT:
      return ReadStep::broken("too_slow", "the query took longer than its `timeout`");
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return broken("too_large", database);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_FULL:
      return ReadStep::failed(Error{ErrorCode::kIo, std::string("SQLite: ") + sqlite3_errmsg(database)});
    default:
      return broken("query", database);
  }
}

// As a URI, which is the only way to state that the file never changes.
std::string uri_of(const std::string& path, const char* parameters) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/' || std::isalnum(byte) != 0) {
      uri += c;
    } else {
      uri += {'%', kHex[byte >> 4], kHex[byte & 0xF]};
    }
  }
  return uri + parameters;
}

int open(const std::string& path, const char* parameters, const PatientFileSystem& files, Database& database) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(uri_of(path, parameters).c_str(), &handle,
                                   SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, files.name());
  database.reset(handle);
  if (code != SQLITE_OK) {
    return code;
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kLargestValue);
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // Reads the header, so that errors that only show once a transaction begins are found here.
  return sqlite3_exec(handle, "SELECT 1 FROM sqlite_schema LIMIT 1", nullptr, nullptr, nullptr);
}

// Size and time of a database that no process has open, so that the file holds all of its content; else nothing.
std::optional<std::pair<std::uint64_t, TimePoint>> at_rest(const FileSystem& files, const std::string& path) {
  for (const char* const suffix : {"-wal", "-journal"}) {
    const Expected<FileInfo> info = files.stat(path + suffix);
    if (info && info->size != 0) {
      return std::nullopt;
    }
  }
  const Expected<FileInfo> info = files.stat(path);
  return info ? std::optional(std::pair(info->size, info->modified)) : std::nullopt;
}

void append_blob(const unsigned char* bytes, int size, std::string& text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  text += '"';
  for (int i = 0; i < size; ++i) {
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 0xF];
  }
  text += '"';
}

void append_value(sqlite3_stmt* statement, int column, std::string& text) {
  const auto size = [&] { return sqlite3_column_bytes(statement, column); };
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      append_json_integer(sqlite3_column_int64(statement, column), text);
      break;
    case SQLITE_FLOAT:
      append_json_double(sqlite3_column_double(statement, column), text);
      break;
    case SQLITE_TEXT: {
      const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      append_json_string({bytes, static_cast<std::size_t>(size())}, text);
      break;
    }
    case SQLITE_BLOB: {
      const auto* const bytes = static_cast<const unsigned char*>(sqlite3_column_blob(statement, column));
      append_blob(bytes, size(), text);
      break;
    }
    default:
      text += "null";
  }
}

void append_row(sqlite3_stmt* statement, std::string& text) {
  text += text.size() == 1 ? "{" : ",\n{";
  for (int column = 0; column < sqlite3_column_count(statement); ++column) {
    const char* const name = sqlite3_column_name(statement, column);
    text += column == 0 ? "" : ",";
    append_json_string(name == nullptr ? "" : name, text);
    text += ':';
    append_value(statement, column, text);
  }
  text += '}';
}

// The first word, past white space, semicolons and comments, in upper case; "?" if something else comes first.
std::string first_word(std::string_view query) {
  while (!query.empty()) {
    if (std::isspace(static_cast<unsigned char>(query.front())) != 0) {
      query.remove_prefix(1);
      continue;
    }
    const bool line = query.starts_with("--");
    if (query.front() == ';') {
      query.remove_prefix(1);
      continue;
    }
    if (!line && !query.starts_with("/*")) {
      break;
    }
    const std::size_t end = line ? query.find('\n') : query.find("*/", 2);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + (line ? 1 : 2));
  }
  std::string word;
  for (const char c : query) {
    if (std::isalpha(static_cast<unsigned char>(c)) == 0) {
      break;
    }
    word += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return word.empty() && !query.empty() ? "?" : word;
}

ReadStep run(sqlite3* database, const std::string& query, std::uint64_t limit, std::string& text) {
  sqlite3_stmt* handle = nullptr;
  const char* rest = nullptr;
  int code = sqlite3_prepare_v2(database, query.c_str(), -1, &handle, &rest);
  const Statement statement(handle);
  if (code != SQLITE_OK) {
    return error_step(code, database);
  }
  if (handle == nullptr || sqlite3_stmt_readonly(handle) == 0 || sqlite3_column_count(handle) == 0 ||
      !first_word(rest).empty()) {
    return ReadStep::broken("query", "it is not a statement that only reads");
  }
  text = "[";
  while ((code = sqlite3_step(handle)) == SQLITE_ROW) {
    append_row(handle, text);
    if (text.size() > limit) {
      return ReadStep::broken("too_large", "its rows take more than the limit of " + std::to_string(limit) + " bytes");
    }
  }
  text += ']';
  return code == SQLITE_DONE ? ReadStep::done() : error_step(code, database);
}

bool is_syntax_error(std::string_view message) {
  return message.find("syntax error") != std::string_view::npos || message.starts_with("incomplete input") ||
         message.starts_with("unrecognized token");
}

}  // namespace

Expected<void> SqliteLoader::check_query(const std::string& query) {
  const std::string word = first_word(query);
  if (word != "SELECT" && word != "WITH" && word != "VALUES") {
    return Error{ErrorCode::kConfiguration, "expected one SELECT or WITH statement"};
  }
  sqlite3* handle = nullptr;
  sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, nullptr);
  const Database database(handle);
  sqlite3_stmt* prepared = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v2(handle, query.c_str(), -1, &prepared, &rest);
  const Statement statement(prepared);
  if (code == SQLITE_OK) {
    const std::string next = first_word(rest);
    if (!next.empty() || sqlite3_stmt_readonly(prepared) == 0) {
      return Error{ErrorCode::kConfiguration, "expected one statement that only reads"};
    }
    return {};
  }
  // Only the database can tell whether tables and columns exist.
  const std::string message = sqlite3_errmsg(handle);
  return is_syntax_error(message) ? Expected<void>(Error{ErrorCode::kConfiguration, message}) : Expected<void>();
}

ReadStep SqliteLoader::load(const FileToRead& version, std::uint64_t limit, std::string& text, std::stop_token stop) {
  sqlite3_hard_heap_limit64(kHeapLimit);
  text.clear();
  const auto timeout = std::chrono::duration_cast<std::chrono::steady_clock::duration>(options_.timeout);
  Patience patience{std::chrono::steady_clock::now() + timeout, stop};
  const PatientFileSystem patient(patience);
  Database database;
  int code = open(version.path, "?mode=ro", patient, database);
  const auto resting = (code & 0xFF) == SQLITE_CANTOPEN ? at_rest(files_, version.path) : std::nullopt;
  if (resting) {
    // The files that WAL mode needs next to the database cannot be created.
    code = open(version.path, "?mode=ro&immutable=1", patient, database);
  }
  if (code != SQLITE_OK) {
    return error_step(code, database.get());
  }
  patience.end = std::chrono::steady_clock::now() + timeout;
  sqlite3_progress_handler(database.get(), kInstructionsBetweenChecks, is_over, &patience);
  ReadStep step = run(database.get(), options_.query, limit, text);
  if (resting && at_rest(files_, version.path) != resting) {
    return ReadStep::failed(Error{ErrorCode::kIo, "'" + version.path + "' changed while it was read"});
  }
  return step;
}

}  // namespace leeway
