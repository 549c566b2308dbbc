#include "agent/core/error.h"

#include <cerrno>
#include <system_error>

namespace leeway {

std::string Position::to_string() const {
  std::string text = file;
  if (line != 0) {
    text += ":" + std::to_string(line);
    if (column != 0) {
      text += ":" + std::to_string(column);
    }
  }
  return text;
}

Error Error::with_prefix(std::string_view prefix) const {
  Error prefixed = *this;
  prefixed.message = std::string(prefix) + ": " + message;
  return prefixed;
}

std::string Error::to_string() const {
  const std::string where = position.to_string();
  return where.empty() ? message : where + ": " + message;
}

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
    case ErrorCode::kConfiguration:
      return 2;
    case ErrorCode::kInternal:
      return 70;
    case ErrorCode::kIo:
    case ErrorCode::kNotFound:
    case ErrorCode::kPermission:
    case ErrorCode::kCorrupt:
    case ErrorCode::kNewerVersion:
    case ErrorCode::kInUse:
    case ErrorCode::kLimit:
      return 74;
  }
  return 70;
}

Error system_error(std::string_view action, std::string_view path, int errno_value) {
  ErrorCode code = ErrorCode::kIo;
  if (errno_value == ENOENT || errno_value == ENOTDIR) {
    code = ErrorCode::kNotFound;
  } else if (errno_value == EACCES || errno_value == EPERM) {
    code = ErrorCode::kPermission;
  }
  std::string message(action);
  message += " '" + std::string(path) + "': " + std::generic_category().message(errno_value);
  return Error{code, std::move(message)};
}

}  // namespace leeway
