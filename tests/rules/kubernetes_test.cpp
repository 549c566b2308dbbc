#include "rules/kubernetes.h"

#include <gmock/gmock.h>

#include "tests/rules/example_catalog.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ObjectName, IsValidForDns) {
  EXPECT_EQ(object_name("echo-ridge"), "echo-ridge");
  EXPECT_EQ(object_name("-Echo  Ridge_1-"), "echo-ridge-1");
  EXPECT_EQ(object_name(""), "leeway");
  EXPECT_EQ(object_name(std::string(100, 'a')).size(), 63U);
  EXPECT_EQ(object_name(std::string(62, 'a') + "--b"), std::string(62, 'a'));
}

TEST(PrometheusRule, HoldsTheRulesUnderItsSpec) {
  EXPECT_EQ(
      prometheus_rule(example_catalog(), "# Rules.\ngroups:\n\n  - name: a\n", {"monitoring", {{"release", "on"}}}),
      R"(apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: shop
  namespace: monitoring
  labels:
    app.kubernetes.io/name: shop
    release: "on"
spec:
  # Rules.
  groups:

    - name: a
)");
}

TEST(PrometheusRule, HasNoNamespaceWhereNoneIsGiven) {
  EXPECT_THAT(prometheus_rule(example_catalog(), "groups: []", {}), Not(HasSubstr("namespace")));
}

// A scope, and no time zone.
Catalog scoped_catalog() {
  Catalog catalog = example_catalog();
  catalog.settings.scope_labels = {{"job", "shop"}};
  catalog.maintenance[0].time_zone = "UTC";
  return catalog;
}

TEST(AlertmanagerConfig, SaysTheSameInItsOwnWords) {
  const Expected<std::string> text = alertmanager_config(scoped_catalog(), {});
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr(R"(
          - matchers:
              - name: team
                matchType: "="
                value: back office
            receiver: back office
            routes:
              - matchers:
                  - name: severity
                    matchType: "="
                    value: critical
                receiver: back office
                muteTimeIntervals: ["sunday night"]
)"));
  EXPECT_THAT(*text, HasSubstr(R"(
    - sourceMatch:
        - name: alertname
          matchType: "="
          value: AgentDown
        - name: job
          matchType: "="
          value: shop
      targetMatch:
        - name: alertname
          matchType: "="
          value: HighLatency
      equal: [job]
)"));
  EXPECT_THAT(*text, HasSubstr(R"(
    - name: backup
      timeIntervals:
        - times:
            - startTime: "23:00"
              endTime: "24:00"
)"));
}

TEST(AlertmanagerConfig, LeavesAlertsOfOthersInItsNamespaceAlone) {
  const Expected<std::string> text = alertmanager_config(scoped_catalog(), {});
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr(R"(
    receiver: unrouted
)"));
  EXPECT_THAT(*text, HasSubstr(R"(
      # Alerts of Corner Shop.
      - matchers:
          - name: job
            matchType: "="
            value: shop
)"));
  EXPECT_THAT(*text, HasSubstr(R"(
    - name: unrouted
    # Alerts of team back office. CHANGE ME: the host does not exist.
)"));
}

// The label `namespace` that an alert with the expression gets in a rule of namespace "prod".
std::string namespace_of(const std::string& expr) {
  Catalog catalog = scoped_catalog();
  catalog.alerts.resize(1);
  catalog.alerts[0].expr = expr;
  const Catalog changed = with_namespace(catalog, "prod");
  const std::string* const label = find_label(changed.alerts[0].labels, "namespace");
  return label == nullptr ? "" : *label;
}

TEST(WithNamespace, LabelsAlertsThatMayHaveNone) {
  EXPECT_EQ(namespace_of("absent(x{job=\"shop\"})"), "prod");
  EXPECT_EQ(namespace_of("sum by (job) (x{job=\"shop\", namespace=\"prod\"}) > 0"), "prod");
  EXPECT_EQ(namespace_of("absent(x{job=\"shop\", namespace=\"test\"})"), "");
  EXPECT_EQ(namespace_of("x{job=\"shop\", namespace=\"test\"} > 0"), "");
}

TEST(NamespaceWarning, SaysWhatIsMissing) {
  Catalog catalog = scoped_catalog();
  EXPECT_THAT(namespace_warning(catalog, ""), HasSubstr("expected --object.namespace"));
  EXPECT_EQ(namespace_warning(catalog, "prod"), "");
  catalog.settings.scope_labels.emplace_back("namespace", "test");
  EXPECT_EQ(namespace_warning(catalog, ""), "");
  EXPECT_EQ(namespace_warning(catalog, "test"), "");
  EXPECT_THAT(namespace_warning(catalog, "prod"), HasSubstr("expected --object.namespace test"));
}

TEST(AlertmanagerConfig, RefusesATimeZoneThatItCannotTell) {
  const Expected<std::string> text = alertmanager_config(example_catalog(), {});
  ASSERT_FALSE(text);
  EXPECT_THAT(text.error().message, HasSubstr("'sunday night' is in the time zone Europe/Berlin"));
}

}  // namespace
}  // namespace leeway
