// Random histories of [[state]] against a plain model of what its documentation says: in any order within the lateness,
// in batches of any size, with restarts at any point.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>

#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kTimeout = minutes(10);
constexpr Duration kForget = minutes(60);
constexpr Duration kLateness = seconds(120);

struct Event {
  Duration time{};
  bool is_end = false;
  int key = 0;
  int zone = 0;
  bool good = false;
};

std::string configuration(bool late) {
  return std::string(
             "name = 'run'\nkey = 'key'\nstart = 'event == \"begin\"'\nend = 'event == \"end\"'\ngood = 'good'\n"
             "labels = ['zone']\ntimeout = '10m'\nforget = '60m'\nbuckets = [60, 600]\n") +
         (late ? "lateness = '120s'\n" : "");
}

// No two events have the same time: which of them counts first is then a matter of reading.
std::vector<Event> random_events(std::mt19937& random, int count) {
  std::vector<Event> events;
  Duration now{};
  for (int i = 0; i < count; ++i) {
    now += random() % 40 == 0 ? minutes(1 + random() % 90) : Duration(seconds(1 + random() % 60));
    events.push_back(
        {now, random() % 2 == 0, static_cast<int>(random() % 5), static_cast<int>(random() % 2), random() % 3 != 0});
  }
  return events;
}

class Model {
 public:
  explicit Model(const std::vector<Event>& events) {
    for (const Event& event : events) {
      forget_before(event.time);
      const auto key = std::make_pair(event.zone, event.key);
      const auto found = open_.find(key);
      if (!event.is_end) {
        if (found != open_.end()) {
          close(event.zone, "restarted", found->second, event.time, false);
        }
        open_[key] = event.time;
        continue;
      }
      const std::string zone = label(event.zone);
      values_[(event.good ? "run_last_success" : "run_last_failure") + ("_timestamp_seconds{" + zone + "}")] =
          to_unix_seconds(kOrigin + event.time);
      if (found == open_.end()) {
        ++values_["leeway_state_unmatched_ends_total{state=\"run\"}"];
        continue;
      }
      close(event.zone, event.good ? "success" : "failure", found->second, event.time, true);
      open_.erase(found);
    }
  }

  std::map<std::string, double> at(Duration now) {
    forget_before(now);
    for (const auto& [key, start] : open_) {
      const std::string zone = "{" + label(key.first) + "}";
      ++values_["run_in_progress" + zone];
      double& oldest = values_["run_oldest_start_timestamp_seconds" + zone];
      const double own = to_unix_seconds(kOrigin + start);
      oldest = oldest == 0 ? own : std::min(oldest, own);
      if (now - start >= kTimeout) {
        ++values_["run_overdue" + zone];
        ++values_["run_timed_out_total" + zone];
      }
    }
    return values_;
  }

 private:
  static std::string label(int zone) { return "zone=\"" + std::to_string(zone) + "\""; }
  void close(int zone_number, const std::string& outcome, Duration start, Duration end, bool measured) {
    const std::string zone = label(zone_number);
    ++values_["run_ended_total{" + zone + ",outcome=\"" + outcome + "\"}"];
    if (end - start >= kTimeout) {
      ++values_["run_timed_out_total{" + zone + "}"];
    }
    if (measured) {
      ++values_["leeway_state_matched_ends_total{state=\"run\"}"];
      const double took = to_seconds(end - start);
      ++values_["run_duration_seconds{" + zone + "}/" + (took <= 60 ? "0" : took <= 600 ? "1" : "2")];
      values_["run_duration_seconds{" + zone + "}/sum"] += took;
    }
  }
  void forget_before(Duration now) {
    for (auto at = open_.begin(); at != open_.end();) {
      if (now - at->second >= kForget) {
        close(at->first.first, "forgotten", at->second, at->second + kForget, false);
        at = open_.erase(at);
      } else {
        ++at;
      }
    }
  }

  std::map<std::pair<int, int>, Duration> open_;
  std::map<std::string, double> values_;
};

std::vector<Event> out_of_order(std::mt19937& random, const std::vector<Event>& events) {
  std::vector<std::pair<Duration, Event>> delayed;
  for (const Event& event : events) {
    delayed.emplace_back(event.time + seconds(random() % (kLateness / seconds(1))), event);
  }
  std::stable_sort(delayed.begin(), delayed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Event> shuffled;
  for (const auto& [arrives, event] : delayed) {
    shuffled.push_back(event);
  }
  return shuffled;
}

void expect_as_model(unsigned seed, bool late) {
  std::mt19937 random(seed);
  const std::vector<Event> events = random_events(random, 200);
  const std::vector<Event> read = late ? out_of_order(random, events) : events;
  const std::string toml = configuration(late);
  auto fixture = std::make_unique<MonitorFixture>("state", toml);
  ASSERT_EQ(fixture->errors(), "");
  for (std::size_t at = 0; at < read.size();) {
    const std::size_t end = std::min(read.size(), at + 1 + random() % 20);
    BatchBuilder batch(fixture->schema(), kOrigin);
    for (; at < end; ++at) {
      const Event& event = read[at];
      batch.at(event.time).set("event", event.is_end ? "end" : "begin").set("key", event.key);
      batch.set("zone", event.zone).set("good", event.good);
    }
    fixture->monitor().observe(batch.batch());
    if (random() % 3 == 0) {
      const std::string bytes = fixture->saved();
      fixture = std::make_unique<MonitorFixture>("state", toml);
      ASSERT_TRUE(fixture->load(bytes));
      ASSERT_EQ(fixture->saved(), bytes);
    }
  }
  const Duration now = events.back().time + minutes(random() % 100);
  fixture->monitor().advance(kOrigin + now + (late ? kLateness + Duration(1) : Duration{}));
  std::map<std::string, double> shown = fixture->samples();
  EXPECT_EQ(shown["leeway_state_late_records_total{state=\"run\"}"], 0);
  std::erase_if(shown, [](const auto& sample) { return sample.second == 0; });
  std::map<std::string, double> expected = Model(events).at(now);
  expected["leeway_state_timely_records_total{state=\"run\"}"] = static_cast<double>(events.size());
  EXPECT_EQ(shown, expected) << "seed " << seed;
}

TEST(StateModel, InTheOrderOfTime) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    expect_as_model(seed, false);
  }
}

TEST(StateModel, InAnyOrderWithinTheLateness) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    expect_as_model(seed, true);
  }
}

TEST(StateModel, DamagedStateIsRefused) {
  MonitorFixture fixture("state", configuration(true));
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(minutes(0)).set("event", "begin").set("key", "a").set("zone", "x");
  fixture.monitor().observe(batch.batch());
  const std::string bytes = fixture.saved();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    MonitorFixture other("state", configuration(true));
    const std::string before = other.saved();
    EXPECT_FALSE(other.load(bytes.substr(0, length))) << length;
    EXPECT_EQ(other.saved(), before);
  }
}

}  // namespace
}  // namespace leeway
