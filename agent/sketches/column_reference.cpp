#include "agent/sketches/column_reference.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <limits>

#include "agent/sketches/fixed_bins.h"
#include "agent/sketches/reference_cells.h"

namespace leeway {
namespace {

constexpr std::uint64_t kFineCells = 96;         // about this many cells of equal mass
constexpr std::uint64_t kRowsPerCell = 2;        // at least, on average
constexpr std::uint64_t kFrequentRows = 5;       // a category with fewer rows has no bin of its own (Cochran)
constexpr std::uint64_t kTailRows = 16;          // whose mean excess estimates how far values may exceed the extremes
constexpr std::uint64_t kMostSaved = 1'000'000;  // elements of any list in a saved reference
constexpr std::uint8_t kRuleUnit = 32;           // times its rule is added to the kind of a saved reference
constexpr std::uint8_t kWithValues = 16;         // added to the kind of a saved reference that has values
const Error kCorruptReference{ErrorCode::kCorrupt, "saved reference is invalid"};

std::string number_name(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.10g", value);
  return text;
}

// Ranks, ascending, at which cells end: those of equal mass, and 1, 2, 4, ... rows from both ends.
std::vector<std::uint64_t> cell_ranks(std::uint64_t n, std::uint64_t bins) {
  const std::uint64_t wanted = std::max<std::uint64_t>(1, std::min(kFineCells, n / kRowsPerCell) / bins);
  const std::uint64_t cells = bins * wanted;
  std::vector<std::uint64_t> ranks;
  for (std::uint64_t i = 1; i <= cells; ++i) {
    ranks.push_back((i * n + cells - 1) / cells);
  }
  for (std::uint64_t rows = 1; rows < n / cells; rows *= 2) {
    ranks.push_back(rows);
    ranks.push_back(n - rows);
  }
  std::sort(ranks.begin(), ranks.end());
  return ranks;
}

// The distinct values at the ranks.
std::vector<double> values_at(const std::vector<WeightedValue>& sorted, const std::vector<std::uint64_t>& ranks) {
  std::vector<double> values;
  std::uint64_t seen = 0;
  std::size_t item = 0;
  for (const std::uint64_t rank : ranks) {
    while (item + 1 < sorted.size() && seen + sorted[item].weight < rank) {
      seen += sorted[item++].weight;
    }
    if (values.empty() || values.back() < sorted[item].value) {
      values.push_back(sorted[item].value);
    }
  }
  return values;
}

// Duplicates become one, and more values than the sketch's size quantiles at equal distances.
std::vector<WeightedValue> distinct(const std::vector<WeightedValue>& sorted, std::size_t most) {
  std::vector<WeightedValue> result;
  for (const WeightedValue& item : sorted) {
    if (result.empty() || result.back().value < item.value) {
      result.push_back({item.value, 0});
    }
    result.back().weight += item.weight;
  }
  if (result.size() <= most) {
    return result;
  }
  std::uint64_t rows = 0;
  for (const WeightedValue& item : result) {
    rows += item.weight;
  }
  std::vector<WeightedValue> thin;
  std::uint64_t seen = 0;   // rows up to the item
  std::uint64_t taken = 0;  // of them in `thin`
  for (const WeightedValue& item : result) {
    seen += item.weight;
    // The middle of the next part has been reached.
    const std::uint64_t parts = (seen * most + rows / 2) / rows;
    if (const std::uint64_t until = parts * rows / most; until > taken) {
      thin.push_back({item.value, until - taken});
      taken = until;
    }
  }
  return thin;
}

// The values at equal shares of the rows, without the last.
std::vector<double> inner_quantiles(const std::vector<WeightedValue>& sorted, std::uint64_t rows, std::uint64_t parts) {
  std::vector<std::uint64_t> ranks;
  for (std::uint64_t i = 1; i < parts; ++i) {
    ranks.push_back((i * rows + parts - 1) / parts);
  }
  std::vector<double> result = rows > 0 ? values_at(sorted, ranks) : std::vector<double>{};
  while (!result.empty() && result.back() >= sorted.back().value) {
    result.pop_back();
  }
  return result;
}

// The bins of numbers: frequent values of their own, quantiles of the rest.
struct NumberBins {
  NumberBins(const std::vector<WeightedValue>& values, std::uint64_t rows, std::uint64_t bins);
  bool is_frequent(double value) const { return std::binary_search(frequent.begin(), frequent.end(), value); }
  // Whether the rows between the frequent values beside `value` are none, or one by chance, or not enough for a bin.
  bool is_other(double value) const {
    const auto next = std::lower_bound(frequent.begin(), frequent.end(), value) - frequent.begin();
    return rest_bins == 0 || (!frequent.empty() && between[static_cast<std::size_t>(next)] <= 1);
  }

