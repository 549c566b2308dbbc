#include "agent/monitors/quality/quality_values.h"

#include <bit>
#include <cmath>
#include <limits>

#include "agent/metrics/label_interner.h"

namespace leeway {
namespace {

// The finalizer of splitmix64: every bit of the result depends on every bit of `x`.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58'476D'1CE4'E5B9U;
  x = (x ^ (x >> 27)) * 0x94D0'49BB'1331'11EBU;
  return x ^ (x >> 31);
}

constexpr std::uint64_t kOfNumber = 0x9E37'79B9'7F4A'7C15U;
constexpr std::uint64_t kOfInteger = 0xC2B2'AE3D'27D4'EB4FU;  // beyond the exact range of a double
constexpr std::uint64_t kOfUnsigned = 0x8579'6A1D'B4E5'3C07U;
constexpr std::uint64_t kOfBoolean = 0x1656'67B1'9E37'79F9U;
constexpr std::uint64_t kOfTime = 0x27D4'EB2F'1656'67C5U;
constexpr std::uint64_t kOfDuration = 0xD6E8'FEB8'6659'FD93U;

constexpr std::int64_t kExact = std::int64_t{1} << 53;  // up to it, a double holds every integer
constexpr double kTwoTo63 = 9223372036854775808.0;

std::uint64_t hash_of_integer(std::int64_t integer);
std::uint64_t hash_of_unsigned(std::uint64_t bits) { return mix(bits + kOfUnsigned); }

std::uint64_t hash_of_double(double number) {
  // Beyond kExact every double is an integer.
  if (std::abs(number) > static_cast<double>(kExact) && number >= -kTwoTo63 && number < 2 * kTwoTo63) {
    return number < kTwoTo63 ? hash_of_integer(static_cast<std::int64_t>(number))
                             : hash_of_unsigned(static_cast<std::uint64_t>(number));
  }
  const double one_of_equals = number == 0          ? 0.0
                               : std::isnan(number) ? std::numeric_limits<double>::quiet_NaN()
                                                    : number;
  return mix(std::bit_cast<std::uint64_t>(one_of_equals) + kOfNumber);
}

std::uint64_t hash_of_integer(std::int64_t integer) {
  return integer >= -kExact && integer <= kExact ? hash_of_double(static_cast<double>(integer))
                                                 : mix(static_cast<std::uint64_t>(integer) + kOfInteger);
}

// Times that a TimePoint holds have the hash that earlier versions saved.
std::uint64_t hash_of_time(const Instant& instant) {
  const TimePoint time = to_time_point(instant);
  return time != kNoTime
             ? mix(static_cast<std::uint64_t>(time.time_since_epoch().count()) + kOfTime)
             : combine_hashes(mix(static_cast<std::uint64_t>(instant.seconds) + kOfTime), instant.nanosecond);
}

}  // namespace

std::optional<std::uint64_t> hash_of(const Value& value) {
  switch (value.kind) {
    case ValueKind::kString:
      return mix(hash_text(value.string()));
    case ValueKind::kDouble:
      return hash_of_double(value.number);
    case ValueKind::kInt:
      return hash_of_integer(value.integer);
    case ValueKind::kUnsigned:
      return hash_of_unsigned(value.bits());
    case ValueKind::kBool:
      return mix((value.boolean ? 1 : 0) + kOfBoolean);
    case ValueKind::kTimestamp:
      return hash_of_time(value.instant());
    case ValueKind::kDuration:
      return mix(static_cast<std::uint64_t>(value.integer) + kOfDuration);
    default:
      return std::nullopt;
  }
}

std::uint64_t combine_hashes(std::uint64_t first, std::uint64_t second) {
  return mix(std::rotl(first, 23) + second + kOfNumber);
}

}  // namespace leeway
