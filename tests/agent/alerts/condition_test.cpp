// The exact PromQL of each condition: these expressions page operators.
#include "agent/alerts/condition.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "tests/agent/alerts/alert_fixture.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;

TEST(Condition, AboveAndBelowAreAboutEachSeries) {
  EXPECT_EQ(expr_of("metric = 'queue_length'\nabove = 100"), "queue_length > 100");
  EXPECT_EQ(expr_of("metric = 'score_ratio{kind=\"a\"}'\nbelow = 0.3"), "score_ratio{kind=\"a\"} < 0.3");
  EXPECT_EQ(expr_of("metric = 'queue_length'\nbelow = -1.5e-3"), "queue_length < -0.0015");
}

TEST(Condition, OutsideIsBelowOrAbove) {
  EXPECT_EQ(expr_of("metric = 'score_ratio'\noutside = [0.6, 0.8]"), "score_ratio < 0.6\nor\nscore_ratio > 0.8");
}

TEST(Condition, IncreaseIsSummedOverInstancesAndLabelsNotKept) {
  EXPECT_EQ(expr_of("metric = 'leeway_source_gaps_total'\nincrease_above = { limit = 0, window = '1h' }"),
            "sum without (instance, pod, reason, source) (increase(leeway_source_gaps_total[1h])) > 0");
  EXPECT_EQ(expr_of("metric = 'leeway_source_gaps_total{reason=\"rewritten\"}'\nby = ['source']\n"
                    "increase_above = { limit = 50, window = '10m' }"),
            "sum without (instance, pod, reason) (increase(leeway_source_gaps_total{reason=\"rewritten\"}[10m])) > 50");
}

// Series of a counter whose labels have no `values` begin with their first event, which increase() does not see.
TEST(Condition, IncreaseCountsTheFirstEventOfASeriesThatBegins) {
  EXPECT_EQ(expr_of("metric = 'requests_total{status=\"429\"}'\nby = ['endpoint']\n"
                    "increase_above = { limit = 50, window = '10m' }"),
            "sum without (instance, pod, status) (\n"
            "(last_over_time(requests_total{status=\"429\"}[10m])\n"
            "unless last_over_time(requests_total{status=\"429\"}[10m] offset 10m)\n"
            "and count_over_time(requests_total{status=\"429\"}[10m]) < on (job, instance) group_left () "
            "count_over_time(leeway_ready[10m]))\n"
            "or increase(requests_total{status=\"429\"}[10m])\n) > 50");
}

// What `increase_above` of a counter without `values` sums.
std::string births_of(const std::string& metric, const std::string& scrapes, const std::string& range = "[5m") {
  return "\n(last_over_time(" + metric + range + "])\nunless last_over_time(" + metric + range + "] offset " +
         range.substr(1) + ")\nand count_over_time(" + metric + range + "]) < on (job, instance) group_left () " +
         scrapes + range + "]))\nor increase(" + metric + range + "])\n";
}

// The observations in buckets of duration_seconds within a window, whose labels have no `values`.
std::string observed(const std::string& le, const std::string& range = "[5m",
                     const std::string& dropped = "le, endpoint, instance, pod") {
  return "sum without (" + dropped + ") (" +
         births_of("duration_seconds_bucket" + le, "count_over_time(leeway_ready", range) + ")";
}

TEST(Condition, RatioGuardsItsDenominatorAndAsksForEnoughEvents) {
  const auto sum = [](const std::string& metric) {
    return "sum without (endpoint, instance, pod, status) (" + births_of(metric, "count_over_time(leeway_ready") + ")";
  };
  EXPECT_EQ(expr_of("metric = 'requests_total'\n"
                    "ratio_above = { of = 'requests_total{status=~\"5..\"}', limit = 0.001, min_count = 20 }"),
            sum("requests_total{status=~\"5..\"}") + "\n/\n(" + sum("requests_total") + " > 0)\n> 0.001\nand\n" +
                sum("requests_total") + " >= 20");
}

