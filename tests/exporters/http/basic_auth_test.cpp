// Passwords: what is accepted, what is computed, and that it is bounded.
#include "exporters/http/basic_auth.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "exporters/http/rate_limiter.h"

namespace leeway {
namespace {

using Verdict = BasicAuth::Verdict;
using ::testing::Each;
using ::testing::Eq;

// Of "secret" and of "other", at the lowest cost.
constexpr char kSecret[] = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
constexpr char kOther[] = "$2b$04$abcdefghijklmnopqrstuu0HtfOlPbTiymk5tcV.3TsFPDd3SYZqu";

TEST(BasicAuthorization, WhatTheHeaderSays) {
  const auto parse = [](std::string_view text) {
    const std::optional<Credentials> found = parse_basic_authorization(text);
    return found ? found->user + "|" + found->password : "none";
  };
  EXPECT_EQ(parse("Basic YWxpY2U6c2VjcmV0"), "alice|secret");
  EXPECT_EQ(parse("basic YWxpY2U6c2VjcmV0"), "alice|secret");
  EXPECT_EQ(parse("BASIC   YWxpY2U6c2VjcmV0"), "alice|secret");
  EXPECT_EQ(parse("Basic YWxpY2U6YTpi"), "alice|a:b");
  EXPECT_EQ(parse("Basic Og=="), "|");
  EXPECT_EQ(parse("Basic YTpi"), "a|b");
  for (const char* text : {"", "Basic", "Basic ", "Basic !!!!", "Basic YWxpY2U",
                           "Basic YWxpY2U=", "Basic YWxpY2U6c2VjcmV0=", "Bearer YWxpY2U6c2VjcmV0",
                           "BasicYWxpY2U6c2VjcmV0", "Basic YWxpY2U6 c2VjcmV0", "Basic ====", "Basic Y==="}) {
    EXPECT_EQ(parse(text), "none") << text;
  }
}

TEST(Bcrypt, Passwords) {
  EXPECT_TRUE(matches_bcrypt("secret", kSecret));
  EXPECT_TRUE(matches_bcrypt("other", kOther));
  EXPECT_FALSE(matches_bcrypt("Secret", kSecret));
  EXPECT_FALSE(matches_bcrypt("", kSecret));
  EXPECT_FALSE(matches_bcrypt(std::string("secret\0x", 8), kSecret));
  EXPECT_FALSE(matches_bcrypt("secret", "$2y$04$"));
  EXPECT_FALSE(matches_bcrypt("secret", ""));
}

class BasicAuthTest : public ::testing::Test {
 protected:
  BasicAuthTest() : mailbox_(std::make_shared<Mailbox>(context_)), auth_(mailbox_) {}
  ~BasicAuthTest() override { mailbox_->close(); }

  // Runs the server's thread until all of `count` verdicts are there.
  std::vector<Verdict> verdicts(std::size_t count, const std::vector<std::string>& authorizations) {
    std::vector<Verdict> found;
    for (const std::string& authorization : authorizations) {
      auth_.check(users_, authorization, [&found](Verdict verdict) { found.push_back(verdict); });
    }
    context_.restart();
    const auto guard = boost::asio::make_work_guard(context_);
    while (found.size() < count && context_.run_one_for(std::chrono::seconds(20)) > 0) {
    }
    return found;
  }
  Verdict verdict(const std::string& authorization) {
    const std::vector<Verdict> found = verdicts(1, {authorization});
    return found.empty() ? Verdict::kBusy : found.front();
  }
  // Of what is known without a hash.
  std::optional<Verdict> at_once(const std::string& authorization) {
    std::optional<Verdict> found;
    auth_.check(users_, authorization, [&found](Verdict verdict) { found = verdict; });
    return found;
  }

