// Comparisons of a window with the usual, the mean of a much longer period that ends with it. Summed over a fleet.
#include "agent/alerts/condition_parts.h"
#include "agent/alerts/usual_tests.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

std::optional<Usual> read_usual(TableReader& reader, const ConditionContext& context) {
  Usual usual;
  usual.window = read_window(reader, "window", std::chrono::hours(1), context);
  usual.usual = read_window(reader, "usual", std::chrono::hours(24 * 7), context);
  usual.floor = reader.number("floor").value_or(0);
  constexpr int kLeastWindows = 4;
  if (usual.usual < kLeastWindows * usual.window) {
    reader.error("usual", "'usual' is " + format_duration(usual.usual) + "; expected at least " +
                              std::to_string(kLeastWindows) + " windows of " + format_duration(usual.window) +
                              ", or the window would dominate the usual amount");
    return std::nullopt;
  }
  return usual;
}

// PromQL for the usual amount of the metric in a window.
std::string usual_amount(const ConditionContext& context, const Usual& usual) {
  const std::string whole = amount_within(context, usual.usual);
  return is_counter(*context.desc) ? whole + " / " + number_text(without_noise(usual.windows())) : whole;
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
  const std::optional<Usual> usual = read_usual(*reader, context);
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
  const std::string now = amount_within(context, usual->window);
  condition.expr = now + "\n> " + number_text(*factor) + " *\n" + usual_amount(context, *usual);
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
  const std::optional<Usual> usual = read_usual(*reader, context);
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
  condition.expr =
      amount_within(context, usual->window) + "\n< " + number_text(kept) + " *\n" + usual_amount(context, *usual);
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
