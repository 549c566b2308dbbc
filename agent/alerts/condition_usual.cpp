// Comparisons of a window with the usual, the mean over the history of a much longer period that ends with it. Summed
// over the series that exist at each moment, so that a Pod that is gone counts only while it lived.
#include <algorithm>
#include <array>

#include "agent/alerts/condition_parts.h"
#include "agent/alerts/usual_tests.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

using std::chrono::duration_cast;

// The longest of some round durations that divides the range into at least so many parts.
Duration step_of(Duration range, int parts) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  constexpr std::array<Duration, 15> kRound = {hours(12),   hours(6),    hours(3),    hours(2),   hours(1),
                                               minutes(30), minutes(15), minutes(10), minutes(5), minutes(2),
                                               minutes(1),  seconds(30), seconds(15), seconds(5), seconds(1)};
  const auto fits = [&](Duration step) { return step * parts <= range; };
  const auto found = std::find_if(kRound.begin(), kRound.end(), fits);
  return found == kRound.end() ? duration_cast<std::chrono::milliseconds>(range / parts) : *found;
}

// By default a seventh of the usual time and `windows`, but not more than all of it.
Duration default_history(const Usual& usual, double windows) {
  constexpr int kShare = 7;
  return std::max(duration_cast<Duration>(usual.usual / kShare),
                  duration_cast<Duration>(usual.window * std::clamp(windows, 1.0, usual.windows())));
}

// `windows`: of history that the condition needs by default.
std::optional<Usual> read_usual(TableReader& reader, const ConditionContext& context, double windows) {
  Usual usual;
  usual.window = read_window(reader, "window", std::chrono::hours(1), context);
  usual.usual = read_window(reader, "usual", std::chrono::hours(24 * 7), context);
  usual.floor = reader.number("floor").value_or(0);
  const std::optional<Duration> history = reader.duration("min_history");
  constexpr int kLeastWindows = 4;
  if (usual.usual < kLeastWindows * usual.window) {
    reader.error("usual", "'usual' is " + format_duration(usual.usual) + "; expected at least " +
                              std::to_string(kLeastWindows) + " windows of " + format_duration(usual.window) +
                              ", or the window would dominate the usual amount");
    return std::nullopt;
  }
  constexpr int kParts = 96;
  usual.step = step_of(usual.usual, kParts);
  const Duration least = history.value_or(default_history(usual, windows));
  if (least > usual.usual || least < usual.window) {
    reader.error("min_history", "'min_history' is " + format_duration(least) + "; expected at least the window of " +
                                    format_duration(usual.window) + " and at most the usual time of " +
                                    format_duration(usual.usual));
    return std::nullopt;
  }
  const int steps = std::min(steps_of(least, usual.step), static_cast<int>(usual.usual / usual.step));
  usual.min_history = steps * usual.step;
  return usual;
}

// `inner` at points of time in the range.
std::string points(const std::string& inner, Duration range, Duration step) {
  return "(" + inner + ")[" + format_duration(range) + ":" + format_duration(step) + "]";
}

// PromQL for the mean of the gauge's total over the range.
std::string mean_total(const ConditionContext& context, Duration range, Duration step) {
  return "avg_over_time(" + points(summed(context, *context.desc, context.metric.to_string()), range, step) + ")";
}

// PromQL for the number of points in the usual time at which the metric existed.
std::string history(const ConditionContext& context, const Usual& usual) {
  const std::string exists =
      "group without (" + label_list(summed_labels(context, *context.desc)) + ") (" + context.metric.to_string() + ")";
  return "count_over_time(" + points(exists, usual.usual, usual.step) + ")";
}

// PromQL for the amount in the window that ends now.
std::string amount_now(const ConditionContext& context, const Usual& usual) {
  constexpr int kParts = 30;
  return is_counter(*context.desc) ? amount_within(context, usual.window)
                                   : mean_total(context, usual.window, step_of(usual.window, kParts));
}

// PromQL for the usual amount of the metric in a window.
std::string usual_amount(const ConditionContext& context, const Usual& usual) {
  if (!is_counter(*context.desc)) {
    return mean_total(context, usual.usual, usual.step);
  }
  const std::string existed = history(context, usual);
  const double windows = without_noise(to_seconds(usual.step) / to_seconds(usual.window));
  return amount_within(context, usual.usual) + "\n/ " +
         (windows == 1 ? existed : "(" + existed + " * " + number_text(windows) + ")");
}

std::string and_history(const ConditionContext& context, const Usual& usual) {
  return "\nand\n" + history(context, usual) + " >= " + std::to_string(usual.least_points());
}

// A state that lasts for `lasts` has become the usual.
void check_hold(ConditionContext& context, Duration lasts) {
  if (context.hold + context.catalog.settings.evaluation_interval >= lasts) {
    context.reader.error("for", "'for' is " + format_duration(context.hold) + ", but a state that lasts " +
                                    format_duration(std::chrono::duration_cast<std::chrono::seconds>(lasts)) +
                                    " is usual by then, so the alert could never fire; expected a shorter 'for'");
  }
}

}  // namespace

std::optional<Condition> build_times_above_usual(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<double> factor = read_limit(*reader, "factor");
  constexpr int kOfFactor = 2;  // among fewer windows than the factor, none can exceed it
  const std::optional<Usual> usual = read_usual(*reader, context, kOfFactor * factor.value_or(0));
  reader->report_unused_keys();
  if (!factor || !usual) {
    return std::nullopt;
  }
  const double most = usual->windows();
  if (*factor <= 1 || *factor >= most) {
    reader->error("factor", "'factor' is " + number_text(*factor) + "; expected more than 1 and less than " +
                                number_text(without_noise(most)) + ", the number of windows in the usual time");
    return std::nullopt;
  }
  check_hold(context, std::chrono::duration_cast<Duration>(usual->usual / *factor));
  Condition condition = about_metric(context);
  const std::string now = amount_now(context, *usual);
  condition.expr =
      now + "\n> " + number_text(*factor) + " *\n" + usual_amount(context, *usual) + and_history(context, *usual);
  if (usual->floor > 0) {
    condition.expr += "\nand\n" + now + " >= " + number_text(usual->floor);
  }
  condition.range = usual->usual;
  condition.text =
      "is more than " + number_text(*factor) + " times the usual amount in " + format_duration(usual->window);
  condition.tests = times_above_usual_tests(context, *usual, *factor);
  return condition;
}

std::optional<Condition> build_drop_from_usual(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<double> share = read_limit(*reader, "share");
  constexpr int kWindows = 2;
  const std::optional<Usual> usual = read_usual(*reader, context, kWindows);
  reader->report_unused_keys();
  if (!share || !usual) {
    return std::nullopt;
  }
  if (*share <= 0 || *share >= 1) {
    reader->error("share", "'share' is " + number_text(*share) +
                               "; expected the missing share of the usual amount, between 0 and 1");
    return std::nullopt;
  }
  check_hold(context, usual->usual);
  Condition condition = about_metric(context);
  const double kept = without_noise(1 - *share);
  condition.expr = amount_now(context, *usual) + "\n< " + number_text(kept) + " *\n" + usual_amount(context, *usual) +
                   and_history(context, *usual);
  if (usual->floor > 0) {
    condition.expr += "\nand\n" + usual_amount(context, *usual) + " >= " + number_text(usual->floor);
  }
  condition.range = usual->usual;
  condition.text = "fell more than " + limit_text(*share, Unit::kRatio) + " below the usual amount in " +
                   format_duration(usual->window);
  condition.tests = drop_from_usual_tests(context, *usual, *share);
  return condition;
}

}  // namespace leeway
