// A [[drift]] with a list of references: one monitor for each. They observe the same records independently.
// Made by build_drift().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/monitors/drift/drift.h"

namespace leeway {

class DriftGroup final : public Monitor {
 public:
  // At least one.
  explicit DriftGroup(std::vector<std::unique_ptr<DriftMonitor>> monitors) : monitors_(std::move(monitors)) {}

  void observe(const RecordBatch& batch) override;
  void advance(TimePoint now) override;
  void set_background(Background& background) override;
  bool settle() override;
  std::vector<std::string> take_notes() override;
  Duration tolerated_disorder() const override { return monitors_.front()->tolerated_disorder(); }
  bool wants_sample() const override { return monitors_.front()->wants_sample(); }
  std::uint32_t state_version() const override { return monitors_.front()->state_version(); }
  void save(StateWriter& out) const override;
  Expected<void> load(StateReader& in) override;
  void describe(MetricCatalog& catalog) const override;
  void declare(Catalog& catalog) const override;
  void collect(SnapshotBuilder& out) const override;
  void report(std::vector<MetricStatus>& out) const override;
  std::vector<const Monitor*> parts() const override;
  const std::vector<std::unique_ptr<DriftMonitor>>& monitors() const { return monitors_; }

 private:
  std::vector<std::unique_ptr<DriftMonitor>> monitors_;
};

}  // namespace leeway
