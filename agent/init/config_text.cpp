#include "agent/init/config_text.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "agent/core/number_text.h"
#include "agent/core/rfc3339.h"
#include "agent/init/free_names.h"
#include "agent/init/scales.h"
#include "agent/init/table_text.h"
#include "agent/init/unanswered.h"

namespace leeway {
namespace {

constexpr std::size_t kMostStatuses = 12;
constexpr std::size_t kMostSeries = 300;
constexpr std::size_t kMostFiles = 20;
constexpr std::size_t kLongestLine = 110;
constexpr std::uint64_t kEnough = 20;
constexpr double kIncident = 0.9;  // a sample with fewer good events is hardly one of every day
constexpr const char* kIncidentSaid = ", so the sample looks like an incident: set what your users need";

// The entries of one log.
class LogText {
 public:
  LogText(LogProposal& log, bool alone, MetricNames& names)
      : log_(log), names_(names), prefix_(alone ? "" : MetricNames::prefix(log.name + "_")) {}

  std::string write() {
    source();
    if (log_.roles.status) {
      requests();
    }
    if (log_.roles.level || !log_.roles.status) {
      records();
    }
    if (log_.roles.latency) {
      latency();
    }
    for (const std::string& amount : log_.roles.amounts) {
      sum(amount);
    }
    text_ += text_of(log_.messages, log_.name, prefix_);
    return std::move(text_);
  }

 private:
  void line(const std::string& text) { text_ += text + "\n"; }
  void comment(const std::string& text) { line("# " + printable(text)); }
  void begin(const std::string& section, const std::string& name) {
    line("");
    line("[[" + section + "]]");
    line("name = \"" + name + "\"");
  }
  ValueFacts& facts(const std::string& expression) { return log_.results[expression]; }
  // Which records have it; "" if all do.
  std::string when_has(const std::string& field, const std::string& expression) {
    const ValueFacts& found = facts(expression);
    if (found.present() == found.records()) {
      return "";
    }
    const bool nulls = log_.null_fields.contains(field);
    const bool marks = log_.marked_fields.contains(field);
    return "has(" + field + ")" + (nulls ? " && " + field + " != null" : "") +
           (marks ? " && !(" + field + R"( in ["", "-"]))" : "");
  }
  void when(const std::string& condition) {
    if (!condition.empty()) {
      line("when = " + toml_text(condition));
    }
  }

  void source() {
    for (std::size_t i = 0; i < log_.choice.formats.size(); ++i) {
      comment("Read as " + log_.choice.formats[i].name + ": " + percent(log_.choice.shares[i]) + " of the lines.");
    }
    if (log_.trial.first != kNoTime && log_.has_time) {
      comment("Its sample is from " + format_rfc3339(log_.trial.first) + " to " + format_rfc3339(log_.trial.last) +
              ".");
    }
    for (const std::string& doubt : log_.doubts) {
      // Without examples: a configuration is for other eyes than its log.
      comment("To check: " + doubt.substr(0, doubt.find(", such as `")) + ".");
    }
    line("[[source]]");
    line("name = \"" + log_.name + "\"");
    if (log_.path == "-") {
      line("type = \"stdin\"");
    } else {
      line("type = \"log\"");
      line("path = " + toml_text(log_.path));
      if (!log_.path_fields.empty()) {
        line("path_fields = " + toml_text(log_.path_fields));
      }
    }
    text_ += to_toml(log_.keys);
    noise();
  }

  // Most of what it says, in comments: whether it is of use is for people to say.
  void noise() {
    for (const MessageCounter& one : log_.messages.noise) {
      comment(percent(static_cast<double>(one.records) / static_cast<double>(log_.trial.records)) +
              " of the records are `" + one.found.text + "`. If they are of no use:");
      comment("ignore = [" + toml_text(unanchored(one.found.pattern)) + "]");
    }
  }

  // Of a record, the message is the end.
  static std::string unanchored(const std::string& pattern) {
    constexpr std::string_view kBegin = "^\\s*";
    return pattern.starts_with(kBegin) ? pattern.substr(kBegin.size()) : pattern;
  }

