#include "exporters/page/page_parts.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/core/html_text.h"

namespace leeway::page {

std::string state_word(State state, std::string_view word) {
  constexpr std::array kClasses{"good", "doubtful", "bad", "unknown"};
  return std::string("<span class=\"") + kClasses[static_cast<std::size_t>(state)] + "\">" + escape_html(word) +
         "</span>";
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string span_text(Duration span) {
  struct Unit {
    const char* name;
    std::int64_t seconds;
  };
  constexpr std::array<Unit, 4> kUnits{{{"d", 86'400}, {"h", 3600}, {"m", 60}, {"s", 1}}};
  std::int64_t rest = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  if (rest < 0) {
    return "-" + span_text(-span);
  }
  std::string text;
  int units = 0;
  for (const Unit& unit : kUnits) {
    const std::int64_t count = rest / unit.seconds;
    if ((count > 0 || !text.empty()) && units < 2) {
      text += count == 0 ? "" : (text.empty() ? "" : " ") + std::to_string(count) + unit.name;
      ++units;
    }
    rest %= unit.seconds;
  }
  return text.empty() ? "0s" : text;
}

std::string percent(double share) {
  const double distance = std::min(std::abs(share), std::abs(1 - share));
  const int digits = distance >= 0.1 || distance == 0 ? 0 : std::clamp(static_cast<int>(-std::log10(distance)), 1, 6);
  return fixed_text(100 * share, digits) + "%";
}

std::string by_reason(const ReasonCounts& counts) {
  std::string text;
  for (const auto& [reason, count] : counts) {
    if (count > 0) {
      text += (text.empty() ? "" : ", ") + escape_html(reason) + ": " + grouped(count);
    }
  }
  return text;
}

Table::Table(std::string_view title, std::initializer_list<const char*> columns) : title_(title), columns_(columns) {}

void Table::row(const std::vector<std::string>& cells) {
  rows_ += "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    rows_ += i == 0 ? "<th scope=\"row\">" + cells[i] + "</th>"
                    : std::string("<td data-label=\"") + columns_[i] + "\">" + cells[i] + "</td>";
  }
  rows_ += "</tr>\n";
}

void Table::note(const std::string& html) {
  notes_ += "<tr><td class=\"note\" colspan=\"" + std::to_string(columns_.size()) + "\">" + html + "</td></tr>\n";
}

std::string Table::html() const {
  if (rows_.empty()) {
    return "";
  }
  std::string out = "<section><h2>" + title_ + "</h2>\n<table><thead><tr>";
  for (const char* const column : columns_) {
    out += std::string("<th scope=\"col\">") + column + "</th>";
  }
  return out + "</tr></thead>\n<tbody>\n" + rows_ + notes_ + "</tbody></table></section>\n";
}

const std::vector<Sample>& samples_of(const Snapshot& snapshot, std::string_view name) {
  static const std::vector<Sample> kNone;
  const auto& families = snapshot.families();
  const auto found =
      std::find_if(families.begin(), families.end(), [&](const MetricFamily& each) { return each.desc.name == name; });
  return found == families.end() ? kNone : found->samples;
}

std::string_view label_of(const Sample& sample, std::string_view name) {
  for (const Label& label : sample.labels.pairs()) {
    if (label.name == name) {
      return label.value;
    }
  }
  return "";
}

std::string other_labels(const Sample& sample, std::initializer_list<std::string_view> without) {
  std::string text;
  for (const Label& label : sample.labels.pairs()) {
    if (std::find(without.begin(), without.end(), label.name) == without.end()) {
      text += (text.empty() ? "" : ", ") + escape_html(label.name) + "=" + escape_html(label.value);
    }
  }
  return text;
}

}  // namespace leeway::page
