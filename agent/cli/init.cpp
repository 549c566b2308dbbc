#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "agent/alerts/rule_scope.h"
#include "agent/cli/commands.h"
#include "agent/cli/output_file.h"
#include "agent/cli/report_error.h"
#include "agent/config/toml_reader.h"
#include "agent/init/config_text.h"
#include "agent/init/log_proposal.h"
#include "agent/init/table_proposal.h"
#include "agent/pipeline/assembly.h"

namespace leeway {
namespace {

struct Proposals {
  std::vector<LogProposal> logs;
  std::vector<TableProposal> tables;
};

// Compressed logs are never read by a source: it is the one that they were made from.
std::string path_of_log(std::string path) {
  for (const std::string_view end : {".gz", ".zst"}) {
    if (path.ends_with(end)) {
      path.resize(path.size() - end.size());
    }
  }
  return path;
}

// "web_access" of "/var/log/web-access.log.1".
std::string name_of(const std::string& path, std::set<std::string>& taken) {
  const std::string file = std::filesystem::path(path).filename().string();
  std::string name;
  for (const char c : file.substr(0, file.find('.', 1))) {
    const bool word = std::isalnum(static_cast<unsigned char>(c)) != 0;
    name += word ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '_';
  }
  if (name.empty() || std::isalpha(static_cast<unsigned char>(name.front())) == 0) {
    name = "log" + name;
  }
  const std::string base = name;
  for (int i = 2; !taken.insert(name).second; ++i) {
    name = base + "_" + std::to_string(i);
  }
  return name;
}

// UTF-16 and binary files hold many NUL bytes; a log may hold a few of a request that it quotes.
bool is_text(const std::string& content) {
  return static_cast<std::size_t>(std::count(content.begin(), content.end(), '\0')) * 10 <= content.size();
}

Expected<Proposals> propose(FileSystem& files, const std::vector<std::string>& paths) {
  Proposals proposals;
  std::set<std::string> names;
  for (const std::string& given : paths) {
    const std::string path = std::filesystem::absolute(given).lexically_normal().string();
    const std::string name = name_of(path, names);
    if (std::optional<TableProposal> table = propose_table(files, name, path)) {
      proposals.tables.push_back(std::move(*table));
      continue;
    }
    const Expected<LogSample> sample = take_log_sample(files, path);
    if (!sample) {
      return sample.error();
    }
    if (sample->text.empty()) {
      return Error{ErrorCode::kUsage, "'" + given + "' is empty: there is nothing to look at"};
    }
    if (!is_text(sample->text)) {
      return Error{ErrorCode::kUsage, "'" + given + "' is no text in UTF-8: write its configuration yourself"};
    }
    LogProposal log = propose_for(*sample, name, path_of_log(path));
    if (sample->compressed) {
      log.doubts.push_back(
          "compressed files are not read by themselves: the path is that of the log before it was compressed");
    }
    proposals.logs.push_back(std::move(log));
  }
  return proposals;
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
  for (const auto& [what, role] : {std::pair("level", roles.level), {"status", roles.status}, {"route", roles.path}}) {
    if (role) {
      say(what, *role);
    }
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

// For editors of TOML, where the schema is installed with this program; "" elsewhere.
std::string schema_line() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path schema =
      (program.parent_path() / "../share/leeway/leeway.schema.json").lexically_normal();
  return error || !std::filesystem::exists(schema, error) ? "" : "#:schema file://" + schema.string() + "\n";
}

}  // namespace

int init_command(const CliOptions& options) {
  PosixFileSystem files;
  if (!options.file.empty() && !options.force && files.stat(options.file)) {
    return report_error(Error{ErrorCode::kUsage, "'" + options.file + "' exists: --force replaces it"});
  }
  Expected<Proposals> proposals = propose(files, options.input_files);
  if (!proposals) {
    return report_error(proposals.error());
  }
  const std::string text = schema_line() + config_text(proposals->logs, proposals->tables);
  for (const LogProposal& log : proposals->logs) {
    tell(log);
  }
  for (const TableProposal& table : proposals->tables) {
    tell(table);
  }
  const bool accepted = is_accepted(text, files);
  const std::string written = options.file.empty() ? "leeway.toml" : options.file;
  if (options.file.empty()) {
    std::fputs(text.c_str(), stdout);
  } else if (const Expected<void> replaced = replace_output(options.file, text); !replaced) {
    return report_error(replaced.error());
  }
  std::fprintf(stderr,
               "next:\n  leeway check  --config.file %s\n  leeway replay --config.file %s\n"
               "  leeway run    --config.file %s --state.dir ./leeway-state\n",
               written.c_str(), written.c_str(), written.c_str());
  return accepted ? 0 : 1;
}

}  // namespace leeway
