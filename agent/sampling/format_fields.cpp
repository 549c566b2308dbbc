#include "agent/sampling/format_fields.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "collectors/builtin.h"

namespace leeway {
namespace {

bool is_identifier(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

class FormatFields {
 public:
  // `format` or an element of its list.
  void add_format(const ConfigValue& format) {
    if (const auto* const name = format.get_if<std::string>()) {
      add_named(*name);
    } else if (const auto* const list = format.get_if<ConfigArray>()) {
      std::for_each(list->begin(), list->end(), [this](const ConfigValue& each) { add_format(each); });
    } else if (const auto* const table = format.get_if<ConfigTable>()) {
      add_table(*table);
    }
  }

  void add_table(const ConfigTable& table) {
    if (const ConfigValue* const format = table.find("format")) {
      add_format(*format);
    }
    const ConfigValue* const pattern = table.find("pattern");
    if (const auto* const text = pattern == nullptr ? nullptr : pattern->get_if<std::string>()) {
      add_pattern(*text);
    }
  }

  std::vector<FieldPath> take() { return std::move(paths_); }

 private:
  void add_named(const std::string& name) {
    for (const FormatKind& kind : builtin_formats()) {
      if (kind.name != name) {
        continue;
      }
      add_pattern(kind.pattern);
      // "time, level, message"; of others a sentence.
      std::string_view rest = kind.fields.find(", ") == std::string_view::npos ? std::string_view() : kind.fields;
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(", "), rest.size());
        add(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 2, rest.size()));
      }
    }
  }

  // "{level:word}" of a template, "(?P<level>...)" of a regular expression.
  void add_pattern(std::string_view pattern) {
    for (std::size_t at = pattern.find_first_of("{<"); at != std::string_view::npos;
         at = pattern.find_first_of("{<", at + 1)) {
      const std::string_view rest = pattern.substr(at + 1);
      add(rest.substr(0, rest.find_first_of(":}>")));
    }
  }

  void add(std::string_view name) {
    const FieldPath path{{std::string(name)}};
    if (is_identifier(name) && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
        std::find(paths_.begin(), paths_.end(), path) == paths_.end()) {
      paths_.push_back(path);
    }
  }

  std::vector<FieldPath> paths_;
};

}  // namespace

std::vector<FieldPath> fields_of_format(const ConfigTable& source) {
  FormatFields fields;
  fields.add_table(source);
  return fields.take();
}

}  // namespace leeway
