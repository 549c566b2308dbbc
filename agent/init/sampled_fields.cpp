#include "agent/init/sampled_fields.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace leeway {
namespace {

std::string last_name(const FieldPath& path) {
  const std::string* const step = path.steps.empty() ? nullptr : std::get_if<std::string>(&path.steps.back());
  std::string name;
  // "statusCode" is "status_code".
  for (std::size_t i = 0; step != nullptr && i < step->size(); ++i) {
    const auto c = static_cast<unsigned char>((*step)[i]);
    const bool word = std::isupper(c) != 0 && i > 0 && std::islower(static_cast<unsigned char>((*step)[i - 1])) != 0;
    name += word ? "_" : "";
    name += c == '.' || c == '-' ? '_' : static_cast<char>(std::tolower(c));
  }
  return name;
}

// Of "http.status", one name with a dot, "status" is what counts.
std::string short_name(const std::string& name) {
  for (const char* const prefix : {"http_", "http_response_", "http_request_", "res_", "req_", "log_", "url_"}) {
    const std::string_view begin(prefix);
    if (name.starts_with(begin) &&
        (name.substr(begin.size()) == "status" || name.substr(begin.size()) == "status_code" ||
         name.substr(begin.size()) == "method" || name.substr(begin.size()) == "path" ||
         name.substr(begin.size()) == "url" || name.substr(begin.size()) == "route" ||
         name.substr(begin.size()) == "target" || name.substr(begin.size()) == "level")) {
      return name.substr(begin.size());
    }
  }
  return name;
}

}  // namespace

std::vector<SampledField> sample_fields(const SourceKeys& keys, const LogSample& sample,
                                        const std::vector<FieldPath>& paths) {
  std::vector<SampledField> fields;
  std::vector<FieldId> ids;
  fields.reserve(paths.size());
  for (const FieldPath& path : paths) {
    FieldPath parent = path;
    parent.steps.pop_back();
    fields.push_back({path.to_string(), short_name(last_name(path)), {}, last_name(parent)});
  }
  const auto prepare = [&](Schema& schema) {
    for (const FieldPath& path : paths) {
      ids.push_back(schema.intern(path));
    }
  };
  const auto half = static_cast<std::uint64_t>(std::count(sample.text.begin(), sample.text.end(), '\n') / 2);
  std::uint64_t seen = 0;
  const auto see = [&](const RecordBatch& batch) {
    for (Row row = 0; row < batch.rows(); ++row, ++seen) {
      for (std::size_t i = 0; i < ids.size(); ++i) {
        fields[i].facts.add(batch.column(ids[i])[row], seen > half);
      }
    }
  };
  static_cast<void>(try_source(keys, {sample.text, sample.info.modified}, prepare, see));
  return fields;
}

}  // namespace leeway
