// When a source counts as empty, or as without a file: by its own limit and in the words of its kind.
#include <gmock/gmock.h>

#include "agent/config/toml_reader.h"
#include "agent/core/units.h"
#include "agent/pipeline/assembly.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kEmptyLog =
    "[[source]]\nname = 'app'\ntype = 'log'\npath = '/var/log/app.log'\nformat = 'json'\n";
constexpr const char* kEmptyFile = "[[source]]\nname = 'nightly'\ntype = 'file'\npath = '/data/report.json'\n";
constexpr const char* kEmptySocket =
    "[[source]]\nname = 'in'\ntype = 'socket'\nlisten = 'udp://127.0.0.1:5514'\nformat = 'json'\n";

// "NAME after", and the rule.
std::vector<std::pair<std::string, AlertRule>> empty_alerts_of(const std::string& config) {
  Diagnostics diagnostics;
  PosixFileSystem files;
  const std::optional<Assembly> assembly =
      assemble(parse_toml(config, "test.toml", diagnostics), {}, files, diagnostics);
  EXPECT_TRUE(assembly) << diagnostics.to_string();
  std::vector<std::pair<std::string, AlertRule>> alerts;
  for (const AlertRule& rule : assembly->catalog.alerts) {
    if (const std::string* after = find_label(rule.labels, "after")) {
      EXPECT_EQ(*after, format_duration(rule.hold)) << rule.name;
      alerts.emplace_back(rule.name + " " + *after, rule);
    }
  }
  return alerts;
}

std::vector<std::string> empty_names_of(const std::string& config) {
  std::vector<std::string> names;
  for (const auto& [name, rule] : empty_alerts_of(config)) {
    names.push_back(name);
  }
  return names;
}

// Of all alerts.
std::vector<std::string> alert_names_of(const std::string& config) {
  Diagnostics diagnostics;
  PosixFileSystem files;
  const std::optional<Assembly> assembly =
      assemble(parse_toml(config, "test.toml", diagnostics), {}, files, diagnostics);
  EXPECT_TRUE(assembly) << diagnostics.to_string();
  std::vector<std::string> names;
  for (const AlertRule& rule : assembly->catalog.alerts) {
    names.push_back(rule.name);
  }
  return names;
}

// Their texts are read as those of a configuration, which refuses windows that hold fewer than two scrapes.
TEST(AgentAlerts, AreAllThereAtTheLongestScrapeInterval) {
  const std::string sources = std::string(kEmptyLog) + kEmptyFile + kEmptySocket;
  const std::vector<std::string> usual = alert_names_of(sources);
  EXPECT_GT(usual.size(), 20U);
  EXPECT_EQ(alert_names_of("[rules]\nscrape_interval = '5m'\n" + sources), usual);
}

TEST(EmptyAlerts, OfOneLogReadAllSources) {
  const auto alerts = empty_alerts_of(kEmptyLog);
  ASSERT_EQ(alerts.size(), 2U);
  EXPECT_EQ(alerts[0].first, "LeewaySourceEmpty 1h");
  EXPECT_EQ(alerts[0].second.expr,
            "last_over_time(leeway_source_records_total[15m]) == 0\nunless\n"
            "last_over_time(leeway_source_matching_files[15m]) == 0");
  EXPECT_EQ(alerts[1].first, "LeewayNoMatchingFile 1h");
}

TEST(EmptyAlerts, ANightlyFileIsGivenMoreThanADay) {
  EXPECT_THAT(
      empty_names_of(std::string(kEmptyLog) + kEmptyFile),
      ElementsAre("LeewaySourceEmpty 1h", "LeewayFileEmpty 1d2h", "LeewayNoMatchingFile 1h", "LeewayFileMissing 1d2h"));
}

TEST(EmptyAlerts, FollowTheLimitOfEachSource) {
  std::string weekly = std::string(kEmptyFile) + "silent_after = '8d'\n";
  weekly.replace(weekly.find("nightly"), 7, "weekly");
  const auto alerts = empty_alerts_of(std::string(kEmptyFile) + weekly);
  ASSERT_EQ(alerts.size(), 4U);
  EXPECT_EQ(alerts[1].first, "LeewayFileEmpty 8d");
  EXPECT_THAT(alerts[1].second.expr, HasSubstr("leeway_source_records_total{source=\"weekly\"}"));
  EXPECT_EQ(alerts[2].first, "LeewayFileMissing 1d2h");
  EXPECT_THAT(alerts[2].second.expr, HasSubstr("leeway_source_matching_files{source=\"nightly\"}"));
}

TEST(EmptyAlerts, AStreamHasNoFiles) {
  const auto alerts = empty_alerts_of(kEmptySocket);
  ASSERT_EQ(alerts.size(), 1U);
  EXPECT_EQ(alerts[0].first, "LeewayStreamEmpty 1h");
  EXPECT_EQ(alerts[0].second.expr, "last_over_time(leeway_source_records_total[15m]) == 0");
}

TEST(EmptyAlerts, AnAlertOfThatNameReplacesThem) {
  const std::string own = "[[alert]]\nname = 'LeewaySourceEmpty'\nmetric = 'leeway_source_open_files'\nbelow = 1\n";
  EXPECT_THAT(empty_names_of(std::string(kEmptyLog) + kEmptyFile + own),
              ElementsAre("LeewayNoMatchingFile 1h", "LeewayFileMissing 1d2h"));
}

TEST(EmptyAlerts, BridgeAMissedScrape) {
  EXPECT_THAT(empty_alerts_of(std::string("[rules]\nscrape_interval = '5m'\n") + kEmptyLog)[0].second.expr,
              HasSubstr("leeway_source_records_total[20m]"));
}

}  // namespace
}  // namespace leeway
