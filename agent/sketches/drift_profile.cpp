#include "agent/sketches/drift_profile.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace leeway {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "leeway-drift-profile";
constexpr int kVersion = 2;  // 1: without values

constexpr std::array<std::string_view, 4> kRuleNames{"shares", "evidently", "nannyml", "given"};

Json facts_to_json(const ColumnFacts& facts) {
  return {{"rows", facts.rows},         {"numbers", facts.numbers}, {"texts", facts.texts},
          {"booleans", facts.booleans}, {"absent", facts.absent},   {"written_numbers", facts.written_numbers},
          {"distinct", facts.distinct}, {"nested", facts.nested},   {"reason", to_string(facts.reason())}};
}

// Throws the exceptions of the library.
ColumnFacts facts_from_json(const Json& json) {
  ColumnFacts facts;
  json.at("rows").get_to(facts.rows);
  json.at("numbers").get_to(facts.numbers);
  json.at("texts").get_to(facts.texts);
  json.at("booleans").get_to(facts.booleans);
  json.at("absent").get_to(facts.absent);
  json.at("written_numbers").get_to(facts.written_numbers);
  json.at("distinct").get_to(facts.distinct);
  facts.nested = json.value("nested", facts.nested);
  return facts;
}

Json column_to_json(const ColumnReference& reference) {
  Json column;
  const bool numbers = reference.kind == ColumnKind::kNumber;
  column["kind"] = numbers ? "number" : "category";
  column["id"] = reference.id();
  if (reference.rule != BinRule::kShares) {
    column["bin_rule"] = kRuleNames[static_cast<std::size_t>(reference.rule)];
  }
  column["rows"] = reference.rows;
  column["bin_names"] = reference.bin_names;
  column["bins"] = reference.bins;
  column["counts"] = reference.counts;
  if (numbers) {
    column["minimum"] = reference.minimum;
    column["edges"] = reference.edges;
    column["positions"] = reference.positions;
    std::vector<double> values;
    std::vector<std::uint64_t> rows;
    for (const WeightedValue& item : reference.values) {
      values.push_back(item.value);
      rows.push_back(item.weight);
    }
    column["values"] = std::move(values);
    column["value_rows"] = std::move(rows);
    column["rank_error"] = reference.rank_error;
    column["distance_error"] = reference.distance_error;
    column["mean"] = reference.mean;
    column["mean_rest"] = reference.mean_rest;
    column["deviation"] = reference.deviation;
    column["below_excess"] = reference.below_excess;
    column["above_excess"] = reference.above_excess;
  } else {
    column["categories"] = reference.categories;
    column["frequent"] = reference.frequent;
    column["singletons"] = reference.singletons;
    column["doubletons"] = reference.doubletons;
    column["groups"] = reference.groups;
  }
  column["dependence"] = reference.dependence;
  if (reference.facts.rows != 0) {
    column["facts"] = facts_to_json(reference.facts);
  }
  return column;
}

// Throws the exceptions of the library.
ColumnReference column_from_json(const Json& column) {
  ColumnReference reference;
  const std::string kind = column.at("kind").get<std::string>();
  reference.kind = kind == "number" ? ColumnKind::kNumber : ColumnKind::kCategory;
  const auto* const rule = std::find(kRuleNames.begin(), kRuleNames.end(), column.value("bin_rule", "shares"));
  reference.rule = static_cast<BinRule>(rule - kRuleNames.begin());
  column.at("rows").get_to(reference.rows);
  column.at("bin_names").get_to(reference.bin_names);
  column.at("bins").get_to(reference.bins);
  column.at("counts").get_to(reference.counts);
  if (reference.kind == ColumnKind::kNumber) {
    column.at("minimum").get_to(reference.minimum);
    column.at("edges").get_to(reference.edges);
    column.at("positions").get_to(reference.positions);
    if (column.contains("values")) {
      const auto values = column.at("values").get<std::vector<double>>();
      const auto rows = column.at("value_rows").get<std::vector<std::uint64_t>>();
      for (std::size_t i = 0; i < values.size(); ++i) {
        reference.values.push_back({values[i], i < rows.size() ? rows[i] : 0});
      }
      column.at("rank_error").get_to(reference.rank_error);
      column.at("distance_error").get_to(reference.distance_error);
    }
    column.at("mean").get_to(reference.mean);
    reference.mean_rest = column.value("mean_rest", reference.mean_rest);
    column.at("deviation").get_to(reference.deviation);
    column.at("below_excess").get_to(reference.below_excess);
    column.at("above_excess").get_to(reference.above_excess);
  } else {
    column.at("categories").get_to(reference.categories);
    column.at("frequent").get_to(reference.frequent);
    column.at("singletons").get_to(reference.singletons);
    reference.doubletons = column.value("doubletons", reference.doubletons);
    reference.groups = column.value("groups", reference.groups);
  }
  column.at("dependence").get_to(reference.dependence);
  if (const auto facts = column.find("facts"); facts != column.end()) {
    reference.facts = facts_from_json(*facts);
  }
  return reference;
}

// Applies the checks of a saved reference here too.
Expected<ColumnReference> checked(const ColumnReference& reference) {
  for (const double rows : reference.counts) {
    if (!(rows >= 0)) {
      return Error{ErrorCode::kCorrupt, "a cell has fewer than 0 rows"};
    }
  }
  StateWriter out;
  reference.save(out);
  StateReader in(out.bytes());
  Expected<ColumnReference> loaded = ColumnReference::load(in);
  if (loaded) {
    loaded->facts = reference.facts;
  }
  return loaded;
}

}  // namespace

std::string DriftProfile::id() const {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325U;  // FNV-1a
  for (const auto& [label, reference] : columns) {
    for (const char byte : label + '\n' + reference.id() + '\n') {
      hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100'0000'01B3U;
    }
  }
  char text[17];
  std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

std::string to_json(const DriftProfile& profile) {
  Json json;
  json["format"] = kFormat;
  json["version"] = kVersion;
  json["id"] = profile.id();
  Json& columns = json["columns"] = Json::object();
  for (const auto& [label, reference] : profile.columns) {
    columns[label] = column_to_json(reference);
  }
  for (const auto& [label, facts] : profile.not_comparable) {
    json["not_comparable"][label] = facts_to_json(facts);
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Expected<DriftProfile> parse_profile(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (json.value("format", "") != kFormat || json.at("version").get<int>() > kVersion) {
      return Error{ErrorCode::kCorrupt, "it is not a drift profile, or its version is newer"};
    }
    DriftProfile profile;
    for (const auto& [label, column] : json.at("columns").items()) {
      Expected<ColumnReference> reference = checked(column_from_json(column));
      if (!reference) {
        return Error{ErrorCode::kCorrupt, "column '" + label + "': " + reference.error().message};
      }
      profile.columns.emplace(label, std::move(*reference));
    }
    if (const auto others = json.find("not_comparable"); others != json.end()) {
      for (const auto& [label, facts] : others->items()) {
        profile.not_comparable.emplace(label, facts_from_json(facts));
      }
    }
    return profile;
  } catch (const Json::exception& error) {
    return Error{ErrorCode::kCorrupt, std::string("it is not a drift profile: ") + error.what()};
  }
}

}  // namespace leeway
