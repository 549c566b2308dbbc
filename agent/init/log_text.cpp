#include "agent/init/log_text.h"

#include <re2/re2.h>

#include <algorithm>

#include "agent/core/number_text.h"
#include "agent/init/label_text.h"
#include "agent/init/message_text.h"
#include "agent/init/scales.h"
#include "agent/init/source_text.h"
#include "agent/init/unanswered.h"

namespace leeway {
namespace {

constexpr std::size_t kMostStatuses = 12;
constexpr std::uint64_t kEnough = 20;
constexpr double kIncident = 0.9;  // a sample with fewer good events is hardly one of every day

// The entries of one log.
class LogText {
 public:
  LogText(LogProposal& log, bool alone, MetricNames& names)
      : log_(log), names_(names), prefix_(alone ? "" : MetricNames::prefix(log.name + "_")) {}

  std::string write(std::size_t most_metrics) {
    text_ = source_text(log_);
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
    if (!log_.messages.kinds.empty()) {
      ++metrics_;
      const char* const name = log_.messages.by_level ? "log_problems_total" : "log_messages_total";
      text_ += kinds_metric(log_, names_.take(prefix_, name, MetricType::kCounter), kinds_condition());
    }
    for (const TextNumber& number : log_.numbers) {
      // A field of this name says it already.
      if (!names_.has(prefix_ + number.name)) {
        const std::string metric = number_metric(log_, number, names_.take(prefix_, number.name, type_of(number)));
        text_ += ++metrics_ <= most_metrics ? metric : "\n" + commented(metric.substr(1));
      }
    }
    text_ += state_text(log_, prefix_);
    return std::move(text_);
  }

 private:
  void line(const std::string& text) { text_ += text + "\n"; }
  void comment(const std::string& text) { line("# " + printable(text)); }
  void begin(const std::string& section, const std::string& name) {
    line("");
    line("[[" + section + "]]");
    line("name = \"" + name + "\"");
    metrics_ += section == "metric" ? 1 : 0;
  }
  ValueFacts& facts(const std::string& expression) { return log_.results[expression]; }
  std::string has_it(const std::string& expression) { return when_has(log_, field_in(expression), expression); }
  void when(const std::string& condition) {
    if (!condition.empty()) {
      line("when = " + toml_text(condition));
    }
  }

  // Of the field that it reads, also of a pair in a message.
  std::string name_of(const std::string& expression) const {
    const auto known = log_.text_fields.find(expression);
    return label_name(known == log_.text_fields.end() ? field_in(expression) : known->second.name);
  }

  // Of warnings and errors; "" where each record is of a kind.
  std::string kinds_condition() {
    std::string has = has_it(log_.message);
    if (!log_.messages.by_level) {
      return has;
    }
    std::vector<std::string> levels = {"warning", "error", "fatal"};
    const std::string& level = *log_.roles.level;
    if (!level.starts_with("level(")) {
      levels.clear();
      for (const auto& [value, count] : facts(level).values()) {
        if (is_warning_level(value) || is_bad_level(value)) {
          levels.push_back(value);
        }
      }
    }
    std::string list;
    for (const std::string& one : levels) {
      list += (list.empty() ? "\"" : ", \"") + one + "\"";
    }
    const std::string known = log_.known_level.empty() ? has_it(level) : log_.known_level;
    return has + (has.empty() ? "" : " && ") + known + (known.empty() ? "" : " && ") + level + " in [" + list + "]";
  }

