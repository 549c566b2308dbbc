// What the agent's log says of its status, and that it says each once.
#include "agent/pipeline/status_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leeway {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class StatusLogTest : public testing::Test {
 protected:
  StatusLogTest() {
    source().name = "web";
    source().paths = "'/var/log/web*.log'";
  }
  SourceStatus& source() {
    status_.sources.resize(1);
    return status_.sources.front();
  }
  std::vector<std::string> look(Duration later = std::chrono::seconds(1)) {
    now_ += later;
    std::vector<std::string> texts;
    for (const StatusLine& line : log_.look(status_, now_)) {
      const char* const level = line.level == StatusLine::Level::kWarning ? "warning "
                                : line.level == StatusLine::Level::kInfo  ? "info "
                                                                          : "debug ";
      texts.push_back(level + line.text);
    }
    return texts;
  }

  AgentStatus status_;
  StatusLog log_;
  MonotonicTime now_{std::chrono::hours(1)};
};

TEST_F(StatusLogTest, ASourceWithoutAFile) {
  EXPECT_THAT(look(), IsEmpty());  // it has not looked yet
  source().matching_files = 0;
  EXPECT_THAT(look(), ElementsAre("warning source 'web': no file matches '/var/log/web*.log' yet"));
  EXPECT_THAT(look(std::chrono::hours(1)), IsEmpty());
  source().matching_files = 2;
  EXPECT_THAT(look(), ElementsAre("info source 'web': 2 files match '/var/log/web*.log' now"));
  source().matching_files = 0;
  EXPECT_THAT(look(), IsEmpty());  // during rotation there is none for a moment
  source().matching_files = 1;
  EXPECT_THAT(look(), IsEmpty());
  source().matching_files = 0;
  EXPECT_THAT(look(), IsEmpty());
  EXPECT_THAT(look(std::chrono::minutes(1)),
              ElementsAre("warning source 'web': no file matches '/var/log/web*.log' any more"));
}