// Only Prometheus knows when the target of another exporter was scraped, and whether that succeeded.
TEST(Condition, BirthsOfExternalCountersAreToldByUp) {
  const Assembled assembled(
      "[[external_metric]]\nname = 'jobs_total'\ntype = 'counter'\n" +
      alert_entry("metric = 'jobs_total{job=\"batch\"}'\nincrease_above = { limit = 0, window = '5m' }"));
  EXPECT_EQ(assembled.alert("A").expr, "sum without (instance, pod) (" +
                                           births_of("jobs_total{job=\"batch\"}", "sum_over_time(up{job=\"batch\"}") +
                                           ") > 0");
  EXPECT_EQ(assembled.alert("A").advice, "");
}

TEST(Condition, BirthsOfTheAgentsOwnCountersAreCountedIfTheyAppearLate) {
  const std::string late =
      expr_of("metric = 'leeway_source_rotations_total'\nincrease_above = { limit = 0, window = '5m' }");
  EXPECT_EQ(late, "sum without (instance, pod, source) (" +
                      births_of("leeway_source_rotations_total", "count_over_time(leeway_ready") + ") > 0");
}

TEST(Condition, QuantileKeepsLe) {
  EXPECT_EQ(expr_of("metric = 'duration_seconds'\nquantile = { q = 0.99, above = 0.15, min_count = 10 }"),
            "histogram_quantile(0.99, " + observed("", "[5m", "endpoint, instance, pod") + ")\n> 0.15\nand\n" +
                observed("{le=\"+Inf\"}") + " >= 10");
}

// All of them begin at 0: no series is born with observations.
TEST(Condition, QuantileOfDeclaredSeriesNeedsNoBirths) {
  const Assembled assembled(alert_entry("metric = 'size_bytes'\nquantile = { q = 0.5, above = 1, min_count = 10 }"));
  EXPECT_EQ(assembled.alert("A").expr,
            "histogram_quantile(0.5, sum without (instance, kind, pod) (rate(size_bytes_bucket[5m])))\n> 1\nand\n"
            "sum without (le, instance, kind, pod) (increase(size_bytes_bucket{le=\"+Inf\"}[5m])) >= 10");
  EXPECT_EQ(assembled.alert("A").advice, "");
}

// The observations with which a series begins count, and rule tests hold that.
TEST(Condition, HistogramsCountTheFirstObservationsOfASeriesThatBegins) {
  for (const std::string condition :
       {"quantile = { q = 0.9, above = 0.15 }", "share_between = { to = 0.1, above = 0.5 }"}) {
    const Assembled assembled(alert_entry("metric = 'duration_seconds'\n" + condition));
    const AlertRule& alert = assembled.alert("A");
    EXPECT_THAT(alert.advice, HasSubstr("`values` for its labels let them begin at 0"));
    EXPECT_EQ(std::count_if(alert.tests.begin(), alert.tests.end(),
                            [](const AlertTest& test) {
                              return test.name == "the first event of a new series counts" ||
                                     test.name.starts_with("what a series had at the first scrape");
                            }),
              2)
        << condition;
  }
}

// Of what is absent there is no value, and a summary that has the value gets it once.
TEST(Condition, TextsHaveTheValueOnceOrNotAtAll) {
  const Assembled absent(alert_entry("metric = 'queue_length'\nabsent = true\nfor = '5m'"));
  EXPECT_THAT(absent.alert("A").description, ::testing::EndsWith(" is not exported."));
  EXPECT_EQ(absent.alert("A").measured, "");
  const std::string above = "metric = 'queue_length'\nabove = 5\nfor = '5m'\n";
  EXPECT_EQ(Assembled(alert_entry(above)).alert("A").measured, "$value (limit 5)");
  EXPECT_EQ(Assembled(alert_entry(above + "summary = 'The queue holds $value jobs.'")).alert("A").measured, "");
}

