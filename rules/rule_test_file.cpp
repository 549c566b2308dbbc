#include "rules/rule_test_file.h"

#include <algorithm>
#include <set>

#include "agent/core/units.h"
#include "agent/promql/selector.h"
#include "rules/annotations.h"
#include "rules/description.h"
#include "rules/rule_groups.h"
#include "rules/yaml.h"

namespace leeway {
namespace {

void write_expected(std::string_view key, RuleLabels entries, std::string& out) {
  std::sort(entries.begin(), entries.end());
  out += std::string(key) + ":\n";
  for (const auto& [name, value] : entries) {
    out += "              " + name + ": " + yaml_quote(value) + "\n";
  }
}

void write_firing(const Catalog& catalog, const AlertRule& alert, const FiringAlert& firing, std::string& out) {
  RuleLabels labels = firing.labels;
  for (const auto& label : rule_labels(alert, LabelForm::kRendered)) {
    std::erase_if(labels, [&label](const auto& other) { return other.first == label.first; });
    labels.push_back(label);
  }
  write_expected("          - exp_labels", labels, out);
  write_expected("            exp_annotations",
                 rendered_annotations(catalog, alert, {labels, firing.value, firing.result}), out);
}

// The alert's state as Prometheus stores it, which leaves out the other alerts of its name.
void write_state_tests(const AlertRule& alert, const AlertTest& test, std::string& out) {
  std::string matchers = "alertname=" + quote_promql(alert.name) + ", alertstate=\"firing\"";
  for (const auto& [name, value] : alert.labels) {
    matchers += ", " + name + "=" + quote_promql(value);
  }
  out += "    promql_expr_test:\n";
  for (const AlertExpectation& expectation : test.expectations) {
    const bool own = expectation.alert.empty();
    const std::string selector =
        own ? matchers : "alertname=" + quote_promql(expectation.alert) + ", alertstate=\"firing\"";
    out += "      - expr: " + yaml_quote("count(ALERTS{" + selector + "}) or vector(0)") + "\n";
    out += "        eval_time: " + format_duration(expectation.at) + "\n";
    out += "        exp_samples:\n          - labels: '{}'\n";
    out += "            value: " + std::to_string(expectation.firing.size()) + "\n";
  }
}

// Whether the last digits of a computed value determine how it is formatted.
bool is_on_edge(const AlertRule& alert, const AlertTest& test) {
  constexpr double kUnknown = 1e-9;
  return test.value_is_computed &&
         std::any_of(test.expectations.begin(), test.expectations.end(), [&alert](const AlertExpectation& expectation) {
           return std::any_of(expectation.firing.begin(), expectation.firing.end(),
                              [&alert](const FiringAlert& firing) {
                                return humanize(firing.value * (1 - kUnknown), alert.value_unit) !=
                                       humanize(firing.value * (1 + kUnknown), alert.value_unit);
                              });
         });
}

void write_test(const Catalog& catalog, const AlertRule& alert, const AlertTest& test, std::string& out) {
  out += "  - name: " + yaml_quote(alert.name + ": " + test.name) + "\n";
  out += "    interval: " + format_duration(test.interval) + "\n";
  out += test.input.empty() ? "    input_series: []\n" : "    input_series:\n";
  for (const InputSeries& input : test.input) {
    out += "      - series: " + yaml_quote(input.series) + "\n";
    out += "        values: " + yaml_quote(input.values) + "\n";
  }
  if (test.state_only || is_on_edge(alert, test)) {
    write_state_tests(alert, test, out);
    return;
  }
  out += "    alert_rule_test:\n";
  for (const AlertExpectation& expectation : test.expectations) {
    out += "      - eval_time: " + format_duration(expectation.at) + "\n";
    out += "        alertname: " + yaml_quote(expectation.alert.empty() ? alert.name : expectation.alert) + "\n";
    out += expectation.firing.empty() ? "        exp_alerts: []\n" : "        exp_alerts:\n";
    for (const FiringAlert& firing : expectation.firing) {
      write_firing(catalog, alert, firing, out);
    }
  }
}

std::string file_name(Duration interval, Duration shortest) {
  return interval == shortest ? "rules_test.yml" : "rules_test_" + format_duration(interval) + ".yml";
}

}  // namespace

std::vector<GeneratedFile> rule_test_files(const Catalog& catalog, const std::string& rules_file) {
  std::set<Duration> intervals;
  for (const AlertRule& alert : catalog.alerts) {
    for (const AlertTest& test : alert.tests) {
      intervals.insert(test.evaluation_interval);
    }
  }
  std::vector<GeneratedFile> files;
  for (const Duration interval : intervals) {
    std::string out =
        yaml_comment("Tests of " + rules_file + ", written by `leeway rules`. Run them: promtool test rules " +
                         file_name(interval, *intervals.begin()),
                     0);
    out += "rule_files:\n  - " + yaml_quote(rules_file) + "\n";
    // Without an order, promtool evaluates groups in any order, and an alert may miss what is recorded in the same
    // minute.
    out += "group_eval_order:\n";
    for (const RuleGroup& group : rule_groups(catalog)) {
      out += "  - " + yaml_quote(group.name) + "\n";
    }
    out += "evaluation_interval: " + format_duration(interval) + "\ntests:\n";
    for (const AlertRule& alert : catalog.alerts) {
      for (const AlertTest& test : alert.tests) {
        if (test.evaluation_interval == interval) {
          write_test(catalog, alert, test, out);
        }
      }
    }
    files.push_back({file_name(interval, *intervals.begin()), std::move(out)});
  }
  return files;
}

}  // namespace leeway