TEST_F(StatusLogTest, ASourceOfWhichNoLineIsARecord) {
  source().rejects = {{"not_an_object", 3}, {"too_long", 1}};
  const auto none = HasSubstr("none of its 4 lines is a record, most for the reason not_an_object");
  EXPECT_THAT(look(), Not(Contains(none)));  // it may be a banner
  EXPECT_THAT(look(std::chrono::minutes(1)), ElementsAre(none));
  EXPECT_THAT(look(std::chrono::hours(1)), IsEmpty());
  source().records = 1;
  EXPECT_THAT(look(), ElementsAre("info source 'web': the first of its lines is a record"));
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(StatusLogTest, ManyRejectedLinesAreNoBanner) {
  source().rejects = {{"not_an_object", 100}};
  EXPECT_THAT(look(), Contains(HasSubstr("none of its 100 lines is a record")));
  source().rejects = {{"not_an_object", 10'000}};
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(StatusLogTest, RejectsOncePerReasonAndMinuteWithTheLastOfThem) {
  source().records = 1;
  source().rejects = {{"syntax", 3}};
  source().reject_examples["syntax"] = {{"/a.log", "{\"a", true}};
  EXPECT_THAT(look(), ElementsAre("warning source 'web': 3 lines are no records (syntax), such as: {\"a..."));
  source().rejects = {{"syntax", 500}, {"too_long", 1}};
  EXPECT_THAT(look(), ElementsAre("warning source 'web': 1 line is no record (too_long)"));
  source().rejects = {{"syntax", 1003}, {"too_long", 1}};
  EXPECT_THAT(look(std::chrono::seconds(50)), IsEmpty());
  EXPECT_THAT(look(std::chrono::seconds(9)), ElementsAre(HasSubstr("1000 more lines are no records (syntax)")));
  EXPECT_THAT(look(std::chrono::hours(1)), IsEmpty());
}

TEST_F(StatusLogTest, WhatWasCountedBeforeTheStartIsNothingNew) {
  source().records = 1;
  source().rejects = {{"syntax", 3}};
  source().late_records = 2;
  log_.begin(status_);
  EXPECT_THAT(look(), IsEmpty());
  source().late_records = 3;
  source().late_example = TimePoint(std::chrono::seconds(1'700'000'000));
  EXPECT_THAT(look(), ElementsAre("warning source 'web': 1 record is further behind the newest one than "
                                  "`allowed_lateness`, such as one of 2023-11-14T22:13:20Z"));
}

TEST_F(StatusLogTest, TheLastLineTellsTheRest) {
  source().records = 1;
  source().rejects = {{"syntax", 1}};
  look();
  source().rejects = {{"syntax", 8}};
  EXPECT_THAT(look(), IsEmpty());
  log_.end();
  EXPECT_THAT(look(), ElementsAre(HasSubstr("7 more lines")));
  EXPECT_THAT(look(), IsEmpty());
}

// As after a reload that lets a source start afresh.
TEST_F(StatusLogTest, CountersThatBeginAnew) {
  source().records = 1;
  source().rejects = {{"syntax", 100}};
  look();
  source().rejects = {{"syntax", 2}};
  EXPECT_THAT(look(std::chrono::minutes(1)), IsEmpty());
  source().rejects = {{"syntax", 5}};
  EXPECT_THAT(look(), ElementsAre(HasSubstr("3 more lines")));
}

TEST_F(StatusLogTest, Times) {
  source().records = 100;
  source().anomalies = {{"duplicate_key", 1}, {"time_invalid", 2}, {"time_missing", 3}};
  source().reject_examples["time_invalid"] = {{"/a.log", "yesterday", false}};
  EXPECT_THAT(look(), ElementsAre("debug source 'web': 1 record with something that was repaired (duplicate_key)",
                                  "warning source 'web': 2 records with a time that cannot be read, such as: yesterday",
                                  "info source 'web': 3 records without a time"));
  source().anomalies["time_missing"] = 60;
  EXPECT_THAT(look(std::chrono::minutes(1)), ElementsAre("warning source 'web': 57 more records without a time"));
}

TEST_F(StatusLogTest, RotationsAndLosses) {
  source().records = 1;
  source().rotations = 1;
  source().files = {{"/a.log.1", 5, 9, "rotated", ""}};
  source().lost_bytes = {{"truncated", 2048}};
  EXPECT_THAT(look(), ElementsAre("warning source 'web': 2.0 KiB of it are lost (truncated)",
                                  "info source 'web': 1 file was rotated, such as to '/a.log.1', which is read to its "
                                  "end"));
}

TEST_F(StatusLogTest, RecordsThatAMetricSkips) {
  status_.metrics.resize(1);
  status_.metrics[0].name = "slo:fast";
  status_.metrics[0].skipped = {{"missing_field", 7}};
  status_.metrics[0].skipped_examples = {{"missing_field", "`ms` is absent"}};
  EXPECT_THAT(look(),
              ElementsAre("warning slo:fast: 7 records are not counted (missing_field), such as: `ms` is absent"));
}

TEST_F(StatusLogTest, StartsBeyondTheKeysOfAState) {
  status_.metrics.resize(1);
  status_.metrics[0].name = "state:runs";
  status_.metrics[0].overflowed_starts = 4;
  EXPECT_THAT(look(), ElementsAre("warning state:runs holds as many as `max_keys` allows: 4 starts are left out"));
}

TEST_F(StatusLogTest, ManyCausesTogetherAreBounded) {
  for (int i = 0; i < 80; ++i) {
    MetricStatus& metric = status_.metrics.emplace_back();
    metric.name = "m" + std::to_string(i);
    metric.skipped = {{"missing_field", 1}};
  }
  const std::vector<std::string> lines = look();
  EXPECT_EQ(51U, lines.size());
  EXPECT_THAT(lines.back(), HasSubstr("more than 50 causes"));
  EXPECT_THAT(look(), IsEmpty());
  EXPECT_EQ(30U, look(std::chrono::minutes(1)).size()) << "the others";
}

TEST_F(StatusLogTest, AFileThatCannotBeRead) {
  const FileStatus file{"/var/log/web.log", 0, 0, "unreadable", "permission denied"};
  source().files = {file};
  EXPECT_THAT(look(), ElementsAre("warning source 'web': '/var/log/web.log' is not read: permission denied"));
  EXPECT_THAT(look(std::chrono::hours(1)), IsEmpty());
  source().files = {};
  EXPECT_THAT(look(), IsEmpty());
  source().files = {file};
  EXPECT_THAT(look(), ElementsAre(HasSubstr("is not read")));
  for (int i = 0; i < 3; ++i) {
    source().files = {};
    look();
    source().files = {file};
    EXPECT_THAT(look(), IsEmpty()) << "within a minute";
  }
  source().files = {};
  look(std::chrono::minutes(1));
  source().files = {file};
  EXPECT_THAT(look(), ElementsAre(HasSubstr("(3 times more since the last time)")));
}

TEST_F(StatusLogTest, AFileThatCanBeReadAgain) {
  source().files = {{"/a.log", 0, 0, "unreadable", "permission denied"}};
  look();
  source().files = {{"/a.log", 5, 9, "reading", ""}};
  EXPECT_THAT(look(), ElementsAre("info source 'web': '/a.log' is read again"));
  EXPECT_THAT(look(), IsEmpty());
}

// Until it is found under its new name, a rotated file is called like its successor.
TEST_F(StatusLogTest, ARotatedFileWhoseNameIsNotKnownYet) {
  source().files = {{"/a.log", 5, 9, "rotated", ""}, {"/a.log", 0, 9, "reading", ""}};
  source().rotations = 1;
  EXPECT_THAT(look(), ElementsAre("info source 'web': 1 file was rotated"));
}

TEST_F(StatusLogTest, AMetricAtItsLimit) {
  status_.metrics.resize(1);
  status_.metrics[0].name = "requests_total";
  status_.metrics[0].series_limit = 10;
  EXPECT_THAT(look(), IsEmpty());
  status_.metrics[0].overflowed_records = 1;
  EXPECT_THAT(look(),
              ElementsAre("warning requests_total has reached its limit of 10 series: 1 record of further label "
                          "values count in overflow=\"true\""));
  status_.metrics[0].overflowed_records = 2;
  EXPECT_THAT(look(), IsEmpty());
  EXPECT_THAT(look(std::chrono::minutes(1)), ElementsAre(HasSubstr("1 more record")));
}

}  // namespace
}  // namespace leeway