  std::vector<double> frequent;
  std::vector<std::uint64_t> between;  // rows below the first frequent value, between it and the second, ...
  std::vector<double> edges;           // of the quantile bins of the rest, upper bounds without the last
  std::size_t rest_bins = 0;
};

NumberBins::NumberBins(const std::vector<WeightedValue>& values, std::uint64_t rows, std::uint64_t bins) {
  constexpr std::uint64_t kParts = 4;  // a frequent value has this part of the rows of an equal bin
  std::vector<WeightedValue> rest;
  std::uint64_t rest_rows = 0;
  between = {0};
  for (const WeightedValue& item : values) {
    if (item.weight >= kFrequentRows && item.weight * bins * kParts >= rows) {
      frequent.push_back(item.value);
      between.push_back(0);
    } else {
      rest.push_back(item);
      rest_rows += item.weight;
      between.back() += item.weight;
    }
  }
  if (rest_rows * 2 * bins < rows || rest_rows == 0) {
    return;
  }
  edges = inner_quantiles(rest, rest_rows, std::max<std::uint64_t>(1, (bins * rest_rows + rows / 2) / rows));
  rest_bins = edges.size() + 1;
}

// Frequent values become cells of their own, and bins consist of whole cells.
void add_edges(const NumberBins& bins, double minimum, std::vector<double>& edges) {
  edges.insert(edges.end(), bins.edges.begin(), bins.edges.end());
  for (const double value : bins.frequent) {
    edges.push_back(value);
    if (value > minimum) {
      edges.push_back(just_below(value));
    }
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
}

// Names the bins and puts each cell of the reference into one.
void set_bins(const NumberBins& bins, ColumnReference& reference) {
  reference.bin_names = {"missing"};
  for (const double value : bins.frequent) {
    reference.bin_names.push_back(number_name(value));
  }
  for (std::size_t bin = 0; bin < bins.rest_bins; ++bin) {
    reference.bin_names.push_back(bin < bins.edges.size() ? number_name(bins.edges[bin]) : "+Inf");
  }
  const auto other = static_cast<std::uint32_t>(reference.bin_names.size());
  if (!bins.frequent.empty()) {
    reference.bin_names.emplace_back("other");
  }
  const auto bin_of = [&](double value) {
    if (bins.is_other(value)) {
      return other;
    }
    const auto rest = std::lower_bound(bins.edges.begin(), bins.edges.end(), value) - bins.edges.begin();
    return static_cast<std::uint32_t>(1 + bins.frequent.size() + static_cast<std::size_t>(rest));
  };
  reference.bins.assign(reference.counts.size(), 0);
  reference.bins[ColumnReference::kBelowCell] = bin_of(just_below(reference.minimum));
  for (std::size_t i = 0; i < reference.edges.size(); ++i) {
    const double value = reference.edges[i];
    const auto frequent = std::lower_bound(bins.frequent.begin(), bins.frequent.end(), value) - bins.frequent.begin();
    reference.bins[ColumnReference::kBelowCell + 1 + i] =
        bins.is_frequent(value) ? static_cast<std::uint32_t>(1 + frequent) : bin_of(value);
  }
  reference.bins.back() = bin_of(std::numeric_limits<double>::infinity());
}

void save_numbers(const std::vector<double>& numbers, StateWriter& out) {
  out.u64(numbers.size());
  for (const double number : numbers) {
    out.f64(number);
  }
}
std::vector<double> load_numbers(StateReader& in) {
  std::vector<double> numbers(std::min(in.count(sizeof(double)), kMostSaved));
  for (double& number : numbers) {
    number = in.f64();
  }
  return numbers;
}
void save_texts(const std::vector<std::string>& texts, StateWriter& out) {
  out.u64(texts.size());
  for (const std::string& text : texts) {
    out.text(text);
  }
}
std::vector<std::string> load_texts(StateReader& in) {
  std::vector<std::string> texts(std::min(in.count(), kMostSaved));
  for (std::string& text : texts) {
    text = std::string(in.text());
  }
  return texts;
}

bool is_sound(const ColumnReference& reference) {
  const std::size_t expected =
      reference.kind == ColumnKind::kNumber ? reference.edges.size() + 3 : std::size_t{reference.frequent} + 3;
  const bool numbers =
      reference.kind != ColumnKind::kNumber || (reference.positions.size() == expected && !reference.edges.empty() &&
                                                std::is_sorted(reference.edges.begin(), reference.edges.end()));
  const bool bins = std::all_of(reference.bins.begin(), reference.bins.end(),
                                [&](std::uint32_t bin) { return bin < reference.bin_count(); });
  return reference.kind <= ColumnKind::kCategory && reference.rule <= BinRule::kGiven &&
         reference.counts.size() == expected && reference.bins.size() == expected && numbers && bins &&
         reference.frequent <= reference.categories.size();
}

}  // namespace

double just_below(double value) { return std::nextafter(value, -std::numeric_limits<double>::infinity()); }

std::size_t ColumnReference::cell_of(double value) const {
  if (value < minimum) {
    return kBelowCell;
  }
  // Branch-free lower bound: the first edge that is not less.
  const double* first = edges.data();
  std::size_t length = edges.size();
  while (length > 1) {
    const std::size_t half = length / 2;
    first += first[half - 1] < value ? half : 0;
    length -= half;
  }
  return kBelowCell + 1 + static_cast<std::size_t>(first - edges.data()) + (*first < value ? 1 : 0);
}

void ColumnReference::to_bins(std::span<const double> cell_counts, std::span<double> out) const {
  std::fill(out.begin(), out.end(), 0.0);
  for (std::size_t cell = 0; cell < cell_counts.size(); ++cell) {
    out[bins[cell]] += cell_counts[cell];
  }
}

std::string ColumnReference::id() const {
  StateWriter out;
  save(out);
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325U;  // FNV-1a
  for (const char byte : out.bytes()) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100'0000'01B3U;
  }
  char text[17];
  std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

void ColumnReference::save(StateWriter& out) const {
  out.u8(static_cast<std::uint8_t>(static_cast<std::uint8_t>(kind) + kWithValues +
                                   kRuleUnit * static_cast<std::uint8_t>(rule)));
  save_values(values, out);
  out.f64(rank_error);
  out.f64(distance_error);
  out.u64(rows);
  save_numbers(counts, out);
  out.u64(bins.size());
  for (const std::uint32_t bin : bins) {
    out.u64(bin);
  }
  save_texts(bin_names, out);
  out.f64(minimum);
  save_numbers(edges, out);
  save_numbers(positions, out);
  for (const double number : {mean, deviation, below_excess, above_excess}) {
    out.f64(number);
  }
  save_texts(categories, out);
  out.u64(frequent);
  out.u64(singletons);
  out.u64(dependence.size());
  for (const std::vector<double>& coefficients : dependence) {
    save_numbers(coefficients, out);
  }
}

Expected<ColumnReference> ColumnReference::load(StateReader& in) {
  ColumnReference reference;
  const std::uint8_t first = in.u8();
  const auto kind = static_cast<std::uint8_t>(first % kRuleUnit);
  reference.rule = static_cast<BinRule>(first / kRuleUnit);
  const bool with_values = kind >= kWithValues;
  reference.kind = static_cast<ColumnKind>(with_values ? kind - kWithValues : kind);
  if (with_values) {
    Expected<std::vector<WeightedValue>> values = load_values(in);
    if (!values) {
      return kCorruptReference;
    }
    reference.values = std::move(*values);
    reference.rank_error = in.f64();
    reference.distance_error = in.f64();
  }
  reference.rows = in.u64();
  reference.counts = load_numbers(in);
  reference.bins.resize(std::min(in.count(), kMostSaved));
  for (std::uint32_t& bin : reference.bins) {
    bin = static_cast<std::uint32_t>(in.u64());
  }
  reference.bin_names = load_texts(in);
  reference.minimum = in.f64();
  reference.edges = load_numbers(in);
  reference.positions = load_numbers(in);
  for (double* number : {&reference.mean, &reference.deviation, &reference.below_excess, &reference.above_excess}) {
    *number = in.f64();
  }
  reference.categories = load_texts(in);
  reference.frequent = static_cast<std::uint32_t>(in.u64());
  reference.singletons = in.u64();
  reference.dependence.resize(std::min<std::uint64_t>(in.count(), kDirections));
  for (std::vector<double>& coefficients : reference.dependence) {
    coefficients = load_numbers(in);
  }
  if (!in.ok() || !is_sound(reference)) {
    return kCorruptReference;
  }
  reference.complete_values();
  return reference;
}

void ColumnReference::complete_values() {
  if (kind != ColumnKind::kNumber || !values.empty()) {
    return;
  }
  double all = 0;
  for (std::size_t cell = kBelowCell; cell < counts.size(); ++cell) {
    if (counts[cell] >= 1) {
      values.push_back({positions[cell], static_cast<std::uint64_t>(counts[cell])});
      all += counts[cell];
      rank_error = std::max(rank_error, counts[cell]);
    }
  }
  rank_error = all > 0 ? rank_error / all : 0;
  distance_error = rank_error * (edges.back() - minimum);
}

void ColumnReference::add_to_cells(std::span<const WeightedValue> numbers, std::span<double> cell_counts) const {
  std::size_t cell = kBelowCell;
  for (const WeightedValue& item : numbers) {
    if (cell == kBelowCell && item.value >= minimum) {
      ++cell;
    }
    while (cell > kBelowCell && cell < above_cell() && item.value > edges[cell - kBelowCell - 1]) {
      ++cell;
    }
    cell_counts[cell] += static_cast<double>(item.weight);
  }
}

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

ReferenceValues ReferenceCapture::values() const {
  if (few_values_ && distinct_.sorted().size() <= kMostDistinct) {
    return {distinct_.sorted(), 0, 0};
  }
  const std::vector<WeightedValue> sorted = numbers_.sorted();
  if (numbers_.exact()) {
    return {distinct(sorted, sorted.size()), 0, 0};
  }
  const double rank_error = numbers_.rank_error() + 0.5 / kSketchSize;
  ReferenceValues quantiles{distinct(sorted, kSketchSize), rank_error, rank_error * (maximum_ - minimum_)};
  if (!cells_) {
    return quantiles;
  }
  // Between the ends of cells their error is far below its bound, unless the first numbers were unlike the others.
  constexpr double kUnlike = 5;
  ReferenceValues in_cells = cells_->values(minimum_, maximum_);
  return in_cells.distance_error < kUnlike * quantiles.distance_error ? in_cells : quantiles;
}

ReferenceCapture::ReferenceCapture() : numbers_(kSketchSize) {}

ReferenceCapture::ReferenceCapture(ReferenceCapture&& other) noexcept = default;

ReferenceCapture& ReferenceCapture::operator=(ReferenceCapture&& other) noexcept = default;

ReferenceCapture::~ReferenceCapture() = default;

void ReferenceCapture::add_numbers(std::span<const double> finite) {
  if (finite.empty()) {
    return;
  }
  const std::size_t ordered = std::min(finite.size(), kOrderedRows - ordered_.size());
  ordered_.insert(ordered_.end(), finite.begin(), finite.begin() + static_cast<std::ptrdiff_t>(ordered));
  if (numbers_.count() == 0) {
    minimum_ = maximum_ = finite.front();
  }
  auto count = static_cast<double>(numbers_.count());
  for (const double number : finite) {
    ++count;
    const double before = number - mean_;
    mean_ += before / count;
    squares_ += before * (number - mean_);
    minimum_ = std::min(minimum_, number);
    maximum_ = std::max(maximum_, number);
  }
  rows_ += finite.size();
  count_in_cells(finite);
  numbers_.add(finite);
  count_distinct(finite);
}

void ReferenceCapture::add_category(std::string_view text) {
  ++rows_;
  ++texts_;
  recurrence_.add(text);
  const auto found = categories_.find(text);
  if (found != categories_.end()) {
    ++found->second;
  } else if (categories_.size() < kMostCategories) {
    categories_.emplace(text, 1);
  }
}

void ReferenceCapture::merge(const ReferenceCapture& other) {
  const std::size_t ordered = std::min(other.ordered_.size(), kOrderedRows - ordered_.size());
  ordered_.insert(ordered_.end(), other.ordered_.begin(),
                  other.ordered_.begin() + static_cast<std::ptrdiff_t>(ordered));
  const auto own = static_cast<double>(numbers_.count());
  const auto more = static_cast<double>(other.numbers_.count());
  if (more > 0) {
    minimum_ = own == 0 ? other.minimum_ : std::min(minimum_, other.minimum_);
    maximum_ = own == 0 ? other.maximum_ : std::max(maximum_, other.maximum_);
    const double apart = other.mean_ - mean_;
    mean_ += apart * more / (own + more);
    squares_ += other.squares_ + apart * apart * own * more / (own + more);
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
    if (const auto found = categories_.find(text); found != categories_.end()) {
      found->second += count;
    } else if (categories_.size() < kMostCategories) {
      categories_.emplace(text, count);
    }
  }
}

ColumnReference ReferenceCapture::freeze(const ReferenceOptions& options) const {
  const bool numbers = numbers_.count() > 0 && numbers_.count() >= texts_;
  return numbers ? freeze_numbers(options) : freeze_categories(options);
}

ColumnReference ReferenceCapture::freeze_numbers(const ReferenceOptions& options) const {
  ColumnReference result;
  result.rule = options.rule;
  result.rows = rows_;
  result.dependence = rank_dependence(ordered_);
  ReferenceValues all = values();
  result.values = std::move(all.values);
  result.rank_error = all.rank_error;
  result.distance_error = all.distance_error;
  const std::vector<WeightedValue>& sorted = result.values;
  const std::uint64_t n = numbers_.count();
  result.minimum = minimum_;
  result.mean = mean_;
  result.deviation = n > 1 ? std::sqrt(squares_ / static_cast<double>(n - 1)) : 0;
  const NumberBins bins(sorted, n, options.bins);
  const FixedBins fixed = options.rule == BinRule::kGiven ? given_bins(options.edges) : nannyml_bins(sorted);
  const bool is_fixed = options.rule == BinRule::kGiven || options.rule == BinRule::kNannyMl;
  result.edges = values_at(sorted, cell_ranks(n, options.bins));
  result.edges.back() = maximum_;  // a sketch may have dropped it
  add_edges(bins, minimum_, result.edges);
  if (is_fixed) {
    add_fixed_edges(fixed, minimum_, result.edges);
  }

  result.counts.assign(result.edges.size() + 3, 0);
  result.positions.assign(result.counts.size(), 0);
  result.counts[ColumnReference::kMissingCell] = static_cast<double>(rows_ - n);
  for (const WeightedValue& item : sorted) {
    const std::size_t cell = result.cell_of(item.value);
    const double weight = static_cast<double>(item.weight);
    result.counts[cell] += weight;
    result.positions[cell] += (item.value - result.positions[cell]) * weight / result.counts[cell];
  }
  for (std::size_t cell = ColumnReference::kBelowCell + 1; cell < result.above_cell(); ++cell) {
    if (result.counts[cell] == 0) {
      result.positions[cell] = result.edges[cell - ColumnReference::kBelowCell - 1];
    }
  }
  result.positions[ColumnReference::kBelowCell] = minimum_;
  result.positions.back() = maximum_;

  const std::uint64_t tail = std::max<std::uint64_t>(1, std::min(kTailRows, n / 10));
  double low = 0;
  double high = 0;
  const double low_bound = value_at_rank(sorted, tail + 1);
  const double high_bound = value_at_rank(sorted, n - std::min(n - 1, tail));
  for (std::uint64_t i = 0; i < tail; ++i) {
    low += low_bound - value_at_rank(sorted, i + 1);
    high += value_at_rank(sorted, n - i) - high_bound;
  }
  result.below_excess = std::max(0.0, low / static_cast<double>(tail));
  result.above_excess = std::max(0.0, high / static_cast<double>(tail));

  if (is_fixed) {
    set_fixed_bins(fixed, result);
  } else {
    set_bins(bins, result);
  }
  return result;
}

ColumnReference ReferenceCapture::freeze_categories(const ReferenceOptions& options) const {
  ColumnReference result;
  result.kind = ColumnKind::kCategory;
  result.rule = options.rule;
  const bool each = is_of_other_tool(options.rule);
  result.rows = rows_;
  std::vector<std::pair<std::uint64_t, std::string>> ordered;
  double concentration = 0;
  for (const auto& [text, count] : categories_) {
    const double share = static_cast<double>(count) / static_cast<double>(texts_);
    concentration += share * share;
    ordered.emplace_back(count, text);
    result.singletons += count == 1 ? 1 : 0;
  }
  if (std::vector<double> coefficients = recurrence_.dependence(concentration); !coefficients.empty()) {
    result.dependence.push_back(std::move(coefficients));
  }
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  result.counts = {static_cast<double>(rows_ - texts_)};
  result.bins = {0};
  result.bin_names = {"missing"};
  double others = static_cast<double>(texts_);
  for (auto& [count, text] : ordered) {
    if (result.frequent == result.categories.size() &&
        (each || (result.frequent < options.max_categories && count >= kFrequentRows))) {
      ++result.frequent;
      result.counts.push_back(static_cast<double>(count));
      result.bins.push_back(result.frequent);
      result.bin_names.push_back(text);
      others -= static_cast<double>(count);
    }
    result.categories.push_back(std::move(text));
  }
  result.counts.insert(result.counts.end(), {others, 0});
  result.bins.insert(result.bins.end(), 2, result.frequent + 1);
  result.bin_names.emplace_back("other");
  return result;
}

void ReferenceCapture::save(StateWriter& out) const {
  out.u64(rows_);
  out.u8(few_values_ ? 1 : 0);
  distinct_.save(out);
  out.u8(cells_ ? 1 : 0);
  if (cells_) {
    cells_->save(out);
  }
  numbers_.save(out);
  save_numbers(ordered_, out);
  recurrence_.save(out);
  for (const double number : {mean_, squares_, minimum_, maximum_}) {
    out.f64(number);
  }
  out.u64(texts_);
  out.u64(categories_.size());
  for (const auto& [text, count] : categories_) {
    out.text(text);
    out.u64(count);
  }
}

Expected<void> ReferenceCapture::load(StateReader& in) {
  rows_ = in.u64();
  few_values_ = in.version() >= kStateVersion && in.u8() != 0;
  if (in.version() >= kStateVersion) {
    if (Expected<void> loaded = distinct_.load(in); !loaded) {
      return loaded;
    }
    if (in.u8() != 0) {
      Expected<std::vector<WeightedValue>> first = load_values(in);
      if (!first || first->empty()) {
        return kCorruptReference;
      }
      cells_ = std::make_unique<ReferenceCells>(std::move(*first));
      if (Expected<void> loaded = cells_->load_sums(in); !loaded) {
        return loaded;
      }
    }
  }
  if (Expected<void> loaded = numbers_.load(in); !loaded) {
    return loaded;
  }
  ordered_ = load_numbers(in);
  recurrence_.load(in);
  for (double* number : {&mean_, &squares_, &minimum_, &maximum_}) {
    *number = in.f64();
  }
  texts_ = in.u64();
  const std::uint64_t categories = in.count(2);
  for (std::uint64_t i = 0; i < categories && in.ok(); ++i) {
    const std::string_view text = in.text();
    categories_.emplace(text, in.u64());
  }
  const bool sound = in.ok() && ordered_.size() <= kOrderedRows && categories_.size() == categories &&
                     categories <= kMostCategories && numbers_.count() <= rows_ && texts_ <= rows_ - numbers_.count();
  return sound ? Expected<void>{} : Expected<void>{kCorruptReference};
}

}  // namespace leeway
