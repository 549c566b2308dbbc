#include "agent/init/field_roles.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

SampledField numbers(const std::string& name, const std::vector<double>& values) {
  SampledField field{name, name, {}};
  for (int round = 0; round < 20; ++round) {
    for (const double value : values) {
      field.facts.add(Value::of_double(value), round >= 10);
    }
  }
  return field;
}

SampledField texts(const std::string& name, const std::vector<std::string>& values) {
  SampledField field{name, name, {}};
  for (int round = 0; round < 20; ++round) {
    for (const std::string& value : values) {
      field.facts.add(Value::of_string(value), round >= 10);
    }
  }
  return field;
}

FieldRoles roles(std::vector<SampledField> fields, bool in_seconds = false) { return roles_of(fields, in_seconds); }

TEST(FieldRoles, FindsStatusMethodPathAndLevel) {
  const FieldRoles found = roles({numbers("status", {200, 404, 503}), texts("method", {"GET", "POST", "PUT"}),
                                  texts("path", {"/a", "/b", "/c"}), texts("level", {"INFO", "WARN", "error"})});
  EXPECT_EQ("status", found.status);
  EXPECT_EQ("method", found.method);
  EXPECT_EQ("path", found.path);
  EXPECT_EQ("level(level)", found.level);
}

TEST(FieldRoles, NumbersOfLevelsArePinos) {
  EXPECT_EQ("level(level, \"pino\")", roles({numbers("level", {10, 30, 50})}).level);
}

TEST(FieldRoles, NumbersOfPythonsLoggingAreLevelsWhereNoWordsAre) {
  EXPECT_EQ("level(levelno, \"python\")", roles({numbers("levelno", {10, 20, 40})}).level);
  EXPECT_EQ("level(level_number, \"python\")", roles({numbers("level_number", {20, 30})}).level);
  EXPECT_EQ("level(levelname)", roles({numbers("levelno", {20, 40}), texts("levelname", {"INFO", "ERROR"})}).level);
  EXPECT_FALSE(roles({numbers("levelno", {7, 20})}).level);
}

TEST(FieldRoles, ALetterIsTheNameOfADurationOnlyWhereItsValuesSaySo) {
  EXPECT_FALSE(roles({numbers("d", {1, 2, 31})}).latency);
  EXPECT_EQ("double(duration(d))", roles({texts("d", {"1.5ms", "2s"})}).latency->value);
}

TEST(FieldRoles, AStatusMayBeZeroWhereThereWasNoAnswer) {
  EXPECT_EQ("status", roles({numbers("status", {0, 200, 200, 404})}).status);
  EXPECT_FALSE(roles({numbers("status", {0, 0, 0, 200})}).status);
  EXPECT_FALSE(roles({numbers("status", {0, 17, 200, 200})}).status);
}

TEST(FieldRoles, DurationsOfGroupsAndOfTheElasticSchemaAreLatencies) {
  EXPECT_TRUE(roles({texts("http_dur", {"22ms", "1.5s"})}).latency);
  std::vector<SampledField> fields = {numbers("event_duration", {1000, 2000})};
  fields[0].text = "[\"event.duration\"]";
  EXPECT_EQ("[\"event.duration\"] / 1000000000.0", roles(fields).latency->value);
}

TEST(FieldRoles, TheWholeDurationIsTheLatencyAndNotThatOfAStep) {
  const auto steps = [] { return numbers("queue_duration", {0, 0.001}); };
  EXPECT_EQ("duration",
            roles({steps(), numbers("upstream_duration", {0.1}), numbers("duration", {0.2})}).latency->field);
  EXPECT_EQ("took_ms", roles({numbers("took_ms", {200}), numbers("db_ms", {100})}).latency->field);
  EXPECT_EQ("queue_duration", roles({steps()}).latency->field);
  EXPECT_EQ("", roles({steps()}, true).latency->doubt);
  // Of the JSON in a list with a preset.
  EXPECT_NE("duration", roles({numbers("duration", {2e7, 3e7})}, true).latency->value);
}

