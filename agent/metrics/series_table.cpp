#include "agent/metrics/series_table.h"

#include <algorithm>

namespace leeway {
namespace {

constexpr std::size_t kFirstSlots = 16;
// Raw values that a label's cache may hold for each series: several may be written alike (200, "200", 200.0).
constexpr std::size_t kCachedPerSeries = 4;

Error corrupt(std::string_view what) { return {ErrorCode::kCorrupt, "saved series: " + std::string(what)}; }

void save_time(StateWriter& out, TimePoint time) { out.i64(time.time_since_epoch().count()); }

TimePoint load_time(StateReader& in) { return TimePoint(Duration(in.i64())); }

bool plausible(TimePoint time) { return time == kNoTime || (time >= kFirstPlausible && time <= kLastPlausible); }

}  // namespace

SeriesTable::SeriesTable(SeriesOptions options)
    : options_(std::move(options)), store_(LabelStore::make()), slots_(kFirstSlots, kNoSeries) {
  for (const LabelSpec& label : options_.labels) {
    names_.push_back(store_->keep(label.name));
    interners_.emplace_back(label, options_.max_label_length, options_.max_series * kCachedPerSeries, store_);
  }
  scratch_.resize(interners_.size());
  codes_.resize(interners_.size());
  info_.resize(1);
  labels_.push_back(store_->add(std::vector<Label>{{"overflow", "true"}}));
  if (interners_.empty()) {
    add({}, kNoTime);
  }
}

std::size_t SeriesTable::slot_of(std::span<const LabelInterner::Code> codes) const {
  std::uint64_t hash = 0;
  for (const LabelInterner::Code code : codes) {
    hash = (hash ^ code) * 0x9E37'79B9'7F4A'7C15U;
    hash ^= hash >> 32;
  }
  return hash & (slots_.size() - 1);
}

Series SeriesTable::find(std::span<const LabelInterner::Code> codes) const {
  for (std::size_t slot = slot_of(codes);; slot = (slot + 1) & (slots_.size() - 1)) {
    const Series series = slots_[slot];
    if (series == kNoSeries) {
      return series;
    }
    if (same_codes(codes_of(series).data(), codes)) {
      return series;
    }
  }
}

void SeriesTable::place(Series series) {
  const std::span<const LabelInterner::Code> codes = codes_of(series);
  std::size_t slot = slot_of(codes);
  while (slots_[slot] != kNoSeries) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  slots_[slot] = series;
}

Series SeriesTable::add(std::span<const LabelInterner::Code> codes, TimePoint created) {
  const auto series = static_cast<Series>(info_.size());
  std::vector<Label> pairs;
  bool cut = false;
  for (std::size_t label = 0; label < codes.size(); ++label) {
    pairs.push_back({names_[label], interners_[label].text(codes[label])});
    cut = cut || interners_[label].is_cut(pairs.back().value);
  }
  cut_ += cut ? 1 : 0;
  info_.push_back({created, kNoTime});
  labels_.push_back(store_->add(pairs));
  codes_.insert(codes_.end(), codes.begin(), codes.end());
  if (info_.size() * 2 > slots_.size()) {
    slots_.assign(slots_.size() * 2, kNoSeries);
    for (Series known = kFirstSeries; known < series; ++known) {
      place(known);
    }
  }
  place(series);
  return series;
}

Series SeriesTable::find_or_add(std::span<const std::string> values, TimePoint created) {
  bool known = true;
  for (std::size_t label = 0; label < values.size(); ++label) {
    scratch_[label] = interners_[label].find_text(values[label]);
    known = known && scratch_[label] != LabelInterner::kUnknown;
  }
  if (known) {
    if (const Series series = find(scratch_); series != kNoSeries) {
      return series;
    }
  }
  if (info_.size() > options_.max_series) {
    return kNoSeries;
  }
  for (std::size_t label = 0; label < values.size(); ++label) {
    scratch_[label] = interners_[label].add_text(values[label]);
  }
  return add(scratch_, created);
}

Series SeriesTable::create(std::span<const std::string> values, TimePoint created) {
  std::vector<std::string> texts;
  for (std::size_t label = 0; label < values.size(); ++label) {
    texts.emplace_back(interners_[label].limited(values[label]));
  }
  const Series series = find_or_add(texts, created);
  if (series != kNoSeries && info_[series].created == kNoTime) {
    info_[series].created = created;
  }
  return series;
}

Series SeriesTable::resolve_unknown(std::span<const LabelColumn> columns, std::size_t index, Row row,
                                    FailureCounts& failures) {
  const auto value_of = [&](std::size_t label) -> const Value& {
    return columns[label].values[columns[label].by_row ? row : index];
  };
  for (std::size_t label = 0; label < columns.size(); ++label) {
    if (const Failure failure = LabelInterner::failure_of(value_of(label)); failure != Failure::kNone) {
      ++failures[static_cast<std::size_t>(failure)];
      return kNoSeries;
    }
  }
  if (info_.size() > options_.max_series) {
    return kOverflowSeries;
  }
  for (std::size_t label = 0; label < columns.size(); ++label) {
    scratch_[label] = interners_[label].add_text(interners_[label].text_of(value_of(label)));
  }
  return add(scratch_, kNoTime);
}

Series SeriesTable::resolve_row(std::span<const LabelColumn> columns, std::size_t index, Row row,
                                FailureCounts& failures) {
  for (std::size_t label = 0; label < columns.size(); ++label) {
    const LabelInterner::Code code = interners_[label].find(columns[label].values[columns[label].by_row ? row : index]);
    if (code >= LabelInterner::kNoText) {
      return resolve_unknown(columns, index, row, failures);
    }
    scratch_[label] = code;
  }
  const Series series = find(scratch_);
  return series == kNoSeries ? resolve_unknown(columns, index, row, failures) : series;
}

// Label by label for all rows, so that a label's cache stays hot; then row by row.
void SeriesTable::resolve(std::span<const LabelColumn> columns, std::span<const Row> rows,
                          std::span<const TimePoint> times, std::vector<Series>& out, FailureCounts& failures) {
  if (columns.empty()) {
    out.assign(rows.size(), kFirstSeries);
    touch_all(kFirstSeries, rows, times);
    return;
  }
  out.resize(rows.size());
  const std::size_t labels = columns.size();
  row_codes_.resize(rows.size() * labels);
  for (std::size_t label = 0; label < labels; ++label) {
    const Value* const values = columns[label].values;
    LabelInterner::Code* const codes = row_codes_.data() + label;
    if (columns[label].by_row) {
      interners_[label].find_all(
          rows.size(), [values, &rows](std::size_t i) -> const Value& { return values[rows[i]]; }, codes, labels);
    } else {
      interners_[label].find_all(
          rows.size(), [values](std::size_t i) -> const Value& { return values[i]; }, codes, labels);
    }
  }
  Series known = kNoSeries;  // of the previous row, identified by its codes alone
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::span<const LabelInterner::Code> codes(row_codes_.data() + i * labels, labels);
    if (known == kNoSeries || (i > 0 && !same_codes(codes.data() - labels, codes))) {
      known = resolve_codes(codes);
    }
    const Series series = known != kNoSeries ? known : resolve_row(columns, i, rows[i], failures);
    out[i] = series;
    if (series != kNoSeries) {
      touch(series, times[rows[i]]);
      overflowed_ += series == kOverflowSeries ? 1 : 0;
    }
  }
}

