// An error as a value, returned by every fallible function of Leeway instead of throwing.
// Used by all rooms; `Expected<T>` carries it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace leeway {

// Permanent: tests and operators' scripts rely on the numbers. Append, never renumber.
enum class ErrorCode : int {
  kInternal = 1,       // a bug in Leeway
  kUsage = 2,          // wrong command line
  kConfiguration = 3,  // wrong configuration file
  kIo = 4,             // the operating system refused a file, directory or socket
  kNotFound = 5,       // the file or directory does not exist
  kPermission = 6,     // it exists but access is denied
  kCorrupt = 7,        // bytes on disk or on the wire are malformed
  kNewerVersion = 8,   // state written by a newer release
  kInUse = 9,          // another process holds it (state directory, port)
  kLimit = 10,         // a configured limit was reached
};

// Where in a text file an error is. Lines and columns count from 1; 0 means unknown.
struct Position {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  // "file:line:column", omitting unknown parts.
  std::string to_string() const;
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  Position position{};

  // The same error with "prefix: " before its message.
  [[nodiscard]] Error with_prefix(std::string_view prefix) const;
  // "file:line:column: message", or only the message where there is no position.
  std::string to_string() const;
};

// The exit code that the command line promises for an error: 2 usage or configuration, 70 internal, 74 I/O.
int exit_code(ErrorCode code);

// The error for a failed system call: "action 'path': strerror(errno_value)".
Error system_error(std::string_view action, std::string_view path, int errno_value);

}  // namespace leeway
