#include "rules/description.h"

#include <date/date.h>
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "agent/metrics/alert_text.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

// As Go's %.4g.
std::string four_digits(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  return std::isinf(value) ? (value > 0 ? "+Inf" : "-Inf") : fmt::format("{:.4g}", value);
}

std::string with_small_prefix(double value) {
  constexpr std::array<const char*, 8> kPrefixes = {"m", "u", "n", "p", "f", "a", "z", "y"};
  std::string prefix;
  for (const char* next : kPrefixes) {
    if (std::abs(value) >= 1) {
      break;
    }
    prefix = next;
    value *= 1000;
  }
  return four_digits(value) + prefix;
}

template <std::size_t N>
std::string with_large_prefix(double value, double step, const std::array<const char*, N>& prefixes) {
  std::string prefix;
  for (const char* next : prefixes) {
    if (std::abs(value) < step) {
      break;
    }
    prefix = next;
    value /= step;
  }
  return four_digits(value) + prefix;
}

std::string humanize_number(double value) {
  constexpr std::array<const char*, 8> kPrefixes = {"k", "M", "G", "T", "P", "E", "Z", "Y"};
  if (value == 0 || !std::isfinite(value)) {
    return four_digits(value);
  }
  return std::abs(value) >= 1 ? with_large_prefix(value, 1000, kPrefixes) : with_small_prefix(value);
}

std::string humanize_bytes(double value) {
  constexpr std::array<const char*, 8> kPrefixes = {"ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"};
  if (std::abs(value) <= 1 || !std::isfinite(value)) {
    return four_digits(value) + "B";
  }
  return with_large_prefix(value, 1024, kPrefixes) + "B";
}

std::string humanize_duration(double value) {
  if (!std::isfinite(value)) {
    return four_digits(value);
  }
  if (value == 0) {
    return "0s";
  }
  if (std::abs(value) < 1) {
    return with_small_prefix(value) + "s";
  }
  const std::string sign = value < 0 ? "-" : "";
  value = std::abs(value);
  const auto whole = static_cast<std::int64_t>(value);
  const std::int64_t seconds = whole % 60;
  const std::int64_t minutes = whole / 60 % 60;
  const std::int64_t hours = whole / 3600 % 24;
  const std::int64_t days = whole / 86400;
  if (days != 0) {
    return fmt::format("{}{}d {}h {}m {}s", sign, days, hours, minutes, seconds);
  }
  if (hours != 0) {
    return fmt::format("{}{}h {}m {}s", sign, hours, minutes, seconds);
  }
  if (minutes != 0) {
    return fmt::format("{}{}m {}s", sign, minutes, seconds);
  }
  return sign + four_digits(value) + "s";
}

std::string humanize_timestamp(double value) {
  if (!std::isfinite(value)) {
    return four_digits(value);
  }
  // To the millisecond, as Go's Time.String() writes it: without a fraction's last zeros.
  const auto nanoseconds = static_cast<std::int64_t>(value * 1e9);
  const date::sys_time<std::chrono::milliseconds> time(std::chrono::milliseconds(nanoseconds / 1'000'000));
  std::string text = date::format("%Y-%m-%d %H:%M:%S", time);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') {
    text.pop_back();
  }
  return text + " +0000 UTC";
}

// As Go's %.2f.
std::string humanize_money(double value, const char* currency) {
  return (std::isfinite(value) ? fmt::format("{:.2f}", value) : four_digits(value)) + " " + currency;
}

// `number` is an expression of Prometheus' templates.
std::string value_template(const std::string& number, Unit unit) {
  const std::string money = "{{ printf \"%.2f\" (" + number + ") }} ";
  switch (unit) {
    case Unit::kDollars:
      return money + "USD";
    case Unit::kEuros:
      return money + "EUR";
    case Unit::kPounds:
      return money + "GBP";
    case Unit::kNone:
      return "{{ " + number + " | humanize }}";
    case Unit::kSeconds:
      return "{{ " + number + " | humanizeDuration }}";
    case Unit::kBytes:
      return "{{ " + number + " | humanize1024 }}B";
    case Unit::kRatio:
      return "{{ " + number + " | humanizePercentage }}";
    case Unit::kTimestamp:
      return "{{ " + number + " | humanizeTimestamp }}";
  }
  return "";
}

constexpr std::string_view kResult = "$result";

// The text with $result replaced, and the rest by `plain` of it.
std::string with_result(std::string_view text, const std::string& result, std::string (*plain)(std::string_view)) {
  const std::size_t at = text.find(kResult);
  return at == std::string_view::npos ? plain(text)
                                      : plain(text.substr(0, at)) + result + plain(text.substr(at + kResult.size()));
}

// Text that printf leaves unchanged.
std::string inert_format(std::string_view text) {
  std::string result;
  for (const char c : text) {
    result += c == '%' ? "%%" : std::string(1, c);
  }
  return result;
}

}  // namespace

std::string humanize(double value, Unit unit) {
  switch (unit) {
    case Unit::kDollars:
      return humanize_money(value, "USD");
    case Unit::kEuros:
      return humanize_money(value, "EUR");
    case Unit::kPounds:
      return humanize_money(value, "GBP");
    case Unit::kNone:
      return humanize_number(value);
    case Unit::kSeconds:
      return humanize_duration(value);
    case Unit::kBytes:
      return humanize_bytes(value);
    case Unit::kRatio:
      return four_digits(value * 100) + "%";
    case Unit::kTimestamp:
      return humanize_timestamp(value);
  }
  return "";
}

std::string inert_template(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("{{")) {
      result += R"({{ "{{" }})";
      ++i;
    } else if (text[i] == '{' && i + 1 == text.size()) {
      result += R"({{ "{" }})";  // a template may follow
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string description_template(std::string_view text, Unit unit) {
  return expand_text(
      text, [unit] { return value_template("$value", unit); },
      [](const std::string& name) { return "{{ $labels." + name + " }}"; },
      [](std::string_view plain) { return inert_template(plain); });
}

std::string outlook_template(const Outlook& outlook) {
  std::string arguments;
  const std::string format = expand_text(
      outlook.query,
      [&] {
        arguments += " $value";
        return std::string("%g");
      },
      [&](const std::string& name) {
        arguments += " $labels." + name;
        return std::string("%q");
      },
      inert_format);
  return "{{ with printf " + quote_promql(format) + arguments + " | query }}" +
         with_result(outlook.text, value_template(". | first | value", outlook.unit), inert_template) + "{{ else }}" +
         inert_template(outlook.otherwise) + "{{ end }}";
}

std::string rendered_outlook(const Outlook& outlook, const std::optional<double>& result) {
  const auto same = [](std::string_view text) { return std::string(text); };
  return result ? with_result(outlook.text, humanize(*result, outlook.unit), same) : outlook.otherwise;
}

std::string rendered_description(std::string_view text, Unit unit, const RuleLabels& labels, double value) {
  return expand_text(
      text, [&] { return humanize(value, unit); },
      [&labels](const std::string& name) {
        for (const auto& [key, held] : labels) {
          if (key == name) {
            return held;
          }
        }
        return std::string();
      },
      [](std::string_view plain) { return std::string(plain); });
}

}  // namespace leeway
