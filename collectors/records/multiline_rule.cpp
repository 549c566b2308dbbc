#include "collectors/records/multiline_rule.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "collectors/records/colours.h"

namespace leeway {
namespace {

struct Preset {
  std::string_view name;
  std::string_view pattern;
  bool of_start;
  bool of_traces = false;
};

// Lines as the runtimes write them; those that begin with a blank go on in any case.
constexpr std::string_view kJava =
    R"(^(Caused by: |Suppressed: |\.\.\. \d+ |at |Exception in thread |[\w.$]+(Exception|Error|Throwable)\b))";
constexpr std::string_view kPython =
    R"(^(Traceback \(most recent call last\):|During handling of the above exception|The above exception was )"
    R"(|[\w.]+(Error|Exception|Warning|Interrupt|Exit|Iteration|Group)(:|$)))";
constexpr std::string_view kGo = R"(^(goroutine \d+ \[|created by |\[signal |exit status |[\w./()*-]+\(.*\)$|\.\.\.))";
constexpr std::string_view kNode = R"(^(at |[\w.]*Error(: |$)|[\]})]|\[cause\]))";
constexpr std::string_view kRuby = R"(^from )";
// A time of any usual form, perhaps after a bracket or a level.
constexpr std::string_view kTime =
    R"(^\W{0,2}(\w+ +)?\W{0,2}(\d{4}[-/.]\d\d[-/.]\d\d|\d\d[-/.]\w{3}[-/.]\d{4}|\w{3} {1,2}\d{1,2} \d\d:\d\d)"
    R"(|\w{3} \w{3} {1,2}\d{1,2} \d\d:\d\d|\d\d:\d\d:\d\d|[IWEF]\d{4} \d\d:|\d{8}[ T-]\d\d|\d{1,2} \w{3} \d{4} \d\d:))";

constexpr std::array kPresets = {
    Preset{"indent", "", false},       Preset{"java", kJava, false, true}, Preset{"python", kPython, false, true},
    Preset{"go", kGo, false, true},    Preset{"node", kNode, false, true}, Preset{"ruby", kRuby, false, true},
    Preset{"traces", "", false, true},  // all of them
    Preset{"time", kTime, true},       Preset{"json", R"(^[\[{])", true},
};

std::string pattern_of(const Preset& preset) {
  if (preset.name != "traces") {
    return std::string(preset.pattern);
  }
  std::string all;
  for (const std::string_view one : {kJava, kPython, kGo, kNode, kRuby}) {
    all += (all.empty() ? "" : "|") + std::string(one);
  }
  return all;
}

// The line behind the frames of a trace in Python: the name of a class, perhaps with its module, and a text.
constexpr std::string_view kException = R"(^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:: |:?$))";
// A record although it begins with a blank: a level that is aligned to the right, or an object.
constexpr std::string_view kIndentedRecord =
    R"(^ {1,3}(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\b|^ \{")";

bool finds(const RE2& pattern, std::string_view text) {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

bool is_exception(std::string_view text) {
  static const RE2 kPattern(re2::StringPiece(kException.data(), kException.size()));
  return finds(kPattern, text);
}

bool is_indented_record(std::string_view text) {
  static const RE2 kPattern(re2::StringPiece(kIndentedRecord.data(), kIndentedRecord.size()));
  return finds(kPattern, text);
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

std::vector<std::string> MultilineRule::preset_names() {
  std::vector<std::string> names;
  names.reserve(kPresets.size());
  for (const Preset& preset : kPresets) {
    names.emplace_back(preset.name);
  }
  return names;
}

Expected<MultilineRule> MultilineRule::preset(const std::string& name) {
  const auto found =
      std::find_if(kPresets.begin(), kPresets.end(), [&](const Preset& preset) { return preset.name == name; });
  if (found == kPresets.end()) {
    return Error{ErrorCode::kConfiguration, "no rule for lines is called \"" + name + "\""};
  }
  Expected<MultilineRule> rule = compile(pattern_of(*found), found->of_start);
  if (rule && found->of_traces) {
    rule->traces_ = name == "python" || name == "traces" ? Traces::kPython : Traces::kAny;
  }
  return rule;
}

Expected<MultilineRule> MultilineRule::starting_with(const std::string& pattern) { return compile(pattern, true); }

Expected<MultilineRule> MultilineRule::continued_by(const std::string& pattern) { return compile(pattern, false); }

Expected<MultilineRule> MultilineRule::compile(const std::string& pattern, bool of_start) {
  if (pattern.empty()) {
    return MultilineRule(nullptr, of_start);
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  auto compiled = std::make_shared<const re2::RE2>(pattern, options);
  if (!compiled->ok()) {
    return Error{ErrorCode::kConfiguration, compiled->error()};
  }
  return MultilineRule(std::move(compiled), of_start);
}

bool MultilineRule::is_frame(std::string_view content) {
  const std::size_t text = content.find_first_not_of(' ');
  return text >= 2 && text != std::string_view::npos && !content.substr(text).starts_with("at ");
}

bool MultilineRule::begins(std::string_view content, bool after_frame) const {
  content.remove_prefix(colour_size(content));
  if (content.empty()) {
    return false;
  }
  if (!of_start_ && is_blank(content.front())) {
    return traces_ != Traces::kNone && is_indented_record(content);
  }
  if (traces_ == Traces::kPython && after_frame && is_exception(content)) {
    return false;
  }
  return (pattern_ != nullptr && finds(*pattern_, content)) == of_start_;
}

}  // namespace leeway
