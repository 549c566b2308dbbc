#include "agent/alerts/rule_scope.h"

#include <algorithm>
#include <set>

#include "agent/alerts/scoped_tests.h"
#include "agent/promql/promql_regex.h"
#include "agent/promql/promql_scope.h"
#include "agent/promql/promql_series.h"

namespace leeway {
namespace {

// Whether the author decides which jobs it reads; `job=~"$job"` of a panel decides nothing.
bool names_job(const Selector& selector) {
  return std::any_of(selector.matchers.begin(), selector.matchers.end(), [](const LabelMatcher& matcher) {
    return matcher.label == "job" && !promql::has_variable(matcher.value);
  });
}

bool decides(const Selector& selector, const std::string& label) {
  return std::any_of(selector.matchers.begin(), selector.matchers.end(), [&label](const LabelMatcher& matcher) {
    return matcher.label == label && (matcher.op == "=" || promql::has_variable(matcher.value));
  });
}

class Scope {
 public:
  Scope(Catalog& catalog, Diagnostics& diagnostics) : catalog_(catalog), diagnostics_(diagnostics) {
    // A selector needs the name of a metric.
    const std::vector<Selector> parsed = selectors_of("x{" + settings().scope + "}");
    matchers_ = parsed.empty() ? std::vector<LabelMatcher>() : parsed.front().matchers;
  }

  void run() {
    for (RecordingRule& rule : catalog_.recording_rules) {
      scope(rule.expr);
      add_lost_labels(rule.expr, rule.set_labels);
    }
    for (AlertRule& alert : catalog_.alerts) {
      scope_alert(alert);
    }
    for (InhibitRule& rule : catalog_.inhibitions) {
      scope_inhibition(rule);
    }
    for (Panel& panel : catalog_.panels) {
      for (PanelQuery& query : panel.queries) {
        scope(query.expr);
      }
    }
  }

 private:
  const RuleSettings& settings() const { return catalog_.settings; }

  std::string missing(const Selector& selector) const {
    std::string missing;
    if (names_job(selector)) {
      return missing;
    }
    for (const LabelMatcher& matcher : matchers_) {
      if (!decides(selector, matcher.label)) {
        missing += (missing.empty() ? "" : ", ") + matcher.label + matcher.op + quote_promql(matcher.value);
      }
    }
    return missing;
  }

  void scope(std::string& expr) const {
    expr = with_matchers(expr, [this](const Selector& selector) { return missing(selector); });
  }

  // Sets each label of the scope that series of the expression may lack.
  void add_lost_labels(const std::string& expr, RuleLabels& labels) const {
    for (const auto& label : settings().scope_labels) {
      if (find_label(labels, label.first) == nullptr && !keeps_label(expr, label.first)) {
        labels.push_back(label);
      }
    }
  }

  // Of series of another job, which may have the label with a value of their own: set, it could make two of them equal,
  // and the rule would fail.
  void add_certainly_lost_labels(const std::string& expr, RuleLabels& labels) const {
    for (const auto& label : settings().scope_labels) {
      const std::string with_label = with_matchers(expr, [&label](const Selector& selector) {
        return decides(selector, label.first) ? "" : label.first + "=" + quote_promql(label.second);
      });
      if (find_label(labels, label.first) == nullptr && !keeps_label(with_label, label.first)) {
        labels.push_back(label);
      }
    }
  }

  void scope_alert(AlertRule& alert) {
    std::set<std::string> foreign;  // metrics of jobs that the expression names
    bool only_foreign = true;
    for (const Selector& selector : selectors_of(alert.expr)) {
      if (names_job(selector)) {
        foreign.insert(selector.metric);
      } else {
        only_foreign = false;
        warn_of_other_exporter(alert, selector);
      }
    }
    scope(alert.expr);
    for (std::string& query : alert.runbook.queries) {
      scope(query);
    }
    if (only_foreign) {
      add_certainly_lost_labels(alert.expr, alert.labels);
    } else {
      add_lost_labels(alert.expr, alert.labels);
    }
    alert.other_jobs = other_jobs(alert);
    for (AlertTest& test : alert.tests) {
      scope_test(test, settings().scope_labels, foreign);
    }
  }

  void warn_of_other_exporter(const AlertRule& alert, const Selector& selector) {
    const std::string metric = promql::find_series(selector, catalog_).metric;
    const bool scraped = metric == "up" || metric == "ALERTS" || metric.starts_with("scrape_");
    if (!scraped && catalog_.external.find(metric) != nullptr) {
      diagnostics_.warning({}, "[[alert]] '" + alert.name + "' reads '" + metric +
                                   "' of another exporter, but names no job: it reads only series with " +
                                   settings().scope + "; expected the job that scrapes the exporter, such as " +
                                   metric + "{job=\"...\"}");
    }
  }

  std::vector<std::string> other_jobs(const AlertRule& alert) const {
    if (find_label(alert.labels, "job") != nullptr) {
      return {};
    }
    std::set<std::string> values;
    for (const Selector& selector : selectors_of(alert.expr)) {
      for (const LabelMatcher& matcher : selector.matchers) {
        const bool own = std::any_of(matchers_.begin(), matchers_.end(), [&matcher](const LabelMatcher& scope) {
          return scope.label == "job" && scope.op == matcher.op && scope.value == matcher.value;
        });
        if (matcher.label == "job" && !own) {
          values.insert(matcher.op == "=" && keeps_label(alert.expr, "job") ? matcher.value : "");
        }
      }
    }
    return {values.begin(), values.end()};
  }

  // The label's only value in the results of the alert; "" where it is not known.
  static std::string value_of(const AlertRule& alert, const std::string& label) {
    if (const std::string* const value = find_label(alert.labels, label)) {
      return *value;
    }
    std::set<std::string> values;
    for (const Selector& selector : selectors_of(alert.expr)) {
      for (const LabelMatcher& matcher : selector.matchers) {
        if (matcher.label == label) {
          values.insert(matcher.op == "=" ? matcher.value : "");
        }
      }
    }
    return values.size() == 1 ? *values.begin() : "";
  }

  // Where the source is an alert on another job, by that job instead of by equal labels.
  void scope_inhibition(InhibitRule& rule) const {
    const auto source = std::find_if(catalog_.alerts.begin(), catalog_.alerts.end(), [&rule](const AlertRule& alert) {
      return rule.source == RuleLabels{{"alertname", alert.name}};
    });
    const std::string other = source == catalog_.alerts.end() ? "" : value_of(*source, "job");
    if (!other.empty() && other != job_name(settings())) {
      rule.source.emplace_back("job", other);
      rule.target.insert(rule.target.end(), settings().scope_labels.begin(), settings().scope_labels.end());
      return;
    }
    for (const auto& label : settings().scope_labels) {
      if (std::find(rule.equal.begin(), rule.equal.end(), label.first) == rule.equal.end()) {
        rule.equal.push_back(label.first);
      }
    }
  }

  Catalog& catalog_;
  Diagnostics& diagnostics_;
  std::vector<LabelMatcher> matchers_;
};

}  // namespace

void apply_scope(Catalog& catalog, Diagnostics& diagnostics) { Scope(catalog, diagnostics).run(); }

}  // namespace leeway
