#include "collectors/decode/csv_columns.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace leeway {

std::string column_name(const FieldPath& path) {
  return path.steps.size() == 1 && std::holds_alternative<std::string>(path.steps.front())
             ? std::get<std::string>(path.steps.front())
             : path.to_string();
}

std::string repeated_column(const std::vector<std::string>& names) {
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [first, is_new] = places.emplace(names[i], i);
    if (!is_new && !names[i].empty()) {
      return "two columns are named '" + names[i] + "', number " + std::to_string(first->second + 1) + " and number " +
             std::to_string(i + 1) + "; expected a name of its own for each";
    }
  }
  return "";
}

CsvColumns::CsvColumns(const CellOptions& cells, std::optional<FieldPath> time, TimestampParser time_parser,
                       const Schema& schema)
    : cell_options_(cells), time_(std::move(time)), time_parser_(std::move(time_parser)), schema_(schema) {}

void CsvColumns::bind(const std::vector<std::string>& names) {
  names_ = names;
  wanted_.clear();
  const auto find = [&](const FieldPath& path) -> std::optional<std::size_t> {
    const auto at = std::find(names.begin(), names.end(), column_name(path));
    return at == names.end() ? std::nullopt : std::optional<std::size_t>(at - names.begin());
  };
  for (FieldId column = 0; column < schema_.size(); ++column) {
    if (const std::optional<std::size_t> cell = find(schema_.fields()[column])) {
      wanted_.push_back({*cell, column});
    }
  }
  time_cell_ = time_ ? find(*time_) : std::nullopt;
}

bool CsvColumns::are_wanted() const {
  return !wanted_.empty() || time_cell_.has_value() || (schema_.size() == 0 && !time_);
}

Row CsvColumns::append(std::string_view text, const std::vector<CsvCell>& cells, std::uint64_t end, TimePoint time,
                       RecordBatch& batch, DecodeCounts& counts) const {
  const Row row = batch.append(time, end);
  for (const Wanted& wanted : wanted_) {
    batch.cell(wanted.column, row) = value_of(text, cells[wanted.cell], batch, counts);
  }
  return row;
}

Value CsvColumns::value_of(std::string_view text, const CsvCell& cell, RecordBatch& batch, DecodeCounts& counts) const {
  const std::string_view content = csv_content(text, cell, batch);
  return cell.quoted && !quoted_as_plain_ ? text_value(content, batch, counts)
                                          : cell_value(content, cell_options_, batch, counts);
}

TimePoint CsvColumns::time_of(std::string_view text, const std::vector<CsvCell>& cells, RecordBatch& batch,
                              DecodeCounts& counts) {
  if (!time_) {
    return kNoTime;
  }
  const std::string_view content = time_cell_ ? csv_content(text, cells[*time_cell_], batch) : std::string_view();
  const bool is_null = content.empty() || cell_options_.nulls.contains(content);
  const TimePoint time = is_null ? kNoTime : time_parser_.parse(content);
  if (is_null) {
    count_reason(counts.anomalies, "time_missing");
  } else if (time == kNoTime) {
    count_invalid_time(counts, content);
  }
  return time;
}

}  // namespace leeway
