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

TEST(AlertmanagerConfig, SaysTheSameInItsOwnWords) {
  const std::string text = alertmanager_config(example_catalog(), {});
  EXPECT_THAT(text, HasSubstr(R"(
    routes:
      - matchers:
          - name: team
            matchType: "="
            value: back office
        receiver: back office-tickets
        routes:
          - matchers:
              - name: severity
                matchType: "="
                value: critical
            receiver: back office-pager
            muteTimeIntervals: ["sunday night"]
)"));
  EXPECT_THAT(text, HasSubstr(R"(
    - sourceMatch:
        - name: alertname
          matchType: "="
          value: AgentDown
      targetMatch:
        - name: alertname
          matchType: "="
          value: HighLatency
      equal: [job]
)"));
  EXPECT_THAT(text, HasSubstr(R"(
    - name: backup
      timeIntervals:
        - times:
            - startTime: "23:00"
              endTime: "24:00"
)"));
}

TEST(AlertmanagerConfig, WarnsOfATimeZoneThatItCannotTell) {
  const std::string text = alertmanager_config(example_catalog(), {});
  EXPECT_THAT(text, HasSubstr("The times are in Europe/Berlin"));
  EXPECT_THAT(text, Not(HasSubstr("The times are in UTC")));
}

}  // namespace
}  // namespace leeway
