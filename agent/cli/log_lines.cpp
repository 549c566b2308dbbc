#include "agent/cli/log_lines.h"

#include <spdlog/details/log_msg.h>

#include <nlohmann/json.hpp>

#include "agent/core/clock.h"
#include "agent/core/rfc3339.h"

namespace leeway {
namespace {

using Json = nlohmann::ordered_json;

std::string quoted(std::string_view text) { return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string_view level_name(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::info:
      return "info";
    case spdlog::level::warn:
      return "warn";
    default:
      return "error";
  }
}

class LogFormatter final : public spdlog::formatter {
 public:
  explicit LogFormatter(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto since = std::chrono::floor<std::chrono::milliseconds>(message.time.time_since_epoch());
    const std::string line = log_line(format_, format_rfc3339(TimePoint(since)), level_name(message.level),
                                      {message.payload.data(), message.payload.size()});
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<LogFormatter>(format_); }

 private:
  LogFormat format_;
};

}  // namespace

std::string log_line(LogFormat format, std::string_view time, std::string_view level, std::string_view message) {
  std::string line;
  if (format == LogFormat::kJson) {
    line.append("{\"time\":").append(quoted(time)).append(",\"level\":").append(quoted(level));
    return line.append(",\"msg\":").append(quoted(message)).append("}\n");
  }
  line.append("time=").append(time).append(" level=").append(level).append(" msg=");
  return line.append(quoted(message)).append("\n");
}

std::unique_ptr<spdlog::formatter> make_log_formatter(LogFormat format) {
  return std::make_unique<LogFormatter>(format);
}

}  // namespace leeway