TEST(Condition, BadEventsAreAskedForWhereFewerCouldBeTooMany) {
  const std::string ratio =
      "metric = 'requests_total'\nratio_above = { of = 'requests_total{status=\"500\"}', limit = 0.001, ";
  EXPECT_TRUE(expr_of(ratio + "min_count = 20, min_bad_events = 3 }").ends_with(" >= 3"));
  EXPECT_THAT(expr_of(ratio + "min_count = 20000, min_bad_events = 3 }"), Not(HasSubstr(">= 3")));
  EXPECT_TRUE(expr_of("metric = 'duration_seconds'\nquantile = { q = 0.99, above = 0.15, min_bad_events = 3 }")
                  .ends_with("> 0.15\nand\n(\n  " + observed("{le=\"+Inf\"}") + "\n  - " + observed("{le=\"0.15\"}") +
                             "\n) >= 3"));
  EXPECT_TRUE(expr_of("metric = 'duration_seconds'\nshare_between = { to = 0.1, above = 0.5, min_bad_events = 7 }")
                  .ends_with(observed("{le=\"0.1\"}", "[15m") + " >= 7"));
}

TEST(Condition, ShareOfABandIsADifferenceOfBuckets) {
  EXPECT_EQ(expr_of("metric = 'duration_seconds'\nshare_between = { from = 0.15, to = 0.25, above = 0.5 }"),
            "(\n  " + observed("{le=\"0.25\"}", "[15m") + "\n  - " + observed("{le=\"0.15\"}", "[15m") + "\n)\n/\n(" +
                observed("{le=\"+Inf\"}", "[15m") + " > 0)\n> 0.5");
}

TEST(Condition, ShareBelowAndAboveNeedOneBucket) {
  EXPECT_EQ(expr_of("metric = 'duration_seconds'\nby = ['endpoint']\nshare_between = { to = 0.1, above = 0.5 }"),
            observed("{le=\"0.1\"}", "[15m", "le, instance, pod") + "\n/\n(" +
                observed("{le=\"+Inf\"}", "[15m", "le, instance, pod") + " > 0)\n> 0.5");
  EXPECT_THAT(expr_of("metric = 'duration_seconds'\nshare_between = { from = 0.25, above = 0.5 }"),
              HasSubstr("increase(duration_seconds_bucket{le=\"+Inf\"}[15m])\n)\n  - sum without (le, "));
}

TEST(Condition, WholeBoundsMatchAsBothVersionsOfPrometheusWriteThem) {
  EXPECT_THAT(expr_of("metric = 'duration_seconds'\nshare_between = { to = 1, above = 0.5 }"),
              HasSubstr(R"(duration_seconds_bucket{le=~"1(\\.0)?"}[15m])"));
}

// Prometheus 3 stores 1e+06 of the page's 1000000, and 1e-05 of its 0.00001; both are matched, and what clients in Go
// write.
TEST(Condition, BoundsMatchInEachFormThatTheyHave) {
  const auto le_of = [](const std::string& bound) {
    const Assembled assembled(
        "[[external_metric]]\nname = 'answer_bytes'\ntype = 'histogram'\nhelp = 'S.'\nbuckets = [" + bound + "]\n" +
        alert_entry("metric = 'answer_bytes'\nshare_between = { to = " + bound + ", above = 0.5 }"));
    const std::string expr = assembled.alert("A").expr;
    const std::size_t begin = expr.find("{le");
    return begin == std::string::npos ? assembled.diagnostics() : expr.substr(begin, expr.find('}', begin) + 1 - begin);
  };
  EXPECT_EQ(le_of("0.0002"), "{le=\"0.0002\"}");
  EXPECT_EQ(le_of("0.00001"), R"({le=~"0\\.00001|1e-05"})");
  EXPECT_EQ(le_of("100000"), R"({le=~"100000(\\.0)?"})");
  EXPECT_EQ(le_of("1000000"), R"({le=~"1000000(\\.0)?|1e\\+06"})");
  EXPECT_EQ(le_of("1234567"), R"({le=~"1234567(\\.0)?|1\\.234567e\\+06"})");
}

