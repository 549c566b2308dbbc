#include "agent/sampling/field_names.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "agent/core/nearest_word.h"

namespace leeway {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLines = 200;  // of the beginning, and of the end
constexpr std::size_t kMostFields = 500;
constexpr std::size_t kDeepest = 5;
constexpr std::size_t kLongestName = 100;

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-' || c == '@';
}

class Names {
 public:
  void add_line(std::string_view line) {
    const std::size_t brace = line.find('{');
    const std::size_t end = line.rfind('}');
    const bool braces = brace != std::string_view::npos && end != std::string_view::npos && brace < end;
    if (!braces || !add_json(line.substr(brace, end + 1 - brace), 0)) {
      add_pairs(line);
    }
  }
  bool add_document(std::string_view text) {
    const Json document = Json::parse(text.begin(), text.end(), nullptr, false);
    if (document.is_discarded()) {
      return false;
    }
    add_records(document, 0);
    return true;
  }
  std::vector<FieldPath> take() { return std::move(paths_); }

 private:
  // The text inside of one that a runtime wrapped is looked at too.
  bool add_json(std::string_view text, int wraps) {
    const Json record = Json::parse(text.begin(), text.end(), nullptr, false);
    if (!record.is_object()) {
      return false;
    }
    FieldPath path;
    add_members(record, path);
    if (const auto log = record.find("log"); wraps == 0 && log != record.end() && log->is_string()) {
      add_json(log->get_ref<const std::string&>(), 1);
    }
    return true;
  }

  void add_members(const Json& object, FieldPath& path) {
    for (const auto& [name, value] : object.items()) {
      if (name.size() > kLongestName) {
        continue;
      }
      path.steps.emplace_back(name);
      add(path);
      if (value.is_object() && path.steps.size() < kDeepest) {
        add_members(value, path);
      }
      path.steps.pop_back();
    }
  }

  void add_records(const Json& value, std::size_t depth) {
    constexpr std::size_t kElements = 50;
    FieldPath path;
    if (value.is_object()) {
      add_members(value, path);
    }
    std::size_t count = 0;
    for (const Json& inner : value) {
      if (inner.is_structured() && depth < kDeepest && ++count <= kElements) {
        // Of an object only lists hold records.
        if (value.is_array() || inner.is_array()) {
          add_records(inner, depth + 1);
        }
      }
    }
  }

  // name=value
  void add_pairs(std::string_view line) {
    for (std::size_t at = line.find('='); at != std::string_view::npos; at = line.find('=', at + 1)) {
      std::size_t begin = at;
      while (begin > 0 && is_name_character(line[begin - 1])) {
        --begin;
      }
      const bool first = begin == 0 || line[begin - 1] == ' ' || line[begin - 1] == '\t' || line[begin - 1] == '{';
      if (begin < at && first && at - begin <= kLongestName) {
        add({{std::string(line.substr(begin, at - begin))}});
      }
    }
  }

  void add(const FieldPath& path) {
    if (paths_.size() < kMostFields && std::find(paths_.begin(), paths_.end(), path) == paths_.end()) {
      paths_.push_back(path);
    }
  }

  std::vector<FieldPath> paths_;
};

std::string joined(const FieldPath& path) {
  std::string text;
  for (const FieldPath::Step& step : path.steps) {
    const std::string* const name = std::get_if<std::string>(&step);
    text += (text.empty() ? "" : ".") + (name == nullptr ? std::to_string(std::get<std::uint32_t>(step)) : *name);
  }
  return text;
}

// Without case and what separates words: "requestId" and "request_id" are one.
std::string folded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return result;
}

// "lvl" for "level".
bool is_abbreviation(std::string_view shorter, std::string_view longer) {
  if (shorter.size() < 2 || shorter.size() >= longer.size() || longer.size() > 2 * shorter.size() + 1 ||
      shorter.front() != longer.front()) {
    return false;
  }
  std::size_t at = 0;
  for (const char c : longer) {
    at += at < shorter.size() && shorter[at] == c ? 1 : 0;
  }
  return at == shorter.size();
}

std::string last_name(const FieldPath& path) {
  const std::string* const name = path.steps.empty() ? nullptr : std::get_if<std::string>(&path.steps.back());
  return name == nullptr ? "" : *name;
}

}  // namespace

std::vector<FieldPath> fields_of_text(std::string_view text) {
  Names names;
  std::string_view rest = text;
  for (std::size_t i = 0; i < kLines && !rest.empty(); ++i) {
    const std::size_t end = rest.find('\n');
    names.add_line(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  for (std::size_t i = 0; i < kLines && !rest.empty(); ++i) {
    rest.remove_suffix(rest.ends_with('\n') ? 1 : 0);
    const std::size_t begin = rest.rfind('\n');
    names.add_line(begin == std::string_view::npos ? rest : rest.substr(begin + 1));
    rest = begin == std::string_view::npos ? std::string_view() : rest.substr(0, begin + 1);
  }
  return names.take();
}

std::vector<FieldPath> fields_of_document(std::string_view text) {
  Names names;
  return names.add_document(text) ? names.take() : std::vector<FieldPath>();
}

std::vector<FieldPath> fields_meant(const FieldPath& path, const std::vector<FieldPath>& known) {
  std::vector<FieldPath> result;
  const auto add_where = [&](auto matches) {
    for (const FieldPath& other : known) {
      if (!(other == path) && matches(other) && std::find(result.begin(), result.end(), other) == result.end()) {
        result.push_back(other);
      }
    }
  };
  const std::string text = joined(path);
  add_where([&](const FieldPath& other) { return joined(other) == text; });
  add_where([&](const FieldPath& other) { return folded(joined(other)) == folded(text); });
  add_where([&](const FieldPath& other) { return folded(last_name(other)) == folded(last_name(path)); });
  std::vector<std::string> texts;
  std::transform(known.begin(), known.end(), std::back_inserter(texts), joined);
  const std::string nearest = nearest_word(text, texts);
  add_where([&](const FieldPath& other) { return !nearest.empty() && joined(other) == nearest; });
  add_where([&](const FieldPath& other) {
    const std::string name = folded(joined(other));
    return is_abbreviation(name, folded(text)) || is_abbreviation(folded(text), name);
  });
  constexpr std::size_t kMost = 3;
  result.resize(std::min(result.size(), kMost));
  return result;
}

FieldPath flat_path(const FieldPath& path) { return {{joined(path)}}; }

}  // namespace leeway
