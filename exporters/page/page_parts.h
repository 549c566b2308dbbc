// Pieces of the status page that its sections share.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/reason_counts.h"
#include "agent/metrics/snapshot.h"

namespace leeway::page {

enum class State : std::uint8_t { kGood, kDoubtful, kBad, kUnknown };

// A word with a colour: "<span class=bad>silent</span>".
std::string state_word(State state, std::string_view word);
// 1,234,567
std::string grouped(std::uint64_t number);
// "3m 12s", "2d 4h": of two units at most.
std::string span_text(Duration span);
// "45%", "99.95%"; as many digits as tell it from 0 and from 1.
std::string percent(double share);

// "malformed: 12, too_long: 1"; escaped, and without counts of 0.
std::string by_reason(const ReasonCounts& counts);

// Cells are HTML; text must be escaped before.
class Table {
 public:
  Table(std::string_view title, std::initializer_list<const char*> columns);
  void row(const std::vector<std::string>& cells);
  // At the end, over all columns.
  void note(const std::string& html);
  bool empty() const { return rows_.empty(); }
  // A section with the title as its heading; "" without rows.
  std::string html() const;

 private:
  std::string title_;
  std::vector<const char*> columns_;
  std::string rows_;
  std::string notes_;
};

// The sample values of a metric, or none.
const std::vector<Sample>& samples_of(const Snapshot& snapshot, std::string_view name);
// The value of a label, or "".
std::string_view label_of(const Sample& sample, std::string_view name);
// The labels without those named, as "route=/pay, zone=a"; escaped.
std::string other_labels(const Sample& sample, std::initializer_list<std::string_view> without);

}  // namespace leeway::page