TEST(FieldRoles, AThreadIsNoLabel) {
  EXPECT_THAT(roles({texts("thread", {"main", "worker"})}).labels, testing::IsEmpty());
}

TEST(FieldRoles, AStatusOfWordsIsNone) {
  EXPECT_FALSE(roles({texts("status", {"ok", "failed"})}).status);
  EXPECT_FALSE(roles({numbers("code", {1, 2, 3})}).status);
}

TEST(FieldRoles, UnitsAreThoseOfTheNameOrElseOfTheValues) {
  const auto value = [](SampledField field, bool in_seconds = false) {
    return roles({std::move(field)}, in_seconds).latency->value;
  };
  EXPECT_EQ("took_ms / 1000.0", value(numbers("took_ms", {1, 2})));
  EXPECT_EQ("latency_us / 1000000.0", value(numbers("latency_us", {1, 2})));
  EXPECT_EQ("duration", value(numbers("duration", {0.001, 0.2})));
  EXPECT_EQ("duration / 1000.0", value(numbers("duration", {12, 240})));
  EXPECT_EQ("duration", value(numbers("duration", {12, 240}), true));
  EXPECT_EQ("duration / 1000000000.0", value(numbers("duration", {15e6, 20e6, 30e6})));
  EXPECT_EQ("seconds", value(numbers("seconds", {0.002, 75})));
  EXPECT_EQ("milliseconds / 1000.0", value(numbers("milliseconds", {2, 75})));
  EXPECT_EQ("double(duration(elapsed))", value(texts("elapsed", {"1.5ms", "2s"})));
}

// That grow with the records.
SampledField growing(const std::string& name, double step) {
  SampledField field{name, name, {}};
  for (int i = 0; i < 100; ++i) {
    field.facts.add(Value::of_double(0.07 + i * step), i >= 50);
  }
  return field;
}

TEST(FieldRoles, WhatGrowsWithTheRecordsIsNoLatencyAndNoAmount) {
  EXPECT_FALSE(roles({growing("elapsed", 0.001)}).latency);
  EXPECT_EQ("took", roles({growing("elapsed", 0.001), numbers("took", {0.3, 0.1, 0.2})}).latency->value);
  EXPECT_THAT(roles({growing("sent_bytes", 512)}).amounts, testing::IsEmpty());
}

TEST(FieldRoles, ALevelMayBeAnObject) {
  SampledField name = texts("name", {"INFO", "ERROR"});
  SampledField icon = texts("icon", {"i", "x"});
  name.text = "record.level.name";
  icon.text = "record.level.icon";
  name.parent = icon.parent = "level";
  const FieldRoles found = roles({icon, name});
  EXPECT_EQ("level(record.level.name)", found.level);
  EXPECT_THAT(found.labels, testing::IsEmpty());
}

TEST(FieldRoles, ASourceFileIsNoRouteAndNoLabel) {
  SampledField path = texts("path", {"/srv/app/main.py", "/srv/app/jobs.py"});
  path.parent = "file";
  EXPECT_FALSE(roles({path}).path);
  EXPECT_THAT(roles({texts("caller", {"a/b.go:2", "a/b.go:17"}), texts("where", {"main.py:3", "main.py:9"}),
                     texts("customer", {"acme", "globex"})})
                  .labels,
              testing::IsEmpty());
}

