#include "agent/sampling/take_sample.h"

#include <algorithm>

#include "agent/sampling/field_names.h"
#include "agent/sampling/format_fields.h"
#include "agent/sampling/time_fields.h"

namespace leeway {
namespace {

constexpr std::size_t kAllLogs = std::size_t{64} << 20;   // bytes
constexpr std::size_t kMostWatched = 100;                 // fields of records that nothing else reads
constexpr std::size_t kBeginning = std::size_t{1} << 20;  // of a data file, that is looked at for names

std::vector<std::string> texts_at(const ConfigTable& table, std::string_view key) {
  std::vector<std::string> texts;
  const ConfigValue* const value = table.find(key);
  if (value == nullptr) {
    return texts;
  }
  const auto add = [&](const ConfigValue& each) {
    if (const auto* const text = each.get_if<std::string>()) {
      texts.push_back(*text);
    }
  };
  add(*value);
  if (const auto* const array = value->get_if<ConfigArray>()) {
    std::for_each(array->begin(), array->end(), add);
  }
  return texts;
}

std::string beginning_of(FileSystem& files, const std::string& path, std::size_t bytes) {
  const Expected<std::unique_ptr<File>> file = files.open(path, OpenMode::kRead);
  std::string text(bytes, '\0');
  const Expected<std::size_t> read = file ? read_fully(**file, 0, text) : Expected<std::size_t>(std::size_t{0});
  text.resize(read ? *read : 0);
  return text;
}

bool has(const std::vector<FieldPath>& fields, const FieldPath& path) {
  return std::find(fields.begin(), fields.end(), path) != fields.end();
}

// The members of Docker's lines as `container` names them; the text is for the format.
std::vector<FieldPath> fields_of_docker(const std::vector<FieldPath>& members) {
  std::vector<FieldPath> fields;
  for (const FieldPath& member : members) {
    if (member.steps.front() != FieldPath{{"log"}}.steps.front()) {
      fields.push_back(member);
      fields.back().steps.insert(fields.back().steps.begin(), std::string("container"));
    }
  }
  return fields;
}

}  // namespace

Position SampledSource::position_of(std::string_view key) const {
  const ConfigValue* const value = table == nullptr ? nullptr : table->find(key);
  return value == nullptr ? position : value->position();
}

DataSample::DataSample(Assembly& assembly, const ConfigTable& config, const std::vector<ExpressionUse>& uses,
                       const std::map<std::string, std::string>& paths, FileSystem& files, const SampleLimits& limits)
    : config_(config), files_(files), limits_(limits), sample_files_(files) {
  const auto logs = static_cast<std::size_t>(std::count_if(
      assembly.sources.begin(), assembly.sources.end(), [](const auto& source) { return !source->has_file_versions; }));
  for (const auto& source : assembly.sources) {
    add_source(*source, paths, logs);
  }
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    SampledSource& sampled = sources_[i];
    if (sampled.stream) {
      continue;
    }
    find_fields(sampled);
    Schema& schema = assembly.sources[i]->schema;
    const std::vector<FieldPath> configured(schema.fields().begin(), schema.fields().end());
    const bool named = sampled.source->definition->names_columns();
    for (const FieldPath& path : configured) {
      if (path.json_at == 0 && path.steps.size() > 1 && (!named || has(sampled.known_fields, flat_path(path)))) {
        schema.intern(flat_path(path));
      }
      for (const FieldPath& meant : fields_meant(path, sampled.known_fields)) {
        schema.intern(meant);
      }
    }
    for (std::size_t field = 0; field < std::min(sampled.known_fields.size(), kMostWatched); ++field) {
      schema.intern(sampled.known_fields[field]);
    }
    for (const FieldPath& time : time_candidates(sampled.known_fields)) {
      schema.intern(time);
    }
    sampled.is_read = !assembly.sources[i]->feeds.empty();
    sampled.sample = std::make_unique<SourceSample>(sampled.source->name, schema, configured.size(), uses, config_,
                                                    *sampled.source->definition);
    assembly.sources[i]->feeds.push_back({sampled.sample.get(), 0});
  }
}

void DataSample::add_source(AssembledSource& source, const std::map<std::string, std::string>& paths,
                            std::size_t logs) {
  SampledSource sampled;
  sampled.source = &source;
  sampled.stream = !source.definition->exclusive_input().empty();
  if (const ConfigValue* const entry = find_entry(config_, "source", source.name)) {
    sampled.table = entry->get_if<ConfigTable>();
    sampled.position = entry->position();
  }
  if (sampled.table != nullptr && !sampled.stream) {
    const auto given = paths.find(source.name);
    const std::vector<std::string> patterns =
        given != paths.end() ? std::vector<std::string>{given->second} : texts_at(*sampled.table, "path");
    const std::vector<std::string> excludes = texts_at(*sampled.table, "exclude");
    sampled.patterns = {patterns.begin(), patterns.end()};
    sampled.excludes = {excludes.begin(), excludes.end()};
    sampled.matches = expand(files_, sampled.patterns, sampled.excludes);
    sampled.newest = newest_of(files_, sampled.matches.paths);
  }
  if (sampled.newest) {
    if (const Expected<FileInfo> info = files_.stat(*sampled.newest)) {
      sampled.info = *info;
    }
  }
  for (const std::string& path : sampled.matches.paths) {
    source.has_file_versions ? sample_files_.show(path) : sample_files_.hide(path);
  }
  if (source.has_file_versions) {
    sources_.push_back(std::move(sampled));
    return;
  }
  if (sampled.newest) {
    SampleSize size = limits_.log;
    size.bytes = std::min(size.bytes, kAllLogs / std::max<std::size_t>(1, logs));
    // One that cannot be read is not in the sample; the findings say why.
    static_cast<void>(sample_files_.add_log(*sampled.newest, size));
    sampled.share = sample_files_.share_of(*sampled.newest);
  }
  sources_.push_back(std::move(sampled));
}

