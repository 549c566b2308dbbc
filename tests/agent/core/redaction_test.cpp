#include "agent/core/redaction.h"

#include <gtest/gtest.h>

#include "agent/core/private_text.h"

namespace leeway {
namespace {

std::string without_tokens(const std::string& text) {
  Redaction redaction;
  EXPECT_TRUE(redaction.add_named("token"));
  std::string hidden;
  return redaction.apply(text, hidden) ? hidden : text;
}

TEST(RedactionTest, HidesWhatFollowsTheNameOfASecret) {
  for (const char* const name :
       {"token", "access_token", "refreshToken", "client_secret", "api_key", "x-api-key", "APIKEY", "db.password",
        "AWS_SECRET_ACCESS_KEY", "secret_key", "private_key", "passphrase", "userPassword", "passwd"}) {
    const std::string key = name;
    EXPECT_EQ(without_tokens(key + "=abc"), key + "=<token>");
    EXPECT_EQ(without_tokens("a " + key + ": p@ss!w0rd#1, next"), "a " + key + ": <token>, next");
    EXPECT_EQ(without_tokens("/x?" + key + "=abc&page=2"), "/x?" + key + "=<token>&page=2");
    EXPECT_EQ(without_tokens("{\"" + key + "\": \"hun ter, 2\", \"n\": 1}"),
              "{\"" + key + "\": \"<token>\", \"n\": 1}");
    EXPECT_EQ(without_tokens("{\"" + key + "\":123, \"n\":1}"), "{\"" + key + "\":\"<token>\", \"n\":1}");
    EXPECT_EQ(without_tokens("{'" + key + "': 'hun ter'}"), "{'" + key + "': '<token>'}");
    EXPECT_EQ(without_tokens("\"" + key + "\"=>\"hun ter\""), "\"" + key + "\"=>\"<token>\"");
    EXPECT_EQ(without_tokens("<" + key + ">abc</" + key + ">"), "<" + key + "><token></" + key + ">");
    EXPECT_EQ(without_tokens("<" + key + ">ab"), "<" + key + "><token>");
    EXPECT_EQ(without_tokens("run --" + key + " abc -v"), "run --" + key + " <token> -v");
    EXPECT_EQ(without_tokens("body={\\\"" + key + "\\\":\\\"abc\\\"}"), "body={\\\"" + key + "\\\":\\\"<token>\\\"}");
  }
}

TEST(RedactionTest, HidesTheBeginningOfAValueThatWasCut) {
  EXPECT_EQ(without_tokens("{\"password\": \"hu"), "{\"password\": \"<token>");
  EXPECT_EQ(without_tokens("{\"a\": \"b\", \"api_key\":\"k y"), "{\"a\": \"b\", \"api_key\":\"<token>");
}

TEST(RedactionTest, HidesAValueOfAnyBytes) {
  EXPECT_EQ(without_tokens("{\"password\":\"h\\\"u\xFFn\",\"n\":1}"), "{\"password\":\"<token>\",\"n\":1}");
  EXPECT_EQ(without_tokens("password=h\xFFn x"), "password=<token> x");
}

TEST(RedactionTest, HidesTheCredentialsBehindTheirScheme) {
  EXPECT_EQ(without_tokens("token: Bearer abc.def"), "token: Bearer <token>");
  EXPECT_EQ(without_tokens("redis://:hunter2@cache/0"), "redis://:<token>@cache/0");
}

TEST(RedactionTest, LeavesWhatIsNoSecret) {
  for (const char* const text :
       {"prompt_tokens=512", "{\"tokens\": 17}", "max_tokens: 4096", "time_to_first_token=0.532", "a token is missing",
        "{\"token\": null, \"secret\": true}", "password=<redacted>", "{\"secret\": {\"a\": 1}}", "status=500"}) {
    EXPECT_EQ(without_tokens(text), text);
  }
}

// What was hidden once, and what is around it, stays.
TEST(RedactionTest, ChangesNothingTheSecondTime) {
  for (const char* const text : {"{\"text\":\"a\ttoken=abc\"}", "{\"password\": \"x\", \"user\": \"y\"}",
                                 "password=x, user=y", "<password>x</password> <user>y</user>", "Bearer abcdef123/x"}) {
    const std::string once = without_tokens(text);
    EXPECT_NE(once, text);
    EXPECT_EQ(without_tokens(once), once);
  }
}

TEST(RedactionTest, LeavesJsonInAStringReadable) {
  EXPECT_EQ(without_tokens(R"({"body":"{\"password\":\"a\\\"b\",\"status\":500}"})"),
            R"({"body":"{\"password\":\"<token>\",\"status\":500}"})");
}

TEST(PrivateTextTest, HidesAllKindsInExamples) {
  EXPECT_EQ(hide_private("ann@example.org 10.1.2.3 4111 1111 1111 1111 password=hunter2"),
            "<email> <ip> <card> password=<token>");
  EXPECT_EQ(shown_example("note", Value::of_string("by ann@example.org")), "\"by <email>\"");
  EXPECT_EQ(shown_example("user.password", Value::of_string("hunter2")), "\"<token>\"");
  EXPECT_EQ(shown_example("[\"db.password\"]", Value::of_string("hunter2")), "\"<token>\"");
  EXPECT_EQ(shown_example("card", Value::of_int(4'111'111'111'111'111)), "<card>");
  EXPECT_EQ(shown_example("tokens", Value::of_int(512)), "512");
}

}  // namespace
}  // namespace leeway
