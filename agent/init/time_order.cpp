#include "agent/init/time_order.h"

#include <re2/re2.h>

#include <algorithm>

namespace leeway {
namespace {

struct Tried {
  TimeChoice choice;
  SourceTrial trial;
};

// Times of the last change of a file are a little after its last record.
constexpr auto kAhead = std::chrono::hours(26);
constexpr auto kNear = std::chrono::hours(1);

bool is_constant(const SourceTrial& trial) { return trial.timed == 0 || trial.first == trial.last; }

// Of records that are written as they happen, hardly any is before another.
bool goes_back(const SourceTrial& trial) { return trial.backwards * 20 > trial.timed; }

bool is_unlikely(const SourceTrial& trial, TimePoint modified) {
  return is_constant(trial) || goes_back(trial) || trial.last > modified + kAhead;
}

// Whether the last record of the second is much nearer to the last change of the file.
bool is_much_later(const SourceTrial& one, const SourceTrial& other, TimePoint modified) {
  const auto distance = [&](const SourceTrial& trial) { return std::chrono::abs(modified - trial.last); };
  return distance(one) > kNear && distance(other) < distance(one) / 10;
}

// Names without quotes, which expressions need for them: "@timestamp".
std::string plain_name(const std::string& field) {
  std::string name;
  static const RE2 kQuoted(R"re(\["([^\s."'\[\]]+)"\])re");
  return RE2::FullMatch(field, kQuoted, &name) ? name : field;
}

}  // namespace

SourceKeys keys_of(const TimeChoice& time) {
  SourceKeys keys = {{"time", toml_text(plain_name(time.field))}};
  if (!time.format.empty()) {
    keys.emplace_back("time_format", toml_text(time.format));
  }
  if (!time.zone.empty()) {
    keys.emplace_back("time_zone", toml_text(time.zone));
  }
  return keys;
}

std::string put_ascending_first(std::vector<TimeChoice>& times, const SourceKeys& keys, const LogSample& sample) {
  constexpr std::size_t kMostTried = 6;
  times.resize(std::min(times.size(), kMostTried));
  if (times.size() < 2) {
    return "";
  }
  std::vector<Tried> tried;
  for (const TimeChoice& choice : times) {
    SourceKeys all = keys;
    const SourceKeys own = keys_of(choice);
    all.insert(all.end(), own.begin(), own.end());
    Expected<SourceTrial> trial = try_source(all, {sample.text, sample.info.modified});
    tried.push_back({choice, trial ? std::move(*trial) : SourceTrial()});
  }
  const TimePoint modified = sample.info.modified;
  const auto better = [&](const Tried& one, const Tried& than) {
    const bool unlikely = is_unlikely(one.trial, modified);
    return unlikely != is_unlikely(than.trial, modified) ? !unlikely
                                                         : !unlikely && is_much_later(than.trial, one.trial, modified);
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < tried.size(); ++i) {
    best = better(tried[i], tried[best]) ? i : best;
  }
  if (best == 0) {
    return "";
  }
  const SourceTrial& first = tried.front().trial;
  const std::string reason = is_constant(first) ? "is the same in all records"
                             : goes_back(first) ? "goes back and forth"
                                                : "is far from the last change of the file";
  std::rotate(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(best),
              times.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  return "`" + tried[best].choice.field + "` is taken for the time, because `" + tried.front().choice.field + "` " +
         reason;
}

}  // namespace leeway
