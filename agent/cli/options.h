// The command line as read: one struct for all subcommands, filled by main.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace leeway {

struct CliOptions {
  std::string config_file;
  std::vector<std::string> config_files;  // rules, dashboards: instead of the former
  std::vector<std::string> source_paths;  // NAME=GLOB
  std::string state_dir;                  // empty: as the configuration says
  std::vector<std::string> listen_addresses;
  bool enable_lifecycle = false;
  std::string linger = "0s";                  // run: a duration
  std::string until_idle;                     // run: a duration; empty: forever
  bool watch_config = false;                  // run
  std::string url = "http://127.0.0.1:9464";  // probe
  std::string shell;                          // completion
  std::vector<std::string> words;             // help: a command, and an action of it
  std::string web_config_file;
  bool systemd_socket = false;
  std::string log_level = "info";
  std::string log_format;  // "logfmt" or "json"; "": logfmt, but why it does not start is said as plain text
  // replay: text, openmetrics, summary, backfill; check: text, json; test: text, junit; empty: the default
  std::string format;
  std::string until;  // replay: a time, RFC 3339
  bool internal_metrics = false;
  bool verbose = false;                    // check: also SLOs and alerts
  bool strict = false;                     // check: warnings are an exit code
  bool no_sample = false;                  // check: does not look at the data
  std::string output_dir;                  // rules, dashboards
  std::string output_format;               // rules: prometheus, kubernetes, routes; dashboards: grafana, kubernetes
  std::string preview;                     // dashboards: the page to write; empty: none
  std::string object_namespace;            // of Kubernetes objects; empty: none
  std::vector<std::string> object_labels;  // NAME=VALUE
  std::string reference_action;            // show, update, history, export, import
  std::string monitor;                     // reference: the [[drift]]; empty: the only one; explain: the entry
  std::string reference;                   // reference: one of its list; empty: the only one
  std::string file;                        // reference export, import: the profile; replay: the output; test: cases
  std::string reason;                      // reference update, import
  bool force = false;  // reference update, import: even if a column has drifted; init: replace the output
  bool yes = false;    // init: asks nothing
  std::vector<std::string> input_files;  // init
};

}  // namespace leeway
