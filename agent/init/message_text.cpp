#include "agent/init/message_text.h"

#include <algorithm>

#include "agent/core/number_text.h"
#include "agent/init/free_names.h"
#include "agent/init/scales.h"

namespace leeway {
namespace {

double share_of(std::uint64_t part, std::uint64_t all) {
  return static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(1, all));
}

std::string begin_metric(const std::string& name, MetricType type, const std::string& source, const std::string& help) {
  return "[[metric]]\nname = \"" + name + "\"\ntype = \"" + std::string(to_string(type)) + "\"\nsource = \"" + source +
         "\"\nhelp = " + toml_text(help) + "\n";
}

}  // namespace

std::string unread_text(const TextNumber& number) {
  constexpr std::size_t kLongestExample = 80;
  return number.unread == 0 ? ""
                            : std::to_string(number.unread) + " of " + std::to_string(number.messages) +
                                  " messages such as `" + number.example + "` have no number that it reads, such as `" +
                                  number.unread_example.substr(0, kLongestExample) + "`";
}

MetricType type_of(const TextNumber& number) {
  return number.kind == TextNumber::Kind::kDuration ? MetricType::kHistogram
         : number.kind == TextNumber::Kind::kSum    ? MetricType::kCounter
                                                    : MetricType::kGauge;
}

std::string list_text(const std::vector<double>& bounds) {
  std::string list;
  for (const double bound : bounds) {
    list += (list.empty() ? "" : ", ") + plain_number(bound);
  }
  return "[" + list + "]";
}

std::vector<double> duration_bounds(ValueFacts values) {
  const double high = std::max(values.quantile(0.999), 1e-6);
  const double low = std::max({values.quantile(0.05), values.least_above_zero(), high / 1e4, 1e-6});
  return bounds_between(low, 2 * high);
}

std::string kinds_metric(const LogProposal& log, const std::string& name, const std::string& condition) {
  std::string text = "\n# What " + std::string(log.messages.by_level ? "warnings and errors" : "its messages") +
                     " say most often, with the share of all messages in the sample; * is what differs.\n";
  for (const MessageKind& kind : log.messages.kinds) {
    for (std::size_t i = 0; i < kind.texts.size(); ++i) {
      text += "#   " + kind.name + (i == 0 ? ", " + percent(share_of(kind.records, log.messages.records)) : "") +
              ": `" + printable(kind.texts[i]) + "`\n";
    }
  }
  const bool problems = log.messages.by_level;
  text += begin_metric(name, MetricType::kCounter, log.name,
                       problems ? "Warnings and errors, by what they say." : "Messages, by what they say.");
  text += condition.empty() ? "" : "when = " + toml_text(condition) + "\n";
  const std::string kinds = kinds_text(log.messages);
  const std::string quotes = kinds.find("'''") == std::string::npos ? "'''\n" + kinds + "'''" : toml_text(kinds);
  return text + "[metric.labels]\nkind = " + quotes + "\n";
}

std::string number_metric(const LogProposal& log, const TextNumber& number, const std::string& name) {
  const bool duration = number.kind == TextNumber::Kind::kDuration;
  const bool sum = number.kind == TextNumber::Kind::kSum;
  const std::string what = " of messages such as `" + number.example + "`.";
  std::string text = "\n# In " + percent(share_of(number.facts.number_count(), log.trial.records)) +
                     " of the records, from " + number_text(without_noise(ValueFacts(number.facts).quantile(0))) +
                     " to " + number_text(without_noise(ValueFacts(number.facts).quantile(1))) +
                     (duration ? " s" : "") + ".\n";
  if (const std::string doubt = unread_text(number); !doubt.empty()) {
    text += "# To check: " + printable(doubt) + ".\n";
  }
  text += begin_metric(name, type_of(number), log.name,
                       (duration ? "Durations"
                        : sum    ? "Sum of a number"
                                 : "The last number") +
                           what);
  text += "when = " + toml_text(number.condition) + "\nvalue = " + toml_text(number.value) + "\n";
  return text + (duration ? "buckets = " + list_text(duration_bounds(number.facts)) + "\n" : "");
}

std::string commented(const std::string& text) {
  std::string result;
  bool begins = true;
  for (const char c : text) {
    if (begins) {
      result += c == '\n' ? "#" : "# ";
    }
    result += c;
    begins = c == '\n';
  }
  return result;
}

std::string state_text(const LogProposal& log, const std::string& prefix) {
  if (log.state.empty()) {
    return "";
  }
  const std::string name = "name = \"";
  std::string keys = log.state;
  keys.replace(0, name.size(), name + prefix);
  return "\n# Records that begin and end something: how many are in progress, how they ended, how long they took.\n" +
         commented("[[state]]\nsource = \"" + log.name + "\"\n" + keys);
}

}  // namespace leeway
