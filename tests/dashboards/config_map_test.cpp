#include "dashboards/config_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dashboards/panel_catalog.h"

namespace leeway {
namespace {

using testing::HasSubstr;

TEST(ConfigMap, HoldsADashboardWithTheLabelOfTheSidecar) {
  const Expected<std::vector<GeneratedFile>> files =
      dashboard_config_maps(panel_catalog(), {"monitoring", {{"release", "prometheus"}}});
  ASSERT_TRUE(files);
  ASSERT_EQ(2U, files->size());
  EXPECT_EQ("configmap-shop.yaml", files->at(0).name);
  EXPECT_THAT(files->at(0).content,
              HasSubstr("kind: ConfigMap\nmetadata:\n  name: grafana-shop\n  namespace: monitoring\n  labels:\n"
                        "    app.kubernetes.io/name: shop\n    grafana_dashboard: \"1\"\n    release: prometheus\n"
                        "data:\n  shop.json: |-\n    {\n    \"title\": \"The shop\",\n"));
}

TEST(ConfigMap, RefusesWhatKubernetesWould) {
  Catalog catalog = panel_catalog();
  catalog.panels[0].description = std::string(kLargestConfigMap, 'x');
  const Expected<std::vector<GeneratedFile>> files = dashboard_config_maps(catalog, {});
  ASSERT_FALSE(files);
  EXPECT_THAT(files.error().message, HasSubstr("shop.json"));
}

}  // namespace
}  // namespace leeway
