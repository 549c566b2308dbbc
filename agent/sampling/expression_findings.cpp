#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "agent/core/duration_text.h"
#include "agent/core/number_text.h"
#include "agent/sampling/comparison_findings.h"
#include "agent/sampling/field_names.h"
#include "agent/sampling/findings.h"

namespace leeway {
namespace {

// An expression with what is needed to speak of it.
struct Subject {
  const SampledSource& sampled;
  const ExpressionFacts& facts;
  std::vector<Finding>& out;

  std::uint64_t records() const { return sampled.sample->records(); }
  void add(Weight weight, const std::string& message) const {
    out.push_back({weight, facts.use.position, facts.use.what + ": " + message});
  }
};

struct ReadField {
  FieldPath path;
  bool tested = false;  // only whether it is there
};

void collect_fields(const ExpressionPart& part, std::vector<ReadField>& fields) {
  if (part.kind == OutlineKind::kField || part.kind == OutlineKind::kTest) {
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const ReadField& field) { return field.path == part.path; });
    const bool tested = part.kind == OutlineKind::kTest;
    if (found == fields.end()) {
      fields.push_back({part.path, tested});
    } else {
      found->tested = found->tested && tested;
    }
  }
  for (const ExpressionPart& each : part.parts) {
    collect_fields(each, fields);
  }
}

std::uint64_t present(const SourceSample& sample, const FieldPath& path) {
  const SampledValues* const facts = sample.field(path);
  return facts == nullptr ? 0 : facts->present();
}

// The field that was meant, if the sample has it.
std::optional<FieldPath> meant_by(const SampledSource& sampled, const FieldPath& path) {
  std::vector<FieldPath> candidates = fields_meant(path, sampled.known_fields);
  if (path.steps.size() > 1) {
    candidates.insert(candidates.begin(), flat_path(path));
  }
  const auto found = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const FieldPath& candidate) { return present(*sampled.sample, candidate) != 0; });
  return found == candidates.end() ? std::nullopt : std::optional(*found);
}

// labels = { env = "prod" }: a field, where a text was meant.
bool is_label_of_other_name(const ExpressionFacts& facts) {
  return facts.is_label() && facts.outline.kind == OutlineKind::kField && facts.place.back().front() != '[' &&
         facts.outline.path.steps.size() == 1 && facts.place.back() != facts.use.text;
}

// "; they have `level`, `msg`".
std::string known_text(const std::vector<FieldPath>& known) {
  constexpr std::size_t kShownNames = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(known.size(), kShownNames); ++i) {
    text += fmt::format("{}`{}`", text.empty() ? "" : ", ", known[i].to_string());
  }
  return text.empty() ? "" : "; they have " + text + (known.size() > kShownNames ? ", ..." : "");
}

// The log of the source that seems to have the field, if the newest one has not.
const std::string* log_with(const SampledSource& sampled, const FieldPath& path) {
  const auto found = std::find_if(sampled.elsewhere.begin(), sampled.elsewhere.end(),
                                  [&](const auto& other) { return other.first == path; });
  return found == sampled.elsewhere.end() ? nullptr : &found->second;
}

// Whether it said something of the field.
bool add_absent(const Subject& subject, const ReadField& field) {
  const SourceSample& sample = *subject.sampled.sample;
  if (field.path.json_at != 0 || present(sample, field.path) != 0) {
    return false;
  }
  const std::string name = field.path.to_string();
  const std::optional<FieldPath> meant = meant_by(subject.sampled, field.path);
  const bool other_name = is_label_of_other_name(subject.facts);
  const bool needed = !field.tested && subject.facts.failures.at(static_cast<std::size_t>(Failure::kMissingField)) != 0;
  if (!needed && !meant && !(other_name && subject.facts.asked == 0)) {
    return false;
  }
  std::string message =
      fmt::format("{} reads `{}`, which is in 0 of {} records", subject.facts.key_text(), name, subject.records());
  if (const std::string* const log = log_with(subject.sampled, field.path); log != nullptr && !meant) {
    subject.add(Weight::kNote,
                message + " of the newest log, '" + *subject.sampled.newest + "', but in '" + *log + "'");
    return true;
  }
  if (const std::string text = text_for_field(subject.facts.outline, field.path, sample); !text.empty()) {
    subject.add(Weight::kWarning, message + "; expected " + text);
    return true;
  }
  const bool flat = meant && *meant == flat_path(field.path);
  if (meant && (flat || !other_name)) {
    message += fmt::format("; `{}` is in {}", meant->to_string(), present(sample, *meant));
  } else if (other_name) {
    message = fmt::format("{} reads a field `{}`, which no record has; a constant text is written \"'{}'\"",
                          subject.facts.key_text(), name, name);
  } else {
    message += known_text(subject.sampled.known_fields);
  }
  subject.add(needed || flat ? Weight::kWarning : Weight::kNote, message);
  return true;
}

std::string reasons_of(const FailureCounts& failures) {
  std::string text;
  for (const auto& [reason, count] : skipped_by_reason(failures)) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", reason, count);
  }
  return text;
}

// From this share on an alert fires for an objective whose records cannot be judged. A few records are noise.
constexpr double kMuchUnjudged = 0.01;
constexpr std::uint64_t kFewUnjudged = 2;

