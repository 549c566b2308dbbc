#include "agent/alerts/user_tests.h"

#include <algorithm>

#include "agent/config/config_tables.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

RuleLabels read_strings(TableReader& reader, std::string_view key, std::string_view expected) {
  RuleLabels entries;
  const ConfigValue* value = reader.value(key, KeyType::kNamedTexts);
  const ConfigTable* table = value == nullptr ? nullptr : value->get_if<ConfigTable>();
  if (table == nullptr) {
    if (value != nullptr) {
      reader.error(key, "'" + std::string(key) + "' is " + std::string(value->type_name()) + "; expected " +
                            std::string(expected));
    }
    return entries;
  }
  for (const auto& [name, entry] : table->entries()) {
    if (const std::string* text = entry.get_if<std::string>()) {
      entries.emplace_back(name, *text);
    } else {
      reader.error(key, "'" + name + "' is " + std::string(entry.type_name()) + "; expected a string");
    }
  }
  return entries;
}

void read_times(TableReader& reader, std::string_view key, const std::vector<FiringAlert>& firing, AlertTest& test) {
  for (const std::string& text : reader.strings(key).value_or(std::vector<std::string>{})) {
    const Expected<Duration> at = parse_duration(text);
    if (!at || *at < Duration{}) {
      reader.error(key, "'" + text + "' is not a duration; expected one such as \"10m\"");
    } else {
      test.expectations.push_back({*at, firing, ""});
    }
  }
}

AlertTest read_test(TableReader& reader) {
  AlertTest test;
  test.name = reader.required_string("name");
  test.interval = reader.duration("interval", test.interval);
  test.evaluation_interval = reader.duration("evaluation_interval", test.evaluation_interval);
  for (auto& [series, values] : read_strings(reader, "input", "a table of series and values")) {
    test.input.push_back({series, values});
  }
  FiringAlert firing;
  test.state_only = !reader.has("labels");
  firing.labels = read_strings(reader, "labels", "a table of labels");
  firing.value = reader.number("value").value_or(0);
  read_times(reader, "quiet", {}, test);
  read_times(reader, "fires", {firing}, test);
  std::sort(test.expectations.begin(), test.expectations.end(),
            [](const AlertExpectation& a, const AlertExpectation& b) { return a.at < b.at; });
  if (test.expectations.empty()) {
    reader.error("fires", "the test expects nothing; expected 'fires' or 'quiet' with times such as [\"10m\"]");
  }
  reader.report_unused_keys();
  return test;
}

}  // namespace

std::vector<AlertTest> read_user_tests(TableReader& alert) {
  std::vector<AlertTest> tests;
  for_each_table(alert, "alert", "test", [&tests](TableReader& test) { tests.push_back(read_test(test)); });
  return tests;
}

}  // namespace leeway
