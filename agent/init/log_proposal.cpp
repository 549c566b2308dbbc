#include "agent/init/log_proposal.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "agent/core/units.h"
#include "agent/expressions/expression.h"
#include "agent/init/field_list.h"
#include "agent/init/proposal_doubts.h"
#include "agent/init/proposal_messages.h"
#include "agent/init/request_line.h"
#include "agent/init/sampled_fields.h"
#include "agent/init/silent_lines.h"
#include "agent/init/state_candidate.h"
#include "agent/init/time_doubts.h"
#include "agent/init/time_order.h"
#include "agent/init/unanswered.h"
#include "agent/init/zone_choice.h"

namespace leeway {
namespace {

constexpr std::size_t kMostRoutes = 30;

TrialInput input_of(const LogSample& sample) { return {sample.text, sample.info.modified}; }

// Evaluates the expressions on all records, and counts what the source reads.
void sample_expressions(LogProposal& proposal, const LogSample& sample) {
  std::vector<std::pair<ValueFacts*, Expression>> expressions;
  const auto prepare = [&](Schema& schema) {
    for (auto& [text, facts] : proposal.results) {
      Expected<Expression> compiled = Expression::compile(text, schema);
      if (compiled) {
        expressions.emplace_back(&facts, std::move(*compiled));
      }
    }
  };
  const auto half = static_cast<std::uint64_t>(std::count(sample.text.begin(), sample.text.end(), '\n') / 2);
  std::uint64_t seen = 0;
  const auto see = [&](const RecordBatch& batch) {
    std::vector<Row> rows(batch.rows());
    for (Row row = 0; row < batch.rows(); ++row) {
      rows[row] = row;
    }
    for (auto& [facts, expression] : expressions) {
      const std::span<const Value> values = expression.evaluate(batch, rows);
      for (std::size_t i = 0; i < values.size(); ++i) {
        facts->add(values[i], seen + i > half);
      }
    }
    seen += batch.rows();
  };
  Expected<SourceTrial> trial = try_source(proposal.keys, input_of(sample), prepare, see);
  if (trial) {
    proposal.trial = std::move(*trial);
  }
}

bool needs_time(const FormatChoice& choice) {
  return std::any_of(choice.formats.begin(), choice.formats.end(), names_fields);
}

void add_time_to(FormatCandidate& format, const TimeChoice& time) {
  const SourceKeys keys = keys_of(time);
  format.keys.insert(format.keys.end(), keys.begin(), keys.end());
}

// Of a list of formats, the time is one of those that do not know theirs.
void add_time(LogProposal& proposal) {
  for (FormatCandidate& format : proposal.choice.formats) {
    const bool named =
        std::any_of(format.keys.begin(), format.keys.end(), [](const auto& key) { return key.first == "time"; });
    if (!named && names_fields(format)) {
      add_time_to(format, proposal.time);
    }
  }
}

// Of several formats, each names its time otherwise: that of the lines that it reads.
void add_own_times(LogProposal& proposal) {
  FormatChoice& choice = proposal.choice;
  for (std::size_t i = 0; i < choice.formats.size(); ++i) {
    FormatChoice alone;
    alone.formats = {choice.formats[i]};
    alone.lines = i < choice.own.size() ? choice.own[i] : choice.lines;
    LogSample lines;
    for (const std::string& line : alone.lines) {
      lines.text += line + "\n";
    }
    const TimeChoice own =
        needs_time(alone) ? time_of(sample_fields(choice.formats[i].keys, lines, fields_of(alone))) : TimeChoice();
    if (!own.field.empty()) {
      add_time_to(choice.formats[i], own);
    }
  }
}

void choose_time(LogProposal& proposal, const std::vector<SampledField>& fields, const LogSample& sample,
                 const InitAnswers& answers) {
  std::vector<TimeChoice> times = times_of(fields);
  const bool one = proposal.choice.formats.size() == 1;
  const std::string doubt = one ? put_ascending_first(times, keys_of(proposal.choice), sample) : "";
  if (!doubt.empty() && !answers.time_field) {
    proposal.doubts.push_back(doubt);
  }
  for (const TimeChoice& choice : times) {
    const bool first = proposal.time.field.empty();
    if (first || choice.field == answers.time_field) {
      proposal.time = choice;
    }
    proposal.other_times.push_back(choice.field);
  }
  std::erase(proposal.other_times, proposal.time.field);
  if (proposal.choice.formats.size() > 1) {
    add_own_times(proposal);
  }
  if (!proposal.time.field.empty()) {
    add_time(proposal);
  }
}

// Of answers to what is no route; of a status that is a text, as a text, since some may be no number.
std::string no_route(const std::string& status) {
  const std::string field = field_in(status);
  return field + (field == status ? " in [400, 404, 405]" : R"( in ["400", "404", "405"])") + " ? \"other\" : ";
}

void choose_route(LogProposal& proposal) {
  if (!proposal.roles.path) {
    return;
  }
  const std::string plain = "route(" + *proposal.roles.path + ")";
  const std::string other = proposal.roles.status ? no_route(*proposal.roles.status) + plain : plain;
  for (const std::string& text : {plain, other}) {
    const ValueFacts& facts = proposal.results[text];
    if (facts.present() > 0 && facts.distinct() <= kMostRoutes && facts.new_values() * 4 <= facts.distinct()) {
      proposal.route = text;
      // What scanners ask for is no route, and tomorrow they ask for something else.
      proposal.route = proposal.roles.status ? other : text;
      return;
    }
  }
  proposal.doubts.push_back("no label for `" + *proposal.roles.path + "`: even as route() it has more than " +
                            std::to_string(kMostRoutes) +
                            " values, or ever new ones; name the routes yourself with route(" + *proposal.roles.path +
                            ", [\"/items/{id}\"])");
}

// Those of level() that programs write out.
constexpr const char* kLevelWords =
    "(?i)^(trace|debug|info|notice|warn|warning|error|err|fatal|critical|crit|alert|emerg|severe|panic|fail|log)$";

// Words that level() does not know are "other"; where these are most, the words are the label themselves.
void use_known_levels(LogProposal& proposal, const std::vector<SampledField>& fields) {
  for (const SampledField& field : fields) {
    const std::string known = "level(" + field.text + ")";
    if (proposal.roles.level != known) {
      continue;
    }
    const std::uint64_t read = proposal.results[known].present();
    if (read * 2 < field.facts.present()) {
      proposal.results.emplace(field.text, field.facts);
      proposal.roles.level = field.text;
    } else if (read < field.facts.present()) {
      proposal.known_level = "has(" + field.text + ") && string(" + field.text + ").matches(r\"" + kLevelWords + "\")";
    }
    return;
  }
}

// The status of records with a latency, 0 of others.
std::string status_with_latency(const LogProposal& proposal) {
  const FieldRoles& roles = proposal.roles;
  const auto known = proposal.text_fields.find(roles.latency->field);
  const std::string has =
      known == proposal.text_fields.end() ? "has(" + roles.latency->field + ")" : known->second.condition;
  return has + " ? " + *roles.status + " : 0";
}

void note_latency_of_requests(LogProposal& proposal) {
  const FieldRoles& roles = proposal.roles;
  if (!roles.latency || !roles.status) {
    return;
  }
  const ValueFacts& statuses = proposal.results[status_with_latency(proposal)];
  const double both = (1 - statuses.share_below(1)) * static_cast<double>(statuses.number_count());
  proposal.latency_of_requests = 2 * both >= static_cast<double>(proposal.results[roles.latency->value].number_count());
}

void want(LogProposal& proposal) {
  const FieldRoles& roles = proposal.roles;
  for (const auto& role : {roles.level, roles.status, roles.success, roles.failure, roles.method, roles.message}) {
    if (role) {
      proposal.results.emplace(*role, ValueFacts());
    }
  }
  if (roles.failure && !roles.level && !roles.status && !roles.success) {
    const std::string& field = *roles.failure;
    proposal.failed = "has(" + field + ")" + (proposal.null_fields.contains(field) ? " && " + field + " != null" : "");
    proposal.results.emplace(proposal.failed + kAsText, ValueFacts());
  }
  if (roles.latency) {
    proposal.results.emplace(roles.latency->value, ValueFacts());
    if (roles.status) {
      proposal.results.emplace(status_with_latency(proposal), ValueFacts());
    }
  }
  if (roles.path) {
    const std::string route = "route(" + *roles.path + ")";
    proposal.results.emplace(route, ValueFacts());
    if (roles.status) {
      proposal.results.emplace(no_route(*roles.status) + route, ValueFacts());
    }
  }
}

// Names of errors, as the labels have them.
void choose_bad_levels(LogProposal& proposal, const InitAnswers& answers) {
  if (!proposal.roles.level) {
    return;
  }
  if (answers.bad_levels) {
    proposal.bad_levels = *answers.bad_levels;
    return;
  }
  for (const auto& [value, count] : proposal.results[*proposal.roles.level].values()) {
    if (is_bad_level(value) && !proposal.roles.level->starts_with("level(")) {
      proposal.bad_levels.push_back(value);
    }
  }
  if (proposal.bad_levels.empty() && proposal.roles.level->starts_with("level(")) {
    proposal.bad_levels = {"error", "fatal"};
  } else if (proposal.bad_levels.empty()) {
    proposal.bad_levels = {"error", "fatal", "ERROR", "FATAL"};
  }
}

// The times and counts of the source with the keys as they are now.
void read_again(LogProposal& proposal, const LogSample& sample) {
  proposal.keys = keys_of(proposal.choice);
  Expected<SourceTrial> trial = try_source(proposal.keys, input_of(sample));
  if (trial) {
    proposal.trial = std::move(*trial);
  }
}

std::string hours_text(std::chrono::minutes offset) {
  return format_duration(offset < offset.zero() ? -offset : offset) + (offset < offset.zero() ? " before" : " after");
}

// Of times without a zone: as people say, or as the difference of the last one from the file's last change tells.
void choose_zone(LogProposal& proposal, const LogSample& sample, const InitAnswers& answers) {
  const SourceTrial& trial = proposal.trial;
  proposal.has_time = trial.timed > 0 && trial.timed * 2 >= trial.records;
  proposal.local_times = proposal.has_time && depends_on_zone(proposal.choice);
  if (!proposal.local_times) {
    return;
  }
  if (answers.time_zone) {
    set_zone(proposal.choice, *answers.time_zone);
    read_again(proposal, sample);
    return;
  }
  const std::optional<std::chrono::minutes> offset = offset_of(trial.last, sample.info.modified);
  const std::string zone =
      offset && offset->count() != 0 ? zone_with_offset(*offset, trial.last, answers.machine_zone) : "";
  if (zone.empty()) {
    proposal.doubts.push_back("its times have no zone and are read as UTC" +
                              std::string(offset && offset->count() == 0 ? ", which fits the last change of the file"
                                                                         : "; set `time_zone` if they are not"));
    return;
  }
  proposal.zone = zone;
  proposal.doubts.push_back("its times have no zone and are read as of " + zone + ", because the last one is " +
                            hours_text(*offset) + " the last change of the file in UTC; another zone may have the " +
                            "same clocks, and the file may have been copied since then");
  set_zone(proposal.choice, zone);
  read_again(proposal, sample);
}

}  // namespace

LogProposal propose_for(const LogSample& sample, const std::string& name, const std::string& path,
                        const InitAnswers& answers) {
  LogProposal proposal{name, path, answers.path_fields, answers.path_label, answers.path_values};
  proposal.choice = answers.formats ? *answers.formats : choose_formats(sample);
  proposal.doubts = name_zones(proposal.choice);
  std::vector<SampledField> fields = sample_fields(keys_of(proposal.choice), sample, fields_of(proposal.choice));
  if (needs_time(proposal.choice)) {
    choose_time(proposal, fields, sample, answers);
  }
  for (const SampledField& field : fields) {
    if (field.facts.nulls() > 0) {
      proposal.null_fields.insert(field.text);
    }
    if (nearly_all(field.facts.percents(), field.facts.present())) {
      proposal.doubts.push_back("`" + field.text + "` is a percentage in a text, which `ratio(" + field.text +
                                ")` reads");
    }
    if (field.facts.marks() > 0) {
      proposal.marked_fields.insert(field.text);
    }
  }
  proposal.keys = keys_of(proposal.choice);
  const auto& formats = proposal.choice.formats;
  proposal.reads_requests =
      std::any_of(fields.begin(), fields.end(), [](const auto& f) { return f.text == "malformed"; }) ||
      std::any_of(formats.begin(), formats.end(), [](const auto& f) { return f.name == "uwsgi"; });
  const bool in_seconds = std::any_of(formats.begin(), formats.end(), [](const FormatCandidate& format) {
    return is_preset(format) || to_toml(format.keys).find("{duration:") != std::string::npos;
  });
  proposal.roles = roles_of(fields, in_seconds);
  if (!proposal.roles.method && !proposal.roles.path) {
    add_text_fields(proposal, request_line_fields(fields), fields);
  }
  const std::vector<MessageText> messages = take_messages(proposal, sample, fields);
  proposal.roles = roles_of(fields, in_seconds);
  choose_numbers(proposal, fields, messages);
  proposal.state = state_candidate(fields, proposal.text_fields);
  for (const auto* const list : {&proposal.roles.labels, &proposal.roles.amounts}) {
    for (const std::string& field : *list) {
      proposal.results.emplace(field, ValueFacts());
    }
  }
  want(proposal);
  want_unanswered(proposal);
  sample_expressions(proposal, sample);
  note_latency_of_requests(proposal);
  keep_unanswered(proposal);
  use_known_levels(proposal, fields);
  choose_route(proposal);
  choose_zone(proposal, sample, answers);
  for (std::string& doubt : doubts_of_dates(proposal.choice, sample)) {
    proposal.doubts.push_back(std::move(doubt));
  }
  if (std::string doubt = doubt_of_access_duration(proposal.choice, fields); !doubt.empty()) {
    proposal.doubts.push_back(std::move(doubt));
  }
  choose_bad_levels(proposal, answers);
  count_joined(proposal, sample);
  note_doubts(proposal);
  ignore_noise(proposal);
  find_probes(proposal, fields);
  count_messages(proposal, sample, messages);
  note_silent_lines(proposal, sample);
  return proposal;
}

}  // namespace leeway
