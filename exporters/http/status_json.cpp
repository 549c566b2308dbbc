#include "exporters/http/status_json.h"

#include <nlohmann/json.hpp>

#include "agent/core/rfc3339.h"
#include "agent/core/source_trouble.h"

namespace leeway {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kIndent = 2;  // spaces: operators read this page too

Json time_or_null(TimePoint time) { return time == kNoTime ? Json() : Json(format_rfc3339(time)); }

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json counts(const ReasonCounts& by_reason) {
  Json json = Json::object();
  for (const auto& [reason, count] : by_reason) {
    json[reason] = count;
  }
  return json;
}

Json file_json(const FileStatus& file) {
  return {{"path", file.path},
          {"state", file.state},
          {"offset", file.offset},
          {"size", file.size},
          {"error", text_or_null(file.error)}};
}

Json source_json(const SourceStatus& source) {
  Json files = Json::array();
  for (const FileStatus& file : source.files) {
    files.push_back(file_json(file));
  }
  Json json = {{"name", source.name},
               {"trouble", text_or_null(trouble_of(source))},
               {"lag_bytes", source.lag_bytes},
               {"last_record", time_or_null(source.last_record)},
               {"bytes", source.bytes},
               {"records", source.records},
               {"rejects", counts(source.rejects)},
               {"anomalies", counts(source.anomalies)},
               {"lost_bytes", counts(source.lost_bytes)},
               {"gaps", counts(source.gaps)},
               {"rotations", source.rotations},
               {"truncations", source.truncations},
               {"late_records", source.late_records},
               {"future_records", source.future_records},
               {"poll_errors", source.poll_errors},
               {"matching_files", source.matching_files ? Json(*source.matching_files) : Json()},
               {"open_files", source.open_files},
               {"unreadable_files", source.unreadable_files},
               {"damaged_files", counts(source.damaged_files)},
               {"files", std::move(files)}};
  if (source.stream) {
    json["stream"] = {{"at_most_once", true},
                      {"open", source.stream->open},
                      {"connections", source.stream->connections},
                      {"open_connections", source.stream->open_connections},
                      {"dropped", counts(source.stream->dropped)}};
  }
  return json;
}

Json top_json(const TopValues& top) {
  Json labels = Json::object();
  for (const auto& [name, value] : top.labels) {
    labels[name] = value;
  }
  Json values = Json::array();
  for (const TopValue& value : top.values) {
    values.push_back({{"value", value.text}, {"count", value.count}, {"error", value.error}});
  }
  return {{"labels", std::move(labels)}, {"records", top.records}, {"values", std::move(values)}};
}

Json metric_json(const MetricStatus& metric) {
  Json json = {{"name", metric.name},
               {"series", metric.series},
               {"series_limit", metric.series_limit == 0 ? Json() : Json(metric.series_limit)},
               {"cut_series", metric.cut_series},
               {"overflowed_records", metric.overflowed_records},
               {"skipped", counts(metric.skipped)}};
  for (const TopValues& top : metric.top) {
    json["top"].push_back(top_json(top));
  }
  return json;
}

Json checkpoint_json(const CheckpointStatus& checkpoint) {
  return {{"enabled", checkpoint.enabled},
          {"generation", checkpoint.generation},
          {"bytes", checkpoint.bytes},
          {"failures", checkpoint.failures},
          {"last_success", time_or_null(checkpoint.last_success)},
          {"last_duration_seconds", to_seconds(checkpoint.last_duration)},
          {"last_error", text_or_null(checkpoint.last_error)}};
}

Json configuration_json(const ConfigurationStatus& configuration) {
  return {{"last_reload_successful", configuration.outdated_since == kNoTime},
          {"outdated_since", time_or_null(configuration.outdated_since)},
          {"last_error", text_or_null(configuration.error)}};
}

Json examples_json(const SourceStatus& source, const std::string& reason) {
  Json json = Json::array();
  const auto found = source.reject_examples.find(reason);
  if (found == source.reject_examples.end()) {
    return json;
  }
  for (const RejectExample& example : found->second) {
    json.push_back({{"file", example.file}, {"text", example.text}, {"cut", example.cut}});
  }
  return json;
}

Json rejects_json(const SourceStatus& source) {
  std::uint64_t rejected = 0;
  Json reasons = Json::array();
  for (const auto& [reason, count] : source.rejects) {
    rejected += count;
    if (count > 0) {
      reasons.push_back({{"reason", reason}, {"count", count}, {"examples", examples_json(source, reason)}});
    }
  }
  return {{"name", source.name}, {"records", source.records}, {"rejected", rejected}, {"reasons", std::move(reasons)}};
}

// Paths may hold any bytes: invalid UTF-8 is replaced because dump() would throw.
std::string print(const Json& json) { return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string status_json(const Snapshot& snapshot, const ConfigurationStatus& configuration, TimePoint now) {
  const AgentStatus& status = snapshot.status();
  Json sources = Json::array();
  for (const SourceStatus& source : status.sources) {
    sources.push_back(source_json(source));
  }
  Json metrics = Json::array();
  for (const MetricStatus& metric : status.metrics) {
    metrics.push_back(metric_json(metric));
  }
  const Json json = {{"now", format_rfc3339(now)},
                     {"snapshot_taken", format_rfc3339(snapshot.taken())},
                     {"ready", status.ready},
                     {"configuration", configuration_json(configuration)},
                     {"sources", std::move(sources)},
                     {"metrics", std::move(metrics)},
                     {"checkpoint", checkpoint_json(status.checkpoint)}};
  return print(json);
}

std::string unmatched_json(const Snapshot& snapshot, TimePoint now) {
  Json sources = Json::array();
  for (const SourceStatus& source : snapshot.status().sources) {
    sources.push_back(rejects_json(source));
  }
  return print({{"now", format_rfc3339(now)},
                {"snapshot_taken", format_rfc3339(snapshot.taken())},
                {"sources", std::move(sources)}});
}

}  // namespace leeway
