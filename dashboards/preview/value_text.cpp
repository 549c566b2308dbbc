#include "dashboards/preview/value_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <span>

#include "agent/core/html_text.h"
#include "agent/core/number_text.h"
#include "agent/core/rfc3339.h"

namespace leeway::preview {
namespace {

using evaluation::Time;

struct Scale {
  double factor;
  const char* name;
};
constexpr std::array<Scale, 5> kShort = {{{1e12, " Tri"}, {1e9, " Bil"}, {1e6, " Mil"}, {1e3, " K"}, {1, ""}}};
constexpr std::array<Scale, 9> kSeconds = {{{31'536'000, " years"},
                                            {604'800, " weeks"},
                                            {86'400, " days"},
                                            {3600, " hours"},
                                            {60, " mins"},
                                            {1, " s"},
                                            {1e-3, " ms"},
                                            {1e-6, " \xC2\xB5s"},
                                            {1e-9, " ns"}}};
constexpr double kKibi = 1024;
constexpr std::array<Scale, 5> kBytes = {{{kKibi * kKibi * kKibi * kKibi, " TiB"},
                                          {kKibi * kKibi * kKibi, " GiB"},
                                          {kKibi * kKibi, " MiB"},
                                          {kKibi, " KiB"},
                                          {1, " B"}}};

// Three significant digits, unless the panel says how many decimals.
std::string digits(double value, std::optional<int> decimals) {
  constexpr int kSignificant = 3;
  constexpr int kMost = 12;
  if (decimals) {
    return fixed_text(value, std::clamp(*decimals, 0, kMost));
  }
  const double size = std::abs(value);
  const int whole = size >= 1 ? static_cast<int>(std::floor(std::log10(size))) + 1 : 0;
  const int small = size > 0 && size < 1 ? static_cast<int>(-std::floor(std::log10(size))) - 1 : 0;
  return fixed_text(value, std::clamp(kSignificant - whole + small, 0, kMost));
}

std::string scaled(double value, std::span<const Scale> scales, std::optional<int> decimals) {
  if (value == 0) {
    return "0" +
           std::string(std::find_if(scales.begin(), scales.end(), [](const Scale& s) { return s.factor == 1; })->name);
  }
  const auto fits = [size = std::abs(value)](const Scale& scale) { return size >= scale.factor; };
  const auto found = std::find_if(scales.begin(), scales.end(), fits);
  const Scale& scale = found == scales.end() ? scales.back() : *found;
  return digits(value / scale.factor, decimals) + scale.name;
}

// "-$1.5 K"
std::string money(const char* sign, double value, std::optional<int> decimals) {
  return (value < 0 ? "-" : "") + std::string(sign) + scaled(std::abs(value), kShort, decimals);
}

}  // namespace

std::string value_text(double value, PanelUnit unit, std::optional<int> decimals) {
  if (!std::isfinite(value)) {
    return std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  }
  if (std::abs(value) > 1e300) {
    return number_text(value);
  }
  switch (unit) {
    case PanelUnit::kSeconds:
      return scaled(value, kSeconds, decimals);
    case PanelUnit::kBytes:
      return scaled(value, kBytes, decimals);
    case PanelUnit::kBytesPerSecond:
      return scaled(value, kBytes, decimals) + "/s";
    case PanelUnit::kRatio:
      return digits(value * 100, decimals) + "%";
    case PanelUnit::kPerSecond:
      return scaled(value, kShort, decimals) + " ops/s";
    case PanelUnit::kRequestsPerSecond:
      return scaled(value, kShort, decimals) + " req/s";
    case PanelUnit::kTimestamp:
      return date_text(static_cast<Time>(std::clamp(value, -1e14, 1e14)));
    case PanelUnit::kBool:
      return value == 0 ? "No" : "Yes";
    case PanelUnit::kDollars:
      return money("$", value, decimals);
    case PanelUnit::kEuros:
      return money("\xE2\x82\xAC", value, decimals);
    case PanelUnit::kPounds:
      return money("\xC2\xA3", value, decimals);
    default:
      return scaled(value, kShort, decimals);
  }
}

std::string date_text(Time time) {
  std::string text = format_rfc3339(
      TimePoint(std::chrono::milliseconds(std::clamp<Time>(time, -9'000'000'000'000, 9'000'000'000'000))));
  text[10] = ' ';
  return text.substr(0, 19);
}

std::string clock_text(Time time, Time step, Time span) {
  constexpr Time kDay = 86'400 * evaluation::kSecond;
  constexpr Time kMinute = 60 * evaluation::kSecond;
  const std::string text = date_text(time);
  std::string date = text.substr(5, 5);
  if (step >= kDay) {
    return date;
  }
  const std::string clock = text.substr(11, step < kMinute ? 8 : 5);
  return span > kDay ? date + " " + clock : clock;
}

}  // namespace leeway::preview
