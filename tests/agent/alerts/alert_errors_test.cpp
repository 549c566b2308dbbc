// Errors of a wrong [[alert]]: where, what, and what was expected instead.
#include <gmock/gmock.h>

#include <algorithm>

#include "agent/alerts/text_labels.h"
#include "tests/agent/alerts/alert_fixture.h"

namespace leeway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Line and column of the third line of the entry (after [[alert]] and name).
std::string at(int line, int column) {
  return "test.toml:" + std::to_string(kFirstLine + line) + ":" + std::to_string(column) + ": error: [[alert]] 'A': ";
}

TEST(AlertErrors, NameUsedTwice) {
  const Assembled assembled(alert_entry("metric = 'queue_length'\nabove = 1") +
                            alert_entry("metric = 'queue_length'\nbelow = 1"));
  EXPECT_EQ(assembled.diagnostics(), "test.toml:" + std::to_string(kFirstLine + 5) +
                                         ":8: error: [[alert]] 'A': an alert named 'A' exists already; names of "
                                         "alerts are unique\n");
}

TEST(AlertErrors, NameOfAnAlertOfTheAgentReplacesIt) {
  const Assembled assembled("[[alert]]\nname = 'LeewayDown'\nmetric = 'queue_length'\nabove = 1\n");
  EXPECT_EQ(assembled.diagnostics(), "");
  EXPECT_EQ(assembled.alert("LeewayDown").expr, "queue_length > 1");
  EXPECT_EQ(std::count_if(assembled.catalog().alerts.begin(), assembled.catalog().alerts.end(),
                          [](const AlertRule& alert) { return alert.name == "LeewayDown"; }),
            1);
}

