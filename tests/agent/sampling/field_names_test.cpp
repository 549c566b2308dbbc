#include "agent/sampling/field_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leeway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> names;
  for (const FieldPath& path : fields_of_text(text)) {
    names.push_back(path.to_string());
  }
  return names;
}

TEST(FieldNamesTest, AreMembersOfObjects) {
  EXPECT_THAT(names_in("{\"a\": {\"b\": 1}, \"c.d\": 2}\nprefix {\"e\": 3}\n"),
              UnorderedElementsAre("a", "a.b", "[\"c.d\"]", "e"));
}

TEST(FieldNamesTest, AreThoseInsideOfAnEnvelope) {
  EXPECT_THAT(names_in("{\"log\": \"{\\\"level\\\": \\\"info\\\"}\\n\", \"stream\": \"stdout\"}\n"),
              UnorderedElementsAre("log", "stream", "level"));
}

TEST(FieldNamesTest, AreKeysOfPairs) {
  EXPECT_THAT(names_in("time=2026-11-28 level=INFO msg=\"a b\" d=1.5ms\n"), ElementsAre("time", "level", "msg", "d"));
}

TEST(FieldNamesTest, AreThoseOfTheRecordsOfADocument) {
  std::vector<std::string> names;
  for (const FieldPath& path : fields_of_document("{\"at\": 1,\n\"rows\": [{\"a\": {\"b\": 2}}, {\"c\": 3}]}\n")) {
    names.push_back(path.to_string());
  }
  EXPECT_THAT(names, UnorderedElementsAre("at", "rows", "a", "a.b", "c"));
  EXPECT_THAT(fields_of_document("a: 1\n"), IsEmpty());
}

TEST(FieldNamesTest, AreNoneOfOtherText) { EXPECT_THAT(names_in("GET /x?a 200\n\n}{\n"), IsEmpty()); }

TEST(FieldNamesTest, MeantByAnotherSpelling) {
  const std::vector<FieldPath> known{{{"request_id"}}, {{"http", "method"}}, {{"a.b"}}, {{"status"}}};
  EXPECT_THAT(fields_meant({{"requestId"}}, known), ElementsAre(known[0]));
  EXPECT_THAT(fields_meant({{"method"}}, known), ElementsAre(known[1]));
  EXPECT_THAT(fields_meant({{"a", "b"}}, known), ElementsAre(known[2]));
  EXPECT_THAT(fields_meant({{"stauts"}}, known), ElementsAre(known[3]));
  EXPECT_THAT(fields_meant({{"stat"}}, known), ElementsAre(known[3]));
  EXPECT_THAT(fields_meant({{"tenant"}}, known), IsEmpty());
}

}  // namespace
}  // namespace leeway
