#include "agent/monitors/drift/drift_notes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "agent/core/number_text.h"
#include "agent/monitors/shared/version_rows.h"
#include "agent/sketches/two_sample_tests.h"

namespace leeway {
namespace {

// "[[drift]] 'd': first what is said of a column, and 2 more columns are like that".
std::string note_of_columns(const DriftSettings& settings, const std::string& first, std::size_t count) {
  return "[[drift]] '" + settings.name + "': " + first +
         (count > 1 ? ", and " + std::to_string(count - 1) + " more columns are like that" : "");
}

bool is_p_value_of_bins(DriftMethod method) { return is_p_value(method) && !compares_values(method); }

// Of a window: if nothing else is known, those of most windows of the reference, or the reference's own.
double usual_rows(const DriftSettings& settings, const ColumnReference& reference, std::uint64_t window_rows) {
  if (const std::uint64_t known = settings.step_rows != 0 ? settings.step_rows * settings.slots : window_rows;
      known != 0) {
    return static_cast<double>(known);
  }
  std::vector<double> rows;
  for (const ReferenceWindow& window : reference.windows) {
    rows.push_back(window.rows());
  }
  if (rows.empty()) {
    return static_cast<double>(reference.rows);
  }
  std::nth_element(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2), rows.end());
  return rows[rows.size() / 2];
}

}  // namespace

std::string share_text(double share) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", share);
  return text.data();
}

std::string note_of_empty_version(const DriftSettings& settings, const FileVersionPart& part) {
  return "[[drift]] '" + settings.name + "': " + version_text(part) +
         " has no rows, or `when` selects none, so the window that ends with it has a score only if others are part of "
         "it";
}

void warn_of_limits_of_p_values(TableReader& reader, const DriftSettings& settings) {
  const auto method = std::find_if(settings.methods.begin(), settings.methods.end(), is_p_value);
  if (method == settings.methods.end()) {
    return;
  }
  // Of cramer_von_mises_p_value, whose limiting distribution is not known beyond, and of the others.
  const double most = *method == DriftMethod::kCramerVonMisesP ? 15 : 300;
  const auto warn = [&](const char* key, const char* what, double limit) {
    if (limit >= most) {
      reader.diagnostics().warning(reader.position(key), std::string(what) + " = " + number_text(limit) +
                                                             " is never passed: a score of " +
                                                             std::string(to_string(*method)) + " is at most " +
                                                             number_text(most) + "; expected less");
    }
    if (!(limit < 1)) {
      return;  // a p-value of at most 0.1
    }
    reader.diagnostics().warning(
        reader.position(key),
        std::string(what) + " = " + number_text(limit) + " looks like a p-value, but a score of " +
            std::string(to_string(*method)) + " is -log10 of it, so each p below " + share_text(std::pow(10, -limit)) +
            " is above; expected " +
            (limit > 0 ? share_text(-std::log10(limit)) + " for p = " + number_text(limit) : "1.301 for p = 0.05"));
  };
  if (settings.threshold) {
    warn("threshold", "'threshold'", *settings.threshold);
  }
  if (settings.bands) {
    warn("bands", "'moderate' of 'bands'", settings.bands->moderate);
    warn("bands", "'severe' of 'bands'", settings.bands->severe);
  }
}

bool is_much_dependence(double effective_rows, std::uint64_t rows) {
  constexpr double kFew = 0.1;
  return effective_rows < kFew * static_cast<double>(rows);
}

std::optional<std::string> note_of_dependence(const DriftSettings& settings, const DriftSegment& segment) {
  std::string first;
  std::size_t found = 0;
  for (std::size_t i = 0; i < segment.columns().size(); ++i) {
    const DriftColumn& column = segment.columns()[i];
    if (!column.frozen() || !is_much_dependence(column.effective_rows(), column.reference()->value_rows())) {
      continue;
    }
    if (found++ == 0) {
      first = "the " + std::to_string(column.reference()->value_rows()) + " rows of column '" +
              settings.columns[i].label + "' count as " + std::to_string(std::llround(column.effective_rows())) +
              " independent ones";
    }
  }
  if (found == 0) {
    return std::nullopt;
  }
  return note_of_columns(settings, "neighbouring rows of the reference are alike: " + first, found) +
         ", so only large changes exceed the threshold; if the order of rows means nothing, as in a table that is "
         "sorted, set row_order = \"any\"";
}

bool has_p_value_of_bins(const DriftSettings& settings) {
  return std::any_of(settings.methods.begin(), settings.methods.end(), is_p_value_of_bins);
}

std::string words_of_few_rows(const DriftSettings& settings, const ColumnReference& reference,
                              std::uint64_t window_rows) {
  constexpr double kFewRows = 5;
  constexpr double kShare = 0.2;
  const std::vector<DriftMethod> methods = settings.methods_for(reference.kind);
  const auto method = std::find_if(methods.begin(), methods.end(), is_p_value_of_bins);
  const auto all = static_cast<double>(reference.rows);
  if (method == methods.end() || all == 0) {
    return "";
  }
  const double rows = std::min(all, usual_rows(settings, reference, window_rows));
  std::vector<double> bins(reference.bin_count());
  reference.to_bins(reference.counts, bins);
  const auto used = std::count_if(bins.begin(), bins.end(), [](double bin) { return bin > 0; });
  const auto few =
      std::count_if(bins.begin(), bins.end(), [&](double bin) { return bin > 0 && bin * rows / all < kFewRows; });
  if (static_cast<double>(few) <= kShare * static_cast<double>(used)) {
    return "";
  }
  return "has " + std::to_string(few) + " of " + std::to_string(used) + " bins that expect fewer than 5 of " +
         std::to_string(std::llround(rows)) + " rows, for which " + std::string(to_string(*method)) +
         " is not right and may alarm without drift; use a score, such as jensen_shannon, or longer windows, or fewer "
         "bins (" +
         (reference.kind == ColumnKind::kNumber ? "'bins'" : "'max_categories'") + ")";
}

std::optional<std::string> note_of_few_rows(const DriftSettings& settings, const DriftSegment& segment) {
  std::string first;
  std::size_t found = 0;
  for (std::size_t i = 0; i < segment.columns().size(); ++i) {
    const DriftColumn& column = segment.columns()[i];
    const std::string words =
        column.frozen() ? words_of_few_rows(settings, *column.reference(), segment.window_rows()) : "";
    if (!words.empty() && found++ == 0) {
      first = "the column '" + settings.columns[i].label + "' " + words;
    }
  }
  return found == 0 ? std::nullopt : std::optional(note_of_columns(settings, first, found));
}

}  // namespace leeway
