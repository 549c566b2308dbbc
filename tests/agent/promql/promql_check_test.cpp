#include "agent/promql/promql_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

Catalog catalog() {
  Catalog catalog;
  const auto own = [&](MetricDesc desc) { EXPECT_TRUE(catalog.metrics.add(std::move(desc))); };
  own({"http_requests_total", MetricType::kCounter, "", {"code", "method"}, {}});
  own({"queue_length", MetricType::kGauge, "", {"queue"}, {}});
  own({"http_duration_seconds", MetricType::kHistogram, "", {"method"}, {0.1, 1}});
  own({"change_ratio", MetricType::kHistogram, "", {}, {-1, 1}});
  own({"app_info", MetricType::kInfo, "", {"version"}, {}});
  EXPECT_TRUE(catalog.external.add({"up", MetricType::kGauge, "", {}, {}}));
  EXPECT_TRUE(catalog.external.add({"node_cpu_seconds_total", MetricType::kCounter, "", {"cpu"}, {}}));
  const auto record = [&](const char* name, RuleLabels set, std::vector<std::string> labels) {
    catalog.add_recording_rule({name, "vector(1)", "g", "", std::move(set), std::move(labels), {}});
  };
  record("slo:error:ratio_rate5m", {{"window", "5m"}}, {"slo"});
  record("slo:error:any", {}, {});
  return catalog;
}

// "offset: message" of every problem, one per line.
std::string problems(std::string_view text) {
  std::string lines;
  for (const PromqlProblem& problem : check_promql(text, catalog()).problems) {
    lines += (lines.empty() ? "" : "\n") + std::to_string(problem.offset) + ": " + problem.message;
  }
  return lines;
}

TEST(CheckPromql, AcceptsWhatIsRight) {
  for (
      const char* text : {
          R"(sum by (code) (rate(http_requests_total{method="GET"}[5m])) > 0.5)",
          R"(sum without (instance, pod) (increase(http_requests_total{job="a", instance!~"b.*", cluster="c"}[1h])))",
          "histogram_quantile(0.99, sum by (le, method) (rate(http_duration_seconds_bucket[5m])))",
          "histogram_quantile(0.99, sum without (method) (rate(http_duration_seconds_bucket[5m])))",
          "histogram_quantile(0.99, rate(http_duration_seconds_bucket[5m]))",
          R"(1 - rate(http_duration_seconds_bucket{le="0.1"}[5m]) / ignoring(le) rate(http_duration_seconds_count[5m]))",
          R"(rate(change_ratio_bucket{le="+Inf"}[5m]))",
          "rate(http_duration_seconds_sum[5m]) / rate(http_duration_seconds_count[5m])",
          "absent(http_requests_total) == 1 or absent_over_time(http_requests_total[5m])",
          "count by (code) (http_requests_total) unless on(code) http_requests_total",
          "time() - timestamp(http_requests_total) > 60",
          "resets(http_requests_total[1h]) + changes(http_requests_total[1h])",
          "rate(http_requests_total[10m:1m])",
          "max_over_time(sum(rate(http_requests_total[5m]))[1d:5m])",
          "deriv(queue_length[5m]) + delta(queue_length[30s]) > 0",
          R"(max by (queue) (queue_length) * on(instance) group_left(version) app_info)",
          R"-(sum by (mode) (label_replace(queue_length, "mode", "$1", "queue", "(.*)-.*")))-",
          R"(sum by (length) (count_values("length", queue_length)))",
          "up == 0",
          R"(up{whatever="x"} == 0)",
          R"(rate(node_cpu_seconds_total{cpu=~"0|1"}[1m]))",
          R"(slo:error:ratio_rate5m{slo="a", window="5m", job="b"} > 0.1)",
          R"(sum by (b) (slo:error:any{a="b"}))",
          "rate(http_requests_total[$__rate_interval])",
          "increase(http_requests_total[$__range]) + sum_over_time(queue_length[$__range:$__interval])",
          R"(rate(http_requests_total{job=~"$job", instance=~"${instance:regex}", code=~"$code"}[${__rate_interval}]))",
          R"({__name__="queue_length"})",
          R"(count({__name__=~"http_.+"}))",
          "vector(1)",
          "1 + 2",
          "queue_length\n  # a comment\n  > 5",
      }) {
    EXPECT_EQ("", problems(text)) << text;
  }
}

