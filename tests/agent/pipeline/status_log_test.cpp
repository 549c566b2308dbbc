// What the agent's log says of its status, and that it says each once.
#include "agent/pipeline/status_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leeway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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
      texts.push_back((line.warning ? "warning " : "info ") + line.text);
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
  EXPECT_THAT(look(), IsEmpty());  // it may be a banner
  EXPECT_THAT(look(std::chrono::minutes(1)),
              ElementsAre(HasSubstr("none of its 4 lines is a record, most for the reason not_an_object")));
  EXPECT_THAT(look(std::chrono::hours(1)), IsEmpty());
  source().records = 1;
  EXPECT_THAT(look(), ElementsAre("info source 'web': the first of its lines is a record"));
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(StatusLogTest, ManyRejectedLinesAreNoBanner) {
  source().rejects = {{"not_an_object", 100}};
  EXPECT_THAT(look(), ElementsAre(HasSubstr("none of its 100 lines is a record")));
  source().rejects = {{"not_an_object", 10'000}};
  EXPECT_THAT(look(), IsEmpty());
}

TEST_F(StatusLogTest, AFileThatCannotBeRead) {
  source().files = {{"/var/log/web.log", 0, 0, "unreadable", "permission denied"}};
  EXPECT_THAT(look(), ElementsAre("warning source 'web': '/var/log/web.log' is not read: permission denied"));
  EXPECT_THAT(look(), IsEmpty());
  source().files = {};
  EXPECT_THAT(look(), IsEmpty());
  source().files = {{"/var/log/web.log", 0, 0, "unreadable", "permission denied"}};
  EXPECT_THAT(look(), ElementsAre(HasSubstr("is not read")));
}

TEST_F(StatusLogTest, AMetricAtItsLimit) {
  status_.metrics.resize(1);
  status_.metrics[0].name = "requests_total";
  status_.metrics[0].series_limit = 10;
  EXPECT_THAT(look(), IsEmpty());
  status_.metrics[0].overflowed_records = 1;
  EXPECT_THAT(look(), ElementsAre(HasSubstr("requests_total has reached its limit of 10 series")));
  status_.metrics[0].overflowed_records = 2;
  EXPECT_THAT(look(), IsEmpty());
}

}  // namespace
}  // namespace leeway
