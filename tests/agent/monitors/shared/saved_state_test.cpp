// State saved by the previous version: each kind of monitor reads all of it, and writes the same bytes again, or, if
// its encoding has changed since, bytes that give the same monitor. It was built from 490 records in five batches with
// the segments north, south and west.
#include <array>
#include <fstream>

#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

struct SavedState {
  const char* name;  // of the monitor and of its line in the file
  const char* section;
  const char* toml;           // without the name
  std::uint32_t version = 0;  // of the encoding; 0: the present one
};

constexpr std::array<SavedState, 7> kStates{{
    {"change", "change",
     "value = 'ms'\nsegment = 'zone'\nmethod = ['cusum', 'page_hinkley', 'ewma', 'adwin']\nshift = 2\n"
     "average_run_length = 1000\nreference = { first_rows = 100 }\n",
     1},
    {"drift", "drift",
     "columns = ['ms', 'zone']\nsegment = 'zone'\nreference = { first_rows = 100 }\nwindow = { rows = 30, step = 10 }\n"
     "min_rows = 30\n",
     2},
    {"drift_references", "drift",
     "columns = 'ms'\nreference = [{ name = 'rows', first_rows = 100 }, { name = 'time', first = '2m' }]\n"
     "window = { time = '1m' }\nthreshold = 0.5\nexport_bins = true\n",
     2},
    {"quality", "quality",
     "segment = 'zone'\nwindow = { rows = 40 }\n[[quality.check]]\nmean_change = { column = 'ms', max = 0.5 }\n"
     "[[quality.check]]\nunique = { columns = ['ms', 'zone'] }\n[[quality.check]]\nquantile = { column = 'ms', q = "
     "0.9, "
     "max = 99 }\n[[quality.summary]]\ncolumns = ['ms']\nby = ['zone']\nquantiles = [0.5]\n",
     2},
    {"quality_of_versions", "quality", "[[quality.check]]\nrows_change = { max = 0.5 }\n", 2},
    {"slo", "slo", "good = 'ms < 90'\nobjective = 0.99\nperiod = '6h'\n", 1},
    {"histogram", "metric",
     "type = 'histogram'\nvalue = 'ms'\nlabels = ['zone']\nbuckets = [10, 50]\nmax_series = 2\n"},
}};

// By the monitor's name.
std::map<std::string, std::string> states_before() {
  std::ifstream file(LEEWAY_SOURCE_DIR "/tests/data/monitor_states_v1.hex");
  std::map<std::string, std::string> result;
  std::string name;
  std::string hex;
  while (file >> name >> hex) {
    std::string& bytes = result[name];
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
      bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
  }
  return result;
}

class StateOfTheVersionBefore : public testing::TestWithParam<SavedState> {
 protected:
  StateOfTheVersionBefore() : monitor_(GetParam().section, toml()), before_(states_before()[GetParam().name]) {}

  static std::string toml() { return std::string("name = '") + GetParam().name + "'\n" + GetParam().toml; }
  Expected<void> load(const std::string& bytes) {
    return GetParam().version == 0 ? monitor_.load(bytes) : monitor_.load(bytes, GetParam().version);
  }

  MonitorFixture monitor_;
  std::string before_;
};

TEST_P(StateOfTheVersionBefore, IsReadWholeAndWrittenTheSame) {
  ASSERT_EQ(monitor_.errors(), "");
  ASSERT_FALSE(before_.empty());
  const Expected<void> loaded = load(before_);
  ASSERT_TRUE(loaded) << loaded.error().message;
  if (GetParam().version == 0) {
    EXPECT_TRUE(monitor_.saved() == before_);
    return;
  }
  MonitorFixture again(GetParam().section, toml());
  ASSERT_TRUE(again.load(monitor_.saved()));
  EXPECT_TRUE(again.saved() == monitor_.saved());
  EXPECT_EQ(again.samples(), monitor_.samples());
}

TEST_P(StateOfTheVersionBefore, CutShortLeavesTheMonitorAsItBegan) {
  const std::string fresh = monitor_.saved();
  for (const std::size_t size : {std::size_t{0}, before_.size() / 3, before_.size() - 1}) {
    EXPECT_FALSE(load(before_.substr(0, size))) << size;
    EXPECT_TRUE(monitor_.saved() == fresh) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, StateOfTheVersionBefore, testing::ValuesIn(kStates),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace leeway