TEST(CheckPromql, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      // Syntax and types.
      {"", "0: expected an expression, found the end"},
      {"sum(", "4: expected an expression, found the end"},
      {"queue_length >", "14: expected an expression, found the end"},
      {"queue_length queue_length", "13: expected an operator or the end, found 'queue_length'"},
      {"queue_length[5]", "13: expected a duration such as 5m, found '5'"},
      {"queue_length[5m", "15: expected ':' or ']', found the end"},
      {"queue_length[0s]", "13: the duration must be above 0"},
      {"(queue_length)[5m]", "14: only a metric takes a range; expected a subquery such as [5m:]"},
      {"5x", "0: '5x' is neither a number nor a duration such as 5m"},
      {"a ? b", "2: unexpected character '?'"},
      {std::string("a\0", 2), "1: unexpected byte 0x00"},
      {"rate(http_requests_total)", "5: rate() takes a range vector such as x[5m] here, not an instant vector"},
      {"sum(queue_length[5m])", "4: sum() takes an instant vector here, not a range vector"},
      {"sum(1)", "4: sum() takes an instant vector here, not a scalar"},
      {"topk(queue_length)", "0: topk() takes 2 arguments, not 1"},
      {"rtae(queue_length[5m])", "0: unknown function 'rtae'; did you mean 'rate'?"},
      {"round(queue_length, 1, 2)", "0: round() takes at most 2 arguments, not 3"},
      {"1 > 2", "2: a comparison of scalars needs bool: 1 > bool 2"},
      {"1 and queue_length", "2: 'and' is only allowed between instant vectors"},
      {"queue_length + 'a'", "15: '+' takes scalars and instant vectors, not a string"},
      {"queue_length[5m]", "0: the expression is a range vector; expected an instant vector or a scalar"},
      {"'a'", "0: the expression is a string; expected an instant vector or a scalar"},
      {R"(queue_length{queue=~"("})", "13: the pattern for 'queue' is wrong: missing ): ^(?:()$"},
      {R"({job=~".*"})", "0: expected a metric or a matcher that an empty label does not match"},
      // Names.
      {"queue_lenght > 1", "0: unknown metric 'queue_lenght'; did you mean 'queue_length'?"},
      {"rate(http_duration_second_count[5m])",
       "5: unknown metric 'http_duration_second_count'; did you mean 'http_duration_seconds_count'?"},
      {"slo:error:ratio_rate1h", "0: unknown metric 'slo:error:ratio_rate1h'; did you mean 'slo:error:ratio_rate5m'?"},
      {"http_duration_seconds > 1",
       "0: histogram 'http_duration_seconds' has no series of its own; name its _bucket, _sum or _count"},
      {"rate(change_ratio_sum[5m])",
       "5: histogram 'change_ratio' has a bound below 0, so no _sum, and in OpenMetrics no _count; its count is the "
       "bucket le=\"+Inf\""},
      {"rate(change_ratio_count[5m])",
       "5: histogram 'change_ratio' has a bound below 0, so no _sum, and in OpenMetrics no _count; its count is the "
       "bucket le=\"+Inf\""},
      {"queue_length_count", "0: unknown metric 'queue_length_count'; did you mean 'queue_length'?"},
      // Labels.
      {R"(queue_length{queu="a"})", "13: 'queue_length' has no label 'queu'; did you mean 'queue'?"},
      {R"(rate(http_duration_seconds_sum{le="0.1"}[5m]))",
       "31: 'http_duration_seconds_sum' has no label 'le'; it has \"cluster\", \"container\", \"instance\", \"job\", "
       "\"method\", \"namespace\" and \"pod\""},
      {R"(rate(node_cpu_seconds_total{mode="idle"}[5m]))",
       "28: 'node_cpu_seconds_total' has no label 'mode'; it has \"cluster\", \"container\", \"cpu\", \"instance\", "
       "\"job\", \"namespace\" and \"pod\""},
      {R"(slo:error:ratio_rate5m{tier="a"})",
       "23: 'slo:error:ratio_rate5m' has no label 'tier'; it has \"cluster\", \"container\", \"instance\", \"job\", "
       "\"namespace\", \"pod\", \"slo\" and \"window\""},
      {"sum by (cod) (rate(http_requests_total[5m]))", "8: no series has the label 'cod' here; did you mean 'code'?"},
      {"sum(rate(http_requests_total[5m])) without (cod)",
       "44: no series has the label 'cod' here; did you mean 'code'?"},
      {"max by (method) (sum by (code) (rate(http_requests_total[5m])))", "8: no series has the label 'method' here"},
      {"queue_length / on(queues) queue_length", "18: no series has the label 'queues' here; did you mean 'queue'?"},
      {"queue_length / ignoring(queues) queue_length",
       "24: no series has the label 'queues' here; did you mean 'queue'?"},
      {"queue_length * on(job) group_left(versoin) app_info",
       "34: no series has the label 'versoin' here; did you mean 'version'?"},
      {"queue_length * on(job) group_left(queue) app_info", "34: no series has the label 'queue' here"},
      // Patterns.
      {R"(queue_length{queue=~"a"})", R"(13: queue=~"a" is not a pattern; write =)"},
      {R"(queue_length{queue!~"a"})", R"(13: queue!~"a" is not a pattern; write !=)"},
      {R"(queue_length{queue=~"^a.*"})", R"(13: queue=~"^a.*" is anchored without ^ and $; leave them out)"},
      {R"(queue_length{queue=~"a.*$"})", R"(13: queue=~"a.*$" is anchored without ^ and $; leave them out)"},
      // Counters and rates.
      {"http_requests_total > 5",
       "0: counter 'http_requests_total' is used as a plain value, which depends on restarts; "
       "take its rate() or increase()"},
      {"sum(http_duration_seconds_count)",
       "4: counter 'http_duration_seconds_count' is used as a plain value, which depends on restarts; "
       "take its rate() or increase()"},
      {"delta(http_requests_total[5m])",
       "6: delta() of counter 'http_requests_total' mistakes restarts for decreases; use rate() or increase()"},
      {"rate(queue_length[5m])",
       "5: rate() of gauge 'queue_length' mistakes decreases for restarts; use deriv() or delta()"},
      {"rate(sum(http_requests_total)[5m:])",
       "0: rate() of sum() cannot detect restarts; take rate() of each counter first"},
      {"increase((http_requests_total + http_requests_total)[5m:])",
       "0: increase() of an operation cannot detect restarts; take increase() of each counter first"},
      {"rate(http_requests_total[20s])",
       "5: rate() over 20s may see a single sample; take at least two scrape intervals, 30s"},
      {"histogram_quantile(0.9, sum by (method) (rate(http_duration_seconds_bucket[5m])))",
       "24: histogram_quantile() needs the label 'le'; keep it, as in sum by (le) (rate(x_bucket[5m]))"},
      {"histogram_quantile(0.9, sum without (le) (rate(http_duration_seconds_bucket[5m])))",
       "24: histogram_quantile() needs the label 'le'; keep it, as in sum by (le) (rate(x_bucket[5m]))"},
      {"histogram_quantile(0.9, rate(http_duration_seconds_sum[5m]))",
       "24: histogram_quantile() needs the label 'le'; keep it, as in sum by (le) (rate(x_bucket[5m]))"},
      // Several, in their order.
      {R"(uqeue_length + queue_length{queu="a"})",
       "0: unknown metric 'uqeue_length'; did you mean 'queue_length'?\n"
       "28: 'queue_length' has no label 'queu'; did you mean 'queue'?"},
  };
  for (const auto& [text, message] : wrong) {
    EXPECT_EQ(message, problems(text)) << text;
  }
}

