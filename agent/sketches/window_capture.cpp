#include "agent/sketches/window_capture.h"

#include <algorithm>
#include <numeric>

#include "agent/sketches/random.h"

namespace leeway {
namespace {

constexpr double kNearlyWhole = 0.9;  // of the rows of the others
const Error kCorruptWindows{ErrorCode::kCorrupt, "saved windows of a reference are invalid"};

double median_of(std::vector<double> values) {
  if (values.empty()) {
    return 0;
  }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The cells of texts.
class TextCells {
 public:
  explicit TextCells(const ColumnReference& reference) : reference_(reference) {
    for (std::size_t i = 0; i < reference.categories.size(); ++i) {
      cells_.emplace(reference.categories[i], reference.category_cell(i));
    }
  }
  std::size_t operator[](std::string_view text) const {
    const auto found = cells_.find(text);
    return found == cells_.end() ? reference_.unseen_cell(class_of_text(text)) : found->second;
  }

 private:
  const ColumnReference& reference_;
  std::map<std::string_view, std::size_t> cells_;
};

}  // namespace

void WindowCapture::add_numbers(std::span<const double> finite) {
  current_.rows += finite.size();
  for (const double number : finite) {
    current_.sum.add(number);
  }
  current_.numbers.add(finite);
}

void WindowCapture::add_category(std::string_view text) {
  ++current_.rows;
  auto found = codes_.find(text);
  if (found == codes_.end()) {
    if (codes_.size() == kMostTexts) {
      ++current_.other_texts;
      return;
    }
    found = codes_.emplace(text, static_cast<std::uint32_t>(codes_.size())).first;
  }
  if (current_.texts.size() <= found->second) {
    current_.texts.resize(found->second + 1);
  }
  ++current_.texts[found->second];
}

// Each window of all stays with the same probability, or windows of some hours could be missing throughout.
void WindowCapture::end(TimePoint begin, bool cut) {
  if (current_.rows == 0) {
    return;
  }
  current_.begin = begin;
  current_.cut = cut;
  ++ended_;
  if (windows_.size() < kMostWindows) {
    windows_.push_back(std::move(current_));
  } else if (const std::uint64_t place = Random(ended_).next() % ended_; place < kMostWindows) {
    windows_[place] = std::move(current_);
  }
  current_ = {};
}

ReferenceWindow WindowCapture::in_cells(const ColumnReference& reference, const Window& window,
                                        std::span<const std::size_t> cell_of_code) {
  ReferenceWindow result;
  result.begin = window.begin;
  result.cells.resize(reference.cells());
  if (reference.kind == ColumnKind::kNumber) {
    WideSum sum = window.sum;
    sum.add_product(-static_cast<double>(window.numbers.count()), reference.mean);
    result.sum = sum.value();
    reference.add_to_cells(window.numbers.sorted(), result.cells);
  } else {
    for (std::uint32_t text_class = 0; text_class < kTextClasses; ++text_class) {  // which they are is not known
      result.cells[reference.unseen_cell(text_class)] += static_cast<double>(window.other_texts) / kTextClasses;
    }
    for (std::size_t code = 0; code < window.texts.size(); ++code) {
      result.cells[cell_of_code[code]] += static_cast<double>(window.texts[code]);
    }
  }
  result.cells[ColumnReference::kMissingCell] += static_cast<double>(window.rows) - result.rows();
  return result;
}

std::vector<ReferenceWindow> WindowCapture::windows(const ColumnReference& reference) const {
  std::vector<std::size_t> cell_of_code(codes_.size());
  if (reference.kind == ColumnKind::kCategory) {
    const TextCells cells(reference);
    for (const auto& [text, code] : codes_) {
      cell_of_code[code] = cells[text];
    }
  }
  std::vector<double> rows;
  for (const Window& window : windows_) {
    if (!window.cut) {
      rows.push_back(static_cast<double>(window.rows));
    }
  }
  const double least = kNearlyWhole * median_of(std::move(rows));
  std::vector<ReferenceWindow> result;
  for (const Window& window : windows_) {
    if (!window.cut || static_cast<double>(window.rows) >= least) {
      result.push_back(in_cells(reference, window, cell_of_code));
    }
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const ReferenceWindow& a, const ReferenceWindow& b) { return a.begin < b.begin; });
  return result;
}

void WindowCapture::Window::save(StateWriter& out) const {
  out.i64(begin.time_since_epoch().count());
  out.u8(cut ? 1 : 0);
  out.u64(rows);
  sum.save(out);
  numbers.save(out);
  out.u64(texts.size());
  for (const std::uint64_t count : texts) {
    out.u64(count);
  }
  out.u64(other_texts);
}

Expected<void> WindowCapture::Window::load(StateReader& in) {
  begin = TimePoint(Duration(in.i64()));
  cut = in.u8() != 0;
  rows = in.u64();
  if (in.version() >= FineSums::kDistancesVersion) {
    sum.load(in);
  } else {
    sum = {};
    sum.add(in.f64());
  }
  if (Expected<void> loaded = numbers.load(in); !loaded) {
    return loaded;
  }
  texts.resize(std::min<std::uint64_t>(in.count(), kMostTexts));
  for (std::uint64_t& count : texts) {
    count = in.u64();
  }
  other_texts = in.u64();
  return in.ok() ? Expected<void>{} : Expected<void>{kCorruptWindows};
}

void WindowCapture::save(StateWriter& out) const {
  out.u64(ended_);
  std::vector<std::string_view> texts(codes_.size());
  for (const auto& [text, code] : codes_) {
    texts[code] = text;
  }
  out.u64(texts.size());
  for (const std::string_view text : texts) {
    out.text(text);
  }
  out.u64(windows_.size());
  for (const Window& window : windows_) {
    window.save(out);
  }
  current_.save(out);
}

Expected<void> WindowCapture::load(StateReader& in) {
  ended_ = in.u64();
  const std::uint64_t texts = in.count();
  for (std::uint32_t code = 0; code < texts && in.ok(); ++code) {
    codes_.emplace(in.text(), code);
  }
  const std::uint64_t windows = in.count();
  if (!in.ok() || texts > kMostTexts || codes_.size() != texts || windows > kMostWindows) {
    return kCorruptWindows;
  }
  windows_.resize(windows);
  for (Window& window : windows_) {
    if (Expected<void> loaded = window.load(in); !loaded || window.texts.size() > codes_.size()) {
      return kCorruptWindows;
    }
  }
  const Expected<void> loaded = current_.load(in);
  return loaded && current_.texts.size() <= codes_.size() ? Expected<void>{} : Expected<void>{kCorruptWindows};
}

ReferenceWindow window_of(const ReferenceCapture& rows, const ColumnReference& reference) {
  ReferenceWindow result;
  result.cells.resize(reference.cells());
  if (reference.kind == ColumnKind::kNumber) {
    const std::vector<WeightedValue> numbers = rows.numbers();
    reference.add_to_cells(numbers, result.cells);
    for (const WeightedValue& item : numbers) {
      result.sum += (item.value - reference.mean) * static_cast<double>(item.weight);
    }
  } else {
    const TextCells cells(reference);
    for (const auto& [text, count] : rows.categories()) {
      result.cells[cells[text]] += static_cast<double>(count);
    }
    for (std::uint32_t text_class = 0; text_class < kTextClasses; ++text_class) {
      result.cells[reference.unseen_cell(text_class)] += static_cast<double>(rows.beyond()[text_class]);
    }
  }
  result.cells[ColumnReference::kMissingCell] = static_cast<double>(rows.rows()) - result.rows();
  return result;
}

void save_windows(std::span<const ReferenceWindow> windows, StateWriter& out) {
  out.u64(windows.size());
  for (const ReferenceWindow& window : windows) {
    out.i64(window.begin.time_since_epoch().count());
    out.f64(window.sum);
    for (const double rows : window.cells) {
      out.u64(static_cast<std::uint64_t>(rows));
    }
  }
}

Expected<std::vector<ReferenceWindow>> load_windows(StateReader& in, const ColumnReference& reference) {
  const std::size_t cells = reference.cells();
  const std::uint64_t count = in.count(cells);
  if (!in.ok() || count > WindowCapture::kMostWindows) {
    return kCorruptWindows;
  }
  std::vector<ReferenceWindow> windows(count);
  for (ReferenceWindow& window : windows) {
    window.begin = TimePoint(Duration(in.i64()));
    window.sum = in.f64();
    window.cells.resize(cells);
    for (double& rows : window.cells) {
      rows = static_cast<double>(in.u64());
    }
    if (in.version() < FineSums::kDistancesVersion) {
      window.sum -= (window.rows() - window.cells[ColumnReference::kMissingCell]) * reference.mean;
    }
  }
  return in.ok() ? Expected<std::vector<ReferenceWindow>>(std::move(windows)) : kCorruptWindows;
}

}  // namespace leeway
