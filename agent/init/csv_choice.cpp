#include "agent/init/csv_choice.h"

#include <re2/re2.h>

#include <algorithm>

namespace leeway {
namespace {

constexpr std::size_t kFewestCells = 3;

bool are_names(const std::vector<std::string>& cells) {
  static const RE2 kName(R"re([A-Za-z_@][\w .()/%-]{0,60})re");
  std::vector<std::string> sorted = cells;
  std::sort(sorted.begin(), sorted.end());
  return cells.size() >= kFewestCells && std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end() &&
         std::all_of(cells.begin(), cells.end(), [](const std::string& cell) { return RE2::FullMatch(cell, kName); });
}

// '\0' if there is none.
char delimiter_of(const std::vector<std::string>& lines) {
  for (const char delimiter : {',', ';', '\t', '|'}) {
    const std::vector<std::string> names = cells_of(lines.front(), delimiter);
    const auto same = std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
      return cells_of(line, delimiter).size() == names.size();
    });
    if (are_names(names) && static_cast<std::size_t>(same) * 100 >= lines.size() * 99) {
      return delimiter;
    }
  }
  return '\0';
}

}  // namespace

SourceKeys number_keys_of(const std::vector<ValueFacts>& columns) {
  static const RE2 kDecimal(R"re(-?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+)re");
  static const RE2 kWhole(R"re(-?(?:\d+|\d{1,3}(?:\.\d{3})+))re");
  static const RE2 kGrouped(R"re(-?\d{1,3}(?:\.\d{3})+(?:,\d+)?)re");
  SourceKeys keys;
  bool grouped = false;
  for (const ValueFacts& facts : columns) {
    const auto& values = facts.values();
    const auto count = [&](const RE2& pattern) {
      return static_cast<std::size_t>(std::count_if(
          values.begin(), values.end(), [&](const auto& value) { return RE2::FullMatch(value.first, pattern); }));
    };
    const std::size_t decimal = count(kDecimal);
    if (decimal > 0 && decimal + count(kWhole) == values.size()) {
      keys = {{"decimal", "\",\""}};
      grouped = grouped || count(kGrouped) > 0;
    }
  }
  if (grouped) {
    keys.emplace_back("thousands", "\".\"");
  }
  return keys;
}

std::vector<std::string> cells_of(const std::string& line, char delimiter) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == delimiter && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

std::optional<FormatChoice> choose_csv(const LogSample& sample, const std::vector<std::string>& lines) {
  const char delimiter = lines.size() < 3 ? '\0' : delimiter_of(lines);
  if (delimiter == '\0') {
    return std::nullopt;
  }
  FormatChoice choice;
  choice.formats = {{"csv", {{"format", "\"csv\""}}, true, false, "", ""}};
  if (delimiter != ',') {
    choice.formats.front().keys.emplace_back("delimiter", toml_text({&delimiter, 1}));
  }
  choice.lines = lines;
  choice.shares = {1};
  choice.beginnings = {""};
  std::vector<ValueFacts> facts(cells_of(lines.front(), delimiter).size());
  for (auto line = lines.begin() + 1; line != lines.end(); ++line) {
    const std::vector<std::string> cells = cells_of(*line, delimiter);
    for (std::size_t i = 0; i < facts.size() && i < cells.size(); ++i) {
      facts[i].add(Value::of_string(cells[i]), false);
    }
  }
  for (auto& key : number_keys_of(facts)) {
    choice.formats.front().keys.push_back(std::move(key));
  }
  const Expected<SourceTrial> trial = try_source(keys_of(choice), {sample.text, sample.info.modified});
  return trial && trial->records > 0 && trial->rejected * 20 <= trial->records ? std::optional(choice) : std::nullopt;
}

}  // namespace leeway
