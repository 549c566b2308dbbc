#include "collectors/files/record_path.h"

#include <string>
#include <utility>

#include "collectors/decode/field_path.h"
#include "collectors/decode/json_scalars.h"

namespace leeway {

Expected<RecordPath> RecordPath::parse(std::string_view text) {
  Expected<FieldPath> path = parse_field_path(text);
  if (!path) {
    return std::move(path).error();
  }
  RecordPath result;
  result.steps_ = std::move(path->steps);
  if (result.steps_.size() > JsonDocument::kMaxDepth) {
    return Error{ErrorCode::kConfiguration,
                 "a path of more than " + std::to_string(JsonDocument::kMaxDepth) + " steps; documents nest no deeper"};
  }
  for (const FieldPath::Step& step : result.steps_) {
    result.wildcards_ += is_wildcard(step) ? 1 : 0;
  }
  return result;
}

bool RecordPath::is_wildcard(const FieldPath::Step& step) {
  const auto* name = std::get_if<std::string>(&step);
  return name != nullptr && *name == "*";
}

std::size_t RecordPath::ancestors() const {
  if (steps_.empty()) {
    return 0;
  }
  return 1 + wildcards_ - (is_wildcard(steps_.back()) ? 1 : 0);
}

void RecordFinder::clear() {
  records_ = {};
  elements_ = {};
}

bool RecordFinder::find(const JsonDocument& document, const RecordPath& path, std::uint64_t limit) {
  clear();
  document_ = &document;
  path_ = &path;
  limit_ = limit;
  elements_.resize(path.wildcards());
  const bool within = walk(0, 0, 0, kNone);
  if (!within) {
    clear();
  }
  return within;
}

bool RecordFinder::walk(JsonDocument::Token value, std::size_t step, std::size_t wildcard, std::uint32_t element) {
  if (step == path_->steps().size()) {
    if (records_.size() >= limit_) {
      return false;
    }
    records_.push_back({value, element});
    return true;
  }
  if (!document_->is_container(value)) {
    return true;
  }
  const FieldPath::Step& wanted = path_->steps()[step];
  if (RecordPath::is_wildcard(wanted)) {
    return document_->for_each_child(
        value, [&](JsonDocument::Token key, JsonDocument::Token child, std::uint32_t ordinal) {
          std::vector<Element>& elements = elements_[wildcard];
          if (elements.size() >= limit_) {
            return false;
          }
          elements.push_back({child, key, ordinal, element});
          return walk(child, step + 1, wildcard + 1, static_cast<std::uint32_t>(elements.size() - 1));
        });
  }
  bool within = true;
  document_->for_each_child(value, [&](JsonDocument::Token key, JsonDocument::Token child, std::uint32_t ordinal) {
    const auto* index = std::get_if<std::uint32_t>(&wanted);
    const bool found = index != nullptr
                           ? key == JsonDocument::kNoKey && ordinal == *index
                           : key != JsonDocument::kNoKey && key_equals(*document_, key, std::get<std::string>(wanted));
    if (found) {
      within = walk(child, step + 1, wildcard, element);
    }
    return !found;
  });
  return within;
}

std::string_view unquoted(const JsonDocument& document, JsonDocument::Token token, RecordBatch& batch) {
  const std::string_view quoted = document.text(token);
  const std::string_view content = quoted.substr(1, quoted.size() - 2);
  if (content.find('\\') == std::string_view::npos) {
    return batch.own(content);
  }
  char* const memory = batch.allocate(content.size());
  std::size_t size = 0;
  static_cast<void>(unescape_json(content, memory, size));  // checked when the document was parsed
  return {memory, size};
}

bool key_equals(const JsonDocument& document, JsonDocument::Token key, std::string_view name) {
  const std::string_view quoted = document.text(key);
  const std::string_view content = quoted.substr(1, quoted.size() - 2);
  if (content.find('\\') == std::string_view::npos) {
    return content == name;
  }
  std::string unescaped(content.size(), '\0');
  std::size_t size = 0;
  static_cast<void>(unescape_json(content, unescaped.data(), size));
  return std::string_view(unescaped).substr(0, size) == name;
}

}  // namespace leeway
