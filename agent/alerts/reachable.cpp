#include "agent/alerts/reachable.h"

#include <string>

#include "agent/alerts/condition_parts.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

std::string given(std::string_view key, double limit) { return "'" + std::string(key) + "' is " + number_text(limit); }

// "895 (14m55s)".
std::string bound_text(double bound, Unit unit) {
  const std::string number = number_text(bound);
  const std::string text = limit_text(bound, unit);
  return text == number ? number : number + " (" + text + ")";
}

// "'x_gap_seconds' is at most 895 (14m55s): no gap within the window is longer".
std::string end_of(const MetricDesc& desc, bool most) {
  return "'" + desc.name + "' is at " + (most ? "most " : "least ") +
         bound_text(most ? desc.range.most : desc.range.least, unit_of(desc)) + ": " +
         (most ? desc.range.why_most : desc.range.why_least);
}

}  // namespace

bool check_reachable(TableReader& reader, std::string_view key, double limit, bool lower, Unit unit) {
  if (unit == Unit::kRatio && (lower ? limit <= 0 || limit > 1 : limit < 0 || limit >= 1)) {
    reader.error(key, given(key, limit) + ", which a share between 0 and 1 " +
                          (lower == (limit >= 1) ? "always passes" : "can never pass") +
                          "; expected a number between 0 and 1" +
                          (limit > 1 && limit <= 100 ? ", such as " + number_text(without_noise(limit / 100)) : ""));
    return false;
  }
  if (unit == Unit::kBytes && lower && limit <= 0) {
    reader.error(key, given(key, limit) + ", below which no size can fall; expected a positive number");
    return false;
  }
  return true;
}

bool check_reachable(TableReader& reader, std::string_view key, double limit, bool lower, const MetricDesc& desc) {
  if (!check_reachable(reader, key, limit, lower, unit_of(desc))) {
    return false;
  }
  const double least = desc.range.least;
  const double most = desc.range.most;
  if (lower ? limit <= least : limit >= most) {
    reader.error(key, given(key, limit) + ", which can never be passed: " + end_of(desc, !lower) + "; expected " +
                          (lower ? "more" : "less"));
    return false;
  }
  if (lower ? limit > most : limit < 0 && least >= 0) {
    reader.error(key, given(key, limit) + ", which every value passes: " + end_of(desc, lower) + "; expected " +
                          (lower ? "less" : "more"));
    return false;
  }
  return true;
}

void check_side(TableReader& reader, std::string_view key, double limit, bool lower, const MetricDesc& desc) {
  const bool of_share = unit_of(desc) == Unit::kRatio && limit == (lower ? 0 : 1);
  if (!of_share && limit != (lower ? desc.range.least : desc.range.most)) {
    static_cast<void>(check_reachable(reader, key, limit, lower, desc));
  }
}

void check_age(TableReader& reader, std::string_view key, Duration age, const MetricDesc& desc) {
  const Duration oldest = desc.range.oldest;
  if (oldest > Duration{} && age >= oldest) {
    reader.error(key, "'" + std::string(key) + "' is " + format_duration(age) + ", which can never be passed: '" +
                          desc.name + "' is at most " + format_duration(oldest) + " ago: " + desc.range.why_most +
                          "; expected less");
  } else if (desc.expire > Duration{} && age >= desc.expire) {
    reader.diagnostics().warning(reader.position(key),
                                 reader.what() + ": a series of '" + desc.name + "' without a record is hidden after " +
                                     format_duration(desc.expire) + ", before it is " + format_duration(age) +
                                     " old: nothing fires where no record comes any more; expected a longer `expire`, "
                                     "or less");
  }
}

}  // namespace leeway