void add_missed(const Subject& subject) {
  const ExpressionFacts& facts = subject.facts;
  const std::uint64_t missed = facts.asked - facts.answered();
  const bool much =
      missed > kFewUnjudged && static_cast<double>(missed) > kMuchUnjudged * static_cast<double>(facts.asked);
  const bool judges = facts.place.size() > 2 && facts.place[0] == "slo" && !facts.is("when");
  if (facts.asked == 0 || missed == 0 || (2 * missed < facts.asked && !(judges && much))) {
    return;
  }
  const std::string example = (facts.unanswered.empty() ? "" : "; such as " + facts.unanswered.front()) +
                              conversion_meant(facts.outline, *subject.sampled.sample);
  subject.add(missed == facts.asked || judges ? Weight::kWarning : Weight::kNote,
              fmt::format("{} has no value for {} of {} records ({}){}{}", facts.key_text(), missed, facts.asked,
                          reasons_of(facts.failures), judges ? ", which are not judged" : "", example));
}

// Of a field of numbers, where a condition is expected; else "".
std::string number_hint(const ExpressionFacts& facts) {
  const bool number = facts.outline.kind == OutlineKind::kField && facts.results.numbers() > 0;
  return number ? fmt::format(": `{0}` is a number, which is no condition; expected one such as `{0} < 500`",
                              facts.use.text)
                : "";
}

void add_untaken(const Subject& subject) {
  const ExpressionFacts& facts = subject.facts;
  const bool selects = facts.is("when") || facts.is("good") || facts.is("start") || facts.is("end");
  if (facts.answered() == 0) {
    return;
  }
  const OtherText other = text_meant(facts.outline, *subject.sampled.sample);
  if (facts.trues != 0 || !selects) {
    const bool always = selects && facts.trues == facts.answered() && facts.trues > 1;
    // Else a part of it is never true, or always.
    if (other.sure && (other.only_case || (always && !other.hint.empty()))) {
      subject.add(other.only_case ? Weight::kWarning : Weight::kNote,
                  always ? fmt::format("{} is true for all {} records{}", facts.key_text(), facts.trues, other.hint)
                         : facts.key_text() + ": " + other.hint.substr(2));
    }
    return;
  }
  // An objective that nothing meets is a mistake more often than an outage.
  const bool judges = facts.is("good") && facts.use.what.starts_with("[[slo]]") && facts.asked >= 20;
  subject.add(other.only_case || judges ? Weight::kWarning : Weight::kNote,
              fmt::format("{} is true for none of {} records{}{}", facts.key_text(), facts.asked, other.hint,
                          number_hint(facts)));
}

// For texts that are numbers or durations: "; expected `duration(took)`".
std::string conversion_of(const ExpressionFacts& facts) {
  if (facts.results.texts.empty()) {
    return "";
  }
  const std::string& text = facts.results.texts.begin()->first;
  Duration duration{};
  const char* const function = read_double(text)                                 ? "double"
                               : read_duration(text, duration) == Failure::kNone ? "duration"
                                                                                 : nullptr;
  return function == nullptr ? "" : fmt::format("; expected `{}({})`", function, facts.use.text);
}

// What the monitor could not use although it is a value: a text where it wants a number, a negative increase.
void add_unusable(const DataSample& sample, const Subject& subject) {
  const ExpressionFacts& facts = subject.facts;
  const MetricStatus* const status = facts.is("value") ? sample.status_of(facts.place) : nullptr;
  std::string reasons;
  std::uint64_t count = 0;
  for (const char* const reason : {"wrong_type", "negative", "not_finite", "unknown_value"}) {
    const auto found = status == nullptr ? ReasonCounts::const_iterator() : status->skipped.find(reason);
    if (status != nullptr && found != status->skipped.end() && found->second != 0) {
      count += found->second;
      reasons += (reasons.empty() ? "" : ", ") + found->first + " " + std::to_string(found->second);
    }
  }
  if (count != 0 && count > facts.failures.at(static_cast<std::size_t>(Failure::kWrongType))) {
    const bool all = count == facts.asked && !facts.taken.empty();
    const std::string example = all ? "; such as " + facts.taken.front() + conversion_of(facts) : "";
    subject.add(2 * count > facts.asked ? Weight::kWarning : Weight::kNote,
                fmt::format("{} of {} of {} records cannot be used ({}){}", facts.key_text(), count, facts.asked,
                            reasons, example));
  }
}

void look_at(const DataSample& sample, const Subject& subject) {
  std::vector<ReadField> fields;
  collect_fields(subject.facts.outline, fields);
  bool told = false;
  for (const ReadField& field : fields) {
    told = add_absent(subject, field) || told;
  }
  for (const std::string& message : comparisons_that_do_not_fit(subject.facts.outline, *subject.sampled.sample,
                                                                subject.facts.mismatches->comparisons)) {
    subject.add(Weight::kWarning, subject.facts.key_text() + ": " + message);
    told = true;
  }
  if (!told) {
    add_missed(subject);
    add_untaken(subject);
    add_unusable(sample, subject);
  }
}

}  // namespace

void add_expression_findings(const DataSample& sample, std::vector<Finding>& out) {
  std::set<std::string> said;
  std::map<std::string, int> sources;  // how many there are of each expression, by its position
  for (const SampledSource& sampled : sample.sources()) {
    for (std::size_t i = 0; sampled.sample != nullptr && i < sampled.sample->expressions().size(); ++i) {
      ++sources[sampled.sample->expressions()[i].use.position.to_string()];
    }
  }
  for (const SampledSource& sampled : sample.sources()) {
    if (sampled.sample == nullptr || sampled.sample->records() == 0) {
      continue;
    }
    for (const ExpressionFacts& facts : sampled.sample->expressions()) {
      std::vector<Finding> own;
      look_at(sample, {sampled, facts, own});
      for (Finding& finding : own) {
        if (sources[facts.use.position.to_string()] > 1) {
          finding.message += " (source '" + sampled.source->name + "')";
        }
        if (said.insert(finding.position.to_string() + finding.message).second) {
          out.push_back(std::move(finding));
        }
      }
    }
  }
}

}  // namespace leeway
