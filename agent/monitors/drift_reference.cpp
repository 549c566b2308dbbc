#include "agent/monitors/drift_reference.h"

#include <numeric>
#include <vector>

#include "agent/monitors/drift_column.h"

namespace leeway {

std::optional<DriftProfile> capture_reference(TableReader& table, const Schema& schema, const ReadRecords& read_records,
                                              DriftSettings& settings) {
  std::vector<DriftColumn> columns;
  for (std::size_t i = 0; i < settings.columns.size(); ++i) {
    columns.emplace_back(settings);
  }
  Selection rows;
  const bool read = read_records(table, "file", schema, [&](const RecordBatch& batch) {
    rows.resize(batch.rows());
    std::iota(rows.begin(), rows.end(), Row{0});
    for (std::size_t i = 0; i < columns.size(); ++i) {
      columns[i].add(settings.columns[i].value.evaluate(batch, rows));
    }
  });
  if (!read) {
    return std::nullopt;
  }
  if (columns.empty() || columns.front().reference_rows() < std::uint64_t{kLeastReferenceRows}) {
    table.error("file", "the reference has " + std::to_string(columns.empty() ? 0 : columns.front().reference_rows()) +
                            " records; expected at least " + std::to_string(kLeastReferenceRows));
    return std::nullopt;
  }
  DriftProfile profile;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string& label = settings.columns[i].label;
    columns[i].freeze();
    const ColumnReference& reference = *columns[i].reference();
    if (reference.counts[ColumnReference::kMissingCell] == static_cast<double>(reference.rows)) {
      table.error("file", "the column '" + label + "' is missing in all " + std::to_string(reference.rows) +
                              " records of the reference");
    }
    profile.columns.emplace(label, reference);
  }
  return profile;
}

}  // namespace leeway