  // { status = "status", ... }, as long as the series stay few; a table of its own where that is long. The last ones of
  // an entry. `of`: how many records of the sample there are to count.
  void labels(const std::vector<std::pair<std::string, std::string>>& wanted, std::uint64_t of) {
    std::vector<std::string> entries;
    std::size_t size = 0;
    std::size_t series = 1;
    std::set<std::string> taken;
    for (const auto& [name, expression] : wanted) {
      const std::size_t values = std::max<std::size_t>(1, facts(expression).distinct());
      if (series * values > kMostSeries) {
        comment("Left out, because there would be too many series: " + name);
        continue;
      }
      series *= values;
      entries.push_back(free_label(name, taken) + " = " + toml_text(complete(expression, of)));
      size += entries.back().size() + 2;
    }
    if (!log_.path_label.empty() && log_.path_values <= kMostFiles && series * log_.path_values <= kMostSeries) {
      entries.push_back(log_.path_label + " = " + toml_text(log_.path_label));
      size += entries.back().size() + 2;
    }
    if (size > kLongestLine) {
      line("[metric.labels]");
    }
    std::string list;
    for (const std::string& entry : entries) {
      if (size > kLongestLine) {
        line(entry);
      }
      list += (list.empty() ? "" : ", ") + entry;
    }
    if (!list.empty() && size <= kLongestLine) {
      line("labels = { " + list + " }");
    }
  }

  // The expression, for records without its field too: a label that cannot be told would leave its record out.
  std::string complete(const std::string& expression, std::uint64_t of) {
    // What a scanner sends as a request may have no method and no path, also tomorrow.
    const bool of_request = log_.reads_requests && (expression == log_.route || expression == log_.roles.method);
    if (facts(expression).present() >= of && !of_request) {
      return expression;
    }
    if (log_.roles.level == expression && !log_.known_level.empty()) {
      return log_.known_level + " ? " + expression + " : \"other\"";
    }
    if (log_.roles.level == expression) {
      return when_has(level_field(), expression) + " ? " + expression + " : \"\"";
    }
    if (!log_.route.empty() && expression == log_.route) {
      std::string text = expression;
      const std::string call = "route(" + *log_.roles.path;
      return text.replace(text.find(call), call.size(), "route(default(" + *log_.roles.path + ", \"\")");
    }
    const bool text = facts(expression).texts() == facts(expression).present();
    // A `-` is no value in a template, but one of the marks of a log of text.
    const auto& fields = log_.roles.labels;
    const bool mark = !log_.choice.formats.empty() &&
                      log_.choice.formats.front().keys.front().second == "\"template\"" &&
                      std::find(fields.begin(), fields.end(), expression) != fields.end();
    const std::string otherwise = mark ? ", \"-\")" : ", \"\")";
    return text ? "default(" + expression + otherwise : "default(string(" + expression + ")" + otherwise;
  }

  void requests() {
    const std::string& status = *log_.roles.status;
    const bool http = log_.roles.method || log_.roles.path;
    begin("metric", names_.counter(prefix_, http ? "http_requests" : "requests"));
    line("type = \"counter\"");
    line("source = \"" + log_.name + "\"");
    line("help = \"Requests answered.\"");
    const Answers answers = answers_of(log_);
    const std::string condition = log_.unanswered.empty() ? when_has(field_in(status), status) : answers.when;
    when(condition);
    std::vector<std::pair<std::string, std::string>> wanted;
    const bool few = facts(status).distinct() <= kMostStatuses;
    const std::string label = few ? answers.label : "status_class(" + field_in(status) + ")";
    ValueFacts labelled = facts(status);
    for (std::uint64_t i = labelled.present(); i < answers.requests; ++i) {
      labelled.add(Value::of_string("none"), false);
    }
    log_.results[label] = std::move(labelled);
    wanted.emplace_back("status", label);
    if (log_.roles.method && facts(*log_.roles.method).distinct() <= kMostStatuses) {
      wanted.emplace_back("method", *log_.roles.method);
    }
    if (!log_.route.empty()) {
      wanted.emplace_back("route", log_.route);
    }
    labels(wanted, answers.requests);
    if (answers.unanswered > 0) {
      remark(std::to_string(answers.unanswered) + " of " + std::to_string(answers.requests) +
             " requests have no answer (a status of 0, 499, null or `-`), which is no success: set `good` of the SLO " +
             prefix_ + "availability if it is");
    }
    objective("availability", condition, "good = " + toml_text(answers.good),
              1 - static_cast<double>(answers.bad) / static_cast<double>(std::max<std::uint64_t>(1, answers.requests)),
              answers.requests,
              answers.unanswered > 0 ? "of the requests in the sample have an answer without a status of 500 or more"
                                     : "of the answers in the sample have no status of 500 or more");
  }

