#include "exporters/http/status_json.h"

#include <nlohmann/json.hpp>

#include "agent/core/rfc3339.h"

namespace leeway {
namespace {

using Json = nlohmann::ordered_json;

Json time_or_null(TimePoint time) { return time == kNoTime ? Json() : Json(format_rfc3339(time)); }

Json to_json(const FileStatus& file) {
  Json json = {{"path", file.path}, {"state", file.state}, {"offset_bytes", file.offset}, {"size_bytes", file.size}};
  if (!file.error.empty()) {
    json["error"] = file.error;
  }
  return json;
}

Json to_json(const SourceStatus& source) {
  Json files = Json::array();
  for (const FileStatus& file : source.files) {
    files.push_back(to_json(file));
  }
  return {{"name", source.name},
          {"read_bytes", source.bytes},
          {"records", source.records},
          {"lag_bytes", source.lag_bytes},
          {"last_record", time_or_null(source.last_record)},
          {"rejected_lines", source.rejects},
          {"anomalies", source.anomalies},
          {"lost_bytes", source.lost_bytes},
          {"late_records", source.late_records},
          {"future_records", source.future_records},
          {"rotations", source.rotations},
          {"truncations", source.truncations},
          {"poll_errors", source.poll_errors},
          {"open_files", source.open_files},
          {"unreadable_files", source.unreadable_files},
          {"files", files}};
}

Json to_json(const MetricStatus& metric) {
  return {{"name", metric.name},
          {"series", metric.series},
          {"series_limit", metric.series_limit},
          {"overflowed_records", metric.overflowed_records},
          {"skipped_records", metric.skipped}};
}

Json to_json(const CheckpointStatus& checkpoint) {
  return {{"enabled", checkpoint.enabled},
          {"generation", checkpoint.generation},
          {"size_bytes", checkpoint.bytes},
          {"duration_seconds", to_seconds(checkpoint.last_duration)},
          {"last_success", time_or_null(checkpoint.last_success)},
          {"failures", checkpoint.failures},
          {"last_error", checkpoint.last_error}};
}

}  // namespace

std::string status_json(const Snapshot& snapshot) {
  const AgentStatus& status = snapshot.status();
  Json sources = Json::array();
  for (const SourceStatus& source : status.sources) {
    sources.push_back(to_json(source));
  }
  Json metrics = Json::array();
  for (const MetricStatus& metric : status.metrics) {
    metrics.push_back(to_json(metric));
  }
  const Json json = {{"ready", status.ready},
                     {"taken", time_or_null(snapshot.taken())},
                     {"checkpoint", to_json(status.checkpoint)},
                     {"sources", sources},
                     {"metrics", metrics}};
  // File names and messages of the system may be no UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace leeway
