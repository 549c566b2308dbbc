// Metrics of the process itself, apart from records: reloads, scrapes, clients, build, resources. Live values, kept in
// a prometheus-cpp registry: any thread may update them. The only place that includes prometheus-cpp. Used by `leeway
// run`.
#pragma once

#include <memory>
#include <string>

#include "agent/core/clock.h"
#include "agent/metrics/snapshot.h"

namespace leeway {

// Safe to call from any thread.
class SelfMetrics {
 public:
  // `clock` must outlive the object.
  SelfMetrics(const Clock& clock, const std::string& version, const std::string& revision);
  ~SelfMetrics();

  // The configuration was read, at startup or by a reload.
  void configuration_loaded(bool successful);
  void scrape_served(Duration duration);
  // The file of --web.config.file was read. `certificate_not_after`: kNoTime without TLS, or if it is as before.
  // Without a call of these two there are no metrics about it.
  void web_configuration_loaded(bool successful, TimePoint certificate_not_after);
  void web_refused(const std::string& reason, int count);
  // For want of memory: it was answered with 503, or the client read too slowly and was cut off.
  void scrape_refused();
  void scrape_cut_off();

  // For a page of values that were taken at `taken`, by the wall clock.
  void collect(TimePoint taken, SnapshotBuilder& out) const;

 private:
  struct Registry;
  const Clock& clock_;
  std::unique_ptr<Registry> registry_;
};

}  // namespace leeway
