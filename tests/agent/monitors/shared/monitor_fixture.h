// A monitor from the TOML of its entry, and its output. Shared by the tests of all kinds.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/toml_reader.h"
#include "agent/core/file_system.h"
#include "agent/metrics/catalog.h"
#include "agent/metrics/metric_catalog.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/builtin.h"
#include "tests/support/batch_builder.h"
#include "tests/support/label_words.h"

namespace leeway {

constexpr TimePoint kOrigin = TimePoint(std::chrono::hours(480'000));

class MonitorFixture {
 public:
  // `toml` is the content of one [[section]] entry; `columns` are those of the source's newest file, `zone` is its time
  // zone.
  MonitorFixture(const std::string& section, const std::string& toml,
                 std::function<Expected<std::vector<std::string>>()> columns = {}, const std::string& zone = "",
                 const std::vector<MaintenanceWindow>& maintenance = {}) {
    schema_.set_time_zone(zone);
    Diagnostics diagnostics;
    config_ = parse_toml("[[" + section + "]]\n" + toml, "test.toml", diagnostics);
    EXPECT_FALSE(diagnostics.has_errors()) << diagnostics.to_string();
    const ConfigTable& table = *config_.find(section)->get_if<ConfigArray>()->front().get_if<ConfigTable>();
    TableReader reader(table, {"test.toml", 1, 1}, "[[" + section + "]]", diagnostics_);
    reader.string("name");
    const std::string type = reader.string("type").value_or("");
    for (const MonitorKind& kind : builtin_monitors()) {
      if (kind.section == section && (kind.type.empty() || kind.type == type)) {
        MonitorContext context{reader, schema_, kOrigin, files_};
        context.source_columns = columns;
        context.maintenance = maintenance;
        monitor_ = kind.build(context);
      }
    }
    reader.report_unused_keys();
  }

  // "" if the entry is valid.
  std::string errors() const { return diagnostics_.to_string(); }
  bool built() const { return monitor_ != nullptr; }
  Monitor& monitor() { return *monitor_; }
  const Schema& schema() const { return schema_; }

  // Every sample as `name{labels}`; histograms as `name{labels}/bucket` and `name{labels}/sum`.
  std::map<std::string, double> samples() const {
    SnapshotBuilder builder(kOrigin);
    monitor_->collect(builder);
    std::map<std::string, double> result;
    const std::shared_ptr<const Snapshot> snapshot = builder.build();
    for (const MetricFamily& family : snapshot->families()) {
      for (const Sample& sample : family.samples) {
        const std::string name = family.desc.name + "{" + label_words(sample.labels) + "}";
        if (family.desc.type != MetricType::kHistogram) {
          result[name] = sample.value;
          continue;
        }
        for (std::size_t bucket = 0; bucket < sample.buckets.size(); ++bucket) {
          result[name + "/" + std::to_string(bucket)] = static_cast<double>(sample.buckets[bucket]);
        }
        if (!family.without_sum) {
          result[name + "/sum"] = sample.sum;
        }
      }
    }
    return result;
  }
  double value(const std::string& name) const {
    const std::map<std::string, double> all = samples();
    const auto found = all.find(name);
    EXPECT_TRUE(found != all.end()) << name << " is not shown";
    return found == all.end() ? -1 : found->second;
  }
  bool shown(const std::string& name) const { return samples().contains(name); }

  // Of the family with that name.
  std::string help(const std::string& name) const {
    SnapshotBuilder builder(kOrigin);
    monitor_->collect(builder);
    const std::shared_ptr<const Snapshot> page = builder.build();
    for (const MetricFamily& family : page->families()) {
      if (family.desc.name == name) {
        return family.desc.help;
      }
    }
    return "";
  }
  MetricStatus status() const {
    std::vector<MetricStatus> all;
    monitor_->report(all);
    return all.at(0);
  }
  std::string saved() const {
    StateWriter out;
    monitor_->save(out);
    return out.bytes();
  }
  Expected<void> load(const std::string& bytes) { return load(bytes, monitor_->state_version()); }
  Expected<void> load(const std::string& bytes, std::uint32_t version) {
    StateReader in(bytes, version);
    return monitor_->load(in);
  }

 private:
  PosixFileSystem files_;
  ConfigTable config_;
  Diagnostics diagnostics_;
  Schema schema_;
  std::unique_ptr<Monitor> monitor_;
};

// Entries of the section that are refused, each with a part of what is said.
inline void expect_refused(const std::string& section, const std::vector<std::pair<std::string, std::string>>& cases) {
  for (const auto& [toml, expected] : cases) {
    const MonitorFixture fixture(section, toml);
    EXPECT_FALSE(fixture.built()) << toml;
    EXPECT_NE(fixture.errors().find(expected), std::string::npos) << toml << "\n" << fixture.errors();
  }
}

}  // namespace leeway
