#include "agent/init/state_candidate.h"

#include <algorithm>
#include <array>

#include "agent/init/source_trial.h"

namespace leeway {
namespace {

constexpr std::array kStarts = {"started", "start",       "begin",       "began",
                                "running", "run_started", "job_started", "task_started"};
constexpr std::array kGoodEnds = {"finished", "done",  "completed",    "complete",     "success",      "succeeded",
                                  "ok",       "ended", "run_finished", "job_finished", "task_finished"};
constexpr std::array kBadEnds = {"failed", "failure", "error",      "aborted",    "cancelled",  "canceled",
                                 "killed", "timeout", "run_failed", "job_failed", "task_failed"};

template <std::size_t N>
std::vector<std::string> values_among(const SampledField& field, const std::array<const char*, N>& words) {
  std::vector<std::string> found;
  for (const auto& [value, count] : field.facts.values()) {
    if (std::find(words.begin(), words.end(), value) != words.end()) {
      found.push_back(value);
    }
  }
  return found;
}

bool names_a_run(const SampledField& field) {
  static constexpr std::array kNames = {"run",     "run_id", "job",      "job_id",       "task",
                                        "task_id", "batch",  "batch_id", "execution_id", "request_id"};
  return std::any_of(kNames.begin(), kNames.end(), [&](const char* name) { return field.name == name; }) &&
         field.facts.distinct() >= 2;
}

bool is_phase(const SampledField& field) {
  static constexpr std::array kNames = {"state", "status", "event", "phase", "action", "stage", "msg", "message"};
  return std::any_of(kNames.begin(), kNames.end(), [&](const char* name) { return field.name == name; });
}

// A condition: that the field is one of the values.
std::string is_any(const SampledField& field, const std::vector<std::string>& values, const std::string& condition) {
  std::string list;
  for (const std::string& value : values) {
    list += (list.empty() ? "\"" : ", \"") + value + "\"";
  }
  const std::string has = condition.empty() ? "has(" + field.text + ")" : condition;
  return has + " && " + field.text + (values.size() == 1 ? " == " + list : " in [" + list + "]");
}

}  // namespace

std::string state_candidate(const std::vector<SampledField>& fields,
                            const std::map<std::string, TextField>& text_fields) {
  const auto run = std::find_if(fields.begin(), fields.end(), names_a_run);
  for (const SampledField& field : fields) {
    const std::vector<std::string> starts = values_among(field, kStarts);
    std::vector<std::string> ends = values_among(field, kGoodEnds);
    const std::vector<std::string> good = ends;
    const std::vector<std::string> bad = values_among(field, kBadEnds);
    ends.insert(ends.end(), bad.begin(), bad.end());
    if (run == fields.end() || !is_phase(field) || starts.empty() || ends.empty()) {
      continue;
    }
    const auto known = text_fields.find(field.text);
    const std::string condition = known == text_fields.end() ? "" : known->second.condition;
    const std::string name = run->name.substr(0, run->name.rfind("_id"));
    return "name = \"" + name + "\"\nkey = " + toml_text(run->text) +
           "\nstart = " + toml_text(is_any(field, starts, condition)) +
           "\nend = " + toml_text(is_any(field, ends, condition)) + "\n" +
           (good.empty() || bad.empty() ? "" : "good = " + toml_text(is_any(field, good, condition)) + "\n");
  }
  return "";
}

}  // namespace leeway
