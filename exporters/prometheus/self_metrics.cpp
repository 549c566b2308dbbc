#include "exporters/prometheus/self_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <cmath>

#include "exporters/prometheus/process_metrics.h"

namespace leeway {
namespace {

// From a small page to one that endangers Prometheus' default timeout of 10 s.
const prometheus::Histogram::BucketBoundaries kScrapeBuckets = {0.005, 0.025, 0.1, 0.5, 2.5, 10};

MetricType type_of(const prometheus::MetricFamily& family) {
  if (family.name.ends_with("_info")) {
    return MetricType::kInfo;
  }
  switch (family.type) {
    case prometheus::MetricType::Counter:
      return MetricType::kCounter;
    case prometheus::MetricType::Histogram:
      return MetricType::kHistogram;
    default:
      return MetricType::kGauge;
  }
}

void add_histogram(const prometheus::ClientMetric::Histogram& histogram, SeriesLabels labels, MetricFamily& family,
                   SnapshotBuilder& out) {
  std::vector<std::uint64_t> counts;
  std::uint64_t before = 0;
  for (const prometheus::ClientMetric::Bucket& bucket : histogram.bucket) {
    counts.push_back(bucket.cumulative_count - before);
    before = bucket.cumulative_count;
  }
  out.add_histogram(family, labels, counts, histogram.sample_sum, kNoTime);
}

void add_family(const prometheus::MetricFamily& source, SnapshotBuilder& out) {
  MetricDesc desc{source.name, type_of(source), source.help, {}, {}};
  if (desc.type == MetricType::kHistogram) {
    for (const prometheus::ClientMetric::Bucket& bucket : source.metric.at(0).histogram.bucket) {
      if (!std::isinf(bucket.upper_bound)) {
        desc.buckets.push_back(bucket.upper_bound);
      }
    }
  }
  if (!source.metric.empty()) {
    for (const prometheus::ClientMetric::Label& label : source.metric.front().label) {
      desc.label_names.push_back(label.name);
    }
  }
  MetricFamily& family = out.family(desc);
  for (const prometheus::ClientMetric& metric : source.metric) {
    std::vector<Label> pairs;
    for (const prometheus::ClientMetric::Label& label : metric.label) {
      pairs.push_back({label.name, label.value});
    }
    const SeriesLabels labels = out.labels(pairs);
    if (desc.type == MetricType::kHistogram) {
      add_histogram(metric.histogram, labels, family, out);
    } else {
      out.add(family, labels, desc.type == MetricType::kCounter ? metric.counter.value : metric.gauge.value);
    }
  }
}

}  // namespace

struct SelfMetrics::Registry {
  Registry(const std::string& version, const std::string& revision) {
    prometheus::BuildGauge()
        .Name("leeway_build_info")
        .Help("The running version, and the revision of its sources where the build names one.")
        .Register(registry)
        .Add({{"revision", revision}, {"version", version}})
        .Set(1);
  }

  prometheus::Registry registry;
  prometheus::Gauge& reload_successful = prometheus::BuildGauge()
                                             .Name("leeway_config_last_reload_successful")
                                             .Help("1 if the last attempt to read the configuration succeeded.")
                                             .Register(registry)
                                             .Add({});
  prometheus::Gauge& reload_time = prometheus::BuildGauge()
                                       .Name("leeway_config_last_reload_success_timestamp_seconds")
                                       .Help("When the configuration in use was read.")
                                       .Register(registry)
                                       .Add({});
  prometheus::Gauge& age = prometheus::BuildGauge()
                               .Name("leeway_snapshot_age_seconds")
                               .Help("Time since the values of this page were read and saved.")
                               .Register(registry)
                               .Add({});
  prometheus::Histogram& scrapes = prometheus::BuildHistogram()
                                       .Name("leeway_scrape_duration_seconds")
                                       .Help(
                                           "Time of earlier scrapes to read new data, commit it and write the "
                                           "page.")
                                       .Register(registry)
                                       .Add({}, kScrapeBuckets);
  // Without series until there is a web configuration.
  prometheus::Family<prometheus::Gauge>& web_successful =
      prometheus::BuildGauge()
          .Name("leeway_web_config_last_reload_successful")
          .Help("1 if the last attempt to read the web configuration succeeded.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& web_not_after =
      prometheus::BuildGauge()
          .Name("leeway_web_certificate_not_after_timestamp_seconds")
          .Help("When the certificate of the web server expires, or one of its chain.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& web_refusals =
      prometheus::BuildCounter()
          .Name("leeway_web_refused_total")
          .Help("Connections and requests that were turned away as the web configuration says.")
          .Register(registry);
  prometheus::Counter& refused =
      prometheus::BuildCounter()
          .Name("leeway_scrapes_refused_total")
          .Help("Requests answered with 503 because clients read too slowly, or too many ask.")
          .Register(registry)
          .Add({});
  prometheus::Counter& cut_off = prometheus::BuildCounter()
                                     .Name("leeway_scrapes_cut_off_total")
                                     .Help("Clients that did not read their answer in time and were cut off.")
                                     .Register(registry)
                                     .Add({});
};

SelfMetrics::SelfMetrics(const Clock& clock, const std::string& version, const std::string& revision)
    : clock_(clock), registry_(std::make_unique<Registry>(version, revision)) {}

SelfMetrics::~SelfMetrics() = default;

void SelfMetrics::configuration_loaded(bool successful) {
  registry_->reload_successful.Set(successful ? 1 : 0);
  if (successful) {
    registry_->reload_time.Set(to_unix_seconds(clock_.wall()));
  }
}

void SelfMetrics::scrape_served(Duration duration) { registry_->scrapes.Observe(to_seconds(duration)); }

void SelfMetrics::web_configuration_loaded(bool successful, TimePoint certificate_not_after) {
  registry_->web_successful.Add({}).Set(successful ? 1 : 0);
  if (certificate_not_after != kNoTime) {
    registry_->web_not_after.Add({}).Set(to_unix_seconds(certificate_not_after));
  }
}

void SelfMetrics::web_refused(const std::string& reason, int count) {
  registry_->web_refusals.Add({{"reason", reason}}).Increment(count);
}
void SelfMetrics::scrape_refused() { registry_->refused.Increment(); }

void SelfMetrics::scrape_cut_off() { registry_->cut_off.Increment(); }

void SelfMetrics::collect(TimePoint taken, SnapshotBuilder& out) const {
  registry_->age.Set(std::max(0.0, to_seconds(clock_.wall() - taken)));
  for (const prometheus::MetricFamily& family : registry_->registry.Collect()) {
    add_family(family, out);
  }
  add_process_metrics(out);
}

}  // namespace leeway
