#include "agent/monitors/drift/drift_group.h"

#include <algorithm>

#include "agent/monitors/drift/drift_rules.h"

namespace leeway {

void DriftGroup::observe(const RecordBatch& batch) {
  for (const std::unique_ptr<DriftMonitor>& monitor : monitors_) {
    monitor->observe(batch);
  }
}

void DriftGroup::advance(TimePoint now) {
  for (const std::unique_ptr<DriftMonitor>& monitor : monitors_) {
    monitor->advance(now);
  }
}

void DriftGroup::set_background(Background& background) {
  for (const std::unique_ptr<DriftMonitor>& monitor : monitors_) {
    monitor->set_background(background);
  }
}

bool DriftGroup::settle() {
  bool changed = false;
  for (const std::unique_ptr<DriftMonitor>& monitor : monitors_) {
    changed = monitor->settle() || changed;
  }
  return changed;
}

// Those that do not depend on the reference once.
std::vector<std::string> DriftGroup::take_notes() {
  std::vector<std::string> result;
  for (const std::unique_ptr<DriftMonitor>& monitor : monitors_) {
    for (std::string& note : monitor->take_notes()) {
      if (std::find(result.begin(), result.end(), note) == result.end()) {
        result.push_back(std::move(note));
      }
    }
  }
  return result;
}

void DriftGroup::save(StateWriter& out) const {
  for (const std::unique_ptr<DriftMonitor>& monitor : monitors_) {
    StateWriter own(out.parts());
    monitor->save(own);
    out.text(own.bytes());
  }
}

Expected<void> DriftGroup::load(StateReader& in) {
  Expected<void> loaded;
  for (const std::unique_ptr<DriftMonitor>& monitor : monitors_) {
    StateReader own(in.text(), in.version(), in.parts());
    if (loaded) {
      loaded = monitor->load(own);
    }
  }
  if (loaded) {
    loaded = in.expect_end();
  }
  if (!loaded) {
    for (const std::unique_ptr<DriftMonitor>& monitor : monitors_) {
      monitor->reset();
    }
  }
  return loaded;
}

void DriftGroup::describe(MetricCatalog& catalog) const { monitors_.front()->describe(catalog); }

void DriftGroup::declare(Catalog& catalog) const {
  for (const std::unique_ptr<DriftMonitor>& monitor : monitors_) {
    add_drift_rules(monitor->settings(), catalog);
  }
  add_drift_panels(monitors_.front()->settings(), catalog);
}

void DriftGroup::collect(SnapshotBuilder& out) const {
  for (const std::unique_ptr<DriftMonitor>& monitor : monitors_) {
    monitor->collect(out);
  }
}

void DriftGroup::report(std::vector<MetricStatus>& out) const {
  for (const std::unique_ptr<DriftMonitor>& monitor : monitors_) {
    monitor->report(out);
  }
}

std::vector<const Monitor*> DriftGroup::parts() const {
  std::vector<const Monitor*> parts;
  for (const std::unique_ptr<DriftMonitor>& monitor : monitors_) {
    parts.push_back(monitor.get());
  }
  return parts;
}

std::vector<DriftMonitor*> drift_monitors(Monitor& monitor) {
  std::vector<DriftMonitor*> result;
  if (auto* const group = dynamic_cast<DriftGroup*>(&monitor)) {
    for (const std::unique_ptr<DriftMonitor>& member : group->monitors()) {
      result.push_back(member.get());
    }
  } else if (auto* const alone = dynamic_cast<DriftMonitor*>(&monitor)) {
    result.push_back(alone);
  }
  return result;
}

}  // namespace leeway
