#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "agent/cli/commands.h"
#include "agent/cli/report_error.h"
#include "agent/core/nearest_word.h"
#include "collectors/builtin.h"
#include "collectors/text/template_pattern.h"

namespace leeway {
namespace {

const char* sources_of(FormatUse use) {
  return use == FormatUse::kBoth ? "\"log\", \"file\"" : use == FormatUse::kLogs ? "\"log\"" : "\"file\"";
}

// Of a template, the parts and what comes from them.
std::string fields_of(const FormatKind& kind) {
  if (kind.pattern.empty()) {
    return std::string(kind.fields);
  }
  const Expected<TemplatePattern> pattern = TemplatePattern::compile(kind.pattern);
  std::string names;
  if (pattern) {
    for (const FieldPath& field : pattern->fields()) {
      names += names.empty() ? "" : ", ";
      names += field.to_string();
    }
  }
  return names;
}

void show_row(const char* what, std::string_view text) {
  if (!text.empty()) {
    std::printf("  %-8s %.*s\n", what, static_cast<int>(text.size()), text.data());
  }
}

}  // namespace

int formats_command(const CliOptions& options) {
  std::vector<std::string> names;
  for (const FormatKind& kind : builtin_formats()) {
    names.emplace_back(kind.name);
  }
  for (const std::string& word : options.words) {
    if (std::find(names.begin(), names.end(), word) == names.end()) {
      const std::string nearest = did_you_mean(word, names);
      return report_error(
          Error{ErrorCode::kUsage, "no format is named '" + word + "'" +
                                       (nearest.empty() ? "; expected one of " + quoted_words(names, "or") : nearest)});
    }
  }
  for (const FormatKind& kind : builtin_formats()) {
    const bool wanted = options.words.empty() ||
                        std::find(options.words.begin(), options.words.end(), kind.name) != options.words.end();
    if (!wanted) {
      continue;
    }
    std::printf("%.*s\n", static_cast<int>(kind.name.size()), kind.name.data());
    show_row("type", sources_of(kind.use));
    show_row("sample", kind.sample);
    show_row("pattern", kind.pattern);
    show_row("fields", fields_of(kind));
  }
  return 0;
}

}  // namespace leeway
