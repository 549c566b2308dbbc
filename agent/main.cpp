#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "agent/cli/commands.h"

namespace {

void add_common(CLI::App& command, leeway::CliOptions& options) {
  command.add_option("--config.file", options.config_file, "The configuration, a TOML file")->required();
  command
      .add_option("--source.path", options.source_paths, "NAME=GLOB: read this source from other files (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
}

void add_state_dir(CLI::App& command, leeway::CliOptions& options, const char* what) {
  command.add_option("--state.dir", options.state_dir, what);
}

// What writes files: in the tool's own format, `native`, or as objects for Kubernetes.
void add_generator(CLI::App& command, leeway::CliOptions& options, const std::string& native) {
  command.add_option("--config.file", options.config_file, "The configuration, a TOML file")->required();
  command.add_option("--output-dir", options.output_dir, "Where to write; made if need be")->required();
  command.add_option("--format", options.output_format, native + " (default) or kubernetes")
      ->check(CLI::IsMember({native, std::string("kubernetes")}));
  command.add_option("--object.namespace", options.object_namespace, "kubernetes: namespace of the objects");
  command.add_option("--object.label", options.object_labels, "kubernetes: NAME=VALUE of the objects (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
}

int run(int argc, char** argv) {
  leeway::CliOptions options;
  CLI::App app("Leeway: logs in, exact metrics and error budgets out, for Prometheus.", "leeway");
  app.require_subcommand(1);
  app.footer("Exit codes: 0 fine, 1 a check found something, 2 usage or configuration, 70 internal, 74 I/O.");
  app.get_formatter()->column_width(44);

  CLI::App* run_app = app.add_subcommand("run", "The sidecar: read on and on, serve /metrics");
  add_common(*run_app, options);
  add_state_dir(*run_app, options, "Where positions and state are kept; overrides [agent] state_dir");
  run_app
      ->add_option("--web.listen-address", options.listen_addresses,
                   "ADDRESS:PORT to serve on (repeatable; default 127.0.0.1:9464)")
      ->take_all()
      ->allow_extra_args(false);
  run_app->add_flag("--web.enable-lifecycle", options.enable_lifecycle, "Allow POST /-/reload");
  run_app->add_option("--log.level", options.log_level, "Least severe message to log")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  run_app->footer("SIGTERM stops after a last checkpoint, SIGHUP reloads the configuration.");

  CLI::App* check_app = app.add_subcommand("check", "Validate a configuration and explain what it does");
  add_common(*check_app, options);

  CLI::App* replay_app = app.add_subcommand("replay", "Read everything to the end, print the metrics, exit");
  add_common(*replay_app, options);
  add_state_dir(*replay_app, options, "Continue from this state and save it again; by default none is kept");
  replay_app->add_option("--format", options.format, "What to print: text, openmetrics or summary")
      ->check(CLI::IsMember({"text", "openmetrics", "summary"}))
      ->capture_default_str();
  replay_app->add_option("--until", options.until, "Leave out records after this time (RFC 3339)");
  replay_app->add_flag("--internal-metrics", options.internal_metrics, "Also print Leeway's metrics about itself");

  CLI::App* rules_app =
      app.add_subcommand("rules", "Write alert rules, their tests, the Alertmanager's configuration and a runbook");
  add_generator(*rules_app, options, "prometheus");
  rules_app->footer(
      "prometheus: rules.yml, rules_test*.yml, alertmanager.yml, runbook.md; "
      "kubernetes: PrometheusRule, AlertmanagerConfig, runbook.md.");

  CLI::App* dashboards_app = app.add_subcommand("dashboards", "Write dashboards for Grafana");
  add_generator(*dashboards_app, options, "grafana");
  dashboards_app->footer(
      "grafana: NAME.json, NAME-slo.json, NAME-agent.json and dashboard-linter's .lint; "
      "kubernetes: a ConfigMap each.");

  CLI::App* baseline_app = app.add_subcommand("baseline", "References of drift monitors: show, renew, hand on");
  baseline_app->require_subcommand(1);
  const auto add_action = [&](const char* action, const char* what) {
    CLI::App* added = baseline_app->add_subcommand(action, what);
    added->add_option("--config.file", options.config_file, "The configuration, a TOML file")->required();
    add_state_dir(*added, options, "The state directory; overrides [agent] state_dir");
    added->add_option("--name", options.monitor, "Of the [[drift]]; may be left out where there is only one");
    added->add_option("--reference", options.reference,
                      "Of the list of references; may be left out where there is one");
    added->callback([&options, action] { options.baseline_action = action; });
    return added;
  };
  const auto add_decision = [&](CLI::App* action) {
    action->add_flag("--force", options.force, "Although a column has drifted; needs --reason");
    action->add_option("--reason", options.reason, "Why; kept in the history");
  };
  add_action("show", "Print the reference, and how the last window compares with it");
  add_action("history", "Print the decisions that were taken, a line of JSON each");
  add_action("export", "Write the reference as a profile")
      ->add_option("--output", options.file, "The file to write; standard output without");
  add_decision(add_action("update", "Capture a new reference, from the agent's next start or reload on"));
  CLI::App* import_app =
      add_action("import", "Use a profile as the reference, from the agent's next start or reload on");
  import_app->add_option("FILE", options.file, "A profile, as `export` writes it")->required();
  add_decision(import_app);

  CLI::App* version_app = app.add_subcommand("version", "Print the version");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  if (version_app->parsed()) {
    return leeway::version_command();
  }
  if (rules_app->parsed()) {
    return leeway::rules_command(options);
  }
  if (dashboards_app->parsed()) {
    return leeway::dashboards_command(options);
  }
  if (baseline_app->parsed()) {
    return leeway::baseline_command(options);
  }
  if (check_app->parsed()) {
    return leeway::check_command(options);
  }
  return replay_app->parsed() ? leeway::replay_command(options) : leeway::run_command(options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "leeway: internal error: %s\n", error.what());
    return 70;
  }
}
