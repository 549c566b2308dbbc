#include "agent/evaluation/snapshot_samples.h"

#include "agent/core/number_text.h"

namespace leeway::evaluation {

std::size_t SnapshotSamples::series(const std::string& name, SeriesLabels labels, const std::string& le) {
  LabelSet set;
  set_label(set, kMetricName, name);
  for (const auto& [label, value] : target_) {
    set_label(set, label, value);
  }
  for (const Label& label : labels.pairs()) {
    const bool taken = find_label(target_, label.name) != nullptr;
    set_label(set, (taken ? "exported_" : "") + std::string(label.name), label.value);
  }
  if (!le.empty()) {
    set_label(set, "le", le);
  }
  return store_.series(std::move(set));
}

SnapshotSamples::SampleSeries SnapshotSamples::make_series(const MetricFamily& family, const Sample& sample) {
  const std::string& name = family.desc.name;
  if (family.desc.type != MetricType::kHistogram) {
    return {series(name, sample.labels, "")};
  }
  SampleSeries all;
  for (const double bound : family.desc.buckets) {
    all.push_back(series(name + "_bucket", sample.labels, plain_number(bound)));
  }
  all.push_back(series(name + "_bucket", sample.labels, "+Inf"));
  all.push_back(series(name + "_count", sample.labels, ""));
  if (!family.without_sum) {
    all.push_back(series(name + "_sum", sample.labels, ""));
  }
  return all;
}

const SnapshotSamples::SampleSeries& SnapshotSamples::series_of(Family& known, const MetricFamily& family,
                                                                std::size_t place) {
  const Sample& sample = family.samples[place];
  if (place >= known.in_order.size()) {
    known.in_order.resize(place + 1);
  }
  Known& here = known.in_order[place];
  if (here.labels != sample.labels.id() || here.series.empty()) {
    SampleSeries& all = known.by_labels[sample.labels.id()];
    if (all.empty()) {
      all = make_series(family, sample);
    }
    here = {sample.labels.id(), all};
  }
  return here.series;
}

void SnapshotSamples::add(const std::deque<MetricFamily>& families) {
  for (const MetricFamily& family : families) {
    if (family.samples.empty()) {
      continue;
    }
    Family& known = known_[family.desc.name];
    for (std::size_t place = 0; place < family.samples.size(); ++place) {
      const Sample& sample = family.samples[place];
      const SampleSeries& all = series_of(known, family, place);
      if (family.desc.type != MetricType::kHistogram) {
        store_.set(all[0], sample.value);
        continue;
      }
      std::uint64_t cumulative = 0;
      for (std::size_t i = 0; i < sample.buckets.size(); ++i) {
        cumulative += sample.buckets[i];
        store_.set(all[i], static_cast<double>(cumulative));
      }
      store_.set(all[sample.buckets.size()], static_cast<double>(cumulative));
      if (all.size() > sample.buckets.size() + 1) {
        store_.set(all.back(), sample.sum);
      }
    }
  }
}

void SnapshotSamples::add(std::string_view metric, double value) {
  store_.set(series(std::string(metric), {}, ""), value);
}

}  // namespace leeway::evaluation