TEST(AlertErrors, NamesThatAreNone) {
  for (const std::string name : {"high", "High-Rate", "High Rate", "{{ $value }}", "H\\n- x", "\\\"", "é"}) {
    const Assembled assembled("[[alert]]\nname = \"" + name + "\"\nmetric = 'queue_length'\nabove = 1\n");
    EXPECT_THAT(assembled.diagnostics(), HasSubstr("expected CamelCase")) << name;
  }
  const Assembled longest("[[alert]]\nname = '" + std::string(10'000, 'A') + "'\nmetric = 'queue_length'\nabove = 1\n");
  EXPECT_THAT(longest.diagnostics(), HasSubstr("expected CamelCase"));
}

TEST(AlertErrors, UnknownMetricNamesTheNearest) {
  const std::string errors = errors_of("metric = 'queue_lenght'\nabove = 1");
  EXPECT_THAT(errors, HasSubstr(at(2, 10) + "no metric is named 'queue_lenght'"));
  EXPECT_THAT(errors, HasSubstr("did you mean 'queue_length'?"));
}

TEST(AlertErrors, UnknownLabels) {
  EXPECT_THAT(errors_of("metric = 'score_ratio{kin=\"a\"}'\nabove = 0.1"),
              HasSubstr(at(2, 10) + "metric 'score_ratio' has no label 'kin'; did you mean 'kind'?"));
  EXPECT_THAT(
      errors_of("metric = 'requests_total'\nby = ['stats']\nincrease_above = { limit = 1, window = '1h' }"),
      AllOf(HasSubstr(at(3, 6) + "metric 'requests_total' has no label 'stats'"), HasSubstr("did you mean 'status'?")));
  EXPECT_EQ(errors_of("metric = 'queue_length{job=\"a\", instance=\"b\"}'\nabove = 1"), "");
}

TEST(AlertErrors, UnknownMetricAndLabelOfARatio) {
  EXPECT_THAT(errors_of("metric = 'requests_total'\nratio_above = { of = 'request_total', limit = 0.1 }"),
              HasSubstr("no metric is named 'request_total'"));
  EXPECT_THAT(errors_of("metric = 'requests_total'\nratio_above = { of = 'requests_total{stat=\"5\"}', limit = 0.1 }"),
              HasSubstr("has no label 'stat'"));
}

TEST(AlertErrors, ConditionOfAnotherType) {
  EXPECT_THAT(
      errors_of("metric = 'requests_total'\nabove = 1"),
      HasSubstr(at(3, 9) + "'above' is not for a counter such as 'requests_total'; expected one of increase_above"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nquantile = { q = 0.9, above = 1 }"),
              HasSubstr("'quantile' is not for a gauge"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nage_above = '1h'"), HasSubstr("is not a timestamp"));
  EXPECT_THAT(errors_of("metric = 'requests_total'\nratio_above = { of = 'queue_length', limit = 0.1 }"),
              HasSubstr("of different types"));
}

TEST(AlertErrors, ThresholdsThatNothingCanPass) {
  EXPECT_THAT(errors_of("metric = 'score_ratio'\nabove = 1.5"), HasSubstr(at(3, 9)));
  EXPECT_THAT(errors_of("metric = 'score_ratio'\nbelow = -0.5"), HasSubstr(at(3, 9)));
  EXPECT_THAT(errors_of("metric = 'score_ratio'\noutside = [0.5, 1.5]"), HasSubstr(at(3, 11)));
  EXPECT_THAT(errors_of("metric = 'duration_seconds'\nshare_between = { to = 0.1, above = 1.5 }"),
              HasSubstr("test.toml:" + std::to_string(kFirstLine + 3) + ":"));
  EXPECT_THAT(errors_of("metric = 'requests_total'\nratio_above = { of = 'requests_total{status=\"5\"}', limit = 2 }"),
              HasSubstr("expected a share between 0 and 1"));
  EXPECT_THAT(errors_of("metric = 'requests_total'\nincrease_above = { limit = -1, window = '1h' }"),
              HasSubstr("'limit' is negative"));
  for (const std::string number : {"nan", "inf", "-inf"}) {
    EXPECT_THAT(errors_of("metric = 'queue_length'\nabove = " + number), HasSubstr(at(3, 9))) << number;
  }
}

TEST(AlertErrors, WindowsOfLessThanTwoScrapes) {
  EXPECT_THAT(
      errors_of("metric = 'requests_total'\nincrease_above = { limit = 1, window = '29s' }"),
      HasSubstr("'window' is 29s, which holds fewer than two samples; expected at least two scrape intervals, 30s"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nchanged = '10s'"), HasSubstr("fewer than two samples"));
  const Assembled slower("[rules]\nscrape_interval = '1m'\n" + alert_entry("metric = 'queue_length'\nchanged = '90s'"));
  EXPECT_THAT(slower.diagnostics(), HasSubstr("two scrape intervals, 2m"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nchanged = '59s'"), HasSubstr("fewer than four samples"));
  EXPECT_EQ(errors_of("metric = 'queue_length'\nchanged = '1m'"), "");
}

TEST(AlertErrors, ScrapesThatAreTooSeldomForAnObjective) {
  const auto diagnostics = [](const std::string& interval) {
    return Assembled(
               "[[slo]]\nname = 'a'\ngood = 'ok'\nobjective = 0.99\n[rules]\nretention = '31d'\nscrape_interval = '" +
               interval + "'\n")
        .diagnostics();
  };
  EXPECT_EQ(diagnostics("75s"), "");
  EXPECT_THAT(diagnostics("76s"), HasSubstr("hold fewer than four scrapes"));
  EXPECT_THAT(diagnostics("150s"), HasSubstr("warning"));
  EXPECT_THAT(diagnostics("5m"), HasSubstr("'scrape_interval' is 5m, so that the 5m of 'slo:leeway_slo_"));
  EXPECT_THAT(diagnostics("5m"), HasSubstr("hold fewer than two scrapes; expected at most 2m30s, better 1m15s"));
}

TEST(AlertErrors, SharesThatOneEventCanExceed) {
  const auto of_ratio = [](const std::string& keys) {
    return errors_of("metric = 'requests_total'\nratio_above = { of = 'requests_total{status=\"500\"}', " + keys +
                     " }");
  };
  EXPECT_THAT(
      of_ratio("limit = 0.001, min_count = 20"),
      HasSubstr("warning: [[alert]] 'A': ratio_above: a single bad event of the first 20 in a window fires, since "
                "it is more than 0.1% of them; expected `min_bad_events`, 3 for example, or 1 if this is meant"));
  EXPECT_THAT(of_ratio("limit = 0.5"), HasSubstr("a single bad event of few in a window fires"));
  EXPECT_EQ(of_ratio("limit = 0.001, min_count = 20, min_bad_events = 1"), "");
  EXPECT_EQ(of_ratio("limit = 0.001, min_count = 1000"), "");
  EXPECT_EQ(of_ratio("limit = 0"), "");
  EXPECT_THAT(errors_of("metric = 'duration_seconds'\nquantile = { q = 0.99, above = 0.2, min_bad_events = 3 }"),
              HasSubstr("observations above 0.2 are not counted, because no bucket ends there"));
}

TEST(AlertErrors, QuantilesInsideAWideBucket) {
  EXPECT_THAT(
      errors_of("metric = 'duration_seconds'\nquantile = { q = 0.9, above = 0.5 }"),
      HasSubstr("'above' is 0.5, inside the bucket from 0.25 to 1 of 'duration_seconds': whether all values are just "
                "above 0.25 or just below 1, p90 reads 0.925; expected 0.5 in its `buckets`"));
  EXPECT_EQ(errors_of("metric = 'duration_seconds'\nquantile = { q = 0.9, above = 0.15, min_count = 10 }"), "");
  EXPECT_THAT(errors_of("metric = 'duration_seconds'\nquantile = { q = 0.5, above = 0.05 }"),
              HasSubstr("inside the bucket from 0 to 0.1"));
}

TEST(AlertErrors, BoundsThatAreNoBuckets) {
  EXPECT_THAT(errors_of("metric = 'duration_seconds'\nshare_between = { to = 0.2, above = 0.5 }"),
              HasSubstr("no bucket of 'duration_seconds' ends at 0.2; expected one of 0.1, 0.15, 0.25, 1"));
  EXPECT_THAT(errors_of("metric = 'duration_seconds'\nshare_between = { from = 1, to = 0.1, above = 0.5 }"),
              HasSubstr("'to' is not above 'from'"));
  EXPECT_THAT(errors_of("metric = 'duration_seconds'\nshare_between = { above = 0.5 }"), HasSubstr("which share?"));
}

TEST(AlertErrors, QuantilesThatCannotBeTold) {
  EXPECT_THAT(errors_of("metric = 'duration_seconds'\nquantile = { q = 0.9, above = 1 }"),
              HasSubstr("known only up to the largest bucket, 1"));
  EXPECT_THAT(errors_of("metric = 'duration_seconds'\nquantile = { q = 99, above = 0.5 }"),
              HasSubstr("expected a quantile between 0 and 1"));
}

TEST(AlertErrors, OneConditionNeitherTwoNorNone) {
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabove = 1\nbelow = 3"),
              HasSubstr(at(4, 9) + "both 'above' and 'below' are given; an alert has one condition"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabove = 1\npromql = 'up == 0'"),
              HasSubstr("both 'promql' and 'above'"));
  EXPECT_THAT(errors_of("metric = 'queue_length'"), HasSubstr("when does it fire? expected one of above, below, "));
}

TEST(AlertErrors, AbsenceNeedsToLast) {
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabsent = true"), HasSubstr("expected a 'for' of at least 30s"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabsent = true\nfor = '29s'"), HasSubstr(at(4, 7)));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabsent = false"), HasSubstr("'absent' is not true"));
}

TEST(AlertErrors, WhatLastsIsNoLongerUnusual) {
  EXPECT_THAT(errors_of("metric = 'queue_length'\nfor = '10m'\n"
                        "times_above_usual = { factor = 5, window = '5m', usual = '35m' }"),
              HasSubstr(at(3, 7) + "'for' is 10m, but a state that lasts 7m is usual by then"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nfor = '1h'\n"
                        "drop_from_usual = { share = 0.5, window = '5m', usual = '35m' }"),
              HasSubstr("could never fire"));
}

TEST(AlertErrors, HistoryIsAtLeastAWindowAndAtMostTheUsualTime) {
  const std::string entry = "metric = 'queue_length'\ntimes_above_usual = { factor = 5, window = '1h', min_history = ";
  EXPECT_THAT(errors_of(entry + "'8d' }"), HasSubstr("'min_history' is 8d; expected at least the window of 1h"));
  EXPECT_THAT(
      errors_of("metric = 'queue_length'\ndrop_from_usual = { share = 0.5, window = '1d', min_history = '1h' }"),
      HasSubstr("expected at least the window of 1d and at most the usual time of 1w"));
}

TEST(AlertErrors, While) {
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabove = 1\nwhile = 'score_ratio'"),
              HasSubstr("'while' is not a comparison"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabove = 1\nwhile = 'score > 1'"),
              HasSubstr("no metric is named 'score'"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabove = 1\nwhile = 'requests_total > 1'"),
              HasSubstr("is not a gauge"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabove = 1\nwhile = 'score_ratio{kin=\"a\"} > 1'"),
              HasSubstr("has no label 'kin'"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabove = 1\nwhile = 'queue_length > 0'"),
              HasSubstr("about the series of the alert itself"));
  EXPECT_EQ(errors_of("metric = 'queue_length'\nabove = 1\nwhile = 'score_ratio{kind=\"a>b\"} != -1.5'"), "");
}

TEST(AlertErrors, Promql) {
  EXPECT_THAT(errors_of("promql = 'sum(rate(request_total[5m])) > 1'"),
              AllOf(HasSubstr("at character 10: "), HasSubstr("did you mean 'requests_total'?")));
  EXPECT_THAT(errors_of("promql = 'requests_total > 1'"), HasSubstr("error: [[alert]] 'A'"));
  EXPECT_THAT(errors_of("promql = 'rate(requests_total[5m])'"), HasSubstr("without a comparison"));
  EXPECT_THAT(errors_of("promql = 'rate(requests_total[$__rate_interval]) > 1'"),
              HasSubstr("expected PromQL without $"));
  EXPECT_THAT(errors_of("promql = 'rate(requests_total[5m]) > 1'"),
              AllOf(HasSubstr("warning"), HasSubstr("no rule test can be derived"), Not(HasSubstr("error"))));
}

TEST(AlertErrors, UserTests) {
  const std::string alert = "promql = 'queue_length > 1'\n[[alert.test]]\nname = 'fires'\n";
  EXPECT_EQ(errors_of(alert + "input = { queue_length = '2x9' }\nfires = ['5m']\nquiet = '0s'"), "");
  EXPECT_THAT(errors_of(alert + "input = { queue_length = '2x9' }"), HasSubstr("the test expects nothing"));
  EXPECT_THAT(errors_of(alert + "input = { queue_length = 2 }\nfires = ['5m']"), HasSubstr("expected a string"));
  EXPECT_THAT(errors_of(alert + "input = 'x'\nfires = ['5m']"), HasSubstr("expected a table of series and values"));
  EXPECT_THAT(errors_of(alert + "fires = ['soon']"), HasSubstr("'soon' is not a duration"));
  EXPECT_THAT(errors_of("promql = 'queue_length > 1'\ntest = 3"),
              HasSubstr("expected an array of tables, [[alert.test]]"));
}

TEST(AlertErrors, UserTestsAreSortedAndKept) {
  const Assembled assembled(
      alert_entry("promql = 'queue_length > 1'\n[[alert.test]]\nname = 'fires'\ninput = { queue_length = '0 2x9' }\n"
                  "fires = ['5m', '1m']\nquiet = ['0s']\nlabels = { job = 'x' }\nvalue = 2"));
  const std::vector<AlertTest>& tests = assembled.alert("A").tests;
  ASSERT_EQ(tests.size(), 1U);
  ASSERT_EQ(tests[0].expectations.size(), 3U);
  EXPECT_TRUE(tests[0].expectations[0].firing.empty());
  EXPECT_EQ(tests[0].expectations[1].at, std::chrono::minutes(1));
  EXPECT_EQ(tests[0].expectations[2].firing[0].value, 2);
  EXPECT_FALSE(tests[0].state_only);
}

TEST(AlertErrors, UnknownKeysAndSeverities) {
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabove = 1\nseverty = 'critical'"),
              HasSubstr("did you mean 'severity'?"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabove = 1\nseverity = 'page'"), HasSubstr("critical"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabove = 1\ninhibits = ['A']"), HasSubstr("cannot inhibit itself"));
  EXPECT_THAT(errors_of("metric = 'queue_length'\nabove = 1\nsummary = 'no sentence'"), HasSubstr("warning"));
}

TEST(AlertErrors, LabelsOfATextThatTheExpressionDrops) {
  const std::string sum = "promql = 'sum by (status) (rate(requests_total[5m])) > 1'\n";
  EXPECT_THAT(errors_of(sum + "description = 'Endpoint $labels.endpoint fails.'"),
              HasSubstr(at(3, 15) +
                        "$labels.endpoint is always empty: the alert's expression drops the label; it keeps status"));
  EXPECT_THAT(errors_of(sum + "summary = 'Status $labels.statsu fails.'"),
              HasSubstr(at(3, 11) + "$labels.statsu is always empty: the alert's expression drops the label; did you "
                                    "mean 'status'?"));
  const std::string typed = "metric = 'requests_total'\nincrease_above = { limit = 1, window = '1h' }\n";
  const std::string text = "summary = 'Endpoint $labels.endpoint fails.'";
  EXPECT_THAT(errors_of(typed + text), HasSubstr(", and those of the metric that `by` names"));
  EXPECT_THAT(errors_of(typed + "by = ['endpoint']\n" + text), Not(HasSubstr("always empty")));
  EXPECT_THAT(errors_of(sum + "summary = 'Status $labels.status.'"), Not(HasSubstr("always empty")));
  // Prometheus does not fill in what the rule itself sets.
  EXPECT_THAT(errors_of(sum + "summary = 'Team $labels.team.'\nteam = 'web'"),
              HasSubstr("$labels.team is always empty"));
  EXPECT_THAT(errors_of("metric = 'queue_length{instance=\"a\"}'\nabsent = true\nfor = '5m'\n"
                        "summary = 'No queue on $labels.instance.'\ndescription = 'None in $labels.namespace.'"),
              AllOf(HasSubstr("$labels.namespace is always empty"), Not(HasSubstr("$labels.instance is"))));
}

TEST(AlertErrors, TextsOfGeneratedAlertsNameNoLabelThatIsDropped) {
  const Assembled assembled("[[slo]]\nname = 's'\nsource = 'app'\ngood = 'status == 200'\nobjective = 0.99\n");
  ASSERT_TRUE(assembled.valid()) << assembled.diagnostics();
  for (const AlertRule& alert : assembled.catalog().alerts) {
    for (const std::string* text : {&alert.summary, &alert.measured, &alert.description}) {
      EXPECT_THAT(dropped_labels(*text, alert, assembled.catalog()), ::testing::IsEmpty()) << alert.name << *text;
    }
  }
}

}  // namespace
}  // namespace leeway
