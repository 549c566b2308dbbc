#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <utility>

#include "agent/cli/command_words.h"
#include "agent/cli/commands.h"
#include "agent/cli/completion.h"
#include "agent/core/posix_stream.h"

namespace {

// A variable of a shell that is not set must not mean "off".
CLI::Validator not_empty() {
  return CLI::Validator([](const std::string& text) { return text.empty() ? "is empty" : std::string(); }, "");
}

void add_source_paths(CLI::App& command, leeway::CliOptions& options) {
  command
      .add_option("--source.path", options.source_paths, "NAME=GLOB: read this source from other files (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
}

// Also as the word without an option if `names` has one, or from the environment. Not CLI11's envname(), which sets the
// targets of all commands, and so takes precedence over the option of one that shares its target.
template <typename Target>
CLI::Option& add_config(CLI::App& command, Target& target, const char* names = "-c,--config.file,CONFIG") {
  CLI::Option& option =
      *command.add_option(names, target, "The configuration, a TOML file; also by LEEWAY_CONFIG_FILE");
  const char* const named = std::getenv("LEEWAY_CONFIG_FILE");
  if (named != nullptr && *named != '\0') {
    target = Target{named};
  } else {
    option.required();
  }
  return option;
}

void add_common(CLI::App& command, leeway::CliOptions& options) {
  add_config(command, options.config_file);
  add_source_paths(command, options);
}

void add_state_dir(CLI::App& command, leeway::CliOptions& options, const char* what) {
  command.add_option("--state.dir", options.state_dir, what);
}

// Commands that write files in one of the formats, the first by default.
CLI::Option& add_generator(CLI::App& command, leeway::CliOptions& options, const std::vector<std::string>& formats) {
  CLI::Option& config = add_config(command, options.config_files);
  command.add_option("--output-dir", options.output_dir, "Where to write; created if missing")->required();
  std::string listed = formats.front() + " (default)";
  for (std::size_t i = 1; i < formats.size(); ++i) {
    listed += (i + 1 == formats.size() ? " or " : ", ") + formats[i];
  }
  command.add_option("--format", options.output_format, listed)->check(CLI::IsMember(formats));
  command.add_option("--object.namespace", options.object_namespace,
                     "kubernetes: namespace of the objects, and of alerts that have none");
  command
      .add_option("--object.label", options.object_labels, "kubernetes: label NAME=VALUE of the objects (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  return config;
}

void add_web_config(CLI::App& command, leeway::CliOptions& options) {
  command
      .add_option("--web.config.file", options.web_config_file,
                  "TLS, passwords, headers, rate limit: a YAML file as of Prometheus' exporters")
      ->check(not_empty());
}

CLI::App& add_run(CLI::App& app, leeway::CliOptions& options) {
  CLI::App& command = *app.add_subcommand("run", "The sidecar: read continuously, serve /metrics");
  add_common(command, options);
  add_state_dir(command, options, "Where positions and state are kept; overrides [agent] state_dir");
  command
      .add_option("--web.listen-address", options.listen_addresses,
                  "ADDRESS:PORT to serve on (repeatable; default 127.0.0.1:9464)")
      ->take_all()
      ->allow_extra_args(false);
  command.add_flag("--web.systemd-socket", options.systemd_socket, "Serve on the sockets that systemd passes, instead")
      ->excludes("--web.listen-address");
  command.add_flag("--web.enable-lifecycle", options.enable_lifecycle, "Allow POST /-/reload");
  command.add_flag("--config.watch", options.watch_config, "Reload when a file of the configuration changes");
  command
      .add_option("--shutdown.linger", options.linger,
                  "After SIGTERM, read on and serve until the last values were scraped, at most this long")
      ->capture_default_str();
  command
      .add_option("--until-idle", options.until_idle,
                  "Stop once nothing was read for this long, 10s for example: for services that end")
      ->check(not_empty());
  add_web_config(command, options);
  command.add_option("--log.level", options.log_level, "Least severe message to log")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  command
      .add_option("--log.format", options.log_format,
                  "Form of the log, on standard error [logfmt]. If it is given, also of what keeps the agent from "
                  "starting")
      ->check(CLI::IsMember({"logfmt", "json"}));
  command.footer(
      "SIGTERM stops after a last checkpoint, a second one at once; SIGHUP reloads the configuration. "
      "--until-idle: exit code 1 if no record was read.");
  return command;
}

CLI::App& add_init(CLI::App& app, leeway::CliOptions& options) {
  CLI::App& command = *app.add_subcommand("init", "Propose a configuration for logs and data files");
  command
      .add_option("LOG", options.input_files,
                  "A log, a data file, a directory of them, or - for standard input (repeatable)")
      ->required();
  command.add_option("--output", options.file, "The file to write; by default standard output")->check(not_empty());
  command.add_flag("--force", options.force, "Replace the output, if it exists");
  command.add_flag("--yes", options.yes, "Take the defaults: do not ask, as without a terminal");
  command.footer(
      "On a terminal it asks what the log does not tell. What it saw and what is to be checked goes to standard "
      "error.");
  return command;
}

CLI::App& add_check(CLI::App& app, leeway::CliOptions& options) {
  CLI::App& command =
      *app.add_subcommand("check", "Validate a configuration, compare it with its data, explain what it does");
  add_common(command, options);
  add_web_config(command, options);
  command.add_flag("--no-sample", options.no_sample, "Do not look at the data");
  command.add_flag("--verbose", options.verbose, "Also list the SLOs, the alerts, and what each expression answered");
  command.add_flag("--strict", options.strict, "Exit with 1 if there is a warning");
  command.add_option("--format", options.format, "What to print: text, or json for editors")
      ->check(CLI::IsMember({"text", "json"}))
      ->default_str("text");
  return command;
}

CLI::App& add_explain(CLI::App& app, leeway::CliOptions& options) {
  CLI::App& command = *app.add_subcommand(
      "explain",
      "Show what has a name, such as a metric, a source or an alert, and what it does with a sample of the data");
  command.add_option("NAME", options.monitor, "The name of an entry, or of an alert; `agent` and `rules` for these")
      ->required();
  add_config(command, options.config_file, "-c,--config.file");
  add_source_paths(command, options);
  return command;
}

CLI::App& add_replay(CLI::App& app, leeway::CliOptions& options) {
  CLI::App& command = *app.add_subcommand("replay", "Read everything to the end, print the metrics, exit");
  add_common(command, options);
  add_state_dir(command, options, "Continue from this state and save it again; by default no state is kept");
  command.add_option("--format", options.format, "What to print: text, openmetrics, summary or backfill")
      ->check(CLI::IsMember({"text", "openmetrics", "summary", "backfill"}))
      ->default_str("text, or summary on a terminal");
  command
      .add_option("--output", options.file,
                  "Replace this file at once, instead of printing; not if an input cannot be read")
      ->check(not_empty());
  command.add_option("--until", options.until, "Leave out records after this time (RFC 3339)");
  command.add_flag("--internal-metrics", options.internal_metrics, "Also print the self-monitoring metrics");
  return command;
}

CLI::App& add_test(CLI::App& app, leeway::CliOptions& options) {
  CLI::App& command =
      *app.add_subcommand("test", "Replay the cases of a file, compare what comes out, exit 1 on a difference");
  command.add_option("CASES", options.file, "Lines or files that go in, metrics and alerts that come out, a TOML file")
      ->required();
  command.add_option("--config.file", options.config_file, "The configuration, instead of the one that the file names")
      ->check(not_empty());
  command.add_option("--format", options.format, "What to print: text or junit, XML for CI")
      ->check(CLI::IsMember({"text", "junit"}))
      ->default_str("text");
  return command;
}

CLI::App& add_rules(CLI::App& app, leeway::CliOptions& options) {
  CLI::App& command =
      *app.add_subcommand("rules", "Write alert rules, their tests, the Alertmanager configuration and a runbook");
  add_generator(command, options, {"prometheus", "kubernetes", "routes"})
      .description("The configuration, a TOML file (repeatable: one alertmanager.yml for all)")
      ->take_all()
      ->allow_extra_args(false);
  command.footer(
      "prometheus: rules.yml, rules_test*.yml, alertmanager.yml, prometheus_example.yml, runbook.md; "
      "kubernetes: PrometheusRule, AlertmanagerConfig, runbook.md; routes: routes.yml, for an alertmanager.yml that "
      "exists. Several configurations: each in a folder of its own, routing beside them.");
  return command;
}

CLI::App& add_dashboards(CLI::App& app, leeway::CliOptions& options) {
  CLI::App& command = *app.add_subcommand("dashboards", "Write dashboards for Grafana");
  add_generator(command, options, {"grafana", "kubernetes"}).expected(1);
  command.get_option("--output-dir")->required(false);
  add_source_paths(command, options);
  command
      .add_option("--preview", options.preview,
                  "Replay the sources, and draw the dashboards with their data on this page of HTML")
      ->check(not_empty());
  command.footer(
      "grafana: NAME.json, NAME-slo.json, NAME-agent.json and dashboard-linter's .lint; "
      "kubernetes: one ConfigMap per dashboard.");
  return command;
}

// One of the actions of `leeway reference`.
CLI::App& add_action(CLI::App& reference, leeway::CliOptions& options, const char* action, const char* what) {
  CLI::App& command = *reference.add_subcommand(action, what);
  add_config(command, options.config_file, "-c,--config.file");
  add_state_dir(command, options, "The state directory; overrides [agent] state_dir");
  command.add_option("--name", options.monitor, "Name of the [[drift]]; optional if there is only one");
  command.add_option("--reference", options.reference,
                     "Name of the reference in its list; optional if there is only one");
  command.callback([&options, action] { options.reference_action = action; });
  return command;
}

void add_decision(CLI::App& action, leeway::CliOptions& options) {
  action.add_flag("--force", options.force, "Even if a column has drifted; needs --reason");
  action.add_option("--reason", options.reason, "Why; kept in the history");
}

CLI::App& add_reference(CLI::App& app, leeway::CliOptions& options) {
  CLI::App& command = *app.add_subcommand("reference", "References of drift monitors: show, update, export, import");
  command.alias("baseline");  // its name in earlier versions
  command.require_subcommand(1);
  add_action(command, options, "show", "Print the reference, and how the last window compares with it");
  add_action(command, options, "history", "Print the past decisions, one line of JSON each");
  add_action(command, options, "export", "Write the reference as a profile")
      .add_option("--output", options.file, "The file to write; by default standard output");
  add_decision(add_action(command, options, "update", "Capture a new reference after the agent's next start or reload"),
               options);
  CLI::App& import_action =
      add_action(command, options, "import", "Use a profile as the reference after the agent's next start or reload");
  import_action.add_option("FILE", options.file, "A profile as written by `export`")->required();
  add_decision(import_action, options);
  return command;
}

CLI::App& add_formats(CLI::App& app, leeway::CliOptions& options) {
  CLI::App& command =
      *app.add_subcommand("formats", "List the formats of sources, with a sample line and the fields of each");
  command.add_option("NAME", options.words, "Only these (repeatable)");
  return command;
}

CLI::App& add_probe(CLI::App& app, leeway::CliOptions& options) {
  CLI::App& command = *app.add_subcommand("probe", "Ask a running agent whether it is healthy, as a health check");
  command
      .add_option("URL", options.url,
                  "Its address, http:// or https://; http if neither is given, /-/healthy if no path is")
      ->capture_default_str();
  return command;
}

CLI::App& add_completion(CLI::App& app, leeway::CliOptions& options) {
  CLI::App& command = *app.add_subcommand("completion", "Print a completion script for a shell");
  command.add_option("SHELL", options.shell, "The shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  return command;
}

CLI::App& add_help(CLI::App& app, leeway::CliOptions& options) {
  CLI::App& command = *app.add_subcommand("help", "Print the options of a command");
  command.add_option("COMMAND", options.words, "The command; without it, all of them are listed");
  return command;
}

int print_help(const CLI::App& app, const leeway::CliOptions& options) {
  const CLI::App* const command = leeway::find_command(app, options.words);
  if (command == nullptr) {
    std::fprintf(stderr, "leeway: %s\n", leeway::unknown_command(app, options.words).c_str());
    return 2;
  }
  std::string path = app.get_name();
  for (const std::string& word : options.words) {
    path += " " + word;
  }
  // Not help(), which is that of the command that was parsed.
  std::fputs(command->get_formatter()->make_help(command, path, CLI::AppFormatMode::Normal).c_str(), stdout);
  return 0;
}

// What is wrong with the command line, on standard error; the code of --help and --version is 0.
int report_usage(const CLI::App& app, const CLI::ParseError& error) {
  if (const std::string order = leeway::explain_order(app); error.get_exit_code() != 0 && !order.empty()) {
    std::fprintf(stderr, "leeway: %s\nRun with --help for more information.\n", order.c_str());
    return 2;
  }
  if (const std::string unknown = leeway::unknown_arguments(app);
      dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !unknown.empty()) {
    std::fprintf(stderr, "leeway: %s\nRun with --help for more information.\n", unknown.c_str());
    return 2;
  }
  if (const std::string missing = leeway::missing_configuration(app);
      dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !missing.empty() &&
      std::string_view(error.what()).find("--config.file") != std::string_view::npos) {
    std::fprintf(stderr, "leeway: %s\nRun with --help for more information.\n", missing.c_str());
    return 2;
  }
  const int code = app.exit(error) == 0 ? 0 : 2;
  return std::cout.flush().good() ? code : 74;
}

int run(int argc, char** argv) {
  leeway::CliOptions options;
  CLI::App app("Leeway: logs in, exact metrics and error budgets out, for Prometheus.", "leeway");
  app.require_subcommand(1);
  app.set_version_flag("--version", leeway::version_text());
  app.footer(
      "Exit codes: 0 success, 1 a check found a problem, 2 usage or configuration error, 70 internal error, "
      "74 I/O error.");
  app.get_formatter()->column_width(44);

  using Command = std::function<int(const leeway::CliOptions&)>;
  const Command print_completion = [&app](const leeway::CliOptions& given) {
    std::fputs(leeway::completion_script(app, given.shell).c_str(), stdout);
    return 0;
  };
  const Command help = [&app](const leeway::CliOptions& given) { return print_help(app, given); };
  const auto commands = std::to_array<std::pair<CLI::App*, Command>>({
      {&add_run(app, options), leeway::run_command},
      {&add_init(app, options), leeway::init_command},
      {&add_check(app, options), leeway::check_command},
      {&add_explain(app, options), leeway::explain_command},
      {&add_replay(app, options), leeway::replay_command},
      {&add_test(app, options), leeway::test_command},
      {&add_rules(app, options), leeway::rules_command},
      {&add_dashboards(app, options), leeway::dashboards_command},
      {&add_reference(app, options), leeway::reference_command},
      {&add_formats(app, options), leeway::formats_command},
      {app.add_subcommand("schema", "Print the JSON schema of the configuration, for editors of TOML"),
       leeway::schema_command},
      {&add_probe(app, options), leeway::probe_command},
      {&add_completion(app, options), print_completion},
      {&add_help(app, options), help},
      {app.add_subcommand("version", "Print the version"), leeway::version_command},
  });
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  for (const std::string& wrong : {leeway::unknown_command(app, words), leeway::options_before_command(app, words)}) {
    if (!wrong.empty()) {
      std::fprintf(stderr, "leeway: %s\nRun with --help for more information.\n", wrong.c_str());
      return 2;
    }
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report_usage(app, error);
  }
  const auto given =
      std::find_if(commands.begin(), commands.end(), [](const auto& row) { return row.first->parsed(); });
  const int code = given->second(options);
  // What was printed is buffered: a full disk shows only now.
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    if (code != 74) {  // else the command has said so
      std::fprintf(stderr, "cannot write to 'standard output'\n");
    }
    return code == 0 ? 74 : code;
  }
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  leeway::keep_standard_streams();
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "leeway: internal error: %s\n", error.what());
    return 70;
  }
}