  boost::asio::io_context context_;
  std::shared_ptr<Mailbox> mailbox_;
  BasicAuth::Users users_ = {{"alice", kSecret}, {"bob", kOther}};
  BasicAuth auth_;
};

constexpr char kAlice[] = "Basic YWxpY2U6c2VjcmV0";       // alice:secret
constexpr char kAliceWrong[] = "Basic YWxpY2U6b3RoZXI=";  // alice:other
constexpr char kBob[] = "Basic Ym9iOm90aGVy";             // bob:other
constexpr char kCarol[] = "Basic Y2Fyb2w6c2VjcmV0";       // carol:secret
constexpr char kCarolOther[] = "Basic Y2Fyb2w6b3RoZXI=";  // carol:other

TEST_F(BasicAuthTest, RightAndWrong) {
  EXPECT_EQ(verdict(kAlice), Verdict::kGranted);
  EXPECT_EQ(verdict(kBob), Verdict::kGranted);
  EXPECT_EQ(verdict(kAliceWrong), Verdict::kRefused);
  EXPECT_EQ(at_once(""), Verdict::kRefused);
  EXPECT_EQ(at_once("Bearer x"), Verdict::kRefused);
}

TEST_F(BasicAuthTest, AnUnknownUserTakesAHashAndHasNobodysPassword) {
  EXPECT_EQ(at_once(kCarol), std::nullopt);
  EXPECT_EQ(verdict(kCarol), Verdict::kRefused);
  EXPECT_EQ(verdict(kCarolOther), Verdict::kRefused);
  EXPECT_EQ(at_once(kCarol), Verdict::kRefused);
}

TEST_F(BasicAuthTest, OutcomesAreKept) {
  EXPECT_EQ(at_once(kAlice), std::nullopt);
  EXPECT_EQ(verdict(kAlice), Verdict::kGranted);
  EXPECT_EQ(at_once(kAlice), Verdict::kGranted);
  EXPECT_EQ(verdict(kAliceWrong), Verdict::kRefused);
  EXPECT_EQ(at_once(kAliceWrong), Verdict::kRefused);
}

TEST_F(BasicAuthTest, AChangedPasswordCountsImmediately) {
  EXPECT_EQ(verdict(kAlice), Verdict::kGranted);
  EXPECT_EQ(verdict(kAliceWrong), Verdict::kRefused);
  users_["alice"] = kOther;
  EXPECT_EQ(verdict(kAlice), Verdict::kRefused);
  EXPECT_EQ(verdict(kAliceWrong), Verdict::kGranted);
  users_.erase("alice");
  EXPECT_EQ(verdict(kAliceWrong), Verdict::kRefused);
}

TEST_F(BasicAuthTest, AUserWhoIsAddedWithTheHashOfAnotherIsKnownFromThenOn) {
  users_.erase("bob");
  EXPECT_EQ(verdict(kCarol), Verdict::kRefused);
  users_["carol"] = kSecret;
  EXPECT_EQ(verdict(kCarol), Verdict::kGranted);
  users_.erase("carol");
  EXPECT_EQ(verdict(kCarol), Verdict::kRefused);
}

TEST_F(BasicAuthTest, TheSameAtTheSameTimeIsComputedOnce) {
  const std::vector<std::string> many(10 * BasicAuth::kMostWaiting, kAlice);
  EXPECT_THAT(verdicts(many.size(), many), Each(Eq(Verdict::kGranted)));
}

TEST_F(BasicAuthTest, GuessesNeitherQueueUpNorPushOutWhoWasGranted) {
  EXPECT_EQ(verdict(kAlice), Verdict::kGranted);
  std::vector<std::string> guesses;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) {
      // Four letters of base64 are three bytes: "x:" and more.
      guesses.push_back("Basic eDo" + std::string(1, 'w') + a + b + "AA");
    }
  }
  std::size_t busy = 0;
  for (int round = 0; round < 20; ++round) {
    const auto found = verdicts(guesses.size(), guesses);
    ASSERT_EQ(found.size(), guesses.size());
    busy += static_cast<std::size_t>(std::count(found.begin(), found.end(), Verdict::kBusy));
    EXPECT_EQ(std::count(found.begin(), found.end(), Verdict::kGranted), 0);
  }
  EXPECT_GT(busy, 0U);
  EXPECT_EQ(at_once(kAlice), Verdict::kGranted);
}

TEST(RateLimiter, IsABucketOfTokens) {
  RateLimiter limiter;
  const MonotonicTime start(std::chrono::hours(1));
  const auto allowed = [&limiter](MonotonicTime now, int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i) {
      count += limiter.allow(now) ? 1 : 0;
    }
    return count;
  };
  EXPECT_EQ(allowed(start, 1000), 1000);
  limiter.set(RateLimit{std::chrono::seconds(1), 3});
  EXPECT_EQ(allowed(start, 10), 3);
  EXPECT_EQ(allowed(start + std::chrono::milliseconds(999), 10), 0);
  EXPECT_EQ(allowed(start + std::chrono::seconds(1), 10), 1);
  EXPECT_EQ(allowed(start + std::chrono::seconds(3), 10), 2);
  EXPECT_EQ(allowed(start + std::chrono::hours(1), 10), 3);
  // The same limit again does not fill the bucket; another one does.
  limiter.set(RateLimit{std::chrono::seconds(1), 3});
  EXPECT_EQ(allowed(start + std::chrono::hours(1), 10), 0);
  limiter.set(RateLimit{std::chrono::seconds(1), 4});
  EXPECT_EQ(allowed(start + std::chrono::hours(1), 10), 4);
  limiter.set(RateLimit{std::chrono::hours(1), 1'000'000});
  EXPECT_EQ(allowed(start + std::chrono::hours(1), 10), 10);
  limiter.set(std::nullopt);
  EXPECT_EQ(allowed(start, 1000), 1000);
}

}  // namespace
}  // namespace leeway
