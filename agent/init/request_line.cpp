#include "agent/init/request_line.h"

#include <re2/re2.h>

namespace leeway {
namespace {

bool is_request_line(const SampledField& field) {
  // Servers answer also what is no request: a hand shake of TLS, or nothing.
  return field.facts.request_lines() > 0 && field.facts.request_lines() * 10 >= field.facts.present() * 7;
}

}  // namespace

TextFields request_line_fields(const std::vector<SampledField>& fields) {
  static const RE2 kParts(R"re(([A-Z]+) (\S+) HTTP/[\d.]+)re");
  const SampledField* line = nullptr;
  for (const SampledField& field : fields) {
    if (is_request_line(field)) {
      if (line != nullptr) {
        return {};
      }
      line = &field;
    }
  }
  if (line == nullptr) {
    return {};
  }
  SampledField method{line->text + R"re(.extract(r"^([A-Z]+) \S+ HTTP/"))re", "method", {}};
  SampledField path{line->text + R"re(.extract(r"^[A-Z]+ (\S+) HTTP/"))re", "path", {}};
  for (const auto& [text, count] : line->facts.values()) {
    std::string verb;
    std::string target;
    RE2::FullMatch(text, kParts, &verb, &target);
    for (std::uint64_t i = 0; i < count; ++i) {
      method.facts.add(Value::of_string(verb), false);
      path.facts.add(Value::of_string(target), false);
    }
  }
  const std::string condition = "has(" + line->text + ") && " + line->text + R"re(.matches(r"^[A-Z]+ \S+ HTTP/"))re";
  TextFields found;
  found.known = {{method.text, {method.name, condition}}, {path.text, {path.name, condition}}};
  found.fields = {std::move(method), std::move(path)};
  return found;
}

}  // namespace leeway
