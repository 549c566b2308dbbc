#include <algorithm>

#include "agent/core/html_text.h"
#include "agent/core/rfc3339.h"
#include "agent/core/units.h"
#include "exporters/page/page_parts.h"
#include "exporters/page/sections.h"

namespace leeway::page {
namespace {

std::uint64_t total(const ReasonCounts& counts) {
  std::uint64_t sum = 0;
  for (const auto& [reason, count] : counts) {
    sum += count;
  }
  return sum;
}

std::string state_of(const SourceStatus& source) {
  if (source.unreadable_files > 0) {
    return state_word(State::kBad, "unreadable");
  }
  if (source.stream && !source.stream->open) {
    return state_word(State::kBad, "nothing can arrive");
  }
  if (source.matching_files == std::uint64_t{0}) {
    return state_word(State::kBad, "no file");
  }
  if (source.records == 0) {
    return total(source.rejects) > 0 ? state_word(State::kBad, "only rejects")
                                     : state_word(State::kUnknown, "no record");
  }
  return total(source.lost_bytes) > 0 ? state_word(State::kDoubtful, "lost bytes") : state_word(State::kGood, "read");
}

std::string last_record(const SourceStatus& source, TimePoint now) {
  if (source.last_record == kNoTime) {
    return state_word(State::kUnknown, "none yet");
  }
  return "<time datetime=\"" + format_rfc3339(source.last_record) + "\" title=\"" + format_rfc3339(source.last_record) +
         "\">" + span_text(now - source.last_record) + " ago</time>";
}

// The last line that was rejected for the most frequent reason.
const RejectExample* example_of(const SourceStatus& source) {
  const RejectExample* example = nullptr;
  std::uint64_t most = 0;
  for (const auto& [reason, examples] : source.reject_examples) {
    const auto counted = source.rejects.find(reason);
    const std::uint64_t count = counted == source.rejects.end() ? 0 : counted->second;
    if (!examples.empty() && count != 0 && count >= most) {
      most = count;
      example = &examples.back();
    }
  }
  return example;
}

void add_time_notes(const SourceStatus& source, const std::string& name, Table& table) {
  const auto add = [&](std::uint64_t count, const char* what, TimePoint example) {
    if (count > 0) {
      table.note(name + what + ": " + grouped(count) +
                 (example == kNoTime ? "" : ", such as one of " + format_rfc3339(example)));
    }
  };
  add(source.late_records, "records further behind the newest one than <code>allowed_lateness</code>",
      source.late_example);
  add(source.future_records, "records further in the future than <code>allowed_future</code>", source.future_example);
}

void add_notes(const SourceStatus& source, Table& table) {
  const std::string name = "<b>" + escape_html(source.name) + "</b> ";
  if (source.matching_files == std::uint64_t{0}) {
    table.note(name + "no file matches " + escape_html(source.paths));
  }
  for (const FileStatus& file : source.files) {
    if (!file.error.empty()) {
      table.note(name + escape_html(file.path) + ": " + escape_html(file.error));
      break;
    }
  }
  if (total(source.rejects) > 0) {
    table.note(name + "rejected: " + by_reason(source.rejects));
  }
  if (const RejectExample* const example = example_of(source); example != nullptr) {
    table.note("<code>" + escape_html(example->text) + (example->cut ? "…" : "") + "</code>");
  }
  add_time_notes(source, name, table);
  if (total(source.lost_bytes) > 0) {
    table.note(name + "bytes lost: " + by_reason(source.lost_bytes));
  }
  if (total(source.gaps) > 0) {
    table.note(name + "possible gaps: " + by_reason(source.gaps));
  }
}

}  // namespace

std::string sources_section(const Snapshot& snapshot, TimePoint now) {
  Table table("Sources", {"Source", "State", "Last record", "Records", "Rejected", "Not yet read", "Files"});
  for (const SourceStatus& source : snapshot.status().sources) {
    table.row({escape_html(source.name), state_of(source), last_record(source, now), grouped(source.records),
               grouped(total(source.rejects)), format_bytes(source.lag_bytes),
               source.matching_files ? grouped(*source.matching_files) : "–"});
  }
  for (const SourceStatus& source : snapshot.status().sources) {
    add_notes(source, table);
  }
  return table.html();
}

}  // namespace leeway::page