TEST(CheckPromql, FollowsTheSettings) {
  Catalog settings = catalog();
  settings.settings.scrape_interval = minutes(1);
  settings.settings.target_labels = {"zone"};
  settings.settings.fleet_labels = {"replica"};
  EXPECT_TRUE(check_promql(R"(queue_length{zone="a", replica="b", job="c"})", settings).problems.empty());
  EXPECT_EQ(1U, check_promql(R"(queue_length{cluster="a"})", settings).problems.size());
  EXPECT_TRUE(check_promql("rate(http_requests_total[2m])", settings).problems.empty());
  EXPECT_EQ(1U, check_promql("rate(http_requests_total[119s])", settings).problems.size());
}

TEST(CheckPromql, NamesMetricsOnceAndWithoutSuffix) {
  const PromqlReport report = check_promql(
      "rate(http_duration_seconds_sum[5m]) / rate(http_duration_seconds_count[5m]) > up + unknown + up + slo:error:any",
      catalog());
  EXPECT_THAT(report.metrics, ElementsAre("http_duration_seconds", "up", "slo:error:any"));
}

TEST(CheckPromql, AddsUpHowFarItLooksBack) {
  const auto range = [](std::string_view text) { return check_promql(text, catalog()).range; };
  EXPECT_EQ(Duration{}, range("queue_length"));
  EXPECT_EQ(minutes(5), range("rate(http_requests_total[5m]) > 1"));
  EXPECT_EQ(minutes(65), range("rate(http_requests_total[5m] offset 1h)"));
  EXPECT_EQ(hours(1), range("queue_length - queue_length offset 1h"));
  EXPECT_EQ(minutes(4), range("rate(http_requests_total[5m] offset -1m)"));
  EXPECT_EQ(Duration{}, range("queue_length offset -1h"));
  EXPECT_EQ(hours(24 * 9) + minutes(5), range("max_over_time(rate(http_requests_total[5m])[1w:1m] offset 2d)"));
  EXPECT_EQ(seconds(90) + std::chrono::milliseconds(5), range("sum_over_time(queue_length[1m30s5ms])"));
  EXPECT_EQ(Duration::max(), range("max_over_time(queue_length[290y:1m] offset 290y)"));
  EXPECT_EQ(Duration{}, range("rate(http_requests_total[$__rate_interval])"));
}

