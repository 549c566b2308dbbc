#include "agent/cli/check_report.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "agent/cli/summary.h"
#include "agent/cli/summary_slos.h"

namespace leeway {
namespace {

constexpr const char* kIndent = "    ";

// 0 if the stream is no terminal.
std::size_t terminal_width(int stream) {
  winsize size{};
  return isatty(stream) == 1 && ioctl(stream, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// "file:line:column: warning: message", its beginning in the colour of its weight, for a terminal of that width.
std::string finding_text(const Finding& finding, const Paint& paint, std::size_t width) {
  const std::string place = finding.position.to_string() + (finding.position.to_string().empty() ? "" : ": ");
  const std::string weight = std::string(to_string(finding.weight)) + ":";
  std::string text = wrapped(place + weight + " " + finding.message, width);
  if (!text.starts_with(place + weight)) {
    return text;
  }
  const std::string painted = finding.weight == Weight::kError     ? paint.bad(weight)
                              : finding.weight == Weight::kWarning ? paint.warning(weight)
                                                                   : weight;
  return text.replace(0, place.size() + weight.size(), (place.empty() ? "" : paint.strong(place)) + painted);
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string wrapped(const std::string& text, std::size_t width) {
  constexpr std::size_t kNarrowest = 40;
  if (width < kNarrowest) {
    return text;
  }
  std::string lines;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    const auto size = static_cast<std::size_t>(
        std::count_if(word.begin(), word.end(), [](char c) { return !continues_character(c); }));
    const bool breaks = column != 0 && column + 1 + size > width;
    lines += at == 0 ? "" : breaks ? std::string("\n") + kIndent : " ";
    column = breaks ? std::strlen(kIndent) + size : column + (at == 0 ? 0 : 1) + size;
    lines += word;
    at = end + 1;
  }
  return lines;
}

std::string example_text(const LineExample& line) {
  constexpr std::size_t kWidest = 110;  // bytes
  constexpr std::size_t kBefore = 70;
  std::size_t begin = line.stop && *line.stop > kWidest - 1 ? *line.stop - kBefore : 0;
  while (begin < line.text.size() && continues_character(line.text[begin])) {
    ++begin;
  }
  std::size_t end = std::min(line.text.size(), begin + kWidest);
  while (end < line.text.size() && continues_character(line.text[end])) {
    ++end;
  }
  std::string shown = begin == 0 ? "" : "...";
  std::string mark(shown.size(), ' ');
  for (std::size_t i = begin; i < end; ++i) {
    shown += static_cast<unsigned char>(line.text[i]) < ' ' ? ' ' : line.text[i];
    mark += line.stop && i < *line.stop && !continues_character(line.text[i]) ? " " : "";
  }
  shown += end < line.text.size() ? "..." : "";
  return kIndent + shown + "\n" + (line.stop ? kIndent + mark + "^\n" : "");
}

std::vector<Finding> findings_of(const Diagnostics& diagnostics) {
  std::vector<Finding> findings;
  for (const Error& error : diagnostics.errors()) {
    findings.push_back({Weight::kError, error.position, error.message});
  }
  for (const Error& warning : diagnostics.warnings()) {
    findings.push_back({Weight::kWarning, warning.position, warning.message});
  }
  return findings;
}

std::size_t count_of(const std::vector<Finding>& findings, Weight weight) {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
                                                [weight](const Finding& finding) { return finding.weight == weight; }));
}

std::string verdict_on(const std::vector<Finding>& findings) {
  const std::size_t warnings = count_of(findings, Weight::kWarning);
  return warnings == 0 ? "fine"
                       : "valid, with " + std::to_string(warnings) + (warnings == 1 ? " warning" : " warnings");
}

void print_errors(const Diagnostics& diagnostics) {
  const std::size_t width = terminal_width(STDERR_FILENO);
  if (width == 0) {
    std::fputs(diagnostics.to_string().c_str(), stderr);
    return;
  }
  const Paint paint(terminal_colours(STDERR_FILENO));
  std::string last;
  for (const Finding& finding : findings_of(diagnostics)) {
    const std::string text = finding_text(finding, paint, width) + "\n";
    std::fputs(text == last ? "" : text.c_str(), stderr);
    last = text;
  }
}

void print_verdict(const std::string& file, const std::vector<Finding>& findings) {
  const Paint paint(terminal_colours());
  const std::string verdict = verdict_on(findings);
  const bool fine = count_of(findings, Weight::kWarning) == 0;
  std::printf("%s: %s\n\n", file.c_str(), (fine ? paint.good(verdict) : paint.warning(verdict)).c_str());
}

void print_findings(const std::vector<Finding>& findings) {
  if (findings.empty()) {
    return;
  }
  const Paint paint(terminal_colours());
  const std::size_t width = terminal_width(STDOUT_FILENO);
  std::printf("\n%s\n", count_of(findings, Weight::kWarning) != 0 ? "warnings and notes" : "notes");
  for (const Finding& finding : findings) {
    std::printf("%s\n", finding_text(finding, paint, width).c_str());
    for (const LineExample& line : finding.lines) {
      std::fputs(line.stop ? example_text(line).c_str() : "", stdout);
    }
  }
}

void print_json(const std::vector<Finding>& findings) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    nlohmann::ordered_json entry = {{"file", finding.position.file},
                                    {"line", finding.position.line},
                                    {"column", finding.position.column},
                                    {"severity", to_string(finding.weight)},
                                    {"message", finding.message}};
    for (const LineExample& line : finding.lines) {
      entry["lines"].push_back(
          {{"text", line.text}, {"stop", line.stop ? nlohmann::ordered_json(*line.stop) : nullptr}});
    }
    list.push_back(std::move(entry));
  }
  std::printf("%s\n", list.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

}  // namespace leeway
