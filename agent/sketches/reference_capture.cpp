#include "agent/sketches/reference_capture.h"

#include <algorithm>

#include "agent/sketches/reference_cells.h"
#include "agent/sketches/window_capture.h"

namespace leeway {
namespace {

constexpr std::uint8_t kWithFewValues = 1;  // flags of a saved capture
constexpr std::uint8_t kWithBeyond = 2;
const Error kCorruptCapture{ErrorCode::kCorrupt, "saved reference is invalid"};

}  // namespace

void ReferenceCapture::count_distinct(std::span<const double> finite) {
  if (!few_values_) {
    return;
  }
  distinct_.add(finite);
  if (distinct_.held() > 4 * kMostDistinct && distinct_.sorted().size() > kMostDistinct) {
    few_values_ = false;
    distinct_ = {};
  }
}

// From the first numbers on; called with those that are not in numbers_ yet.
void ReferenceCapture::count_in_cells(std::span<const double> finite) {
  if (!cells_) {
    if (!numbers_.exact() || numbers_.count() + finite.size() <= kSketchSize) {
      return;
    }
    ValueCounts first;
    for (const WeightedValue& item : numbers_.sorted()) {
      first.add(std::span(&item.value, 1));
    }
    const std::size_t rest = kSketchSize - numbers_.count();
    first.add(finite.first(rest));
    finite = finite.subspan(rest);
    cells_ = std::make_unique<ReferenceCells>(first.sorted());
  }
  cells_->add(finite);
}

ReferenceCapture::ReferenceCapture() : numbers_(kSketchSize) {}

ReferenceCapture::ReferenceCapture(ReferenceCapture&& other) noexcept = default;

ReferenceCapture& ReferenceCapture::operator=(ReferenceCapture&& other) noexcept = default;

ReferenceCapture::~ReferenceCapture() = default;

void ReferenceCapture::divide() { windows_ = std::make_unique<WindowCapture>(); }

void ReferenceCapture::end_window(TimePoint begin, bool cut) {
  if (windows_) {
    windows_->end(begin, cut);
  }
}

void ReferenceCapture::add_missing() {
  ++rows_;
  if (windows_) {
    windows_->add_missing();
  }
}

void ReferenceCapture::add_numbers(std::span<const double> finite) {
  if (finite.empty()) {
    return;
  }
  add_ordered(finite);
  if (numbers_.count() == 0) {
    minimum_ = maximum_ = finite.front();
  }
  auto count = static_cast<double>(numbers_.count());
  for (const double number : finite) {
    ++count;
    mean_.add(number, count);
    minimum_ = std::min(minimum_, number);
    maximum_ = std::max(maximum_, number);
  }
  rows_ += finite.size();
  count_in_cells(finite);
  numbers_.add(finite);
  count_distinct(finite);
  if (windows_) {
    windows_->add_numbers(finite);
  }
}

void ReferenceCapture::add_category(std::string_view text) {
  ++rows_;
  ++texts_;
  recurrence_.add(text);
  count_category(text, 1);
  if (windows_) {
    windows_->add_category(text);
  }
}

void ReferenceCapture::add_ordered(std::span<const double> numbers) {
  const std::size_t size = std::min(numbers.size(), kOrderedRows - ordered_.size());
  ordered_.insert(ordered_.end(), numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(size));
}

void ReferenceCapture::count_category(std::string_view text, std::uint64_t rows) {
  const auto found = categories_.find(text);
  if (found != categories_.end()) {
    found->second += rows;
  } else if (categories_.size() < kMostCategories) {
    categories_.emplace(text, rows);
  } else {
    beyond_[class_of_text(text)] += rows;
  }
}

void ReferenceCapture::merge(const ReferenceCapture& other) {
  add_ordered(other.ordered_);
  const auto own = static_cast<double>(numbers_.count());
  const auto more = static_cast<double>(other.numbers_.count());
  if (more > 0) {
    minimum_ = own == 0 ? other.minimum_ : std::min(minimum_, other.minimum_);
    maximum_ = own == 0 ? other.maximum_ : std::max(maximum_, other.maximum_);
    mean_.merge(other.mean_, own, more);
    numbers_.merge(other.numbers_);
    cells_.reset();  // the cells of two captures differ: the quantiles of both remain
    few_values_ = few_values_ && other.few_values_;
    if (few_values_) {
      distinct_.add(other.distinct_);
      few_values_ = distinct_.sorted().size() <= kMostDistinct;
    }
    if (!few_values_) {
      distinct_.clear();
    }
  }
  rows_ += other.rows_;
  texts_ += other.texts_;
  recurrence_.append(other.recurrence_);
  for (const auto& [text, count] : other.categories_) {
    count_category(text, count);
  }
  for (std::size_t i = 0; i < beyond_.size(); ++i) {
    beyond_[i] += other.beyond_[i];
  }
}

void ReferenceCapture::save(StateWriter& out) const {
  out.u64(rows_);
  const bool has_beyond = beyond_ != decltype(beyond_){};
  out.u8(static_cast<std::uint8_t>((few_values_ ? kWithFewValues : 0) | (has_beyond ? kWithBeyond : 0)));
  distinct_.save(out);
  out.u8(cells_ ? 1 : 0);
  if (cells_) {
    cells_->save(out);
  }
  numbers_.save(out);
  save_numbers(ordered_, out);
  recurrence_.save(out);
  mean_.save(out);
  out.f64(minimum_);
  out.f64(maximum_);
  out.u64(texts_);
  out.u64(categories_.size());
  for (const auto& [text, count] : categories_) {
    out.text(text);
    out.u64(count);
  }
  for (std::size_t i = 0; has_beyond && i < beyond_.size(); ++i) {
    out.u64(beyond_[i]);
  }
  out.u8(windows_ ? 1 : 0);
  if (windows_) {
    windows_->save(out);
  }
}

// Earlier releases kept only how many rows there are in all: they are taken as evenly distributed.
void ReferenceCapture::load_beyond(bool is_saved, StateReader& in) {
  std::uint64_t left = texts_;
  for (const auto& [text, count] : categories_) {
    left -= std::min(left, count);
  }
  for (std::size_t i = 0; i < beyond_.size(); ++i) {
    beyond_[i] = is_saved ? in.u64() : left / (beyond_.size() - i);
    left -= std::min(left, beyond_[i]);
  }
}

Expected<void> ReferenceCapture::load(StateReader& in) {
  rows_ = in.u64();
  const std::uint8_t flags = in.version() >= kStateVersion ? in.u8() : 0;
  few_values_ = (flags & kWithFewValues) != 0;
  if (in.version() >= kStateVersion) {
    if (Expected<void> loaded = distinct_.load(in); !loaded) {
      return loaded;
    }
    if (in.u8() != 0) {
      Expected<std::unique_ptr<ReferenceCells>> cells = ReferenceCells::load(in);
      if (!cells) {
        return cells.error();
      }
      cells_ = std::move(*cells);
    }
  }
  if (Expected<void> loaded = numbers_.load(in); !loaded) {
    return loaded;
  }
  ordered_ = load_numbers(in);
  recurrence_.load(in);
  mean_.load(in, in.version() >= kDistancesVersion);
  minimum_ = in.f64();
  maximum_ = in.f64();
  texts_ = in.u64();
  const std::uint64_t categories = in.count(2);
  for (std::uint64_t i = 0; i < categories && in.ok(); ++i) {
    const std::string_view text = in.text();
    categories_.emplace(text, in.u64());
  }
  load_beyond((flags & kWithBeyond) != 0, in);
  windows_.reset();
  if (in.version() >= kDividedVersion && in.u8() != 0) {
    divide();
    if (Expected<void> loaded = windows_->load(in); !loaded) {
      return loaded;
    }
  }
  const bool sound = in.ok() && ordered_.size() <= kOrderedRows && categories_.size() == categories &&
                     categories <= kMostCategories && numbers_.count() <= rows_ && texts_ <= rows_ - numbers_.count();
  return sound ? Expected<void>{} : Expected<void>{kCorruptCapture};
}

}  // namespace leeway
