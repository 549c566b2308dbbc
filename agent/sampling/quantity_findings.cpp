#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "agent/core/number_text.h"
#include "agent/sampling/findings.h"

namespace leeway {
namespace {

constexpr std::size_t kFewValues = 20;

std::optional<double> number_of(const ConfigValue* value) {
  if (value == nullptr) {
    return std::nullopt;
  }
  if (const auto* const whole = value->get_if<std::int64_t>()) {
    return static_cast<double>(*whole);
  }
  const auto* const number = value->get_if<double>();
  return number == nullptr ? std::nullopt : std::optional(*number);
}

double median_of(std::vector<double> numbers) {
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

std::string percent_text(double share) { return fmt::format("{:.3g}%", 100 * share); }

// "; `ms / 1000` is between them", if another unit of a thousandth or a thousand times is.
std::string other_unit(const ExpressionFacts& value, double median, double first, double last) {
  if (median / 1000 >= first / 10 && median / 1000 <= last) {
    return fmt::format("; `{} / 1000` would be between them", value.use.text);
  }
  if (median * 1000 >= first && median * 1000 <= 10 * last) {
    return fmt::format("; `{} * 1000` would be between them", value.use.text);
  }
  return "";
}

// Buckets that do not tell the values apart.
void add_buckets(const DataSample& sample, const ExpressionFacts& value, std::vector<Finding>& out) {
  const ConfigValue* const buckets = value_at(sample.config(), {value.place[0], value.place[1], "buckets"});
  const auto* const bounds = buckets == nullptr ? nullptr : buckets->get_if<ConfigArray>();
  const std::vector<double>& numbers = value.numbers;
  if (bounds == nullptr || bounds->empty() || numbers.size() < kFewValues) {
    return;
  }
  const std::optional<double> first = number_of(&*bounds->begin());
  const std::optional<double> last = number_of(&*(bounds->end() - 1));
  if (!first || !last) {
    return;
  }
  const auto share_of = [&](auto wanted) {
    return static_cast<double>(std::count_if(numbers.begin(), numbers.end(), wanted)) /
           static_cast<double>(numbers.size());
  };
  const double above = share_of([&](double number) { return number > *last; });
  const double below = share_of([&](double number) { return number <= *first; });
  if (above <= 0.5 && below <= 0.99) {
    return;
  }
  const double median = median_of(numbers);
  const bool over = above > 0.5;
  out.push_back(
      {over ? Weight::kWarning : Weight::kNote, buckets->position(),
       fmt::format("{}: {} of the values are {} {}; half of them are up to {}{}", value.use.what,
                   percent_text(over ? above : below), over ? "above the last bucket," : "in the first bucket, up to",
                   number_text(over ? *last : *first), number_text(without_noise(median)),
                   other_unit(value, median, *first, *last))});
}

// An objective that the sample does not meet: the alerts that it makes would fire.
void add_objective(const DataSample& sample, const ExpressionFacts& facts, std::vector<Finding>& out) {
  const ConfigPlace entry{facts.place[0], facts.place[1]};
  const auto key = [&](const char* name) { return value_at(sample.config(), {entry[0], entry[1], name}); };
  const std::optional<double> objective = number_of(key("objective"));
  const std::optional<double> below = number_of(key("below"));
  const bool by_value = facts.is("value");
  const std::uint64_t judged = by_value ? facts.numbers.size() : facts.answered();
  if (!objective || judged < kFewValues || (by_value && !below)) {
    return;
  }
  const auto good = by_value ? static_cast<std::uint64_t>(std::count_if(facts.numbers.begin(), facts.numbers.end(),
                                                                        [&](double number) { return number < *below; }))
                             : facts.trues;
  const double share = static_cast<double>(good) / static_cast<double>(judged);
  if (good != 0 && share < *objective) {
    out.push_back({Weight::kNote, key("objective")->position(),
                   fmt::format("{}: of the sample {} are good, less than the objective of {}", facts.use.what,
                               percent_text(share), percent_text(*objective))});
  }
}

}  // namespace

void add_quantity_findings(const DataSample& sample, std::vector<Finding>& out) {
  for (const SampledSource& sampled : sample.sources()) {
    if (sampled.sample == nullptr) {
      continue;
    }
    for (const ExpressionFacts& facts : sampled.sample->expressions()) {
      if (facts.place.size() != 3) {
        continue;
      }
      if (facts.place[0] == "metric" && facts.is("value")) {
        add_buckets(sample, facts, out);
      } else if (facts.place[0] == "slo" && (facts.is("good") || facts.is("value"))) {
        add_objective(sample, facts, out);
      }
    }
  }
}

}  // namespace leeway
