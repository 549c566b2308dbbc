#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <set>

#include "agent/core/private_text.h"
#include "agent/sampling/findings.h"

namespace leeway {
namespace {

std::string_view first_line(std::string_view text) {
  std::string_view line = text.substr(0, std::min(text.find('\n'), text.size()));
  line.remove_suffix(line.ends_with('\r') ? 1 : 0);
  return line;
}

const std::string* text_of_key(const SampledSource& sampled, std::string_view key) {
  const ConfigValue* const value = sampled.table == nullptr ? nullptr : sampled.table->find(key);
  return value == nullptr ? nullptr : value->get_if<std::string>();
}

// A table whose cells are divided by something else than its format says has one column.
void add_delimiter(const SampledSource& sampled, std::string_view text, std::vector<Finding>& out) {
  constexpr std::size_t kShown = 60;  // bytes
  const std::string* const format = text_of_key(sampled, "format");
  const std::string* const given = text_of_key(sampled, "delimiter");
  const bool by_name = format == nullptr && sampled.newest->ends_with(".csv");
  if (!by_name && (format == nullptr || *format != "csv")) {
    return;
  }
  const char own = given == nullptr || given->empty() ? ',' : given->front();
  const std::string_view line = first_line(text);
  if (line.find(own) != std::string_view::npos) {
    return;
  }
  for (const char other : {';', '\t', '|', ','}) {
    if (line.find(other) != std::string_view::npos) {
      const std::string expected = other == '\t' ? "format = \"tsv\"" : fmt::format("delimiter = \"{}\"", other);
      out.push_back({Weight::kWarning, sampled.position_of(given == nullptr ? "format" : "delimiter"),
                     fmt::format("{}the first line of '{}' is one column, `{}`; expected {}", sampled.title(),
                                 *sampled.newest, hide_private(line).substr(0, kShown), expected)});
      return;
    }
  }
}

// Lines that begin as a record does, but only add to the one before them.
void add_appendices(const SampledSource& sampled, std::string_view text, std::vector<Finding>& out) {
  static const re2::RE2 appendix(R"(\b(DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION):  )");
  static const re2::RE2 main(R"(\b(ERROR|LOG|FATAL|PANIC|WARNING|NOTICE):  )");
  std::uint64_t lines = 0;
  std::uint64_t found = 0;
  std::uint64_t mains = 0;
  std::set<std::string> words;
  for (; !text.empty(); ++lines) {
    const std::string_view line = first_line(text);
    std::string word;
    if (re2::RE2::PartialMatch({line.data(), line.size()}, appendix, &word)) {
      ++found;
      words.insert(word);
    } else {
      mains += re2::RE2::PartialMatch({line.data(), line.size()}, main) ? 1 : 0;
    }
    const std::size_t newline = text.find('\n');
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
  }
  std::uint64_t taken = sampled.status.records;
  for (const auto& [reason, count] : sampled.status.rejects) {
    taken += count;
  }
  // Else they are joined, or left out.
  const bool are_records = taken + found > lines && sampled.status.ignored < found;
  if (found == 0 || mains == 0 || !are_records) {
    return;
  }
  std::string all;
  for (const std::string& word : words) {
    all += (all.empty() ? "" : ", ") + word;
  }
  out.push_back({Weight::kWarning, sampled.position_of("format"),
                 fmt::format("{}{} of {} lines only add to the one before ({}), but each counts as a record; expected "
                             "multiline = {{ continue = '\\b(DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION):  ' }}",
                             sampled.title(), found, lines, all)});
}

}  // namespace

void add_text_findings(const DataSample& sample, std::vector<Finding>& out) {
  for (const SampledSource& sampled : sample.sources()) {
    if (sampled.stream || !sampled.newest) {
      continue;
    }
    const std::string text = sample.text_of(sampled);
    add_delimiter(sampled, text, out);
    if (!sampled.source->has_file_versions) {
      add_appendices(sampled, text, out);
    }
  }
}

}  // namespace leeway
