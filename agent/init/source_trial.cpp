#include "agent/init/source_trial.h"

#include <algorithm>
#include <memory>

#include "agent/config/toml_reader.h"
#include "agent/init/text_file_system.h"
#include "collectors/builtin.h"

namespace leeway {
namespace {

// A source that was built, and what it needs.
struct Built {
  ConfigTable config;
  Diagnostics diagnostics;
  std::unique_ptr<SourceDefinition> definition;
};

Error error_of(const Diagnostics& diagnostics) {
  const std::vector<Error> errors = diagnostics.errors();
  return errors.empty() ? Error{ErrorCode::kConfiguration, "cannot be used"} : errors.front();
}

Expected<std::unique_ptr<Built>> build(const SourceKeys& keys, const TrialInput& input) {
  auto built = std::make_unique<Built>();
  const std::string text = "name = \"sample\"\ntype = \"" + input.type + "\"\npath = " + toml_text(input.path) + "\n";
  built->config = parse_toml(text + to_toml(keys), "sample", built->diagnostics);
  if (built->diagnostics.has_errors()) {
    return error_of(built->diagnostics);
  }
  const auto kinds = builtin_collectors();
  const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.type == input.type; });
  TableReader reader(built->config, Position{}, "[[source]]", built->diagnostics);
  CollectorContext context{reader, std::nullopt, builtin_formats()};
  built->definition = kind->build(context);
  if (built->definition == nullptr || built->diagnostics.has_errors()) {
    return error_of(built->diagnostics);
  }
  return built;
}

void note_times(const RecordBatch& batch, SourceTrial& trial) {
  for (const TimePoint time : batch.times()) {
    if (time == kNoTime) {
      continue;
    }
    ++trial.timed;
    trial.first = trial.first == kNoTime ? time : std::min(trial.first, time);
    trial.backwards += trial.last != kNoTime && time < trial.last ? 1 : 0;
    trial.last = trial.last == kNoTime ? time : std::max(trial.last, time);
  }
}

void note_status(const Collector& collector, SourceTrial& trial) {
  SourceStatus status;
  collector.report(status);
  for (const auto& [reason, count] : status.rejects) {
    trial.rejected += count;
  }
  trial.ignored = status.ignored;
  for (const auto& [reason, examples] : status.reject_examples) {
    for (const RejectExample& example : examples) {
      trial.rejects.push_back(example.text);
    }
  }
}

}  // namespace

Expected<SourceTrial> try_source(const SourceKeys& keys, const TrialInput& input,
                                 const std::function<void(Schema&)>& prepare, const SeeBatch& see) {
  Expected<std::unique_ptr<Built>> built = build(keys, input);
  if (!built) {
    return built.error();
  }
  SourceDefinition& definition = *(*built)->definition;
  Schema schema;
  schema.set_source("sample");
  schema.set_time_reader(definition.time_reader());
  schema.set_time_zone(definition.time_zone());
  prepare(schema);
  TextFileSystem text(input.path, input.text, input.modified);
  const std::unique_ptr<Collector> collector = definition.open(schema, input.files == nullptr ? text : *input.files);
  if (const Expected<void> found = collector->discover(); !found) {
    return found.error();
  }
  SourceTrial trial;
  RecordBatch batch;
  bool finishing = input.type != "log";
  for (;;) {
    collector->set_monotonic_time({});
    const Expected<PollState> state = finishing ? collector->finish({}, batch) : collector->poll({}, batch);
    if (!state) {
      return state.error();
    }
    trial.records += batch.rows();
    note_times(batch, trial);
    see(batch);
    if ((*state == PollState::kIdle && finishing) || trial.records >= input.most_records) {
      break;
    }
    finishing = finishing || *state == PollState::kIdle;
  }
  note_status(*collector, trial);
  return trial;
}

Expected<std::vector<std::string>> columns_of(const SourceKeys& keys, const TrialInput& input) {
  const Expected<std::unique_ptr<Built>> built = build(keys, input);
  if (!built) {
    return built.error();
  }
  TextFileSystem text(input.path, input.text, input.modified);
  return (*built)->definition->columns(input.files == nullptr ? text : *input.files);
}

std::string to_toml(const SourceKeys& keys) {
  std::string text;
  for (const auto& [key, value] : keys) {
    text += key + " = " + value + "\n";
  }
  return text;
}

std::string to_list_element(const SourceKeys& keys) {
  if (keys.size() == 1) {
    return keys.front().second;
  }
  std::string text = "{ ";
  for (const auto& [key, value] : keys) {
    text += (text.size() == 2 ? "" : ", ") + key + " = " + value;
  }
  return text + " }";
}

std::string toml_text(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= ' ' && byte != 0x7f;
  });
  if (plain && text.find_first_of("\"\\") == std::string_view::npos) {
    return '"' + std::string(text) + '"';
  }
  if (plain && text.find('\'') == std::string_view::npos) {
    return '\'' + std::string(text) + '\'';
  }
  if (plain && text.find("'''") == std::string_view::npos && text.back() != '\'') {
    return "'''" + std::string(text) + "'''";
  }
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c == '\t') {
      result += "\\t";
    } else if (byte < ' ' || byte == 0x7f) {
      result += "\\u00";
      result += kDigits[byte >> 4U];
      result += kDigits[byte & 15U];
    } else {
      result += c;
    }
  }
  return result + '"';
}

}  // namespace leeway
