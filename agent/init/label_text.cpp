#include "agent/init/label_text.h"

#include <algorithm>
#include <set>

#include "agent/init/free_names.h"
#include "agent/init/proposal_messages.h"

namespace leeway {
namespace {

constexpr std::size_t kMostSeries = 300;
constexpr std::size_t kMostFiles = 20;
constexpr std::size_t kLongestLine = 110;

bool reads_template(const LogProposal& log) {
  return !log.choice.formats.empty() && log.choice.formats.front().keys.front().second == "\"template\"";
}

// The expression, for records without its field too: a label that cannot be told would leave its record out.
std::string complete(LogProposal& log, const std::string& expression, std::uint64_t of) {
  const ValueFacts& facts = log.results[expression];
  // What a scanner sends as a request may have no method and no path, also tomorrow.
  const bool of_request = log.reads_requests && (expression == log.route || expression == log.roles.method);
  const bool text = facts.texts() == facts.present();
  if (const auto known = log.text_fields.find(expression); known != log.text_fields.end()) {
    return known->second.condition + " ? " + (text ? expression : "string(" + expression + ")") + " : \"\"";
  }
  const auto& fields = log.roles.labels;
  const bool is_label = std::find(fields.begin(), fields.end(), expression) != fields.end();
  const bool pair = is_label && is_pair_behind_message(log, expression);
  if (facts.present() >= of && !of_request && !pair) {
    return expression;
  }
  if (log.roles.level == expression && !log.known_level.empty()) {
    return log.known_level + " ? " + expression + " : \"other\"";
  }
  if (log.roles.level == expression) {
    return when_has(log, field_in(expression), expression) + " ? " + expression + " : \"\"";
  }
  if (!log.route.empty() && expression == log.route) {
    std::string route = expression;
    const std::string call = "route(" + *log.roles.path;
    return route.replace(route.find(call), call.size(), "route(default(" + *log.roles.path + ", \"\")");
  }
  // A `-` is no value in a template, but one of the marks of a log of text.
  const bool mark = reads_template(log) && is_label && !pair;
  const std::string otherwise = mark ? ", \"-\")" : ", \"\")";
  return text ? "default(" + expression + otherwise : "default(string(" + expression + ")" + otherwise;
}

}  // namespace

std::string when_has(LogProposal& log, const std::string& field, const std::string& expression) {
  // The next message may have another text.
  for (const std::string& one : {expression, field}) {
    if (const auto known = log.text_fields.find(one); known != log.text_fields.end()) {
      return known->second.condition;
    }
  }
  const ValueFacts& found = log.results[expression];
  if (found.present() == found.records() && !is_pair_behind_message(log, field)) {
    return "";
  }
  const bool nulls = log.null_fields.contains(field);
  const bool marks = log.marked_fields.contains(field);
  return "has(" + field + ")" + (nulls ? " && " + field + " != null" : "") +
         (marks ? " && !(" + field + R"( in ["", "-"]))" : "");
}

std::string labels_text(LogProposal& log, const std::vector<std::pair<std::string, std::string>>& wanted,
                        std::uint64_t of) {
  std::string text;
  std::vector<std::string> entries;
  std::size_t series = 1;
  std::set<std::string> taken;
  for (const auto& [name, expression] : wanted) {
    const std::size_t values = std::max<std::size_t>(1, log.results[expression].distinct());
    if (series * values > kMostSeries) {
      text += "# Left out, because there would be too many series: " + printable(name) + "\n";
      continue;
    }
    series *= values;
    entries.push_back(free_label(name, taken) + " = " + toml_text(complete(log, expression, of)));
  }
  if (!log.path_label.empty() && log.path_values <= kMostFiles && series * log.path_values <= kMostSeries) {
    entries.push_back(free_label(log.path_label, taken) + " = " + toml_text(log.path_label));
  }
  std::string list;
  std::string lines;
  for (const std::string& entry : entries) {
    list += (list.empty() ? "" : ", ") + entry;
    lines += entry + "\n";
  }
  if (list.empty()) {
    return text;
  }
  return text + (list.size() + 2 > kLongestLine ? "[metric.labels]\n" + lines : "labels = { " + list + " }\n");
}

}  // namespace leeway
