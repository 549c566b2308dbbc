// Part of DriftSegment: its saved state.
#include <algorithm>
#include <iterator>
#include <utility>

#include "agent/monitors/drift/drift_segment.h"
#include "agent/sketches/two_sample.h"

namespace leeway {

void DriftSegment::save(StateWriter& out) const {
  out.u8(static_cast<std::uint8_t>((frozen_ ? 1 : 0) | (started_ ? 2 : 0) | (judging_.columns.empty() ? 0 : 4) |
                                   (cut_ ? 8 : 0)));
  out.u64(reference_rows_);
  out.i64(reference_start_.time_since_epoch().count());
  out.i64(step_);
  for (const std::uint64_t number : {slot_rows_, ended_, windows_}) {
    out.u64(number);
  }
  for (const TimePoint time : {slot_begin_, shown_end_}) {
    out.i64(time.time_since_epoch().count());
  }
  out.text(shown_file_);
  blocks_.save(out);
  divider_.save(out);
  if (settings_.all_columns) {
    out.u64(settings_.columns.size());
    for (const DriftColumnSettings& column : settings_.columns) {
      out.text(column.label);
    }
  }
  for (const DriftColumn& column : columns_) {
    column.save(out);
  }
  if (!judging_.columns.empty()) {
    save_pending(out);
  }
}

// The newest window is enough: it will be shown in the end.
void DriftSegment::save_pending(StateWriter& out) const {
  out.u64(pending_windows());
  const Ended& newest = next_.columns.empty() ? judging_ : next_;
  out.i64(newest.end.time_since_epoch().count());
  out.text(newest.file);
  for (const DriftWindow& window : newest.columns) {
    out.u64(window.rows);
    out.u64(window.absent);
    out.u64(window.scores.size());
    for (std::size_t i = 0; i < window.scores.size(); ++i) {
      out.f64(window.scores[i]);
      out.f64(window.errors[i]);
    }
    out.u64(window.bins.size());
    for (const double rows : window.bins) {
      out.u64(static_cast<std::uint64_t>(rows));
    }
  }
}

Expected<void> DriftSegment::load_pending(StateReader& in, std::span<DriftColumn* const> saved) {
  judging_.count = in.u64();
  if (in.version() >= DriftColumn::kWindowsVersion) {
    judging_.end = TimePoint(Duration(in.i64()));
    judging_.file = in.text();
  }
  for (const DriftColumn* const saved_column : saved) {
    const DriftColumn& column = *saved_column;
    DriftWindow window;
    window.rows = in.u64();
    window.absent = in.version() >= DriftColumn::kFactsVersion ? in.u64() : 0;
    if (const std::uint64_t scores = in.u64(); scores != 0) {
      const auto is_saved = [&](DriftMethod method) { return column.is_saved(method, in.version()); };
      if (!column.frozen() || scores != static_cast<std::uint64_t>(std::count_if(column.methods().begin(),
                                                                                 column.methods().end(), is_saved))) {
        return Error{ErrorCode::kCorrupt, "saved drift window is invalid"};
      }
      window.scores.assign(column.methods().size(), kNaN);
      window.errors.resize(window.scores.size());
    }
    for (std::size_t i = 0; i < window.scores.size(); ++i) {
      if (!column.is_saved(column.methods()[i], in.version())) {
        continue;
      }
      window.scores[i] = in.f64();
      window.errors[i] = in.version() >= ReferenceCapture::kStateVersion ? in.f64() : 0;
    }
    const std::uint64_t bins = in.version() >= DriftColumn::kFactsVersion ? in.u64() : column.scored_bins().size();
    if (bins != 0 && bins != column.scored_bins().size()) {
      return Error{ErrorCode::kCorrupt, "saved drift window is invalid"};
    }
    window.bins.resize(bins);
    for (double& rows : window.bins) {
      rows = static_cast<double>(in.u64());
    }
    judging_.columns.push_back(std::move(window));
  }
  return {};
}

Expected<void> DriftSegment::load(StateReader& in) {
  const std::uint8_t flags = in.u8();
  frozen_ = (flags & 1) != 0;
  started_ = (flags & 2) != 0;
  const bool pending = in.version() >= 2 && (flags & 4) != 0;
  cut_ = in.version() >= 2 && (flags & 8) != 0;
  reference_rows_ = in.u64();
  reference_start_ = TimePoint(Duration(in.i64()));
  step_ = in.i64();
  step_end_ = started_ ? settings_.steps.end(step_) : kNoTime;
  for (std::uint64_t* number : {&slot_rows_, &ended_, &windows_}) {
    *number = in.u64();
  }
  if (in.version() >= DriftColumn::kWindowsVersion) {
    slot_begin_ = TimePoint(Duration(in.i64()));
    shown_end_ = TimePoint(Duration(in.i64()));
    shown_file_ = in.text();
    if (Expected<void> loaded = blocks_.load(in); !loaded) {
      return loaded;
    }
  }
  if (in.version() >= ReferenceCapture::kDividedVersion) {
    divider_.load(in);
  }
  std::vector<DriftColumn> gone;  // columns that the file no longer has
  const Expected<std::vector<DriftColumn*>> saved = saved_columns(in, gone);
  if (!saved) {
    return saved.error();
  }
  for (DriftColumn* const column : *saved) {
    if (Expected<void> loaded = column->load(in, blocks_.size()); !loaded) {
      return loaded;
    }
    if (column->frozen() && !frozen_) {
      return Error{ErrorCode::kCorrupt, "saved drift monitor is invalid"};
    }
  }
  Expected<void> loaded = pending ? load_pending(in, *saved) : Expected<void>{};
  if (!gone.empty() || saved->size() != columns_.size()) {
    if (blocks_.size() != 0) {
      return Error{ErrorCode::kCorrupt, "the columns have changed, and a reference that moves along is of all of them"};
    }
    judging_ = {};  // a window of other columns; those that are new capture their reference now
  }
  // Earlier versions took a column without any value for one of text.
  for (std::size_t i = 0; i < columns_.size() && in.version() < DriftColumn::kFactsVersion; ++i) {
    if (columns_[i].frozen() && columns_[i].reference()->value_rows() == 0) {
      columns_[i].capture_again();
      if (!judging_.columns.empty()) {
        judging_.columns[i] = {};
      }
    }
  }
  return loaded;
}

// Which columns follow in the state, by their names if these may have changed. `gone` holds those of others.
Expected<std::vector<DriftColumn*>> DriftSegment::saved_columns(StateReader& in, std::vector<DriftColumn>& gone) {
  constexpr std::uint64_t kMostSaved = 10'000;
  std::vector<DriftColumn*> result;
  if (!settings_.all_columns) {
    std::transform(columns_.begin(), columns_.end(), std::back_inserter(result),
                   [](DriftColumn& column) { return &column; });
    return result;
  }
  const std::uint64_t count = in.u64();
  if (!in.ok() || count > kMostSaved) {
    return Error{ErrorCode::kCorrupt, "saved drift monitor is invalid"};
  }
  gone.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view label = in.text();
    const auto known = std::find_if(settings_.columns.begin(), settings_.columns.end(),
                                    [label](const DriftColumnSettings& column) { return column.label == label; });
    result.push_back(known == settings_.columns.end()
                         ? &gone.emplace_back(settings_)
                         : &columns_[static_cast<std::size_t>(known - settings_.columns.begin())]);
  }
  return result;
}

}  // namespace leeway