TEST(Condition, UsualIsTheMeanOfTheWindowsOfALongerTime) {
  EXPECT_EQ(expr_of("metric = 'requests_total'\n"
                    "times_above_usual = { factor = 10, window = '1h', usual = '7d', floor = 5 }"),
            "sum without (endpoint, instance, pod, status) (increase(requests_total[1h]))\n> 10 *\n"
            "sum without (endpoint, instance, pod, status) (increase(requests_total[1w]))\n/ "
            "count_over_time((group without (endpoint, instance, pod, status) (requests_total))[1w:1h])\nand\n"
            "count_over_time((group without (endpoint, instance, pod, status) (requests_total))[1w:1h]) >= 24\nand\n"
            "sum without (endpoint, instance, pod, status) (increase(requests_total[1h])) >= 5");
  EXPECT_EQ(expr_of("metric = 'queue_length'\ntimes_above_usual = { factor = 2, window = '1d', usual = '7d' }"),
            "avg_over_time((sum without (instance, pod) (queue_length))[1d:30m])\n> 2 *\n"
            "avg_over_time((sum without (instance, pod) (queue_length))[1w:1h])\nand\n"
            "count_over_time((group without (instance, pod) (queue_length))[1w:1h]) >= 96");
}

TEST(Condition, DropIsWhatIsKeptOfTheUsual) {
  EXPECT_EQ(expr_of("metric = 'requests_total'\ndrop_from_usual = { share = 0.1, window = '30m', usual = '1d' }"),
            "sum without (endpoint, instance, pod, status) (increase(requests_total[30m]))\n< 0.9 *\n"
            "sum without (endpoint, instance, pod, status) (increase(requests_total[1d]))\n/ "
            "(count_over_time((group without (endpoint, instance, pod, status) (requests_total))[1d:15m]) * 0.5)\nand\n"
            "count_over_time((group without (endpoint, instance, pod, status) (requests_total))[1d:15m]) >= 14");
}

TEST(Condition, PredictionInSeconds) {
  EXPECT_EQ(expr_of("metric = 'queue_length'\npredict = { above = 2e9, within = '4h', window = '1h' }"),
            "predict_linear(queue_length[1h], 14400) > 2e+09");
  EXPECT_EQ(expr_of("metric = 'queue_length'\npredict = { below = 0 }"), "predict_linear(queue_length[1h], 14400) < 0");
}

TEST(Condition, AgeChangesAndAbsence) {
  EXPECT_EQ(expr_of("metric = 'backup_timestamp_seconds'\nage_above = '26h'"),
            "time() - backup_timestamp_seconds > 93600");
  EXPECT_EQ(expr_of("metric = 'queue_length'\nchanged = '1h'"), "changes(queue_length[1h]) > 0");
  EXPECT_EQ(expr_of("metric = 'score_ratio{kind=\"a\"}'\nchanged = '1h'"), "changes(score_ratio{kind=\"a\"}[1h]) > 0");
  EXPECT_EQ(expr_of("metric = 'up{job=\"x\"}'\nabsent = true\nfor = '5m'"), "absent(up{job=\"x\"})");
}

// The version of a model is a label: a new one is a new series, whose value does not change.
TEST(Condition, ASeriesThatAppearsIsAChangeWhereTheServiceExportedOthersBefore) {
  EXPECT_EQ(expr_of("metric = 'score_ratio{job=\"x\"}'\nchanged = '1h'"),
            "changes(score_ratio{job=\"x\"}[1h]) > 0\nor\n"
            "present_over_time(score_ratio{job=\"x\"}[1h]) > 0\n"
            "unless ignoring (instance, pod) last_over_time(score_ratio{job=\"x\"}[1h] offset 1h)\n"
            "and on (job, namespace, container, cluster) last_over_time(score_ratio{job=\"x\"}[55m] offset 1h5m)");
}

