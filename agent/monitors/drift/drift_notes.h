// What a drift monitor has to say about its data, for the agent's log, `check` and labels. Used by the monitor and by
// agent/cli/drift_columns.
#pragma once

#include <optional>
#include <string>

#include "agent/core/record_batch.h"
#include "agent/monitors/drift/drift_column.h"
#include "agent/monitors/drift/drift_segment.h"
#include "agent/monitors/drift/drift_settings.h"
#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// Four significant digits.
std::string share_text(double share);

// The version has no rows; it is a window.
std::string note_of_empty_version(const DriftSettings& settings, const FileVersionPart& part);

// Warns of a `threshold` or of `bands` that look like p-values where scores are -log10 of them.
void warn_of_limits_of_p_values(TableReader& reader, const DriftSettings& settings);

// Whether so few independent rows, of `rows`, widen a threshold about threefold or more.
bool is_much_dependence(double effective_rows, std::uint64_t rows);

// None unless a column has much dependence. The segment is frozen.
std::optional<std::string> note_of_dependence(const DriftSettings& settings, const DriftSegment& segment);

// Why a p-value of the settings on bins is not right for a column, after "it"; "" if it is: its limiting distribution
// holds where at most a fifth of the bins expect fewer than 5 rows, in the window and in the reference. `window_rows`
// are those of a window, 0 if there was none yet.
std::string words_of_few_rows(const DriftSettings& settings, const ColumnReference& reference,
                              std::uint64_t window_rows = 0);
// Whether the settings have such a p-value.
bool has_p_value_of_bins(const DriftSettings& settings);
// None if there is no such column. The segment is frozen.
std::optional<std::string> note_of_few_rows(const DriftSettings& settings, const DriftSegment& segment);

}  // namespace leeway