void DataSample::find_fields(SampledSource& sampled) {
  if (!sampled.newest) {
    return;
  }
  const std::vector<FieldPath> of_format =
      sampled.table == nullptr ? std::vector<FieldPath>() : fields_of_format(*sampled.table);
  if (!sampled.source->has_file_versions) {
    sampled.known_fields = fields_of_text(sample_files_.text_of(*sampled.newest));
    if (sampled.table != nullptr && texts_at(*sampled.table, "container") == std::vector<std::string>{"docker"}) {
      sampled.known_fields = fields_of_docker(sampled.known_fields);
    }
    find_elsewhere(sampled);
  } else if (Expected<std::vector<std::string>> columns = sampled.source->definition->columns(files_)) {
    for (std::string& column : *columns) {
      sampled.known_fields.push_back({{std::move(column)}});
    }
  } else {
    const std::string text = beginning_of(files_, *sampled.newest, kBeginning);
    sampled.known_fields = fields_of_document(text);
    if (sampled.known_fields.empty()) {
      sampled.known_fields = fields_of_text(text);
    }
  }
  for (const FieldPath& path : of_format) {
    if (!has(sampled.known_fields, path)) {
      sampled.known_fields.push_back(path);
    }
  }
}

void DataSample::find_elsewhere(SampledSource& sampled) {
  constexpr std::size_t kMostLogs = 20;
  constexpr std::size_t kFirstBytes = std::size_t{64} << 10;
  std::size_t logs = 0;
  for (const std::string& path : sampled.matches.paths) {
    if (path == *sampled.newest || ++logs > kMostLogs) {
      continue;
    }
    for (FieldPath& field : fields_of_text(beginning_of(files_, path, kFirstBytes))) {
      const bool known =
          has(sampled.known_fields, field) || std::any_of(sampled.elsewhere.begin(), sampled.elsewhere.end(),
                                                          [&](const auto& other) { return other.first == field; });
      if (!known) {
        sampled.elsewhere.emplace_back(std::move(field), path);
      }
    }
  }
}

std::string DataSample::text_of(const SampledSource& sampled) const {
  return sampled.source->has_file_versions ? beginning_of(files_, *sampled.newest, kBeginning)
                                           : std::string(sample_files_.text_of(*sampled.newest));
}

// The metric is called like its entry, or like the section and it.
const MetricStatus* DataSample::status_of(const ConfigPlace& place) const {
  const ConfigValue* const value = place.size() < 2 ? nullptr : value_at(config_, {place[0], place[1], "name"});
  const std::string* const name = value == nullptr ? nullptr : value->get_if<std::string>();
  const std::vector<MetricStatus>& metrics = snapshot_->status().metrics;
  const auto found = std::find_if(metrics.begin(), metrics.end(), [&](const MetricStatus& status) {
    return name != nullptr && (status.name == *name || status.name == place[0] + ":" + *name);
  });
  return found == metrics.end() ? nullptr : &*found;
}

void DataSample::run(Pipeline& pipeline, const Clock& clock) {
  taken_ = clock.wall();
  const MonotonicTime end = clock.monotonic() + limits_.patience;
  const auto enough = [&](const SourceStatus& status) {
    const bool late = clock.monotonic() >= end;
    out_of_time_ = out_of_time_ || late;
    const auto own = std::find_if(sources_.begin(), sources_.end(),
                                  [&](const SampledSource& source) { return source.source->name == status.name; });
    return late || (own->source->has_file_versions && status.bytes >= limits_.file_bytes);
  };
  const std::set<std::string> ended = pipeline.read_sample([this] { sample_files_.reveal(); }, enough);
  SnapshotBuilder builder(clock.wall());
  pipeline.collect(builder);
  snapshot_ = builder.build();
  catalog_ = &pipeline.catalog();
  for (SampledSource& sampled : sources_) {
    sampled.complete = ended.contains(sampled.source->name);
    for (const SourceStatus& status : snapshot_->status().sources) {
      if (status.name == sampled.source->name) {
        sampled.status = status;
        if (sampled.sample != nullptr && status.future_example != kNoTime) {
          sampled.sample->include_time(status.future_example);
        }
      }
    }
  }
}

}  // namespace leeway