TEST(Condition, ConsecutiveRunsAreOffsets) {
  EXPECT_EQ(expr_of("metric = 'score_ratio'\nconsecutive = { runs = 3, every = '1d', below = 0.85 }"),
            "score_ratio < 0.85\nand\nscore_ratio offset 1d < 0.85\nand\nscore_ratio offset 2d < 0.85");
}

TEST(Condition, WhileNarrowsByAnotherMetricOfAnyLabels) {
  EXPECT_EQ(expr_of("metric = 'queue_length'\nabove = 5\nwhile = 'score_ratio{kind=\"b\"} >= 0.5'"),
            "(\n  queue_length > 5\n)\nand on ()\nscore_ratio{kind=\"b\"} >= 0.5");
}

TEST(Condition, FleetLabelsOfTheSettingsAreSummedOver) {
  const Assembled assembled("[rules]\nfleet_labels = ['node']\n" +
                            alert_entry("metric = 'requests_total'\nincrease_above = { limit = 1, window = '1h' }"));
  EXPECT_THAT(assembled.alert("A").expr, HasSubstr("sum without (endpoint, node, status) ("));
}

TEST(Condition, HostileLabelValuesStayInTheirQuotes) {
  EXPECT_EQ(expr_of(R"(metric = 'queue_length{job="a\"} or up{b=\"\\"}')"
                    "\nabove = 1"),
            R"(queue_length{job="a\"} or up{b=\"\\"} > 1)");
}

TEST(Condition, EachKindComesWithTestsThatFireAndTestsThatDoNot) {
  const std::vector<std::string> alerts = {
      "metric = 'queue_length'\nabove = 100\nfor = '5m'",
      "metric = 'score_ratio'\noutside = [0.6, 0.8]",
      "metric = 'requests_total'\nincrease_above = { limit = 3, window = '1h' }",
      "metric = 'requests_total'\nratio_above = { of = 'requests_total{status=~\"5..\"}', limit = 0.1 }",
      "metric = 'duration_seconds'\nquantile = { q = 0.9, above = 0.15 }",
      "metric = 'duration_seconds'\nshare_between = { from = 0.1, above = 0.5 }",
      "metric = 'requests_total'\ntimes_above_usual = { factor = 3, window = '1h', usual = '1d' }",
      "metric = 'queue_length'\ndrop_from_usual = { share = 0.5, window = '1h', usual = '1d', floor = 5 }",
      "metric = 'queue_length'\npredict = { above = 9, within = '4h' }",
      "metric = 'backup_timestamp_seconds'\nage_above = '26h'",
      "metric = 'queue_length'\nabsent = true\nfor = '5m'",
      "metric = 'queue_length'\nchanged = '1h'",
      "metric = 'score_ratio'\nchanged = '1h'",
      "metric = 'queue_length'\nconsecutive = { runs = 2, every = '1h', above = 5 }",
      "metric = 'queue_length'\nbelow = 7\nwhile = 'score_ratio > 0'"};
  for (const std::string& keys : alerts) {
    const Assembled assembled(alert_entry(keys));
    std::set<bool> seen;
    for (const AlertTest& test : assembled.alert("A").tests) {
      for (const AlertExpectation& expectation : test.expectations) {
        EXPECT_EQ(expectation.at % test.evaluation_interval, Duration{}) << keys << ": " << test.name;
        seen.insert(!expectation.firing.empty());
      }
    }
    EXPECT_EQ(seen.size(), 2U) << keys;
  }
  constexpr std::size_t kTwice = 1;  // changed, without and with a label
  EXPECT_EQ(condition_kinds().size() + kTwice, alerts.size()) << "a kind without a test here, or two of one";
}

}  // namespace
}  // namespace leeway
