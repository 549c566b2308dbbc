#include "agent/init/container_path.h"

#include <gmock/gmock.h>
#include <re2/re2.h>

namespace leeway {
namespace {

const std::string kId(64, 'a');

std::string pattern_of(const std::string& path) { return container_path(path) ? container_path(path)->pattern : ""; }

TEST(ContainerPath, APodIsNamedByItsContainerAndNeverByWhatIsNewWithEachPod) {
  const std::string uid = "3f1e6c1a-5b1d-4a5f-9c39-2f9c1d7e0a11";
  const std::string pods = "/var/log/pods/";
  EXPECT_EQ(pods + "shop_web-*/web/*.log", pattern_of(pods + "shop_web-6d9c7f5b8-x2x7k_" + uid + "/web/0.log"));
  EXPECT_EQ(pods + "shop_db-*/db/*.log", pattern_of(pods + "shop_db-0_" + uid + "/db/12.log"));
  EXPECT_EQ(pods + "shop_probe-*/main/*.log",
            pattern_of(pods + "shop_probe-x2x7k_" + uid + "/main/0.log.20261128-042502"));
  EXPECT_EQ(pods + "shop_once_*/main/*.log", pattern_of(pods + "shop_once_" + uid + "/main/0.log"));
  EXPECT_EQ("web", container_path(pods + "shop_web-6d9c7f5b8-x2x7k_" + uid + "/web/0.log")->name);
}

TEST(ContainerPath, LinksAndDockersFilesHaveNoIdentifiers) {
  EXPECT_EQ("/var/log/containers/web-*_shop_web-*.log",
            pattern_of("/var/log/containers/web-6d9c7f5b8-x2x7k_shop_web-" + kId + ".log"));
  EXPECT_EQ("/var/lib/docker/containers/*/*-json.log",
            pattern_of("/var/lib/docker/containers/" + kId + "/" + kId + "-json.log"));
  EXPECT_EQ("", pattern_of("/var/log/app.log"));
}

TEST(ContainerPath, ItsFieldsAreFoundInThePath) {
  for (const std::string& path :
       std::vector<std::string>{"/var/log/pods/shop_web-6d9c7f5b8-x2x7k_3f1e6c1a-5b1d-4a5f-9c39-2f9c1d7e0a11/web/0.log",
                                "/var/log/containers/web-6d9c7f5b8-x2x7k_shop_web-" + kId + ".log",
                                "/var/lib/docker/containers/" + kId + "/" + kId + "-json.log"}) {
    EXPECT_TRUE(RE2::PartialMatch(path, container_path(path)->fields)) << path;
  }
}

}  // namespace
}  // namespace leeway
