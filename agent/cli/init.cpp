#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "agent/alerts/rule_scope.h"
#include "agent/cli/commands.h"
#include "agent/cli/init_inputs.h"
#include "agent/cli/init_questions.h"
#include "agent/cli/input_files.h"
#include "agent/cli/output_file.h"
#include "agent/cli/report_error.h"
#include "agent/config/toml_reader.h"
#include "agent/init/config_text.h"
#include "agent/init/file_kind.h"
#include "agent/init/log_proposal.h"
#include "agent/init/source_name.h"
#include "agent/init/table_proposal.h"
#include "agent/pipeline/assembly.h"
#include "collectors/paths/glob.h"

namespace leeway {
namespace {

struct Proposals {
  std::vector<LogProposal> logs;
  std::vector<TableProposal> tables;
};

std::string free_name(const InitInput& input, std::set<std::string>& taken) {
  const std::string base = input.path == "-" ? "stdin" : source_name(!input.name.empty() ? input.name : input.path);
  std::string name = base;
  for (int i = 2; !taken.insert(name).second; ++i) {
    name = base + "_" + std::to_string(i);
  }
  return name;
}

std::string list_of(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

void tell(const LogProposal& log) {
  std::vector<std::string> formats;
  for (const FormatCandidate& format : log.choice.formats) {
    formats.push_back(format.name);
  }
  std::fprintf(stderr, "%s: %s%s; %llu records, %llu rejected lines in the sample\n", log.path.c_str(),
               formats.empty() ? "no format" : list_of(formats).c_str(),
               log.choice.container.empty() ? "" : (", written by " + log.choice.container).c_str(),
               static_cast<unsigned long long>(log.trial.records), static_cast<unsigned long long>(log.trial.rejected));
  const auto say = [](const char* what, const std::string& text) {
    std::fprintf(stderr, "  %-8s %s\n", what, text.c_str());
  };
  say("time", !log.has_time ? "none" : log.time.field.empty() ? "by the format" : log.time.field);
  if (!log.choice.multiline.empty()) {
    say("lines", "several are a record: multiline = " + log.choice.multiline + "; " + std::to_string(log.joined) +
                     " go on with the record before them");
  }
  const FieldRoles& roles = log.roles;
  for (const auto& [what, role] : {std::pair("level", roles.level), {"status", roles.status}}) {
    if (role) {
      say(what, *role);
    }
  }
  if (!log.route.empty() && roles.status) {
    say("route", *roles.path);
  }
  if (roles.latency) {
    say("latency", roles.latency->value + ", in seconds");
  }
  for (const std::string& doubt : log.doubts) {
    say("to check", doubt);
  }
}

void tell(const TableProposal& table) {
  std::fprintf(stderr, "%s: a data file, %zu columns, %llu rows\n", table.path.c_str(), table.columns.size(),
               static_cast<unsigned long long>(table.rows));
  for (const std::string& doubt : table.doubts) {
    std::fprintf(stderr, "  %-8s %s\n", "to check", doubt.c_str());
  }
}

// Where the machine's clocks are: TZ, or what /etc/localtime leads to.
std::string machine_zone(const FileSystem& files) {
  const char* const named = std::getenv("TZ");  // NOLINT(concurrency-mt-unsafe): nothing changes it
  if (named != nullptr && *named != '\0') {
    return named;
  }
  constexpr std::string_view kFolder = "zoneinfo/";
  const Expected<std::string> link = files.read_link("/etc/localtime");
  const std::size_t at = link ? link->rfind(kFolder) : std::string::npos;
  return at == std::string::npos ? "" : link->substr(at + kFolder.size());
}

// Of several containers each; else of the newest part of a log.
Expected<LogSample> sample_of_files(FileSystem& files, const InitInput& input) {
  constexpr std::size_t kMostFiles = 8;
  const std::size_t looked_at = input.path_fields.empty() ? 1 : std::min(input.files.size(), kMostFiles);
  Expected<LogSample> sample = take_log_sample(files, input.files.front());
  for (std::size_t i = 1; sample && i < looked_at; ++i) {
    const Expected<LogSample> other = take_log_sample(files, input.files[i]);
    if (!other) {
      return other.error();
    }
    sample->text += (sample->text.ends_with('\n') ? "" : "\n") + other->text;
    sample->size += other->size;
    sample->info.modified = std::max(sample->info.modified, other->info.modified);
  }
  return sample;
}

Expected<LogSample> sample_of(FileSystem& files, const InitInput& input) {
  Expected<LogSample> sample = input.path == "-" ? sample_of_standard_input() : sample_of_files(files, input);
  if (sample && !from_utf16(sample->text) && !binary_kind(sample->text).empty()) {
    return Error{ErrorCode::kUsage, "'" + input.path + "' is binary, and no text"};
  }
  return sample;
}

// What the source's key says: without a `*` of its own, the path has no wildcards.
std::string pattern_of(const InitInput& input) {
  const bool is_file = std::find(input.files.begin(), input.files.end(), input.path) != input.files.end();
  return is_file || input.path.find('*') == std::string::npos ? Glob::of_path(input.path) : input.path;
}

// Where only a part of the log from before its rotation is there.
void name_older(FileSystem& files, const InitInput& input, bool compressed, LogProposal& log) {
  if (compressed) {
    log.doubts.push_back(
        "compressed files are not read by themselves: the path is that of the log before it was compressed");
  } else if (input.path == "-" || input.files.empty() || input.files.front() == input.path || files.stat(input.path) ||
             Glob::has_wildcard(input.path)) {
    return;
  } else {
    log.doubts.push_back("there is no '" + input.path + "', only what it was rotated to, '" + input.files.front() +
                         "': the path is that of the log");
  }
  log.older = input.files.front();
}

// Tells what it saw, asks where that is possible, and tells again if that changed something.
Expected<Proposals> propose(FileSystem& files, const std::vector<InitInput>& inputs, bool asks) {
  Proposals proposals;
  std::set<std::string> names;
  InitAnswers known;
  known.machine_zone = machine_zone(files);
  for (const InitInput& input : inputs) {
    known.path_fields = input.path_fields;
    known.path_label = input.label;
    known.path_values = input.files.size();
    const std::string name = free_name(input, names);
    std::optional<TableProposal> table =
        input.path == "-" ? std::nullopt : propose_table(files, name, input.files.front());
    known.formats = table && table->appended ? std::optional(as_log(*table)) : std::nullopt;
    if (table && !table->appended) {
      tell(*table);
      proposals.tables.push_back(std::move(*table));
      continue;
    }
    const Expected<LogSample> sample = sample_of(files, input);
    if (!sample && inputs.size() > 1) {
      std::fprintf(stderr, "%s is skipped: %s\n", input.path.c_str(), sample.error().to_string().c_str());
      names.erase(name);
      continue;
    }
    if (!sample) {
      return sample.error();
    }
    LogProposal log = propose_for(*sample, name, input.path, known);
    if (!input.named && log.choice.formats.empty() &&
        !is_named_log(std::filesystem::path(input.path).filename().string())) {
      std::fprintf(stderr, "%s is skipped: it has no lines as logs have them; name it to have it read\n",
                   input.path.c_str());
      names.erase(name);
      continue;
    }
    name_older(files, input, sample->compressed, log);
    tell(log);
    const std::optional<InitAnswers> answers = asks ? ask_about(log, known) : std::nullopt;
    if (answers) {
      log = propose_for(*sample, name, input.path, *answers);
      name_older(files, input, sample->compressed, log);
      tell(log);
    }
    log.path = pattern_of(input);
    proposals.logs.push_back(std::move(log));
  }
  if (proposals.logs.empty() && proposals.tables.empty()) {
    return Error{ErrorCode::kIo, "none of these can be read as a log"};
  }
  return proposals;
}

// Whether the agent would accept it. What it says goes to standard error.
bool is_accepted(const std::string& text, FileSystem& files) {
  Diagnostics diagnostics;
  const ConfigTable config = parse_toml(text, "the proposed configuration", diagnostics);
  std::optional<Assembly> assembly;
  if (!diagnostics.has_errors()) {
    const AssemblyOptions options{{}, "", SystemClock().wall(), "leeway"};
    assembly = assemble(config, options, files, diagnostics);
  }
  if (assembly) {
    apply_scope(assembly->catalog, diagnostics);
  }
  std::fputs(diagnostics.to_string().c_str(), stderr);
  return assembly.has_value();
}

// "$${" means the text "${"; comments stay as they are.
std::string without_variables(const std::string& toml) {
  std::string result;
  bool comment = false;
  for (std::size_t i = 0; i < toml.size(); ++i) {
    comment = i == 0 || toml[i - 1] == '\n' ? toml[i] == '#' : comment;
    result += !comment && toml.compare(i, 2, "${") == 0 ? "$" : "";
    result += toml[i];
  }
  return result;
}

// For editors of TOML, where the schema is installed with this program; "" elsewhere.
std::string schema_line() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path schema =
      (program.parent_path() / "../share/leeway/leeway.schema.json").lexically_normal();
  return error || !std::filesystem::exists(schema, error) ? "" : "#:schema file://" + schema.string() + "\n";
}

// What to do with the configuration.
void tell_next(const Proposals& proposals, const std::string& written) {
  const auto stream = [](const LogProposal& log) { return log.path == "-"; };
  const char* const from = std::any_of(proposals.logs.begin(), proposals.logs.end(), stream) ? " < LOG" : "";
  std::string before;
  std::string paths;
  for (const LogProposal& log : proposals.logs) {
    if (!log.older.empty() && !is_compressed_name(log.older)) {
      paths += " --source.path '" + log.name + "=" + log.older + "'";
    } else if (!log.older.empty() && before.empty()) {
      // Only what comes through standard input may be compressed.
      before = (log.older.ends_with(".zst") ? "zstd -dc '" : "gzip -dc '") + log.older + "' | ";
      paths += " --source.path " + log.name + "=-";
    }
  }
  // check reads no sample of standard input.
  std::fprintf(stderr, "next:\n  leeway check  --config.file %s%s\n  %sleeway replay --config.file %s%s%s\n",
               written.c_str(), paths.c_str(), before.c_str(), written.c_str(), from, paths.c_str());
  std::fprintf(stderr, "  leeway run    --config.file %s --state.dir ./leeway-state%s\n", written.c_str(), from);
}

}  // namespace

int init_command(const CliOptions& options) {
  PosixFileSystem files;
  if (!options.file.empty() && !options.force && files.stat(options.file)) {
    return report_error(Error{ErrorCode::kUsage, "'" + options.file + "' exists: --force replaces it"});
  }
  std::vector<std::string> said;
  const Expected<std::vector<InitInput>> inputs = find_inputs(files, options.input_files, said);
  for (const std::string& sentence : said) {
    // One alone is the error.
    std::fputs(inputs || said.size() > 1 ? (sentence + "\n").c_str() : "", stderr);
  }
  if (!inputs) {
    return report_error(inputs.error());
  }
  const bool asks = !options.yes && can_ask();
  Expected<Proposals> proposals = propose(files, *inputs, asks);
  if (!proposals) {
    return report_error(proposals.error());
  }
  const std::string text = schema_line() + without_variables(config_text(proposals->logs, proposals->tables));
  const bool accepted = is_accepted(text, files);
  bool replace = options.force;
  const std::string output = options.file.empty() && asks ? ask_where_to_write(files, replace) : options.file;
  if (output.empty()) {
    std::fputs(text.c_str(), stdout);
  } else if (!accepted) {
    std::fprintf(stderr, "'%s' is not written: the agent would not accept it\n", output.c_str());
    return 1;
  } else if (const Expected<void> replaced = replace_output(output, text); !replaced) {
    return report_error(replaced.error());
  }
  for (const LogProposal& log : proposals->logs) {
    for (const std::string& remark : log.remarks) {
      std::fprintf(stderr, "  to check %s: %s\n", log.name.c_str(), remark.c_str());
    }
  }
  tell_next(*proposals, output.empty() ? "leeway.toml" : output);
  return accepted ? 0 : 1;
}

}  // namespace leeway
