// StatusLog: what is counted and should not be, with an example where there is one.
#include <algorithm>

#include "agent/core/rfc3339.h"
#include "agent/core/units.h"
#include "agent/pipeline/status_log.h"

namespace leeway {
namespace {

std::string number_of(const CauseLimit::Due& due, const std::string& one, const std::string& many) {
  return std::to_string(due.count) + (due.more ? " more " : " ") + (due.count == 1 ? one : many);
}

std::string title_of(const SourceStatus& source) { return "source '" + source.name + "': "; }

// ", such as: <line>", or "".
std::string example_of(const SourceStatus& source, const std::string& reason) {
  const auto found = source.reject_examples.find(reason);
  if (found == source.reject_examples.end() || found->second.empty()) {
    return "";
  }
  const RejectExample& last = found->second.back();
  return ", such as: " + last.text + (last.cut ? "..." : "");
}

std::string example_at(TimePoint time) { return time == kNoTime ? "" : ", such as one of " + format_rfc3339(time); }

// A record without a time is normal in a log with banners, but not if most have none.
StatusLine::Level level_of_missing_time(const SourceStatus& source, std::uint64_t missing) {
  return 2 * missing > source.records ? StatusLine::Level::kWarning : StatusLine::Level::kInfo;
}

}  // namespace

template <typename Text>
void StatusLog::tell(const std::string& subject, std::string_view cause, std::uint64_t total, StatusLine::Level level,
                     Text text) {
  if (begins_) {
    limit_.skip(subject, cause, total);
  } else if (const CauseLimit::Due due = limit_.due(subject, cause, total, now_); due.count != 0) {
    lines_.push_back({level, text(due)});
  }
}

void StatusLog::look_at_counts(const SourceStatus& source) {
  for (const auto& [reason, count] : source.rejects) {
    tell(source.name, reason, count, StatusLine::Level::kWarning, [&, reason = reason](const CauseLimit::Due& due) {
      return title_of(source) + number_of(due, "line is no record", "lines are no records") + " (" + reason + ")" +
             example_of(source, reason);
    });
  }
  look_at_times(source);
  for (const auto& [reason, bytes] : source.lost_bytes) {
    tell(source.name, "lost " + reason, bytes, StatusLine::Level::kWarning,
         [&, reason = reason](const CauseLimit::Due& due) {
           return title_of(source) + format_bytes(due.count) + (due.more ? " more" : "") + " of it are lost (" +
                  reason + ")";
         });
  }
  if (source.stream) {
    for (const auto& [reason, count] : source.stream->dropped) {
      tell(source.name, "dropped " + reason, count, StatusLine::Level::kWarning,
           [&, reason = reason](const CauseLimit::Due& due) {
             return title_of(source) + number_of(due, "datagram or connection was", "datagrams or connections were") +
                    " not read (" + reason + ")";
           });
    }
  }
  look_at_rotations(source);
}

void StatusLog::look_at_times(const SourceStatus& source) {
  for (const auto& [kind, count] : source.anomalies) {
    const bool invalid = kind == "time_invalid" || kind == "year_unknown";
    const StatusLine::Level level = invalid                  ? StatusLine::Level::kWarning
                                    : kind == "time_missing" ? level_of_missing_time(source, count)
                                                             : StatusLine::Level::kDebug;
    tell(source.name, kind, count, level, [&, kind = kind](const CauseLimit::Due& due) {
      const std::string what = invalid                  ? " with a time that cannot be read"
                               : kind == "time_missing" ? " without a time"
                                                        : " with something that was repaired (" + kind + ")";
      return title_of(source) + number_of(due, "record", "records") + what + example_of(source, kind);
    });
  }
  tell(source.name, "late", source.late_records, StatusLine::Level::kWarning, [&](const CauseLimit::Due& due) {
    return title_of(source) + number_of(due, "record is", "records are") +
           " further behind the newest one than `allowed_lateness`" + example_at(source.late_example);
  });
  tell(source.name, "future", source.future_records, StatusLine::Level::kWarning, [&](const CauseLimit::Due& due) {
    return title_of(source) + number_of(due, "record is", "records are") +
           " further in the future than `allowed_future`" + example_at(source.future_example);
  });
}

void StatusLog::look_at_rotations(const SourceStatus& source) {
  tell(source.name, "rotations", source.rotations, StatusLine::Level::kInfo, [&](const CauseLimit::Due& due) {
    std::string text = title_of(source) + number_of(due, "file was", "files were") + " rotated";
    for (const FileStatus& file : source.files) {
      // One that has not been found under its new name yet is still called like its successor.
      const bool is_found = std::count_if(source.files.begin(), source.files.end(),
                                          [&](const FileStatus& other) { return other.path == file.path; }) == 1;
      if (file.state == "rotated" && is_found) {
        return text + ", such as to '" + file.path + "', which is read to its end";
      }
    }
    return text;
  });
  tell(source.name, "truncations", source.truncations, StatusLine::Level::kInfo, [&](const CauseLimit::Due& due) {
    return title_of(source) + number_of(due, "time a file was", "times files were") +
           " truncated or written anew, and begun again";
  });
}

void StatusLog::look_at_counts(const MetricStatus& metric) {
  tell(metric.name, "overflow", metric.overflowed_records, StatusLine::Level::kWarning,
       [&](const CauseLimit::Due& due) {
         return metric.name + " has reached its limit of " + std::to_string(metric.series_limit) +
                (metric.of_segments ? " segments or groups: " : " series: ") + number_of(due, "record", "records") +
                " of further " + (metric.of_segments ? "ones are left out" : "label values count in overflow=\"true\"");
       });
  tell(metric.name, "keys", metric.overflowed_starts, StatusLine::Level::kWarning, [&](const CauseLimit::Due& due) {
    return metric.name + " holds as many as `max_keys` allows: " + number_of(due, "start is", "starts are") +
           " left out";
  });
  for (const auto& [reason, count] : metric.skipped) {
    tell(metric.name, reason, count, StatusLine::Level::kWarning, [&, reason = reason](const CauseLimit::Due& due) {
      const auto example = metric.skipped_examples.find(reason);
      return metric.name + ": " + number_of(due, "record is", "records are") + " not counted (" + reason + ")" +
             (example == metric.skipped_examples.end() ? "" : ", such as: " + example->second);
    });
  }
}

}  // namespace leeway