TEST(FieldRoles, LoggersWriteDurationsInUnitsOfTheirOwn) {
  const SampledField level = texts("level", {"INFO", "ERROR"});
  const SampledField msg = texts("msg", {"request"});
  const SampledField message = texts("message", {"request"});
  const SampledField nanoseconds = texts("time", {"2026-11-30T22:16:55.989278823Z", "2026-11-30T22:16:55.98930675Z"});
  const SampledField seconds = texts("time", {"2026-11-30T22:16:55Z"});
  const SampledField microseconds = texts("time", {"2026-11-30T22:16:55.989278Z"});
  const auto took = [&](std::vector<SampledField> fields, const std::vector<double>& values) {
    fields.push_back(numbers("took", values));
    const FieldRoles found = roles(std::move(fields));
    EXPECT_NE("", found.latency->doubt);
    return found.latency->value;
  };
  // slog, logrus
  EXPECT_EQ("took / 1000000000.0", took({nanoseconds, level, msg}, {880500, 133555}));
  EXPECT_EQ("took / 1000000000.0", took({seconds, level, msg}, {880500, 133555}));
  EXPECT_EQ("took / 1000000000.0", took({level, msg, seconds}, {880500, 133555}));
  EXPECT_EQ("took / 1000.0", took({nanoseconds, level, msg}, {88, 133}));
  // Python
  EXPECT_EQ("took / 1000000.0", took({microseconds, level, msg}, {880500, 133555}));
  // zap, and zerolog, whose message is the last
  EXPECT_EQ("took", took({level, numbers("ts", {1'796'065'851.1}), texts("caller", {"a.go:1"}), msg}, {7.5, 12.25}));
  EXPECT_EQ("took / 1000.0", took({level, seconds, message}, {0.85, 1.25}));
}

TEST(FieldRoles, NumbersMayBeTexts) {
  const FieldRoles found = roles({texts("status", {"200", "404", "-"}), texts("request_time", {"0.051", "1.200"}),
                                  texts("body_bytes_sent", {"619", "0"})});
  EXPECT_EQ("int(status)", found.status);
  EXPECT_EQ("double(request_time)", found.latency->value);
  EXPECT_THAT(found.amounts, testing::ElementsAre("double(body_bytes_sent)"));
  EXPECT_EQ("double(latency_us) / 1000000.0", roles({texts("latency_us", {"5000", "900"})}).latency->value);
  EXPECT_FALSE(roles({texts("code", {"E17", "200"})}).status);
}

TEST(FieldIn, IsWhatACallTakes) {
  EXPECT_EQ("status", field_in("int(status)"));
  EXPECT_EQ("status", field_in("status"));
  EXPECT_EQ("[\"a)b\"]", field_in("level([\"a)b\"], \"syslog\")"));
}

TEST(FieldRoles, UnitsInNamesHaveManyForms) {
  const auto value = [](SampledField field) { return roles({std::move(field)}).latency->value; };
  EXPECT_EQ("elapsed_us / 1000000.0", value(numbers("elapsed_us", {100, 2000})));
  EXPECT_EQ("wait_ns / 1000000000.0", value(numbers("wait_ns", {100, 2000})));
  EXPECT_EQ("db_usec / 1000000.0", value(numbers("db_usec", {100, 2000})));
  EXPECT_EQ("elapsed_micros / 1000000.0", value(numbers("elapsed_micros", {100, 2000})));
  EXPECT_EQ("took_msec / 1000.0", value(numbers("took_msec", {100, 2000})));
}

TEST(FieldRoles, AUnitThatOnlyValuesTellIsADoubtThatNamesTheOther) {
  const std::string doubt = roles({numbers("elapsed", {1500, 3070, 9000})}).latency->doubt;
  EXPECT_THAT(doubt, testing::HasSubstr("taken for milliseconds"));
  EXPECT_THAT(doubt, testing::HasSubstr("(3.07 s); if they are microseconds (0.00307 s), write `elapsed / 1000000.0`"));
  EXPECT_THAT(roles({numbers("elapsed", {12, 54, 90})}).latency->doubt,
              testing::HasSubstr("if they are seconds (54 s), write `elapsed`"));
  EXPECT_EQ("", roles({numbers("elapsed_us", {1500, 3070, 9000})}).latency->doubt);
}

TEST(FieldRoles, AMessageOfFewSentencesIsALabelAndFreeTextIsNone) {
  EXPECT_EQ("event", roles({texts("event", {"order_placed", "Payment failed"})}).message);
  EXPECT_EQ("msg", roles({texts("msg", {"cache hit", "cache miss"})}).message);
  EXPECT_FALSE(roles({texts("msg", {"took 5 ms", "took 7 ms"})}).message);
  EXPECT_FALSE(roles({texts("event", {"GET /items", "GET /cart"})}).message);
  EXPECT_FALSE(roles({texts("note", {"cache hit", "cache miss"})}).message);
  std::vector<std::string> sentences;
  for (char c = 'a'; c < 'a' + 25; ++c) {
    sentences.push_back(std::string("order by ") + c);
  }
  EXPECT_FALSE(roles({texts("event", sentences)}).message);
}

TEST(FieldRoles, LabelsAreWordsThatComeAgain) {
  EXPECT_THAT(roles({texts("region", {"a", "b"})}).labels, testing::ElementsAre("region"));
  EXPECT_THAT(roles({texts("user_id", {"a", "b"})}).labels, testing::IsEmpty());
  EXPECT_THAT(roles({texts("shape", {"9f1c2d3e-0001-4abc-8def-001122334455", "b"})}).labels, testing::IsEmpty());
  EXPECT_THAT(roles({texts("note", {"a text", "another text"})}).labels, testing::IsEmpty());
}

TEST(FieldRoles, ALabelMayHaveARareWordThatComesLate) {
  SampledField late = texts("step", {"open", "read", "write", "close"});
  late.facts.add(Value::of_string("sync"), true);
  EXPECT_THAT(roles({late}).labels, testing::ElementsAre("step"));
  late.facts.add(Value::of_string("seek"), true);
  EXPECT_THAT(roles({late}).labels, testing::IsEmpty());
}

TEST(FieldRoles, FirmsAndFillersAreNoLabels) {
  for (const char* const name : {"tenant", "customer", "account", "organization", "org"}) {
    EXPECT_THAT(roles({texts(name, {"acme", "globex"})}).labels, testing::IsEmpty()) << name;
  }
  SampledField blob = texts("blob", {"xxxxxxxxxx"});
  blob.facts.add(Value::of_string("yyyyyyyyyyyyyy"), false);
  EXPECT_THAT(roles({blob}).labels, testing::IsEmpty());
  SampledField result = texts("result", {"done"});
  result.facts.add(Value::of_string("failed"), false);
  EXPECT_THAT(roles({result}).labels, testing::ElementsAre("result"));
}

TEST(FieldRoles, AnErrorThatFewRecordsHaveTellsOfFailures) {
  SampledField few = texts("error", {"rate_limit"});
  for (int i = 0; i < 100; ++i) {
    few.facts.add(Value(), false);
  }
  EXPECT_EQ("error", roles({few}).failure);
  EXPECT_FALSE(roles({texts("error", {"none", "timeout"})}).failure);
}

TEST(FieldRoles, WhatAddsUpIsAnAmount) {
  EXPECT_THAT(roles({numbers("bytes", {0, 512}), numbers("cost_usd", {0.25}), numbers("total_tokens", {12}),
                     numbers("n", {1}), numbers("amount", {9.99})})
                  .amounts,
              testing::ElementsAre("bytes", "cost_usd", "total_tokens", "amount"));
  EXPECT_THAT(roles({numbers("delta_bytes", {-1, 512})}).amounts, testing::IsEmpty());
  EXPECT_THAT(roles({numbers("rows", {7}), numbers("files_written", {2})}).amounts,
              testing::ElementsAre("rows", "files_written"));
  EXPECT_THAT(roles({numbers("rows", {0.5})}).amounts, testing::IsEmpty());
}

TEST(TimeOf, TakesTheFirstNameWhoseValuesAreTimes) {
  EXPECT_EQ("ts", time_of({texts("time", {"noon"}), numbers("ts", {1'795'840'000})}).field);
  EXPECT_EQ("", time_of({numbers("time", {12, 13})}).field);
}

TEST(TimeOf, KnowsWhetherTimesHaveAZone) {
  EXPECT_TRUE(time_of({texts("time", {"2026-11-28T04:25:02Z"})}).has_zone);
  EXPECT_FALSE(time_of({texts("time", {"2026-11-28 04:25:02"})}).has_zone);
  const TimeChoice named = time_of({texts("time", {"2026-11-28 05:28:03.583 CET"})});
  EXPECT_EQ("Europe/Berlin", named.zone);
  EXPECT_TRUE(named.has_zone);
}

}  // namespace
}  // namespace leeway
