#include "agent/expressions/expression_times.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "agent/expressions/expression_conversions.h"
#include "agent/expressions/expression_lexer.h"
#include "agent/expressions/expression_operators.h"
#include "agent/expressions/time_zone.h"

namespace leeway::expr {
namespace {

constexpr std::int64_t kDay = 86'400;

struct Part {
  std::string_view name;
  std::int64_t (*of_time)(const Instant& local);
  std::int64_t of_duration;  // nanoseconds of one; 0 where a duration has no such part
};

std::int64_t floor_divide(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

std::int64_t second_of_day(const Instant& local) { return local.seconds - floor_divide(local.seconds, kDay) * kDay; }

std::chrono::sys_days day(const Instant& local) {
  return std::chrono::sys_days(std::chrono::days(floor_divide(local.seconds, kDay)));
}

std::chrono::year_month_day date_of(const Instant& local) { return std::chrono::year_month_day(day(local)); }

std::int64_t year(const Instant& local) { return static_cast<int>(date_of(local).year()); }
std::int64_t month(const Instant& local) { return static_cast<unsigned>(date_of(local).month()) - 1; }
std::int64_t day_of_month(const Instant& local) { return static_cast<unsigned>(date_of(local).day()); }
std::int64_t day_of_week(const Instant& local) { return std::chrono::weekday(day(local)).c_encoding(); }
std::int64_t hours(const Instant& local) { return second_of_day(local) / 3600; }
std::int64_t minutes(const Instant& local) { return second_of_day(local) / 60 % 60; }
std::int64_t seconds(const Instant& local) { return second_of_day(local) % 60; }
std::int64_t milliseconds(const Instant& local) { return local.nanosecond / 1'000'000; }

constexpr std::array<Part, 10> kParts = {{{"getFullYear", year, 0},
                                          {"getMonth", month, 0},
                                          {"getDate", day_of_month, 0},
                                          {"getDayOfWeek", day_of_week, 0},
                                          {"weekday", day_of_week, 0},
                                          {"getHours", hours, 3'600'000'000'000},
                                          {"hour", hours, 3'600'000'000'000},
                                          {"getMinutes", minutes, 60'000'000'000},
                                          {"getSeconds", seconds, 1'000'000'000},
                                          {"getMilliseconds", milliseconds, 1'000'000}}};

// Errors are at `column`.
Expected<ZoneOffset> offset_of(const std::string& zone, std::uint32_t column) {
  Expected<ZoneOffset> offset = zone_offset(zone);
  return offset ? std::move(offset) : error_at(column, offset.error().message);
}

Value part_of_duration(const Value& operand, const Part& part) {
  if (part.of_duration == 0) {
    return operand_error(operand);
  }
  return Value::of_int(operand.integer / part.of_duration);
}

Value part_of_time(const Value& timestamp, const Part& part, const ZoneOffset& offset) {
  Instant local = timestamp.instant();
  local.seconds += offset ? offset(local.seconds) : 0;
  return Value::of_int(part.of_time(local));
}

const Part& part_of(const Node& call) {
  return *std::find_if(kParts.begin(), kParts.end(), [&](const Part& one) { return one.name == call.name; });
}

}  // namespace

Expected<BoundFunction> prepare_time_part(Node& call, const Schema&) {
  const Part& part = part_of(call);
  Expected<ZoneOffset> offset = ZoneOffset();
  if (call.args.size() == 2) {
    offset = offset_of(call.args[1]->text, call.args[1]->column);
    if (!offset) {
      return offset.error();
    }
  }
  if (call.args[0]->type == StaticType::kDuration && (part.of_duration == 0 || call.args.size() == 2)) {
    return error_at(call.args[0]->column, "'" + call.name + "' takes a timestamp here, not a duration");
  }
  return BoundFunction([&part, offset = std::move(*offset)](const Value& operand, Arena&) {
    if (operand.kind == ValueKind::kDuration && !offset) {
      return part_of_duration(operand, part);
    }
    if (operand.kind != ValueKind::kTimestamp) {
      return operand_error(operand);
    }
    return part_of_time(operand, part, offset);
  });
}

// The zone that a call without one means is that of the source. What is no timestamp is read as one.
Expected<BoundFunction> prepare_source_time_part(Node& call, const Schema& schema) {
  const Part& part = part_of(call);
  const bool named = call.args.size() == 2;
  const std::string zone = named ? call.args[1]->text : schema.time_zone();
  Expected<ZoneOffset> offset =
      zone.empty() ? Expected<ZoneOffset>(ZoneOffset()) : offset_of(zone, named ? call.args[1]->column : call.column);
  Expected<BoundFunction> read = prepare_timestamp(call, schema);
  if (!offset || !read) {
    return !offset ? offset.error() : read.error();
  }
  return BoundFunction(
      [&part, offset = std::move(*offset), read = std::move(*read)](const Value& operand, Arena& arena) {
        const Value time = operand.kind == ValueKind::kTimestamp ? operand : read(operand, arena);
        return time.kind == ValueKind::kTimestamp ? part_of_time(time, part, offset) : time;
      });
}

}  // namespace leeway::expr
