#include "collectors/paths/name_form.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

TEST(NameForm, HasASignForWhatChanges) {
  EXPECT_EQ(name_form("app-20261128.log"), "app-#.log");
  EXPECT_EQ(name_form("app20261128.log"), "app#.log");
  EXPECT_EQ(name_form("app (1).log"), "app (#).log");
  EXPECT_EQ(name_form("app.log.~12~"), "app.log.~#~");
  EXPECT_EQ(name_form("@400000005f3e8a1b2c3d4e5f.s"), "@#.s");
  EXPECT_EQ(name_form("9f1c2d3e-0001-4abc-8def-001122334455.log"), "#-#-#-#-#.log");
  EXPECT_EQ(name_form("api.host.root.log.INFO.20261128-120000.4711"), "api.host.root.log.INFO.#-#.#");
  EXPECT_EQ(name_form("app.log"), "app.log");
  EXPECT_EQ(name_form(""), "");
}

TEST(NameForm, IsOneOfTheGenerationsOfALog) {
  EXPECT_TRUE(has_form_of("app20261129.log", "app20261128.log", "app.log"));
  EXPECT_TRUE(has_form_of("1.log.gz", "0.log", "current"));
  EXPECT_TRUE(has_form_of("app.log.old2", "app.log.old1", "app.log"));
}

TEST(NameForm, IsNotOneOfAnotherLog) {
  EXPECT_FALSE(has_form_of("web3.log", "web2.log", "web1.log"));
  EXPECT_FALSE(has_form_of("api20261129.log", "app20261128.log", "app.log"));
  EXPECT_FALSE(has_form_of("spare.log", "spare.log", "app.log"));
  EXPECT_FALSE(has_form_of("app.log", "app20261128.log", "app.log"));
}

}  // namespace
}  // namespace leeway
