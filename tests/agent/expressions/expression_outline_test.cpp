#include "agent/expressions/expression_outline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leeway {
namespace {

using testing::ElementsAre;

std::vector<std::string> tree_of(std::string_view text) {
  Schema schema;
  const Expected<ExpressionPart> root = outline(text, schema);
  return root ? tree_lines(*root) : std::vector<std::string>{root.error().message};
}

TEST(ExpressionOutlineTest, IsATreeOfItsParts) {
  EXPECT_THAT(tree_of("has(a.b) && !(status in [500, \"x\"]) || math.abs(n - 1) > 2.5"),
              ElementsAre("||", "  &&", "    has(a.b)", "    !", "      in", "        status", "        500",
                          "        \"x\"", "  >", "    math.abs", "      -", "        n", "        1", "    2.5"));
}

TEST(ExpressionOutlineTest, TellsFieldsFromTests) {
  Schema schema;
  const Expected<ExpressionPart> root = outline("a.?b.orValue(1) == c", schema);
  ASSERT_TRUE(root);
  EXPECT_EQ(OutlineKind::kComparison, root->kind);
  ASSERT_EQ(2U, root->parts.size());
  EXPECT_EQ(OutlineKind::kTest, root->parts[0].parts[0].kind);
  EXPECT_EQ((FieldPath{{"a", "b"}}), root->parts[0].parts[0].path);
  EXPECT_EQ(OutlineKind::kField, root->parts[1].kind);
}

TEST(ExpressionOutlineTest, ReadsThePathOfAFieldWhateverItsName) {
  for (const char* const name : {"a", "a.b", "a b", "true", "in", "null", "has", "it's", "say \"hi\"", "both ' and \"",
                                 "c:\\n", "", "1st", "line\nbreak", "\x1b[1m", "[x]", "é"}) {
    for (const FieldPath& path :
         {FieldPath{{std::string(name)}}, FieldPath{{std::string("outer"), std::string(name)}}}) {
      Schema schema;
      const Expected<ExpressionPart> root = outline(path.to_string(), schema);
      ASSERT_TRUE(root) << path.to_string();
      EXPECT_EQ(OutlineKind::kField, root->kind) << path.to_string();
      EXPECT_EQ(path, root->path) << path.to_string();
    }
  }
}

TEST(ExpressionOutlineTest, HasTheErrorsOfTheLanguage) {
  Schema schema;
  EXPECT_FALSE(outline("a >", schema));
  EXPECT_FALSE(outline("nothing_like_it(a)", schema));
}

}  // namespace
}  // namespace leeway
