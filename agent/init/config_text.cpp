#include "agent/init/config_text.h"

#include <algorithm>

#include "agent/init/log_text.h"
#include "agent/init/table_text.h"

namespace leeway {

std::string config_text(std::vector<LogProposal>& logs, const std::vector<TableProposal>& tables) {
  // More metrics than people look at are of no use to begin with.
  constexpr std::size_t kMostMetrics = 12;
  constexpr std::size_t kLeastMetrics = 4;
  std::string text =
      "# Written by `leeway init` from samples: every key is a proposal. CONFIGURATION.md has all of them.\n";
  MetricNames names;
  for (LogProposal& log : logs) {
    text += "\n" + log_text(log, logs.size() == 1, std::max(kLeastMetrics, kMostMetrics / logs.size()), names);
  }
  for (const TableProposal& table : tables) {
    text += "\n" + table_text(table);
  }
  return text;
}

}  // namespace leeway
