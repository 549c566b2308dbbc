#include "agent/sketches/column_reference.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <set>

#include "agent/sketches/dependence.h"

namespace leeway {
namespace {

constexpr std::uint64_t kMostSaved = 1'000'000;  // elements of a list in a saved reference
constexpr std::uint8_t kRuleUnit = 32;           // times its rule is added to the kind of a saved reference
constexpr std::uint8_t kWithValues = 16;         // added to the kind of a saved reference that has values
constexpr std::uint8_t kWithGroups = 8;          // the same if it has several groups of categories
constexpr std::uint8_t kWithRest = 4;            // the same if its mean has a rest
const Error kCorruptReference{ErrorCode::kCorrupt, "saved reference is invalid"};

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
      reference.kind == ColumnKind::kNumber
          ? reference.edges.size() + 3
          : std::size_t{reference.frequent} + 1 + 2 * static_cast<std::size_t>(reference.groups);
  const bool numbers =
      reference.kind != ColumnKind::kNumber || (reference.positions.size() == expected && !reference.edges.empty() &&
                                                std::is_sorted(reference.edges.begin(), reference.edges.end()));
  const bool bins = std::all_of(reference.bins.begin(), reference.bins.end(),
                                [&](std::uint32_t bin) { return bin < reference.bin_count(); });
  return reference.kind <= ColumnKind::kCategory && reference.rule <= BinRule::kGiven &&
         reference.counts.size() == expected && reference.bins.size() == expected && numbers && bins &&
         reference.frequent <= reference.categories.size() && reference.groups >= 1 && reference.groups <= kTextClasses;
}

}  // namespace

std::string bin_name(double number) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.10g", number);
  return text;
}

// The finalizer of splitmix64 of FNV-1a.
std::uint32_t class_of_text(std::string_view text) {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325U;
  for (const char byte : text) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100'0000'01B3U;
  }
  hash = (hash ^ (hash >> 30)) * 0xBF58'476D'1CE4'E5B9U;
  hash = (hash ^ (hash >> 27)) * 0x94D0'49BB'1331'11EBU;
  return static_cast<std::uint32_t>((hash ^ (hash >> 31)) % kTextClasses);
}

void make_names_unique(std::vector<std::string>& names) {
  std::set<std::string, std::less<>> taken;
  const auto take = [&](std::string& name) {
    const std::string plain = name;
    for (int number = 2; !taken.insert(name).second; ++number) {
      name = plain + " (" + std::to_string(number) + ")";
    }
  };
  if (!names.empty()) {
    take(names.front());
    std::for_each(names.rbegin(), names.rend() - 1, take);
  }
}

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

std::size_t ColumnReference::category_cell(std::size_t index) const {
  return index < frequent ? 1 + index : 1 + frequent + group_of(class_of_text(categories[index]));
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
  out.u8(static_cast<std::uint8_t>(static_cast<std::uint8_t>(kind) + kWithValues + (groups > 1 ? kWithGroups : 0) +
                                   (mean_rest != 0 ? kWithRest : 0) + kRuleUnit * static_cast<std::uint8_t>(rule)));
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
  if (mean_rest != 0) {
    out.f64(mean_rest);
  }
  save_texts(categories, out);
  out.u64(frequent);
  out.u64(singletons);
  if (groups > 1) {
    out.u64(groups);
    out.u64(doubletons);
  }
  out.u64(dependence.size());
  for (const std::vector<double>& coefficients : dependence) {
    save_numbers(coefficients, out);
  }
}

Expected<ColumnReference> ColumnReference::load(StateReader& in) {
  ColumnReference reference;
  const std::uint8_t first = in.u8();
  const auto flags = static_cast<std::uint8_t>(first % kRuleUnit);
  const bool with_groups = (flags & kWithGroups) != 0;
  const auto kind = static_cast<std::uint8_t>(flags & ~(kWithGroups | kWithRest));
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
  make_names_unique(reference.bin_names);  // earlier releases did not
  reference.minimum = in.f64();
  reference.edges = load_numbers(in);
  reference.positions = load_numbers(in);
  for (double* number : {&reference.mean, &reference.deviation, &reference.below_excess, &reference.above_excess}) {
    *number = in.f64();
  }
  reference.mean_rest = (flags & kWithRest) != 0 ? in.f64() : 0;
  reference.categories = load_texts(in);
  reference.frequent = static_cast<std::uint32_t>(in.u64());
  reference.singletons = in.u64();
  if (with_groups) {
    reference.groups = static_cast<std::uint32_t>(std::min<std::uint64_t>(in.u64(), kTextClasses + 1));
    reference.doubletons = in.u64();
  }
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

}  // namespace leeway
