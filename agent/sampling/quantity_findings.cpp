#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "agent/core/number_text.h"
#include "agent/monitors/metric/histogram.h"
#include "agent/sampling/findings.h"
#include "agent/sampling/unit_words.h"

namespace leeway {
namespace {

constexpr std::size_t kFewValues = 20;
constexpr double kHardlyAny = 0.01;

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

// With three digits of what is missing to all, where that is little: "99.97%".
std::string percent_text(double share) {
  const double rest = 100 * (1 - share);
  const int decimals = rest > 0 && rest < 1 ? 1 - static_cast<int>(std::floor(std::log10(rest))) : 0;
  return decimals == 0 ? fmt::format("{:.3g}%", 100 * share)
                       : number_text(without_noise(std::stod(fmt::format("{:.{}f}", 100 * share, decimals)))) + "%";
}

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

// The first and the last bound of a histogram; none where they are not numbers.
struct Bounds {
  std::optional<double> first{};
  std::optional<double> last{};
  const ConfigValue* given = nullptr;  // the key, unless they are the default
};

Bounds bounds_of(const DataSample& sample, const ConfigPlace& entry) {
  const ConfigValue* const given = value_at(sample.config(), {entry[0], entry[1], "buckets"});
  if (given == nullptr) {
    const ConfigValue* const type = value_at(sample.config(), {entry[0], entry[1], "type"});
    const auto* const text = type == nullptr ? nullptr : type->get_if<std::string>();
    return text != nullptr && *text == "histogram" ? Bounds{kDefaultBuckets.front(), kDefaultBuckets.back()} : Bounds{};
  }
  const auto* const bounds = given->get_if<ConfigArray>();
  return bounds == nullptr || bounds->empty()
             ? Bounds{}
             : Bounds{number_of(&*bounds->begin()), number_of(&*(bounds->end() - 1)), given};
}

// Buckets that do not tell the values apart. Whether it said something.
bool add_buckets(const DataSample& sample, const ExpressionFacts& value, std::vector<Finding>& out) {
  const Bounds bounds = bounds_of(sample, value.place);
  const std::optional<double> first = bounds.first;
  const std::optional<double> last = bounds.last;
  const ConfigValue* const given = bounds.given;
  const std::vector<double>& numbers = value.numbers;
  if (!first || !last || numbers.size() < kFewValues) {
    return false;
  }
  const auto share_of = [&](auto wanted) {
    return static_cast<double>(std::count_if(numbers.begin(), numbers.end(), wanted)) /
           static_cast<double>(numbers.size());
  };
  const double above = share_of([&](double number) { return number > *last; });
  const double below = share_of([&](double number) { return number <= *first; });
  if (above <= 0.5 && below <= 0.99) {
    return false;
  }
  const double median = median_of(numbers);
  const bool over = above > 0.5;
  out.push_back(
      {over ? Weight::kWarning : Weight::kNote, given == nullptr ? value.use.position : given->position(),
       fmt::format("{}: {} of the values are {} {}{}; half of them are up to {}{}", value.use.what,
                   percent_text(over ? above : below), over ? "above the last bucket," : "in the first bucket, up to",
                   number_text(over ? *last : *first), given == nullptr ? " (`buckets` are the default)" : "",
                   number_text(without_noise(median)), other_unit(value, median, *first, *last))});
  return true;
}

// A field in another unit than the seconds that the default buckets are of, where the metric's name says none.
void add_default_buckets(const DataSample& sample, const ExpressionFacts& value, const UnitWord& unit,
                         std::vector<Finding>& out) {
  const Bounds bounds = bounds_of(sample, value.place);
  const bool seconds = unit.base == "seconds" && unit.factor.empty();
  if (seconds || !bounds.last || bounds.given != nullptr) {
    return;
  }
  const bool of_time = unit.base == "seconds";
  out.push_back(
      {Weight::kWarning, value.use.position,
       fmt::format("{}: `{}` seems to be in {}, but `buckets` are the default, for seconds up to {}; expected "
                   "{}",
                   value.use.what, value.use.text, unit.name, number_text(*bounds.last),
                   of_time ? fmt::format("value = \"{} {}\" and a name that ends in _seconds, or `buckets`",
                                         value.use.text, unit.factor)
                           : "`buckets`")});
}

// A field whose name says another unit than that of its metric.
void add_unit(const DataSample& sample, const ExpressionFacts& value, std::vector<Finding>& out) {
  const ConfigValue* const name = value_at(sample.config(), {value.place[0], value.place[1], "name"});
  const auto* const metric = name == nullptr ? nullptr : name->get_if<std::string>();
  const bool plain = value.outline.kind == OutlineKind::kField && value.outline.path.json_at == 0;
  if (metric == nullptr || !plain || value.results.numbers() == 0) {
    return;
  }
  const UnitWord* const is = unit_of_field(value.outline.path);
  const std::string_view wanted = base_unit_of_metric(*metric);
  if (is != nullptr && wanted.empty()) {
    add_default_buckets(sample, value, *is, out);
  }
  if (is == nullptr || wanted.empty() || (is->base == wanted && is->factor.empty())) {
    return;
  }
  out.push_back(
      {Weight::kWarning, value.use.position,
       fmt::format("{}: `{}` seems to be in {}, but the metric is in {}{}", value.use.what, value.use.text, is->name,
                   wanted,
                   is->base == wanted ? fmt::format("; expected value = \"{} {}\"", value.use.text, is->factor) : "")});
}

// "; expected value = \"ms / 1000\", or below = 200", if that is better.
std::string unit_of_objective(const ExpressionFacts& value, double below) {
  const UnitWord* const unit = value.outline.kind == OutlineKind::kField ? unit_of_field(value.outline.path) : nullptr;
  const std::string seems = unit == nullptr || unit->factor.empty()
                                ? ""
                                : fmt::format("`{}` seems to be in {}: ", value.use.text, unit->name);
  const auto factor = [&](double times) {
    return static_cast<double>(std::count_if(value.numbers.begin(), value.numbers.end(), [&](double number) {
             return number < times * below;
           })) > 0.5 * static_cast<double>(value.numbers.size());
  };
  for (const double times : {1e3, 1e6, 1e9}) {
    if (factor(times)) {
      return fmt::format("; {}expected value = \"{} / {:.0f}\", or below = {}", seems, value.use.text, times,
                         number_text(times * below));
    }
  }
  return "";
}

// So few are good that it is hardly the service.
void add_hardly_any_good(const ConfigValue& key, const ExpressionFacts& value, std::uint64_t good, double below,
                         std::vector<Finding>& out) {
  out.push_back(
      {Weight::kWarning, key.position(),
       fmt::format("{}: {} of {} records are good, whose value is below {}; half of the values are up to {}{}",
                   value.use.what, good, value.numbers.size(), number_text(below),
                   number_text(without_noise(median_of(value.numbers))), unit_of_objective(value, below))});
}

// So far below that hardly anything can ever be bad, as with seconds below 500. Whether it said something.
bool add_never_bad(const ConfigValue& key, const ExpressionFacts& value, double below, std::vector<Finding>& out) {
  constexpr double kFar = 500;
  const double most = *std::max_element(value.numbers.begin(), value.numbers.end());
  const double median = median_of(value.numbers);
  if (most <= 0 || most * kFar > below) {
    return false;
  }
  out.push_back(
      {Weight::kNote, key.position(),
       fmt::format("{}: all of {} records are good: their values are up to {}, and half of them up to {}, far "
                   "below {}; in thousandths `{} * 1000`, or below = {}, would be nearer",
                   value.use.what, value.numbers.size(), number_text(without_noise(most)),
                   number_text(without_noise(median)), number_text(below), value.use.text,
                   number_text(without_noise(below / 1000)))});
  return true;
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
  const bool hardly_any = share <= kHardlyAny;
  if (by_value && good == judged && add_never_bad(*key("below"), facts, *below, out)) {
    return;
  }
  if (by_value && hardly_any && share < *objective) {
    add_hardly_any_good(*key("below"), facts, good, *below, out);
  } else if (good != 0 && share < *objective) {
    out.push_back({hardly_any ? Weight::kWarning : Weight::kNote, key("objective")->position(),
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
        if (!add_buckets(sample, facts, out)) {
          add_unit(sample, facts, out);
        }
      } else if (facts.place[0] == "slo" && (facts.is("good") || facts.is("value"))) {
        add_objective(sample, facts, out);
      }
    }
  }
}

}  // namespace leeway
