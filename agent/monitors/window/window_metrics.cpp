#include "agent/monitors/window/window_metrics.h"

#include <array>

#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/shared/metric_table.h"

namespace leeway {
namespace {

constexpr std::array kByWindow{"window"};
constexpr std::array kInfoLabels{"window", "aggregate", "over", "step"};

constexpr std::array<MetricRow<WindowSettings>, 3> kMetrics{{
    {kWindowLate, MetricType::kCounter,
     "Records that a window left out because they were too far behind the latest one.", kByWindow},
    {kWindowTimely, MetricType::kCounter, "Records that a window took.", kByWindow},
    {kWindowInfo, MetricType::kInfo, "Settings of a window.", kInfoLabels},
}};

// "Mean of ms over the last 15m".
std::string words_for(const WindowSettings& settings, const std::string& subject) {
  std::string words = settings.kind().words;
  if (const std::size_t at = words.find('%'); at != std::string::npos) {
    words.replace(at, 1, subject);
  }
  if (const std::size_t at = words.find(" in the band"); at != std::string::npos) {
    words.resize(at);
    words += settings.above ? " above " + number_text(*settings.above) : "";
    words += settings.above && settings.below ? " and" : "";
    words += settings.below ? " below " + number_text(*settings.below) : "";
  }
  if (settings.aggregate == WindowAggregate::kQuantile) {
    words += " at " + number_text(settings.q);
  }
  return words + (settings.kind().has_window ? " over the last " + format_duration(settings.over) : "");
}

}  // namespace

MetricDesc window_metric(const char* name) { return desc_of(kMetrics, name); }

UnitName split_unit(std::string_view name) {
  for (const std::string_view suffix :
       {"_timestamp_seconds", "_seconds", "_bytes", "_ratio", "_usd", "_dollars", "_eur", "_euros", "_gbp"}) {
    if (name.ends_with(suffix) && name.size() > suffix.size()) {
      return {std::string(name.substr(0, name.size() - suffix.size())), std::string(suffix)};
    }
  }
  return {std::string(name), ""};
}

void complete_window_metrics(const std::string& subject, const std::string& clause,
                             const std::vector<std::string>& labels, WindowSettings& settings) {
  MetricDesc& value = settings.desc;
  if (value.help.empty()) {
    value.help = words_for(settings, subject) + (clause.empty() ? "" : ", of records" + clause) + ".";
  }
  value.label_names = labels;
  const UnitName name = split_unit(value.name);
  const auto derived = [&](const std::string& metric, const std::string& help) {
    MetricDesc desc = value;
    desc.name = metric;
    desc.help = help;
    desc.title = "";
    return desc;
  };
  settings.samples = derived(name.base + "_samples", "Records behind " + value.name + ".");
  if (settings.usual) {
    const std::string& usual = settings.usual->words;
    settings.usual_value =
        derived(name.base + "_usual" + name.suffix, "What is usual for " + value.name + ": " + usual + ".");
    settings.times_usual =
        derived(name.base + "_times_usual", "The value of " + value.name + " in units of the usual one.");
    settings.above_usual =
        derived(name.base + "_above_usual" + name.suffix, "The value of " + value.name + " minus the usual one.");
  }
}

void describe_window_metrics(const WindowSettings& settings, MetricCatalog& catalog) {
  static_cast<void>(catalog.add(settings.desc));
  if (settings.has_samples()) {
    static_cast<void>(catalog.add(settings.samples));
  }
  if (settings.usual) {
    for (const MetricDesc* const desc : {&settings.usual_value, &settings.times_usual, &settings.above_usual}) {
      static_cast<void>(catalog.add(*desc));
    }
  }
  describe_metrics(kMetrics, settings, catalog);
}

}  // namespace leeway
