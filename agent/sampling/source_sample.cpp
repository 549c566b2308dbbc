#include "agent/sampling/source_sample.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "agent/core/instant.h"
#include "agent/core/private_text.h"
#include "agent/core/value_text.h"

namespace leeway {
namespace {

constexpr std::size_t kLongestText = 80;  // bytes
constexpr std::size_t kMostDistinct = 100'000;
constexpr std::size_t kMostExamples = 3;
constexpr std::size_t kMostNumbers = 20'000;
constexpr std::uint64_t kBorn = 100;  // records

std::uint64_t hash_of(const Value& value) {
  const std::size_t kind = std::size_t{value.is_integer() ? 1U : static_cast<unsigned>(value.kind) + 2U};
  switch (value.kind) {
    case ValueKind::kString:
      return std::hash<std::string_view>()(value.string()) * 31 + kind;
    case ValueKind::kBool:
      return kind * 2 + (value.boolean ? 1 : 0);
    case ValueKind::kDouble:
      return std::hash<double>()(value.number) * 31 + kind;
    default:
      return std::hash<std::int64_t>()(value.integer) * 31 + kind;
  }
}

bool is_usable(const Value& value) {
  return value.kind != ValueKind::kError && value.kind != ValueKind::kMissing && value.kind != ValueKind::kNull;
}

void add_fields(const ExpressionPart& part, const Schema& schema, std::vector<FieldId>& fields) {
  if (part.kind == OutlineKind::kField || part.kind == OutlineKind::kTest) {
    const auto found = std::find(schema.fields().begin(), schema.fields().end(), part.path);
    const auto field = static_cast<FieldId>(found - schema.fields().begin());
    if (found != schema.fields().end() && std::find(fields.begin(), fields.end(), field) == fields.end()) {
      fields.push_back(field);
    }
  }
  for (const ExpressionPart& each : part.parts) {
    add_fields(each, schema, fields);
  }
}

bool is_plausible(const Instant& instant) {
  return to_instant(kFirstPlausible) <= instant && instant <= to_instant(kLastPlausible);
}

bool is_index(const std::string& step) { return step.starts_with('['); }

void count(std::map<std::string, std::uint64_t, std::less<>>& texts, std::string_view text) {
  const auto found = texts.find(text);
  if (found != texts.end()) {
    ++found->second;
  } else if (texts.size() < SampledValues::kMostTexts) {
    texts.emplace(text, 1);
  }
}

}  // namespace

void SampledValues::add(const Value& value, const FieldPath* field) {
  ++kinds.at(static_cast<std::size_t>(value.kind));
  if (example.empty() && value.kind != ValueKind::kMissing) {
    example = shown_example(field == nullptr ? "" : field->to_string(), value);
  }
  if (value.is_number()) {
    const double number = value.as_double();
    fractions += std::trunc(number) == number ? 0 : 1;
    negatives += number < 0 ? 1 : 0;
    least = std::min(least, number);
    most = std::max(most, number);
    if (first_numbers.size() < kMostNumbers) {
      first_numbers.push_back(number);
    }
    other_than_flags += number == 0 || number == 1 ? 0 : 1;
    descents += numbers() > 1 && number < last_number_ ? 1 : 0;
    last_number_ = number;
  } else if (value.kind == ValueKind::kString) {
    const std::string_view text = value.string().substr(0, kLongestText);
    descents += text < last_text_ ? 1 : 0;
    last_text_ = text;
    count(texts, text);
  }
  if (value.is_integer() || value.kind == ValueKind::kBool) {
    count(number_texts_, shown_value(value));
  }
}

std::map<std::string, std::uint64_t, std::less<>> SampledValues::label_values() const {
  std::map<std::string, std::uint64_t, std::less<>> all = texts;
  all.insert(number_texts_.begin(), number_texts_.end());
  return all;
}

std::uint64_t SampledValues::present() const {
  return std::accumulate(kinds.begin(), kinds.end(), std::uint64_t{0}) - of(ValueKind::kMissing);
}

std::uint64_t ExpressionFacts::answered() const {
  return asked - std::accumulate(failures.begin(), failures.end(), std::uint64_t{0});
}

bool ExpressionFacts::is_label() const {
  return place.size() > 2 && (place[2] == "labels" || (place[0] == "slo" && place[2] == "by"));
}

std::string ExpressionFacts::key_text() const {
  std::string text;
  for (std::size_t i = 2; i < place.size(); ++i) {
    text += (text.empty() || is_index(place[i]) ? "" : ".") + (is_index(place[i]) ? "" : place[i]);
  }
  return "`" + text + "`";
}

std::string ExpressionFacts::label_text() const {
  return "`" + (is_index(place.back()) ? use.text : place.back()) + "`";
}

SourceSample::SourceSample(const std::string& source, Schema& schema, std::size_t configured,
                           const std::vector<ExpressionUse>& uses, const ConfigTable& config,
                           const SourceDefinition& definition)
    : schema_(schema), configured_(configured), time_reader_(definition.time_reader()) {
  for (const ExpressionUse& use : uses) {
    const bool known = std::any_of(facts_.begin(), facts_.end(), [&](const ExpressionFacts& other) {
      return other.use.what == use.what && other.use.text == use.text &&
             other.use.position.to_string() == use.position.to_string();
    });
    if (use.source == source && !known) {
      add_expression(use, schema, config);
    }
  }
  if (const std::string field = definition.time_field(); !field.empty()) {
    const Expected<Expression> time = Expression::compile(field, schema);
    time_field_ = time && time->as_field() != nullptr ? std::optional(*time->as_field()) : std::nullopt;
  }
  link();
}

void SourceSample::add_expression(const ExpressionUse& use, Schema& schema, const ConfigTable& config) {
  const auto mismatches = std::make_shared<TypeMismatches>();
  const std::shared_ptr<TypeMismatches> before = schema.mismatches();
  schema.count_mismatches(mismatches);
  Expected<Expression> compiled = Expression::compile(use.text, schema);
  Expected<ExpressionPart> parts = outline(use.text, schema);
  schema.count_mismatches(before);
  if (compiled && parts) {
    ExpressionFacts facts{use, place_of(config, use.position), std::move(*parts)};
    facts.mismatches = mismatches;
    facts_.push_back(std::move(facts));
    expressions_.push_back(std::move(*compiled));
  }
}

// Finds the `when` of each expression, which comes first, and the labels of each entry.
void SourceSample::link() {
  std::map<ConfigPlace, std::vector<std::size_t>> labels;
  reads_.resize(facts_.size());
  selected_.resize(facts_.size());
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    ConfigPlace place = facts_[i].place;
    if (facts_[i].is_label()) {
      labels[{place[0], place[1]}].push_back(i);
    }
    const bool is_when = facts_[i].is("when");
    while (!place.empty() && !facts_[i].when) {
      place.pop_back();
      if (place.empty() || !is_index(place.back())) {
        continue;
      }
      ConfigPlace wanted = place;
      wanted.emplace_back("when");
      for (std::size_t other = 0; other < facts_.size(); ++other) {
        if (other != i && facts_[other].place == wanted && !(is_when && facts_[other].when == i)) {
          facts_[i].when = other;
        }
      }
    }
    add_fields(facts_[i].outline, schema_, reads_[i]);
    if (facts_[i].when) {
      add_fields(facts_[*facts_[i].when].outline, schema_, reads_[i]);
    }
  }
  link_marks();
  for (auto& [entry, indexes] : labels) {
    labels_.push_back({std::move(indexes)});
  }
  order_.resize(facts_.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  const auto rank = [&](std::size_t i) {
    return facts_[i].is("when") ? facts_[i].place.size() : facts_[i].marks.empty() ? SIZE_MAX - 1 : SIZE_MAX;
  };
  std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
}

// A state asks for the key and the labels of records that start or end something only, and for `good` at an end.
void SourceSample::link_marks() {
  for (ExpressionFacts& facts : facts_) {
    const bool judges = facts.is("good");
    if (facts.place.size() < 3 || facts.place[0] != "state" || !(judges || facts.is("key") || facts.is_label())) {
      continue;
    }
    for (std::size_t other = 0; other < facts_.size(); ++other) {
      const ConfigPlace& place = facts_[other].place;
      const bool marks = facts_[other].is("end") || (facts_[other].is("start") && !judges);
      if (marks && place.size() == 3 && place[0] == facts.place[0] && place[1] == facts.place[1]) {
        facts.marks.push_back(other);
      }
    }
  }
}

// The records that an expression is asked about. Valid until the next call.
const Selection& SourceSample::rows_of(const ExpressionFacts& facts) {
  if (facts.marks.empty()) {
    return facts.when ? selected_[*facts.when] : all_;
  }
  marked_.clear();
  for (const std::size_t mark : facts.marks) {
    marked_.insert(marked_.end(), selected_[mark].begin(), selected_[mark].end());
  }
  std::sort(marked_.begin(), marked_.end());
  marked_.erase(std::unique(marked_.begin(), marked_.end()), marked_.end());
  return marked_;
}

void SourceSample::observe(const RecordBatch& batch) {
  if (batch.file_version() && !batch.file_version()->columns.empty()) {
    columns_.assign(batch.file_version()->columns.begin(), batch.file_version()->columns.end());
  }
  if (example_.empty() && batch.rows() != 0) {
    keep_example(batch);
  }
  all_.resize(batch.rows());
  std::iota(all_.begin(), all_.end(), Row{0});
  fields_.resize(batch.columns());
  for (std::size_t field = 0; field < batch.columns(); ++field) {
    for (const Value& value : batch.column(static_cast<FieldId>(field))) {
      fields_[field].add(value, &schema_.fields()[field]);
    }
  }
  for (const std::size_t index : order_) {
    evaluate(index, batch);
  }
  for (LabelFacts& labels : labels_) {
    add_labels(labels, batch);
  }
  add_times(batch);
  records_ += batch.rows();
}

void SourceSample::evaluate(std::size_t index, const RecordBatch& batch) {
  ExpressionFacts& facts = facts_[index];
  const Selection& rows = rows_of(facts);
  const std::span<const Value> results = expressions_[index].evaluate(batch, rows);
  Selection& selected = selected_[index];
  selected.clear();
  facts.asked += rows.size();
  const bool is_label = facts.is_label();
  const bool is_value = facts.is("value");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Value& value = results[i];
    facts.results.add(value, facts.outline.kind == OutlineKind::kField ? &facts.outline.path : nullptr);
    const bool is_true = value.kind == ValueKind::kBool && value.boolean;
    if (!is_usable(value)) {
      ++facts.failures.at(static_cast<std::size_t>(failure_of_unusable(value)));
    } else if (is_true) {
      ++facts.trues;
      selected.push_back(rows[i]);
    }
    if (is_label && is_usable(value) && facts.distinct.size() < kMostDistinct) {
      facts.distinct.insert(hash_of(value));
    }
    if (is_value && facts.numbers.size() < kMostNumbers && (value.is_number() || value.is_time())) {
      facts.numbers.push_back(value.is_number() ? value.as_double() : value.seconds());
    }
    std::vector<RecordText>& examples = !is_usable(value)                           ? facts.unanswered
                                        : value.kind != ValueKind::kBool || is_true ? facts.taken
                                                                                    : facts.skipped;
    if (examples.size() < kMostExamples) {
      examples.push_back(text_of(batch, rows[i], reads_[index]));
    }
  }
}