// touch() for each of `rows`.
void SeriesTable::touch_all(Series series, std::span<const Row> rows, std::span<const TimePoint> times) {
  if (rows.empty()) {
    return;
  }
  const auto timed = std::find_if(rows.begin(), rows.end(), [&](Row row) { return times[row] != kNoTime; });
  touch(series, times[timed == rows.end() ? rows.front() : *timed]);
  TimePoint newest = info_[series].updated;
  for (const Row row : rows) {
    const TimePoint time = times.data()[row];
    newest = newest < time ? time : newest;
  }
  info_[series].updated = newest;
}

// kNoSeries where a label has no code, or where the combination is new.
Series SeriesTable::resolve_codes(std::span<const LabelInterner::Code> codes) const {
  for (const LabelInterner::Code code : codes) {
    if (code >= LabelInterner::kNoText) {
      return kNoSeries;
    }
  }
  return find(codes);
}

bool SeriesTable::visible(Series series) const {
  const Info& info = info_[series];
  if (info.updated == kNoTime) {
    return info.created != kNoTime;
  }
  return !options_.expire || now_ == kNoTime || now_ - info.updated <= *options_.expire;
}

void SeriesTable::report(MetricStatus& out) const {
  out.held = info_.size() - 1;
  out.series_limit = interners_.empty() ? 0 : options_.max_series;
  out.cut_series = cut_;
  out.overflowed_records = overflowed_;
}

void SeriesTable::save(StateWriter& out) const {
  save_time(out, now_);
  out.u64(overflowed_);
  out.u64(interners_.size());
  out.u64(info_.size());
  for (Series series = 0; series < info_.size(); ++series) {
    save_time(out, info_[series].created);
    save_time(out, info_[series].updated);
    if (series == kOverflowSeries) {
      continue;
    }
    const std::span<const LabelInterner::Code> codes = codes_of(series);
    for (std::size_t label = 0; label < codes.size(); ++label) {
      out.text(interners_[label].text(codes[label]));
    }
  }
}

Expected<void> SeriesTable::load(StateReader& in) {
  now_ = load_time(in);
  overflowed_ = in.u64();
  if (in.u64() != interners_.size()) {
    return corrupt("another number of labels");
  }
  const std::uint64_t count = in.count(2);
  if (!in.ok() || count < info_.size() || count > options_.max_series + 1) {
    return corrupt("invalid number of series");
  }
  std::vector<std::string> values(interners_.size());
  for (Series series = 0; series < count; ++series) {
    const Info info{load_time(in), load_time(in)};
    if (!plausible(info.updated) || !plausible(now_)) {
      return corrupt("invalid time");
    }
    if (series != kOverflowSeries) {
      for (std::size_t label = 0; label < values.size(); ++label) {
        values[label] = in.text();
        if (interners_[label].limited(values[label]) != values[label]) {
          return corrupt("label value over the limit or not UTF-8");
        }
      }
      if (!in.ok() || find_or_add(values, kNoTime) != series) {
        return corrupt("a series is missing, repeated or out of order");
      }
    }
    info_[series] = info;
  }
  if (!in.ok()) {
    return corrupt("ends early");
  }
  return {};
}

std::size_t SeriesTable::capacity() const {
  std::size_t entries = slots_.size();
  for (const LabelInterner& interner : interners_) {
    entries += interner.cached_capacity();
  }
  return entries;
}

}  // namespace leeway
