// A configuration with metrics of each type and the alerts that a test adds, assembled as in the agent. Shared by
// the tests of [[alert]], [rules] and SLO alerts.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "agent/config/toml_reader.h"
#include "agent/pipeline/assembly.h"

namespace leeway {

inline constexpr const char* kAlertMetrics = R"toml(
source = [{ name = "app", type = "log", path = "/var/log/app.log", format = "json", time = "ts" }]
metric = [
  { name = "requests_total", type = "counter", labels = ["endpoint", "status"] },
  { name = "duration_seconds", type = "histogram", value = "s", labels = ["endpoint"], buckets = [0.1, 0.15, 0.25, 1] },
  { name = "size_bytes", type = "histogram", value = "b", labels = ["kind"], values = { kind = ["a"] }, buckets = [1, 2] },
  { name = "queue_length", type = "gauge", value = "q" },
  { name = "score_ratio", type = "gauge", value = "r", labels = ["kind"] },
  { name = "backup_timestamp_seconds", type = "gauge", value = "t" },
]
)toml";
inline constexpr int kFirstLine = 11;  // of the text that a test adds

class Assembled {
 public:
  explicit Assembled(const std::string& added) {
    const ConfigTable config = parse_toml(kAlertMetrics + added, "test.toml", diagnostics_);
    AssemblyOptions options;
    options.name = "test";
    PosixFileSystem files;
    assembly_ = assemble(config, options, files, diagnostics_);
  }

  // "" where the configuration is fine; warnings, too.
  std::string diagnostics() const { return diagnostics_.to_string(); }
  bool valid() const { return assembly_.has_value(); }
  const Catalog& catalog() const { return assembly_->catalog; }
  const AlertRule& alert(const std::string& name) const {
    for (const AlertRule& alert : catalog().alerts) {
      if (alert.name == name) {
        return alert;
      }
    }
    ADD_FAILURE() << "no alert " << name << "\n" << diagnostics();
    static const AlertRule kNone;
    return kNone;
  }

 private:
  Diagnostics diagnostics_;
  std::optional<Assembly> assembly_;
};

// An [[alert]] named "A" with further keys, one per line.
inline std::string alert_entry(const std::string& keys) { return "[[alert]]\nname = \"A\"\n" + keys + "\n"; }

inline std::string expr_of(const std::string& keys) {
  const Assembled assembled(alert_entry(keys));
  return assembled.valid() ? assembled.alert("A").expr : assembled.diagnostics();
}
inline std::string errors_of(const std::string& keys) { return Assembled(alert_entry(keys)).diagnostics(); }

}  // namespace leeway
