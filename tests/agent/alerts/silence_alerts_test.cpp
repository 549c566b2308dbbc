// When a source counts as silent: by its own key, by [rules], or by its kind.
#include <gmock/gmock.h>

#include "agent/config/toml_reader.h"
#include "agent/pipeline/assembly.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;

constexpr const char* kLog = "[[source]]\nname = 'app'\ntype = 'log'\npath = '/var/log/app.log'\nformat = 'json'\n";
constexpr const char* kFile = "[[source]]\nname = 're.port'\ntype = 'file'\npath = '/data/report.json'\n";
constexpr const char* kSocket =
    "[[source]]\nname = 'in'\ntype = 'socket'\nlisten = 'udp://127.0.0.1:5514'\nformat = 'json'\n";

// The expression of the alert; "" where there is none.
std::string expr_of(const std::string& alert, const std::string& config) {
  Diagnostics diagnostics;
  PosixFileSystem files;
  const std::optional<Assembly> assembly =
      assemble(parse_toml(config, "test.toml", diagnostics), {}, files, diagnostics);
  EXPECT_TRUE(assembly) << diagnostics.to_string();
  for (const AlertRule& rule : assembly->catalog.alerts) {
    if (rule.name == alert) {
      return rule.expr;
    }
  }
  return "";
}

// That the latest record is too old, unless it was as old at this time a week before.
std::string silent(const std::string& series, const std::string& limit) {
  return "time() - " + series + " > " + limit +
         "\nunless ignoring (instance, pod)\nmin without (instance, pod) (max_over_time((time() - " + series +
         ")[4h:30m] offset 6d22h)) > " + limit + "\nor\ntime() - " + series + " > 604800";
}

TEST(SilenceAlerts, OfOneLogReadsAllSources) {
  EXPECT_EQ(expr_of("LeewaySourceSilent", kLog), silent("leeway_source_last_record_timestamp_seconds", "3600"));
  EXPECT_EQ(expr_of("LeewayFileOverdue", kLog), "");
}

TEST(SilenceAlerts, EachKindHasItsOwn) {
  const std::string config = std::string(kLog) + "silent_after = '2h'\n" + kFile + kSocket;
  EXPECT_EQ(expr_of("LeewaySourceSilent", config),
            silent("leeway_source_last_record_timestamp_seconds{source=\"app\"}", "7200"));
  EXPECT_EQ(expr_of("LeewayStreamSilent", config),
            silent("leeway_source_last_record_timestamp_seconds{source=\"in\"}", "3600"));
  EXPECT_THAT(expr_of("LeewayFileOverdue", config), HasSubstr("[2w:1h]) > 0)"));
}

TEST(SilenceAlerts, OfADataFileFollowItsPaceUnlessALimitIsGiven) {
  EXPECT_THAT(expr_of("LeewayFileOverdue", kFile), HasSubstr("> 1.5 * (max_over_time("));
  const std::string fixed = "time() - leeway_source_last_record_timestamp_seconds > 93600";
  EXPECT_EQ(expr_of("LeewayFileOverdue", std::string(kFile) + "silent_after = '26h'\n"), fixed);
  EXPECT_EQ(expr_of("LeewayFileOverdue", std::string("[rules]\nsilent_after = '26h'\n") + kFile), fixed);
  EXPECT_THAT(expr_of("LeewayFileOverdue", std::string("[rules]\nretention = '5d'\n") + kFile), HasSubstr("[5d:1h]"));
}

TEST(SilenceAlerts, OfALogThatMayBeSilentForLongHaveNoQuietTimes) {
  EXPECT_EQ(expr_of("LeewaySourceSilent", std::string(kLog) + "silent_after = '4d'\n"),
            "time() - leeway_source_last_record_timestamp_seconds > 345600");
}

TEST(SilenceAlerts, SourcesOfOneLimitAreOnePattern) {
  std::string second = kFile;
  second.replace(second.find("re.port"), 7, "other");
  EXPECT_EQ(expr_of("LeewayFileOverdue", std::string("[rules]\nsilent_after = '26h'\n") + kLog + kFile + second),
            R"(time() - leeway_source_last_record_timestamp_seconds{source=~"re\\.port|other"} > 93600)");
}

TEST(SilenceAlerts, AnAlertOfThatNameReplacesThem) {
  const std::string own =
      "[[alert]]\nname = 'LeewaySourceSilent'\nmetric = 'leeway_source_last_record_timestamp_seconds'\nage_above = "
      "'1d'\n";
  EXPECT_EQ(expr_of("LeewayFileOverdue", std::string(kLog) + kFile + own), "");
}

}  // namespace
}  // namespace leeway