  // In the configuration, and on the terminal.
  void remark(const std::string& text) {
    comment("To check: " + text + ".");
    log_.remarks.push_back(text);
  }

  void objective(const std::string& name, const std::string& condition, const std::string& good, double share,
                 std::uint64_t events, const std::string& what) {
    const double wanted = objective_below(share);
    line("");
    if (wanted == 0 || events == 0) {
      remark("no objective for " + prefix_ + name + ": only " + percent(share) + " " + what + kIncidentSaid);
      return;
    }
    if (share < kIncident) {
      remark("only " + percent(share) + " " + what + kIncidentSaid);
    }
    comment(percent(share) + " " + what + ": choose the objective that your users need.");
    line("[[slo]]");
    line("name = \"" + prefix_ + name + "\"");
    line("source = \"" + log_.name + "\"");
    when(condition);
    line(good);
    line("objective = " + number_text(wanted));
    line("period = \"7d\"   # \"30d\" once Prometheus keeps its data so long: [rules] retention");
  }

  void records() {
    const FieldRoles& roles = log_.roles;
    const std::string name = names_.counter(prefix_, "log_records");
    begin("metric", name);
    line("type = \"counter\"");
    line("source = \"" + log_.name + "\"");
    line("help = \"Records of the log.\"");
    std::vector<std::pair<std::string, std::string>> wanted;
    std::uint64_t of = log_.trial.records;
    if (roles.level) {
      wanted.emplace_back("level", *roles.level);
      // What has a status instead of a level is counted as a request.
      const std::uint64_t with_level = facts(*roles.level).present();
      const bool elsewhere = roles.status && with_level < of && with_level + facts(*roles.status).present() >= of;
      of = elsewhere ? with_level : of;
      when(elsewhere ? when_has(level_field(), *roles.level) : "");
    }
    for (const std::string& label : roles.labels) {
      wanted.emplace_back(label_name(label), label);
    }
    if (!log_.failed.empty()) {
      wanted.emplace_back("failed", log_.failed + kAsText);
    }
    labels(wanted, of);
    if (roles.level) {
      if (!roles.status) {
        level_objective();
      }
      begin("alert", camel_case(prefix_) + "ManyErrorsLogged");
      line("metric = " + toml_text(name + "{level=~\"" + bad_levels("|", "") + "\"}"));
      line("times_above_usual = { factor = 10, window = \"1h\", usual = \"7d\", floor = 10 }");
    } else if (!log_.failed.empty()) {
      failures(name);
    } else if (!roles.status && roles.success) {
      const ValueFacts& flags = facts(*roles.success);
      objective("success", when_has(*roles.success, *roles.success), "good = " + toml_text(*roles.success),
                flags.bools() == 0 ? 0 : static_cast<double>(flags.trues()) / static_cast<double>(flags.bools()),
                flags.bools(), "of the records in the sample are successful");
    }
  }

  void failures(const std::string& counter) {
    const ValueFacts& texts = facts(*log_.roles.failure);
    objective("success", "", "good = " + toml_text("!(" + log_.failed + ")"),
              1 - static_cast<double>(texts.present()) / static_cast<double>(texts.records()), texts.records(),
              "of the records in the sample have no `" + *log_.roles.failure + "`");
    begin("alert", camel_case(prefix_) + "ManyFailures");
    line("metric = " + toml_text(counter + "{failed=\"true\"}"));
    line("times_above_usual = { factor = 10, window = \"1h\", usual = \"7d\", floor = 10 }");
  }

