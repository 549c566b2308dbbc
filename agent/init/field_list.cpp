#include "agent/init/field_list.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

#include "agent/init/csv_choice.h"
#include "collectors/builtin.h"
#include "collectors/text/template_pattern.h"

namespace leeway {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostFields = 300;
constexpr std::size_t kDeepest = 4;

class FieldList {
 public:
  void add(const FieldPath& path) {
    if (paths_.size() < kMostFields && std::find(paths_.begin(), paths_.end(), path) == paths_.end()) {
      paths_.push_back(path);
    }
  }
  void add(std::string_view name) { add(FieldPath{{std::string(name)}}); }
  void add_members(const Json& object, FieldPath& path) {
    for (const auto& [name, value] : object.items()) {
      path.steps.emplace_back(name);
      if (value.is_object() && path.steps.size() < kDeepest) {
        add_members(value, path);
      } else if (!value.is_structured()) {
        add(path);
      }
      path.steps.pop_back();
    }
  }
  void add_json_line(const std::string& line) {
    const std::size_t brace = line.find('{');
    const std::size_t end = line.rfind('}');
    if (brace == std::string::npos || end == std::string::npos || end < brace) {
      return;
    }
    const Json record = Json::parse(line.begin() + static_cast<std::ptrdiff_t>(brace),
                                    line.begin() + static_cast<std::ptrdiff_t>(end) + 1, nullptr, false);
    if (record.is_object()) {
      FieldPath path;
      add_members(record, path);
    }
  }
  // name=value
  void add_pairs(const std::string& line) {
    static const RE2 kPair(R"re((?:^|\s)([\w.@/-]+)=)re");
    static const RE2 kPairFirst(R"re(^\s*[\w.@/-]+=)re");
    if (!RE2::PartialMatch(line, kPairFirst)) {
      add("message");
    }
    re2::StringPiece rest(line);
    std::string name;
    while (RE2::FindAndConsume(&rest, kPair, &name)) {
      add(name);
    }
  }
  std::vector<FieldPath> take() { return std::move(paths_); }

 private:
  std::vector<FieldPath> paths_;
};

// Of what toml_text() gives for a text without control characters that holds no quote of its own kind.
std::string unquoted(const std::string& toml) {
  const std::size_t quote = toml.starts_with("'''") ? 3 : 1;
  return toml.substr(quote, toml.size() - 2 * quote);
}

const std::string* value_of(const SourceKeys& keys, const char* key) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const auto& pair) { return pair.first == key; });
  return found == keys.end() ? nullptr : &found->second;
}

void add_pattern(FieldList& list, std::string_view pattern) {
  const Expected<TemplatePattern> compiled = TemplatePattern::compile(pattern);
  if (compiled) {
    for (const FieldPath& field : compiled->fields()) {
      list.add(field);
    }
  }
}

// "\\t" in TOML is a tab.
char character_of(const std::string& toml) { return toml.size() == 3 ? toml[1] : '\t'; }

void add_fixed(FieldList& list, const FormatCandidate& format, const std::vector<std::string>& lines) {
  const std::string name = unquoted(*value_of(format.keys, "format"));
  const std::string* const pattern = value_of(format.keys, "pattern");
  if (name == "template" && pattern != nullptr) {
    add_pattern(list, unquoted(*pattern));
  } else if (name == "regex" && pattern != nullptr) {
    const RE2 compiled(unquoted(*pattern));
    for (const auto& [number, group] : compiled.CapturingGroupNames()) {
      list.add(group);
    }
  } else if (name == "syslog") {
    for (const char* const field : {"facility", "severity", "host", "app", "pid", "message"}) {
      list.add(field);
    }
  } else if (name == "csv" && !lines.empty()) {
    const std::string* const delimiter = value_of(format.keys, "delimiter");
    for (const std::string& cell : cells_of(lines.front(), delimiter == nullptr ? ',' : character_of(*delimiter))) {
      list.add(cell);
    }
  } else if (name == "klog") {
    for (const char* const field : {"level", "file", "line", "message"}) {
      list.add(field);
    }
  } else {
    for (const FormatKind& kind : builtin_formats()) {
      if (kind.name == name && !kind.pattern.empty()) {
        add_pattern(list, kind.pattern);
      }
    }
  }
}

}  // namespace

std::vector<FieldPath> fields_of(const FormatChoice& choice) {
  FieldList list;
  if (choice.formats.empty()) {
    list.add("message");
  }
  for (const std::string& column : choice.columns) {
    list.add(column);
  }
  bool json = false;
  bool pairs = false;
  for (const FormatCandidate& format : choice.formats) {
    const std::string name = unquoted(*value_of(format.keys, "format"));
    json = json || name == "json";
    const std::string* const pattern = value_of(format.keys, "pattern");
    pairs = pairs || name == "logfmt" || name == "klog" ||
            (name == "template" && pattern != nullptr && pattern->find(":pairs}") != std::string::npos);
    add_fixed(list, format, choice.lines);
  }
  for (const std::string& line : choice.lines) {
    if (json) {
      list.add_json_line(line);
    }
    if (pairs && line.find_first_of('{') != 0) {
      list.add_pairs(line);
    }
  }
  return list.take();
}

}  // namespace leeway
