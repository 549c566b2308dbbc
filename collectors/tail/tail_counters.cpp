#include "collectors/tail/tail_counters.h"

#include <string_view>

namespace leeway {
namespace {

constexpr std::array<std::string_view, kLossReasons> kLossNames = {"vanished", "truncated", "oversize", "nul"};
constexpr std::array<std::string_view, kGaps> kGapNames = {"file_missing", "ambiguous_content", "rewritten"};

template <std::size_t kSize>
void load_array(std::array<std::uint64_t, kSize>& values, StateReader& in) {
  const std::uint64_t size = in.count();
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint64_t value = in.u64();
    if (i < values.size()) {
      values[i] = value;
    }
  }
}

}  // namespace

void TailCounters::save(StateWriter& out) const {
  for (const std::uint64_t value : {bytes, records, rotations, truncations}) {
    out.u64(value);
  }
  out.u64(lost.size());
  for (const std::uint64_t value : lost) {
    out.u64(value);
  }
  out.u64(gaps.size());
  for (const std::uint64_t value : gaps) {
    out.u64(value);
  }
  save_counts(decode.rejects, out);
  save_counts(decode.anomalies, out);
  out.u64(decode.ignored);
  out.u64(joined);
}

void TailCounters::load(StateReader& in, std::uint8_t version) {
  for (std::uint64_t* value : {&bytes, &records, &rotations, &truncations}) {
    *value = in.u64();
  }
  load_array(lost, in);
  if (version > 1) {
    load_array(gaps, in);
  }
  load_counts(decode.rejects, in);
  load_counts(decode.anomalies, in);
  decode.ignored = version > 3 ? in.u64() : 0;
  joined = version > 5 ? in.u64() : 0;
}

void TailCounters::report(SourceStatus& out) const {
  out.bytes = bytes;
  out.records = records;
  out.rotations = rotations;
  out.truncations = truncations;
  out.rejects = decode.rejects;
  out.anomalies = decode.anomalies;
  out.untimed = decode.untimed;
  out.ignored = decode.ignored;
  out.joined = joined;
  for (std::size_t i = 0; i < lost.size(); ++i) {
    out.lost_bytes[std::string(kLossNames[i])] = lost[i];
  }
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    out.gaps[std::string(kGapNames[i])] = gaps[i];
  }
}

}  // namespace leeway