void SourceSample::add_labels(LabelFacts& labels, const RecordBatch& batch) {
  const ExpressionFacts& first = facts_[labels.labels.front()];
  const Selection& rows = rows_of(first);
  std::vector<std::uint64_t> hashes(rows.size(), 0);
  for (const std::size_t label : labels.labels) {
    const std::span<const Value> results = expressions_[label].evaluate(batch, rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      hashes[i] = hashes[i] * 1'000'003 + hash_of(results[i]);
    }
  }
  for (const std::uint64_t hash : hashes) {
    const std::size_t bucket = labels.records++ / kBorn;
    labels.born.resize(bucket + 1);
    if (labels.sets.size() < kMostDistinct) {
      labels.born[bucket] += labels.sets.insert(hash).second ? 1 : 0;
    }
  }
}

void SourceSample::add_times(const RecordBatch& batch) {
  const std::span<const TimePoint> times = batch.times();
  for (std::size_t row = 0; row < times.size(); ++row) {
    // Those in the future are counted at another time than theirs.
    const Value* const value = time_field_ ? &batch.column(*time_field_)[row] : nullptr;
    const bool is_text = value != nullptr && value->kind == ValueKind::kString && time_reader_ != nullptr;
    const std::optional<Instant> own = is_text ? time_reader_(value->string()) : std::nullopt;
    const TimePoint time = own && is_plausible(*own) ? to_time_point(*own) : times[row];
    if (time != kNoTime) {
      times_.first = times_.first == kNoTime ? time : std::min(times_.first, time);
      times_.last = std::max(times_.last, time);
    }
  }
  if (!time_field_) {
    return;
  }
  for (const Value& value : batch.column(*time_field_)) {
    if (value.kind == ValueKind::kMissing || !times_.unreadable.empty()) {
      continue;
    }
    if (times_.any.empty()) {
      times_.any = shown_example("", value);
    }
    if (value.kind == ValueKind::kString && time_reader_ && !time_reader_(value.string())) {
      times_.unreadable = shown_example("", value);
    }
  }
}

RecordText SourceSample::text_of(const RecordBatch& batch, Row row, const std::vector<FieldId>& fields) const {
  RecordText text;
  for (const FieldId field : fields) {
    const std::string name = schema_.fields()[field].to_string();
    text += (text.empty() ? "" : ", ") + name + " = " + shown_example(name, batch.column(field)[row]);
  }
  return text.empty() ? "(it reads no field)" : text;
}

void SourceSample::keep_example(const RecordBatch& batch) {
  constexpr std::size_t kShown = 8;
  std::vector<FieldId> fields;
  for (std::size_t field = 0; field < std::min(configured_, batch.columns()) && fields.size() < kShown; ++field) {
    if (batch.column(static_cast<FieldId>(field))[0].kind != ValueKind::kMissing) {
      fields.push_back(static_cast<FieldId>(field));
    }
  }
  example_ = fields.empty() ? "" : text_of(batch, 0, fields);
}

const SampledValues* SourceSample::field(const FieldPath& path) const {
  const auto found = std::find(schema_.fields().begin(), schema_.fields().end(), path);
  const auto index = static_cast<std::size_t>(found - schema_.fields().begin());
  return index < fields_.size() ? &fields_[index] : nullptr;
}

}  // namespace leeway
