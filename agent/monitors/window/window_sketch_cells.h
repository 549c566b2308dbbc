// The cells of a window (window_cells.h) that are sketches: quantile, distinct and top. Used by window_state.
#pragma once

#include "agent/monitors/window/window_cells.h"
#include "agent/sketches/hyper_log_log.h"
#include "agent/sketches/log_bins.h"
#include "agent/sketches/top_keys.h"

namespace leeway {

struct QuantileCell {
  // Of all steps.
  struct Total {
    std::uint64_t count = 0;
    LogBinTotals bins;

    void merge(const QuantileCell& other, TimePoint /*begin*/) {
      count += other.bins.count();
      bins.add(other.bins);
    }
    std::optional<double> result(const WindowFrame& frame) const {
      return count == 0 ? std::nullopt : std::optional<double>(bins.quantile(frame.settings.q));
    }
  };
  LogBins bins;

  void add(const Observation& record, TimePoint /*begin*/) { bins.add(record.value); }
  bool empty() const { return bins.count() == 0; }
  void save(StateWriter& out) const { bins.save(out); }
  bool load(StateReader& in) { return bins.load(in) && bins.count() > 0; }
};

struct DistinctCell {
  static constexpr int kPrecision = 12;
  using Total = DistinctCell;
  std::uint64_t count = 0;
  HyperLogLog values{kPrecision};

  void add(const Observation& record, TimePoint /*begin*/) {
    ++count;
    values.add(record.hash);
  }
  void merge(const DistinctCell& other, TimePoint /*begin*/) {
    count += other.count;
    values.merge(other.values);
  }
  bool empty() const { return count == 0; }
  std::optional<double> result(const WindowFrame& /*frame*/) const {
    return count == 0 ? std::nullopt : std::optional<double>(values.estimate());
  }
  void save(StateWriter& out) const {
    out.u64(count);
    values.save(out);
  }
  bool load(StateReader& in) {
    count = in.u64();
    return values.load(in) && in.ok() && count > 0;
  }
};

struct TopCell {
  // Of all steps.
  struct Total {
    std::uint64_t count = 0;
    TopKeysTotal keys;

    void merge(const TopCell& other, TimePoint /*begin*/) {
      count += other.keys.rows();
      keys.add(other.keys);
    }
    // Never more than the true share.
    std::optional<double> result(const WindowFrame& /*frame*/) const {
      const std::vector<TopValue> first = keys.top(1);
      return first.empty() ? std::nullopt
                           : std::optional<double>(static_cast<double>(first[0].count - first[0].error) /
                                                   static_cast<double>(count));
    }
  };
  TopKeys keys;

  void add(const Observation& record, TimePoint /*begin*/) {
    if (std::string* const text = keys.add(record.hash)) {
      *text = record.texts->text_of(*record.raw);
    }
  }
  bool empty() const { return keys.rows() == 0; }
  void save(StateWriter& out) const { keys.save(out); }
  bool load(StateReader& in) { return keys.load(in) && keys.rows() > 0; }
};

}  // namespace leeway
