#include "agent/evaluation/alert_states.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "agent/promql/selector.h"

namespace leeway::evaluation {
namespace {

struct ByContent {
  bool operator()(Labels a, Labels b) const { return *a < *b; }
};

// One rule: an instance of the alert for each set of labels.
class AlertStates {
 public:
  AlertStates(const AlertRule& rule, LabelSets& sets, std::vector<RaisedAlert>& raised)
      : rule_(rule),
        sets_(sets),
        raised_(raised),
        hold_(rule.hold / std::chrono::milliseconds(1)),
        keep_(rule.keep_firing_for / std::chrono::milliseconds(1)) {}

  // Takes what the expression selects at an evaluation. Error where two series are one alert: then all stays as it was.
  Expected<void> observe(const InstantVector& selected, Time at);
  const AlertRule& rule() const { return rule_; }
  // The samples that the last evaluation has left.
  const InstantVector& samples() const { return samples_; }
  const InstantVector& since() const { return since_; }

 private:
  struct Instance {
    Time pending = 0;
    std::optional<Time> unselected{};     // since when it fires only because of keep_firing_for
    std::optional<std::size_t> raised{};  // which of the history: it fires
  };

  Labels labels_of(const Element& element);
  // Whether the instance is kept although the expression does not select it.
  bool keeps(Instance& instance, Time at) const;
  void take_samples();

  const AlertRule& rule_;
  LabelSets& sets_;
  std::vector<RaisedAlert>& raised_;
  Time hold_;
  Time keep_;
  std::map<Labels, Instance, ByContent> active_;
  InstantVector samples_{};
  InstantVector since_{};
};

Labels AlertStates::labels_of(const Element& element) {
  LabelSet labels = *element.labels;
  set_label(labels, kMetricName, "");
  set_label(labels, "severity", to_string(rule_.severity));
  for (const auto& [name, value] : rule_.labels) {
    set_label(labels, name, value);
  }
  set_label(labels, "alertname", rule_.name);
  return sets_.intern(std::move(labels));
}

bool AlertStates::keeps(Instance& instance, Time at) const {
  if (!instance.raised || keep_ == 0) {
    return false;
  }
  if (!instance.unselected) {
    instance.unselected = at;
  }
  return at - *instance.unselected < keep_;
}

Expected<void> AlertStates::observe(const InstantVector& selected, Time at) {
  std::map<Labels, double, ByContent> values;
  for (const Element& element : selected) {
    if (!values.emplace(labels_of(element), element.value).second) {
      return Error{ErrorCode::kConfiguration, "two of its series have equal labels once those of the alert are added"};
    }
  }
  for (auto at_instance = active_.begin(); at_instance != active_.end();) {
    Instance& instance = at_instance->second;
    if (values.count(at_instance->first) != 0) {
      instance.unselected.reset();
    } else if (!keeps(instance, at)) {
      if (instance.raised) {
        raised_[*instance.raised].resolved = at;
      }
      at_instance = active_.erase(at_instance);
      continue;
    }
    ++at_instance;
  }
  for (const auto& [labels, value] : values) {
    Instance& instance = active_.try_emplace(labels, Instance{at}).first->second;
    if (!instance.raised && at - instance.pending >= hold_) {
      instance.raised = raised_.size();
      raised_.push_back({&rule_, labels, instance.pending, at, std::nullopt, value});
    }
  }
  take_samples();
  return {};
}

void AlertStates::take_samples() {
  samples_.clear();
  since_.clear();
  for (const auto& [alert, instance] : active_) {
    LabelSet labels = *alert;
    set_label(labels, kMetricName, kAlertsForState);
    since_.push_back({sets_.intern(labels), std::floor(static_cast<double>(instance.pending) / kSecond)});
    set_label(labels, kMetricName, kAlerts);
    set_label(labels, "alertstate", instance.raised ? "firing" : "pending");
    samples_.push_back({sets_.intern(std::move(labels)), 1});
  }
}

void append(const InstantVector& from, InstantVector& to) { to.insert(to.end(), from.begin(), from.end()); }

// What selectors find at an evaluation: of each rule that was not evaluated yet, what the one before has left.
void record(const std::vector<AlertStates>& states, std::size_t evaluation, Evaluator& evaluator) {
  InstantVector& alerts = evaluator.recorded(kAlerts, evaluation);
  alerts.clear();
  for (const AlertStates& rule : states) {
    append(rule.samples(), alerts);
  }
  InstantVector& since = evaluator.recorded(kAlertsForState, evaluation);
  since.clear();
  for (const AlertStates& rule : states) {
    append(rule.since(), since);
  }
}

}  // namespace

AlertHistory evaluate_alerts(std::span<const AlertRule> alerts, Evaluator& evaluator, LabelSets& sets) {
  AlertHistory history;
  std::vector<AlertStates> states;
  states.reserve(alerts.size());
  for (const AlertRule& alert : alerts) {
    states.emplace_back(alert, sets, history.raised);
  }
  std::set<const AlertRule*> failed;
  for (std::size_t i = 0; i < evaluator.rule_evaluations(); ++i) {
    const Time at = evaluator.rule_time(i);
    record(states, i, evaluator);
    for (AlertStates& rule : states) {
      const bool was_active = !rule.samples().empty();
      const Expected<InstantVector> selected = evaluator.evaluate_rule(rule.rule().expr, at);
      const Expected<void> observed = selected ? rule.observe(*selected, at) : selected.error();
      if (!observed && failed.insert(&rule.rule()).second) {
        history.problems.push_back("alert " + rule.rule().name + " is not evaluated: " + observed.error().message);
      }
      if (was_active || !rule.samples().empty()) {
        record(states, i, evaluator);
      }
    }
  }
  return history;
}

std::string telling_labels(const RaisedAlert& alert, const RuleLabels& common) {
  std::string text;
  for (const auto& [name, value] : *alert.labels) {
    const std::string* const shared = find_label(common, name);
    if (name != "alertname" && name != "severity" && (shared == nullptr || *shared != value)) {
      text += (text.empty() ? "" : ", ") + name + "=" + quote_promql(value);
    }
  }
  return text;
}

}  // namespace leeway::evaluation
