#include "agent/init/block_formats.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

LogSample sample_of(const std::string& text, int times) {
  LogSample sample;
  for (int i = 0; i < times; ++i) {
    sample.text += text;
  }
  sample.size = sample.text.size();
  return sample;
}

SourceTrial trial_of(const LogSample& sample) {
  const FormatChoice choice = choose_formats(sample);
  const Expected<SourceTrial> trial = try_source(
      keys_of(choice), {sample.text}, [](Schema&) {}, [](const RecordBatch&) {});
  EXPECT_TRUE(trial) << trial.error().to_string();
  return trial ? *trial : SourceTrial();
}

std::string name_of(const LogSample& sample) {
  const FormatChoice choice = choose_formats(sample);
  return choice.formats.size() == 1 ? choice.formats.front().name : std::to_string(choice.formats.size()) + " formats";
}

TEST(BlockFormats, ARecordBeginsWhereItsTimeHasAName) {
  const LogSample sample = sample_of(
      "\nStart-Date: 2026-11-30  06:12:01\nCommandline: apt-get install curl\nInstall: curl:amd64 (7.88.1)\nEnd-Date: "
      "2026-11-30  06:12:09\n",
      20);
  EXPECT_EQ("records of several lines", name_of(sample));
  const SourceTrial trial = trial_of(sample);
  EXPECT_EQ(20U, trial.records);
  EXPECT_EQ(20U, trial.timed);
  EXPECT_EQ(0U, trial.rejected);
  EXPECT_EQ("no format",
            choose_formats(sample_of("Note: a text\nAnother: text\n", 20)).formats.empty() ? "no format" : "");
}

TEST(BlockFormats, ARequestMayTakeSeveralLines) {
  const LogSample sample = sample_of(
      "Started GET \"/x\" for 10.0.0.1 at 2026-11-30 06:12:01 +0100\nProcessing by XController#index as HTML\n"
      "Completed 200 OK in 12ms (Views: 2.1ms)\n\n\nStarted GET \"/y\" for 10.0.0.1 at 2026-11-30 06:12:02 +0100\n",
      20);
  EXPECT_EQ("requests of several lines", name_of(sample));
  EXPECT_EQ(40U, trial_of(sample).timed);
}

TEST(BlockFormats, TheSlowLogHasARecordForEachStatement) {
  const LogSample sample = sample_of(
      "# Time: 261201  0:54:28\n# User@Host: root[root] @ localhost [127.0.0.1]\n# Thread_id: 34  Schema: shop  "
      "QC_hit: "
      "No\n# Query_time: 0.088183  Lock_time: 0.000000  Rows_sent: 1  Rows_examined: 0\n# Rows_affected: 0  "
      "Bytes_sent: "
      "47\nSET timestamp=1796066683;\nSELECT *\nFROM missing;\n# User@Host: root[root] @ localhost [127.0.0.1]\n# "
      "Query_time: 0.000061  Lock_time: 0.000000  Rows_sent: 1  Rows_examined: 0\nuse shop;\nSET "
      "timestamp=1796066683;\nSELECT 1;\n",
      20);
  EXPECT_EQ("mysql slow log", name_of(sample));
  const SourceTrial trial = trial_of(sample);
  EXPECT_EQ(40U, trial.records);
  EXPECT_EQ(40U, trial.timed);
  EXPECT_EQ(std::chrono::seconds(1'796'066'683), trial.last.time_since_epoch());
}

TEST(BlockFormats, JavaUtilLoggingWritesTwoLines) {
  const LogSample sample = sample_of(
      "Nov 28, 2026 4:31:03 AM com.example.B main\nWARNING: a text\nNov 28, 2026 4:31:04 PM com.example.B run\nSEVERE: "
      "failed\njava.lang.IllegalStateException: pool\n\tat com.example.B.run(B.java:4)\n",
      20);
  EXPECT_EQ("java.util.logging", name_of(sample));
  const SourceTrial trial = trial_of(sample);
  EXPECT_EQ(40U, trial.records);
  EXPECT_EQ(0U, trial.rejected);
  EXPECT_EQ(std::chrono::seconds(1'795'883'464), trial.last.time_since_epoch());
}

TEST(BlockFormats, ALongLogIsSeenAsAShortOne) {
  EXPECT_EQ("java.util.logging",
            name_of(sample_of("Nov 28, 2026 4:31:03 AM com.example.B main\nWARNING: a text\n", 2400)));
}

TEST(BlockFormats, ObjectsMayBePrintedOverSeveralLines) {
  const LogSample sample = sample_of("{\n  \"level\": \"info\",\n  \"req\": {\n    \"id\": 7\n  }\n}\n", 20);
  EXPECT_EQ("json over several lines", name_of(sample));
  EXPECT_EQ(20U, trial_of(sample).records);
}

TEST(BlockFormats, W3cLogsNameTheirFields) {
  const LogSample sample = sample_of(
      "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-11-28 04:25:02\n#Fields: "
      "date "
      "time cs-method cs-uri-stem sc-status time-taken\n2026-11-28 04:25:02 GET /i 200 15\n2026-11-28 04:25:03 GET /j "
      "404 7\n",
      20);
  EXPECT_EQ("w3c extended", name_of(sample));
  const SourceTrial trial = trial_of(sample);
  EXPECT_EQ(40U, trial.records);
  EXPECT_EQ(80U, trial.ignored);
  EXPECT_EQ(40U, trial.timed);
}

TEST(BlockFormats, ADateOnlyInACommentIsSaid) {
  bool whole_time = true;
  EXPECT_NE("", w3c_pattern(" time cs-method sc-status", true, whole_time));
  EXPECT_FALSE(whole_time);
  EXPECT_EQ("", w3c_pattern(" time x-name", true, whole_time));
  const FormatChoice choice = choose_formats(
      sample_of("#Date: 2026-11-28 04:25:02\n#Fields: time cs-method sc-status\n04:25:02 GET 200\n", 20));
  EXPECT_THAT(choice.doubts, testing::Contains(testing::HasSubstr("#Date")));
}

}  // namespace
}  // namespace leeway
