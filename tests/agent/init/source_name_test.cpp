#include "agent/init/source_name.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

TEST(SourceName, IsTheNameOfTheFile) {
  EXPECT_EQ("web_access", source_name("/var/log/web-access.log.1"));
  EXPECT_EQ("log2fast", source_name("/var/log/2fast.log"));
  EXPECT_EQ("app", source_name("app"));
}

TEST(SourceName, OfLogsWithADateIsWhatIsBeforeIt) {
  EXPECT_EQ("app", source_name("/var/log/app-*.log"));
  EXPECT_EQ("app_jobs", source_name("/var/log/app_-jobs-*.log"));
}

TEST(SourceName, IsShort) {
  EXPECT_EQ(std::string(50, 'a'), source_name("/var/log/" + std::string(200, 'a') + ".log"));
  EXPECT_EQ(std::string(49, 'a'), source_name("/var/log/" + std::string(49, 'a') + "-b.log"));
}

TEST(SourceName, IsNeverAnIdentifierOrADate) {
  const std::string id = "4fa8b1c2d3e4f5061728394a5b6c7d8e4fa8b1c2d3e4f5061728394a5b6c7d8e";
  EXPECT_EQ("app", source_name("/" + id + "/" + id + "-json.log"));
  EXPECT_EQ("shop", source_name("/srv/shop/" + id + ".log"));
  EXPECT_EQ("job", source_name("/srv/job-3f1e6c1a-5b1d-4a5f-9c39-2f9c1d7e0a11.log"));
  EXPECT_EQ("import", source_name("/srv/import-2026-11-28.log"));
  EXPECT_EQ("import", source_name("/srv/import-20261128.log"));
}

}  // namespace
}  // namespace leeway