  void level_objective() {
    const std::string& level = *log_.roles.level;
    const ValueFacts& levels = facts(level);
    std::uint64_t bad = 0;
    for (const auto& [value, count] : levels.values()) {
      bad += std::count(log_.bad_levels.begin(), log_.bad_levels.end(), value) > 0 ? count : 0;
    }
    const auto all = static_cast<double>(levels.present());
    objective("log_without_errors", when_has(level_field(), level),
              "good = " + toml_text("!(" + level + " in [" + bad_levels(", ", "\"") + "])"),
              all == 0 ? 0 : 1 - static_cast<double>(bad) / all, levels.present(),
              "of the records in the sample are no errors");
  }

  std::string bad_levels(const std::string& separator, const std::string& quote) {
    std::string list;
    for (const std::string& level : log_.bad_levels) {
      list += (list.empty() ? "" : separator) + quote + level + quote;
    }
    return list;
  }

  std::string level_field() const { return field_in(*log_.roles.level); }

  void latency() {
    const Latency& latency = *log_.roles.latency;
    ValueFacts& values = facts(latency.value);
    const double high = values.quantile(0.999);
    if (values.number_count() < kEnough || high <= 0) {
      line("");
      comment("Too few values for a histogram of `" + latency.field + "`.");
      return;
    }
    const double low = std::max({values.quantile(0.05), values.least_above_zero(), high / 1e4, 1e-6});
    const std::vector<double> bounds = bounds_between(low, 2 * high);
    const bool other = log_.roles.status.has_value() || label_name(latency.field).find("duration") != std::string::npos;
    const std::string base = log_.latency_of_requests ? "http_request_duration_seconds"
                             : other                  ? "duration_seconds"
                                                      : "request_duration_seconds";
    const std::string name = prefix_ + base;
    begin("metric", name);
    line("type = \"histogram\"");
    line("source = \"" + log_.name + "\"");
    line("help = " + toml_text("Durations, of `" + latency.field + "`."));
    const std::string condition = when_has(latency.field, latency.value);
    when(condition);
    line("value = " + toml_text(latency.value));
    std::string list;
    for (const double bound : bounds) {
      list += (list.empty() ? "" : ", ") + plain_number(bound);
    }
    line("buckets = [" + list + "]");
    const double p99 = values.quantile(0.99);
    const auto bound = std::find_if(bounds.begin(), bounds.end(), [&](double b) { return b > p99; });
    const double limit = bound == bounds.end() ? bounds.back() : *bound;
    objective("latency", condition, "value = " + toml_text(latency.value) + "\nbelow = " + plain_number(limit),
              values.share_below(limit), values.number_count(),
              "in the sample take less than " + number_text(limit) + " s");
    if (bounds.size() < 2) {
      return;
    }
    begin("alert", camel_case(prefix_) + "SlowRequests");
    line("metric = \"" + name + "\"");
    line("quantile = { q = 0.99, above = " + plain_number(bounds[bounds.size() - 2]) +
         ", window = \"15m\", min_count = 100 }");
  }

  void sum(const std::string& value) {
    const std::string field = field_in(value);
    const std::string base = label_name(field);
    begin("metric", names_.counter(prefix_, base == "bytes" ? "response_bytes" : base));
    line("type = \"counter\"");
    line("source = \"" + log_.name + "\"");
    line("help = " + toml_text("Sum of `" + field + "`."));
    when(when_has(field, value));
    line("value = " + toml_text(value));
    // Amounts of several currencies are no sum.
    for (const std::string& label : log_.roles.labels) {
      if (label_name(label).ends_with("currency")) {
        labels({{label_name(label), label}}, facts(value).present());
      }
    }
  }

  LogProposal& log_;
  MetricNames& names_;
  const std::string prefix_;
  std::string text_;
};

}  // namespace

std::string config_text(std::vector<LogProposal>& logs, const std::vector<TableProposal>& tables) {
  std::string text =
      "# Written by `leeway init` from samples: every key is a proposal. CONFIGURATION.md has all of them.\n";
  MetricNames names;
  for (LogProposal& log : logs) {
    text += "\n" + LogText(log, logs.size() == 1, names).write();
  }
  for (const TableProposal& table : tables) {
    text += "\n" + table_text(table);
  }
  return text;
}

}  // namespace leeway
