#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "agent/core/private_text.h"
#include "agent/sampling/findings.h"

namespace leeway {
namespace {

// With two digits that count: it is a guess.
std::string about(double number) {
  const double unit = std::pow(10, std::max(0.0, std::floor(std::log10(number)) - 1));
  return fmt::format("{:.0f}", std::round(number / unit) * unit);
}

double days_of(const SampledSource& sampled) {
  const TimeFacts& times = sampled.sample->times();
  const bool known = sampled.source->definition->has_event_time() && times.first != kNoTime;
  return known ? to_seconds(times.last - times.first) / 86400 : 0;
}

struct Growth {
  std::uint64_t seen = 0;   // sets of label values
  std::uint64_t later = 0;  // that were new in the second half
  double of_a_day = 0;      // an estimate, if they go on like that; 0: unknown
};

Growth growth_of(const SampledSource& sampled, const LabelFacts& labels) {
  constexpr double kLeastDays = 1.0 / 1440;
  Growth growth{labels.sets.size()};
  growth.later = std::accumulate(labels.born.begin() + static_cast<std::ptrdiff_t>((labels.born.size() + 1) / 2),
                                 labels.born.end(), std::uint64_t{0});
  const double days = days_of(sampled);
  const auto records = static_cast<double>(labels.records);
  if (days >= kLeastDays && labels.born.size() > 1) {
    const double a_day = records / sampled.share / days;
    const double half = records / 2;
    growth.of_a_day =
        static_cast<double>(growth.seen) + static_cast<double>(growth.later) / half * std::max(0.0, a_day - records);
  }
  return growth;
}

const ExpressionFacts& widest(const SampledSource& sampled, const LabelFacts& labels) {
  const std::vector<ExpressionFacts>& all = sampled.sample->expressions();
  const std::size_t index =
      *std::max_element(labels.labels.begin(), labels.labels.end(),
                        [&](std::size_t a, std::size_t b) { return all[a].distinct.size() < all[b].distinct.size(); });
  return all[index];
}

// "12 sets of label values in 60 records, of which `user` has 12 values; at this rate about 1000 a day; the limit is
// 500".
std::string cardinality_text(const SampledSource& sampled, const LabelFacts& labels, const MetricStatus& status) {
  const ExpressionFacts& label = widest(sampled, labels);
  const Growth growth = growth_of(sampled, labels);
  std::string text = fmt::format("{} sets of label values in {} records, of which {} has {} values", growth.seen,
                                 labels.records, label.label_text(), label.distinct.size());
  if (growth.of_a_day > 0) {
    text += "; at this rate about " + about(growth.of_a_day) + " a day";
  }
  return text + fmt::format("; the limit is {}", status.series_limit);
}

void add_cardinality(const DataSample& sample, const SampledSource& sampled, const LabelFacts& labels,
                     std::vector<Finding>& out) {
  const ExpressionFacts& label = widest(sampled, labels);
  const MetricStatus* const status = sample.status_of(label.place);
  if (status == nullptr || status->series_limit == 0 || labels.records == 0) {
    return;
  }
  const Growth growth = growth_of(sampled, labels);
  constexpr std::uint64_t kMany = 100;
  const bool over = status->overflowed_records != 0;
  // Rows of a table may well have a name each; each record of a log has one only if it identifies it.
  const bool identifies =
      !sampled.source->has_file_versions && growth.seen >= kMany && 2 * label.distinct.size() > labels.records;
  const bool exceeds = growth.of_a_day > static_cast<double>(status->series_limit) && 10 * growth.later >= growth.seen;
  if (!over && !identifies && !exceeds) {
    return;
  }
  const bool grows = identifies || (growth.seen >= kMany && 4 * growth.later >= growth.seen);
  out.push_back({over || grows ? Weight::kWarning : Weight::kNote, label.use.position,
                 label.use.what + ": " + cardinality_text(sampled, labels, *status) +
                     (over ? ", further ones share one series" : "") +
                     (grows ? "; expected a label of few values" : "")});
}

// Values that `values` does not declare: their series begin with their first record, not at 0.
void add_undeclared(const DataSample& sample, const ExpressionFacts& label, std::vector<Finding>& out) {
  const std::string& name = label.place.back();
  const std::string own = name.front() == '[' ? label.use.text.substr(label.use.text.rfind('.') + 1) : name;
  const ConfigValue* const values = value_at(sample.config(), {label.place[0], label.place[1], "values", own});
  const ConfigValue* const map = value_at(sample.config(), {label.place[0], label.place[1], "map", own});
  const auto* const declared = values == nullptr ? nullptr : values->get_if<ConfigArray>();
  if (declared == nullptr || map != nullptr) {
    return;
  }
  std::string others;
  std::size_t count = 0;
  std::size_t shared = 0;
  const auto all = label.results.label_values();
  for (const auto& [seen, records] : all) {
    const std::string& text = seen;
    const bool known = std::any_of(declared->begin(), declared->end(), [&](const ConfigValue& value) {
      const auto* const each = value.get_if<std::string>();
      return each != nullptr && *each == text;
    });
    shared += known ? 1 : 0;
    if (!known && ++count <= 3) {
      others += fmt::format("{}\"{}\" in {}", others.empty() ? "" : ", ", hide_private(text), records);
    }
  }
  if (count != 0 && shared == 0 && label.distinct.size() == all.size()) {
    out.push_back({Weight::kWarning, values->position(),
                   fmt::format("{}: no record has one of the `values` of the label '{}'; they have {}", label.use.what,
                               own, others)});
  } else if (count != 0) {
    out.push_back({Weight::kWarning, values->position(),
                   fmt::format("{}: `values` of the label '{}' does not list {} that records have: {}; their "
                               "series begin with the first such record, not at 0",
                               label.use.what, own, count == 1 ? "a value" : fmt::format("{} values", count), others)});
  }
}

}  // namespace

std::vector<std::string> label_lines(const DataSample& sample, const SampledSource& sampled) {
  std::vector<std::string> lines;
  for (const LabelFacts& labels : sampled.sample->labels()) {
    const ExpressionFacts& label = widest(sampled, labels);
    const MetricStatus* const status = sample.status_of(label.place);
    if (status != nullptr && status->series_limit != 0 && labels.records != 0) {
      lines.push_back(label.use.what + ": " + cardinality_text(sampled, labels, *status));
    }
  }
  return lines;
}

void add_label_findings(const DataSample& sample, std::vector<Finding>& out) {
  for (const SampledSource& sampled : sample.sources()) {
    if (sampled.sample == nullptr) {
      continue;
    }
    for (const LabelFacts& labels : sampled.sample->labels()) {
      add_cardinality(sample, sampled, labels, out);
      for (const std::size_t label : labels.labels) {
        add_undeclared(sample, sampled.sample->expressions()[label], out);
      }
    }
  }
}

}  // namespace leeway
