#include "exporters/prometheus/status_metrics.h"

#include <algorithm>
#include <span>
#include <utility>

namespace leeway {
namespace {

// One sample per source or metric. A series that stays 0 for good says nothing, so it appears with the first one; but
// where an alert takes the increase, 0 is shown as well, otherwise the first one would be no increase.
template <typename Status>
struct ValueRow {
  MetricDesc desc;
  double (*value)(const Status& status);
  bool (*at_zero)(const Status& status) = nullptr;  // whether 0 is shown; null: never
};

template <typename Status>
bool always(const Status& /*status*/) {
  return true;
}

// One sample for each key of a map of counts.
template <typename Status>
struct CountsRow {
  MetricDesc desc;
  const ReasonCounts& (*counts)(const Status& status);
};

MetricDesc counter(std::string name, std::string help, std::vector<std::string> labels) {
  return {std::move(name), MetricType::kCounter, std::move(help), std::move(labels), {}};
}
MetricDesc gauge(std::string name, std::string help, std::vector<std::string> labels) {
  return {std::move(name), MetricType::kGauge, std::move(help), std::move(labels), {}};
}

double as_double(std::uint64_t value) { return static_cast<double>(value); }

template <typename Status>
void add_rows(const std::vector<Status>& all, std::span<const ValueRow<Status>> rows, SnapshotBuilder& out) {
  for (const ValueRow<Status>& row : rows) {
    MetricFamily& family = out.family(row.desc);
    for (const Status& status : all) {
      const double value = row.value(status);
      if (value != 0 || (row.at_zero != nullptr && row.at_zero(status))) {
        out.add(family, out.labels({{row.desc.label_names[0], status.name}}), value);
      }
    }
  }
}

template <typename Status>
void add_rows(const std::vector<Status>& all, std::span<const CountsRow<Status>> rows, SnapshotBuilder& out) {
  for (const CountsRow<Status>& row : rows) {
    MetricFamily& family = out.family(row.desc);
    for (const Status& status : all) {
      for (const auto& [key, count] : row.counts(status)) {
        out.add(family, out.labels({{row.desc.label_names[0], status.name}, {row.desc.label_names[1], key}}),
                as_double(count));
      }
    }
  }
}

void add_source_metrics(const std::vector<SourceStatus>& sources, SnapshotBuilder& out) {
  using Value = ValueRow<SourceStatus>;
  using Map = CountsRow<SourceStatus>;
  const std::vector<Value> values = {
      {counter("leeway_source_read_bytes_total", "Bytes of the source's files that were read and applied.", {"source"}),
       [](const SourceStatus& s) { return as_double(s.bytes); }},
      {counter("leeway_source_records_total", "Records given to the metrics of the source.", {"source"}),
       [](const SourceStatus& s) { return as_double(s.records); }, always},
      {counter("leeway_source_ignored_records_total", "Records that the source's configuration leaves out.",
               {"source"}),
       [](const SourceStatus& s) { return as_double(s.ignored); }},
      {counter("leeway_source_joined_lines_total",
               "Lines that were added to the record of a line before, by `multiline` or a container's log.",
               {"source"}),
       [](const SourceStatus& s) { return as_double(s.joined); }},
      {counter("leeway_source_rotations_total", "Files that were renamed or replaced by a new one.", {"source"}),
       [](const SourceStatus& s) { return as_double(s.rotations); }},
      {counter("leeway_source_truncations_total", "Files that became shorter or were overwritten.", {"source"}),
       [](const SourceStatus& s) { return as_double(s.truncations); }},
      {counter("leeway_source_late_records_total", "Records older than the allowed lateness; they count.", {"source"}),
       [](const SourceStatus& s) { return as_double(s.late_records); }},
      {counter("leeway_source_future_records_total",
               "Records from further in the future than allowed; they count, at the time of the latest record.",
               {"source"}),
       [](const SourceStatus& s) { return as_double(s.future_records); },
       [](const SourceStatus& s) { return s.event_time; }},
      {counter("leeway_source_poll_errors_total", "Read attempts that failed with an error of the operating system.",
               {"source"}),
       [](const SourceStatus& s) { return as_double(s.poll_errors); }},
      {gauge("leeway_source_lag_bytes", "Bytes written to the source's files and not yet applied.", {"source"}),
       [](const SourceStatus& s) { return as_double(s.lag_bytes); }, [](const SourceStatus& s) { return !s.versions; }},
      {gauge("leeway_source_matching_files", "Files that the paths of the source lead to.", {"source"}),
       [](const SourceStatus& s) { return as_double(s.matching_files.value_or(0)); },
       [](const SourceStatus& s) { return s.matching_files.has_value(); }},
      {gauge("leeway_source_open_files", "Files of the source that are open.", {"source"}),
       [](const SourceStatus& s) { return as_double(s.open_files); }},
      {gauge("leeway_source_unreadable_files",
             "Files of the source that cannot be read, or whose content cannot be used.", {"source"}),
       [](const SourceStatus& s) { return as_double(s.unreadable_files); }},
  };
  const std::vector<Map> maps = {
      {counter("leeway_source_rejected_lines_total", "Lines that are not records, by reason.", {"source", "reason"}),
       [](const SourceStatus& s) -> const ReasonCounts& { return s.rejects; }},
      {counter("leeway_source_anomalies_total", "Records that count despite an anomaly, by kind.", {"source", "kind"}),
       [](const SourceStatus& s) -> const ReasonCounts& { return s.anomalies; }},
      {counter("leeway_source_lost_bytes_total", "Bytes that are certainly lost, by reason.", {"source", "reason"}),
       [](const SourceStatus& s) -> const ReasonCounts& { return s.lost_bytes; }},
      {counter("leeway_source_gaps_total", "Times that lines may be missing or counted twice, by reason.",
               {"source", "reason"}),
       [](const SourceStatus& s) -> const ReasonCounts& { return s.gaps; }},
      {gauge("leeway_source_damaged_files", "Data files of the source whose content cannot be used, by reason.",
             {"source", "reason"}),
       [](const SourceStatus& s) -> const ReasonCounts& { return s.damaged_files; }},
  };
  add_rows<SourceStatus>(sources, std::span<const Value>(values), out);
  add_rows<SourceStatus>(sources, std::span<const Map>(maps), out);
  const MetricDesc last_record = gauge("leeway_source_last_record_timestamp_seconds",
                                       "Event time of the latest record of the source.", {"source"});
  for (const SourceStatus& source : sources) {
    if (source.last_record != kNoTime) {
      out.add(out.family(last_record), out.labels({{"source", source.name}}), to_unix_seconds(source.last_record));
    }
  }
}

// For sources that read data files as a whole, version by version.
void add_version_metrics(const std::vector<SourceStatus>& sources, SnapshotBuilder& out) {
  const MetricDesc read =
      counter("leeway_source_file_versions_total", "Versions of files that were read to their end.", {"source"});
  const MetricDesc unchanged = counter("leeway_source_unchanged_file_versions_total",
                                       "Files written again with the same content; not read again.", {"source"});
  const MetricDesc rejected = counter("leeway_source_rejected_file_versions_total",
                                      "Versions of files that could not be read, by reason.", {"source", "reason"});
  const MetricDesc newest = gauge("leeway_source_newest_file_timestamp_seconds",
                                  "When the newest version of a file that was read was written.", {"source"});
  const MetricDesc stalest = gauge("leeway_source_stalest_file_timestamp_seconds",
                                   "When the last good version of the stalest file was written.", {"source"});
  for (const SourceStatus& source : sources) {
    if (!source.versions) {
      continue;
    }
    const VersionStatus& versions = *source.versions;
    const SeriesLabels labels = out.labels({{"source", source.name}});
    if (versions.read != 0) {
      out.add(out.family(read), labels, as_double(versions.read));
    }
    if (versions.unchanged != 0) {
      out.add(out.family(unchanged), labels, as_double(versions.unchanged));
    }
    for (const auto& [reason, count] : versions.rejects) {
      out.add(out.family(rejected), out.labels({{"source", source.name}, {"reason", reason}}), as_double(count));
    }
    if (versions.newest != kNoTime) {
      out.add(out.family(newest), labels, to_unix_seconds(versions.newest));
    }
    if (versions.stalest != kNoTime) {
      out.add(out.family(stalest), labels, to_unix_seconds(versions.stalest));
    }
  }
}

// For sources that are no files.
void add_stream_metrics(const std::vector<SourceStatus>& sources, SnapshotBuilder& out) {
  const MetricDesc once =
      gauge("leeway_source_at_most_once",
            "1 for a source that cannot be read again: what was not saved at a crash is lost.", {"source"});
  const MetricDesc open = gauge("leeway_source_input_open",
                                "1 while something can arrive: a socket listens, standard input is open, or a FIFO has "
                                "a writer.",
                                {"source"});
  const MetricDesc connections =
      counter("leeway_source_connections_total", "Connections that were accepted, and writers of a FIFO.", {"source"});
  const MetricDesc open_connections =
      gauge("leeway_source_open_connections", "Connections, or writers of a FIFO, at this moment.", {"source"});
  const MetricDesc dropped = counter("leeway_source_dropped_total",
                                     "Datagrams and connections that were not read, by reason.", {"source", "reason"});
  for (const SourceStatus& source : sources) {
    if (!source.stream) {
      continue;
    }
    const StreamInputStatus& stream = *source.stream;
    const SeriesLabels labels = out.labels({{"source", source.name}});
    out.add(out.family(once), labels, 1);
    out.add(out.family(open), labels, stream.open ? 1 : 0);
    out.add(out.family(connections), labels, as_double(stream.connections));
    out.add(out.family(open_connections), labels, as_double(stream.open_connections));
    for (const auto& [reason, count] : stream.dropped) {
      out.add(out.family(dropped), out.labels({{"source", source.name}, {"reason", reason}}), as_double(count));
    }
  }
}

double series_limit(const MetricStatus& metric) {
  // Each segment has about as many series.
  const std::uint64_t each = metric.of_segments && metric.held != 0 ? metric.series / metric.held : 1;
  return as_double(metric.series_limit * std::max<std::uint64_t>(each, 1));
}

void add_metric_metrics(const std::vector<MetricStatus>& metrics, SnapshotBuilder& out) {
  using Value = ValueRow<MetricStatus>;
  using Map = CountsRow<MetricStatus>;
  const std::vector<Value> values = {
      {gauge("leeway_metric_series",
             "Series of the metric on this page. A histogram has its buckets, sum and count for each of them.",
             {"metric"}),
       [](const MetricStatus& m) { return as_double(m.series); }},
      {gauge("leeway_metric_series_limit",
             "Maximum number of series of the metric, for metrics that hold at least half of it.", {"metric"}),
       [](const MetricStatus& m) { return 2 * m.held < m.series_limit ? 0 : series_limit(m); }},
      {gauge("leeway_metric_cut_series", "Series of the metric with a label value that was too long and was cut.",
             {"metric"}),
       [](const MetricStatus& m) { return as_double(m.cut_series); }},
      {counter("leeway_metric_overflowed_records_total",
               "Records counted in the series overflow=\"true\" because the metric has reached its limit.", {"metric"}),
       [](const MetricStatus& m) { return as_double(m.overflowed_records); },
       [](const MetricStatus& m) { return m.series_limit != 0; }},
      {counter("leeway_metric_type_mismatches_total",
               "Comparisons in the expressions of the metric of values whose types are never equal, since the start.",
               {"metric"}),
       [](const MetricStatus& m) { return as_double(m.mismatches.comparisons); },
       [](const MetricStatus& m) { return m.watches_mismatches; }},
      {gauge("leeway_metric_sum_left_out",
             "1 for a histogram without _sum because a value was negative although no bucket bound is.", {"metric"}),
       [](const MetricStatus& m) { return m.sum_left_out ? 1.0 : 0.0; }},
  };
  const std::vector<Map> maps = {
      {counter("leeway_metric_skipped_records_total", "Records that do not count for the metric, by reason.",
               {"metric", "reason"}),
       [](const MetricStatus& m) -> const ReasonCounts& { return m.skipped; }},
  };
  add_rows<MetricStatus>(metrics, std::span<const Value>(values), out);
  add_rows<MetricStatus>(metrics, std::span<const Map>(maps), out);
}

void add_checkpoint_metrics(const CheckpointStatus& checkpoint, SnapshotBuilder& out) {
  const MetricDesc discarded =
      counter("leeway_state_discarded_total",
              "Components that started from the beginning although there was state of theirs, by reason.", {"reason"});
  for (const auto& [reason, count] : checkpoint.discarded) {
    out.add(out.family(discarded), out.labels({{"reason", reason}}), as_double(count));
  }
  if (!checkpoint.enabled) {
    return;
  }
  const auto add = [&out](const MetricDesc& desc, double value) { out.add(out.family(desc), {}, value); };
  add(gauge("leeway_checkpoint_size_bytes", "Size of the last checkpoint.", {}), as_double(checkpoint.bytes));
  add(gauge("leeway_checkpoint_duration_seconds", "Duration of the last checkpoint.", {}),
      to_seconds(checkpoint.last_duration));
  add(gauge("leeway_checkpoint_generation", "Number of the last checkpoint in the state directory.", {}),
      as_double(checkpoint.generation));
  add(counter("leeway_checkpoint_failures_total", "Checkpoints that could not be written since the start.", {}),
      as_double(checkpoint.failures));
  if (checkpoint.last_success != kNoTime) {
    add(gauge("leeway_checkpoint_last_success_timestamp_seconds", "When the last checkpoint succeeded.", {}),
        to_unix_seconds(checkpoint.last_success));
  }
}

}  // namespace

void add_status_metrics(const AgentStatus& status, SnapshotBuilder& out) {
  add_source_metrics(status.sources, out);
  add_version_metrics(status.sources, out);
  add_stream_metrics(status.sources, out);
  add_metric_metrics(status.metrics, out);
  add_checkpoint_metrics(status.checkpoint, out);
  out.add(out.family(gauge("leeway_ready", "1 once every source has been read to its end.", {})), {},
          status.ready ? 1 : 0);
}

}  // namespace leeway
