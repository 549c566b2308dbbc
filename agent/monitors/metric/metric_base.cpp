#include "agent/monitors/metric/metric_base.h"

#include <algorithm>

#include "agent/config/metric_names.h"
#include "agent/panels/metric_panels.h"

namespace leeway {

MetricDefinition MetricDefinition::read(MonitorContext& context, MetricType type) {
  TableReader& reader = context.reader;
  MetricDesc desc;
  desc.name = reader.required_string("name");
  desc.type = type;
  const std::string lint = reader.choice("lint", {"on", "off"}, "on");
  if (!desc.name.empty()) {
    const std::optional<std::string> problem = metric_name_problem(desc.name, type, lint == "on");
    if (problem) {
      const bool kept = !metric_name_problem(desc.name, type, false);
      reader.error("name", *problem + (kept ? " (lint = \"off\" keeps the name)" : ""));
    }
  }
  const std::optional<std::string> help = reader.string("help");
  if (help && help->empty()) {
    reader.error("help", "'help' is empty; expected a sentence, or leave it out for a generated one");
  }
  desc.help = help.value_or("");
  desc.title = reader.string("title").value_or("");
  RecordFilter filter = RecordFilter::read(reader, context.schemas);
  LabelKeys keys;
  keys.takes_values = type != MetricType::kGauge;
  LabelSet labels = LabelSet::read(reader, context.schemas, type, keys);
  desc.label_names = labels.names();
  desc.expire = labels.options().expire.value_or(Duration{});
  desc.begins_late = type != MetricType::kGauge && !desc.label_names.empty() && labels.initial_series().empty();
  return {std::move(desc), std::move(filter), std::move(labels), context.started};
}

MetricBase::MetricBase(MetricDefinition definition) : definition_(std::move(definition)), table_(fresh_table()) {}

SeriesTable MetricBase::fresh_table() const {
  SeriesTable table(definition_.labels.options());
  for (const std::vector<std::string>& values : definition_.labels.initial_series()) {
    table.create(values, definition_.started);
  }
  if (definition_.labels.options().labels.empty() && definition_.desc.type != MetricType::kGauge) {
    table.create({}, definition_.started);
  }
  return table;
}

void MetricBase::observe(const RecordBatch& batch) {
  observe_records(batch);
  if (is_gauge() && batch.file_version() && batch.file_version()->last) {
    file_series_.end_version(*batch.file_version(), batch.input());
  }
}

// A new version of a file replaces the values of the version before.
void MetricBase::renew_series(const RecordBatch& batch) {
  const std::optional<FileVersionPart>& part = batch.file_version();
  for (const Series series : series_) {
    if (series != kNoSeries && (part ? file_series_.set(series, *part, batch.input()) : file_series_.set(series))) {
      forget_series(series);
    }
  }
}

void MetricBase::observe_records(const RecordBatch& batch) {
  Selection& rows = definition_.filter.select(batch, failures_);
  if (!rows.empty()) {
    read_values(batch, rows, failures_);
  }
  if (rows.empty()) {
    return;
  }
  const FailureCounts before = failures_;
  table_.resolve(definition_.labels.columns(batch, rows), rows, batch.times(), series_, failures_);
  if (failures_ != before) {
    const auto none = std::find(series_.begin(), series_.end(), kNoSeries);
    definition_.labels.note_skipped(batch, rows[static_cast<std::size_t>(none - series_.begin())]);
  }
  resize(table_.size());
  if (is_gauge() && (batch.file_version() || !file_series_.empty())) {
    renew_series(batch);
  }
  record(batch, rows, series_);
}

void MetricBase::save(StateWriter& out) const {
  table_.save(out);
  for (Series series = 0; series < table_.size(); ++series) {
    save_series(series, out);
  }
  save_failures(failures_, out);
  file_series_.save(out);
}

Expected<void> MetricBase::load_all(StateReader& in) {
  if (Expected<void> loaded = table_.load(in); !loaded) {
    return loaded;
  }
  resize(table_.size());
  for (Series series = 0; series < table_.size(); ++series) {
    load_series(series, in);
  }
  failures_ = load_failures(in);
  file_series_.load(in);
  return in.expect_end();
}

Expected<void> MetricBase::load(StateReader& in) {
  Expected<void> loaded = load_all(in);
  if (!loaded) {
    table_ = fresh_table();
    failures_ = {};
    file_series_ = {};
    resize(0);
    resize(table_.size());
  }
  return loaded;
}

void MetricBase::describe(MetricCatalog& catalog) const {
  // A new catalogue takes any single desc; the assembly checks that no two monitors have one name.
  static_cast<void>(catalog.add(definition_.desc));
}

void MetricBase::declare(Catalog& catalog) const { add_metric_panels(definition_.desc, catalog); }

void MetricBase::collect(SnapshotBuilder& out) const {
  MetricFamily& family = out.family(definition_.desc);
  collect_family(family);
  family.samples.reserve(family.samples.size() + table_.size());
  for (Series series = 0; series < table_.size(); ++series) {
    if (table_.visible(series) && !file_series_.is_gone(series)) {
      collect_series(series, family, out);
    }
  }
}

void MetricBase::report(std::vector<MetricStatus>& out) const {
  MetricStatus status;
  status.name = definition_.desc.name;
  table_.report(status);
  status.skipped = skipped_by_reason(failures_);
  out.push_back(std::move(status));
}

}  // namespace leeway