TEST(CheckPromql, TellsConditionsFromValues) {
  for (const char* text :
       {"up == 0", "(up == 0)", "up > 0 and queue_length", "queue_length and up > 0", "up unless queue_length > 5",
        "up < 1 or queue_length > 5", "absent(up)", "absent_over_time(up[5m])", "5 < up"}) {
    EXPECT_TRUE(check_promql(text, catalog()).compares) << text;
  }
  for (const char* text : {"up", "up == bool 0", "1 == bool 1", "up and queue_length", "up or queue_length > 5",
                           "queue_length / (up > 0)", "sum(up > 0)", "-up"}) {
    EXPECT_FALSE(check_promql(text, catalog()).compares) << text;
  }
}

TEST(CheckPromql, NoticesGrafanasVariables) {
  for (const char* text : {"rate(http_requests_total[$__rate_interval])", R"(up{job="$job"})",
                           R"(up{job=~"a|${job:pipe}"})", "up > $limit", "queue_length offset $__interval"}) {
    EXPECT_TRUE(check_promql(text, catalog()).has_variables) << text;
  }
  for (const char* text : {"up", R"(up{job=~"a$|b$"})", R"-(label_replace(up, "a", "$1${2}$name", "job", "(.*)"))-"}) {
    EXPECT_FALSE(check_promql(text, catalog()).has_variables) << text;
  }
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

TEST(CheckPromql, RefusesDeepNestingAndEndsOnLongInput) {
  constexpr std::size_t kMany = 10'000;
  const std::string deep = "the expression is nested too deeply";
  for (const std::string& text :
       {repeated("(", kMany), repeated("-", kMany) + "1", repeated("sum(", kMany), repeated("2^", kMany) + "2",
        repeated("up + ", kMany) + "up", "up" + repeated("[5m:]", kMany), repeated("up or (", kMany)}) {
    const PromqlReport report = check_promql(text, catalog());
    ASSERT_EQ(1U, report.problems.size());
    EXPECT_EQ(deep, report.problems[0].message);
  }
  EXPECT_EQ("", problems(repeated("(", 200) + "up" + repeated(")", 200)));
  EXPECT_EQ("", problems(repeated("up + ", 250) + "up"));
  EXPECT_EQ("", problems("up{a=\"" + repeated("x", kMany) + "\"}"));
  EXPECT_NE("", problems(repeated("x", kMany)));
  EXPECT_EQ(50U, check_promql("sum by (" + repeated("a,", kMany) + ") (vector(1))", Catalog()).problems.size());
  EXPECT_NE("", problems(std::string(kMany, '\0')));
}

}  // namespace
}  // namespace leeway