  void requests() {
    const std::string& status = *log_.roles.status;
    const bool http = log_.roles.method || log_.roles.path;
    begin("metric", names_.take(prefix_, http ? "http_requests_total" : "requests_total", MetricType::kCounter));
    line("type = \"counter\"");
    line("source = \"" + log_.name + "\"");
    line("help = \"Requests answered.\"");
    const Answers answers = answers_of(log_);
    const std::string condition = log_.unanswered.empty() ? has_it(status) : answers.when;
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
    text_ += labels_text(log_, wanted, answers.requests);
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
    constexpr const char* kIncidentSaid = ", so the sample looks like an incident: set what your users need";
    const double wanted = objective_below(share, events);
    line("");
    if (wanted == 0 && share >= kIncident) {
      remark("no objective for " + prefix_ + name + ": " + percent(share) + " " + what + ", but there are only " +
             std::to_string(events) + ", which promise little");
      return;
    }
    if (wanted == 0) {
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
    const std::string name = names_.take(prefix_, "log_records_total", MetricType::kCounter);
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
      when(elsewhere ? has_it(*roles.level) : "");
    }
    if (roles.message) {
      wanted.emplace_back(name_of(*roles.message), *roles.message);
    }
    for (const std::string& label : roles.labels) {
      wanted.emplace_back(name_of(label), label);
    }
    if (!log_.failed.empty()) {
      wanted.emplace_back("failed", log_.failed + kAsText);
    }
    if (roles.message) {
      line("max_series = 200   # what it says next may be new: beyond these, records count together");
    }
    text_ += labels_text(log_, wanted, of);
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
      objective("success", has_it(*roles.success), "good = " + toml_text(*roles.success),
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
    objective("log_without_errors", has_it(level),
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

  void latency() {
    const Latency& latency = *log_.roles.latency;
    ValueFacts values = facts(latency.value).without_negative();
    const double high = values.quantile(0.999);
    if (values.number_count() < kEnough || high <= 0) {
      line("");
      comment("Too few values for a histogram of `" + latency.field + "`.");
      return;
    }
    const std::vector<double> bounds = duration_bounds(values);
    const std::string base = log_.latency_of_requests ? "http_request_duration_seconds" : duration_name(latency.name);
    const std::string name = names_.take(prefix_, base, MetricType::kHistogram);
    begin("metric", name);
    line("type = \"histogram\"");
    line("source = \"" + log_.name + "\"");
    line("help = " + toml_text("Durations, of `" + shown(latency.field) + "`."));
    std::string condition = when_has(log_, latency.field, latency.value);
    if (!latency.number.empty()) {
      condition += (condition.empty() ? "" : " && ") + latency.number + " >= 0";
    }
    when(condition);
    line("value = " + toml_text(latency.value));
    line("buckets = " + list_text(bounds));
    const double p99 = values.quantile(0.99);
    const auto bound = std::find_if(bounds.begin(), bounds.end(), [&](double b) { return b > p99; });
    const double limit = bound == bounds.end() ? bounds.back() : *bound;
    objective("latency", condition, "value = " + toml_text(latency.value) + "\nbelow = " + plain_number(limit),
              values.share_below(limit), values.number_count(),
              "in the sample take less than " + number_text(limit) + " s");
    if (bounds.size() < 2) {
      return;
    }
    const bool requests = base.ends_with("request_duration_seconds");
    const std::string what = base.substr(0, base.rfind("_seconds"));
    begin("alert", camel_case(prefix_) + (requests ? "SlowRequests" : camel_case(what) + "High"));
    line("metric = \"" + name + "\"");
    line("quantile = { q = 0.99, above = " + plain_number(bounds[bounds.size() - 2]) +
         ", window = \"15m\", min_count = 100 }");
  }

  void sum(const std::string& value) {
    const std::string base = name_of(value);
    begin("metric", names_.take(prefix_, (base == "bytes" ? "response_bytes" : base) + "_total", MetricType::kCounter));
    line("type = \"counter\"");
    line("source = \"" + log_.name + "\"");
    line("help = " + toml_text("Sum of `" + shown(value) + "`."));
    when(has_it(value));
    line("value = " + toml_text(value));
    // Amounts of several currencies are no sum.
    for (const std::string& label : log_.roles.labels) {
      if (name_of(label).ends_with("currency")) {
        text_ += labels_text(log_, {{name_of(label), label}}, facts(value).present());
      }
    }
  }

  // For people: `rows=` of the messages, whatever the expression is.
  std::string shown(const std::string& expression) const {
    const auto known = log_.text_fields.find(expression);
    return known == log_.text_fields.end() ? field_in(expression) : known->second.name + "=";
  }

  // "query_duration_seconds" of "query_time_ms".
  static std::string duration_name(const std::string& field) {
    static const RE2 kUnit(
        "_?(ms|msecs?|millis|milliseconds|us|usecs?|micros?|microseconds|ns|nsec|nanos?|nanoseconds|s|secs?|seconds)$");
    static const RE2 kSaid("_?(time|duration|latency|elapsed|took|dur|runtime|taken|d|rt)$");
    std::string stem = label_name(field);
    RE2::Replace(&stem, kUnit, "");
    RE2::Replace(&stem, kSaid, "");
    stem = stem == "response" ? "request" : stem;
    constexpr std::size_t kLongestStem = 30;
    const bool tells = !stem.empty() && stem != "field" && stem.size() <= kLongestStem;
    return tells ? stem + "_duration_seconds" : "duration_seconds";
  }

  LogProposal& log_;
  MetricNames& names_;
  const std::string prefix_;
  std::size_t metrics_ = 0;
  std::string text_;
};

}  // namespace

std::string log_text(LogProposal& log, bool alone, std::size_t most_metrics, MetricNames& names) {
  return LogText(log, alone, names).write(most_metrics);
}

}  // namespace leeway
