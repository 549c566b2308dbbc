#include "agent/monitors/state/state_input.h"

namespace leeway {
namespace {

bool is_true(const Value& value) { return value.kind == ValueKind::kBool && value.boolean; }

void count(Failure failure, FailureCounts& failures) { ++failures[static_cast<std::size_t>(failure)]; }

// Why a condition has no answer.
Failure failure_of_condition(const Value& value) {
  const Failure failure = LabelInterner::failure_of(value);
  return failure == Failure::kNone ? Failure::kWrongType : failure;
}

}  // namespace

std::optional<StateInput> StateInput::read(TableReader& reader, const Schemas& schemas) {
  const ErrorCheck errors(reader);
  RecordFilter filter = RecordFilter::read(reader, schemas);
  std::optional<SourceExpression> start = SourceExpression::read(reader, "start", schemas, StaticType::kBool);
  std::optional<SourceExpression> end = SourceExpression::read(reader, "end", schemas, StaticType::kBool);
  LabelSet labels = LabelSet::read(reader, schemas, MetricType::kCounter, {});
  std::optional<SourceExpression> key = SourceExpression::read(reader, "key", schemas);
  std::optional<SourceExpression> good = SourceExpression::read(reader, "good", schemas, StaticType::kBool);
  for (const std::string& name : labels.names()) {
    if (name == "outcome") {
      reader.error("labels", "label 'outcome' is taken by the outcomes of the state; expected another name");
    }
  }
  if (errors.failed() || !start || !end) {
    return std::nullopt;
  }
  StateInput input(std::move(filter), std::move(*start), std::move(*end), std::move(labels));
  input.key_ = std::move(key);
  input.good_ = std::move(good);
  return input;
}

// A condition without an answer is one that does not hold, as long as the other one has an answer.
void StateInput::select_marked(const RecordBatch& batch, Selection& rows, FailureCounts& failures) {
  Expression& start_of = start_.of(batch);
  const std::span<const Value> starts = start_of.evaluate(batch, rows);
  const std::span<const Value> ends = end_.of(batch).evaluate(batch, rows);
  found_.clear();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool start = is_true(starts[i]);
    const bool end = is_true(ends[i]);
    if (start || end) {
      found_.push_back({rows[i], start, end});
    } else if (starts[i].kind != ValueKind::kBool && ends[i].kind != ValueKind::kBool) {
      const Failure failure = failure_of_condition(starts[i]);
      count(failure, failures);
      start_of.note_skipped(batch, rows[i], failure);
    }
  }
}

void StateInput::select_keyed(const RecordBatch& batch, Selection& rows, FailureCounts& failures) {
  keys_ = key_->of(batch).evaluate(batch, rows);
  key_of_.clear();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (const Failure failure = LabelInterner::failure_of(keys_[i]); failure != Failure::kNone) {
      count(failure, failures);
      key_->of(batch).note_skipped(batch, rows[i], failure);
      continue;
    }
    key_of_.push_back(i);
    found_[kept] = found_[i];
    rows[kept++] = rows[i];
  }
  found_.resize(kept);
  rows.resize(kept);
}

void StateInput::judge(const RecordBatch& batch, const Selection& rows, FailureCounts& failures) {
  const std::span<const Value> verdicts = good_->of(batch).evaluate(batch, rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!found_[i].ends) {
      continue;
    }
    if (verdicts[i].kind == ValueKind::kBool) {
      found_[i].outcome = verdicts[i].boolean ? Outcome::kSuccess : Outcome::kFailure;
    } else {
      found_[i].outcome = Outcome::kUnknown;
      const Failure failure = failure_of_condition(verdicts[i]);
      count(failure, failures);
      good_->of(batch).note_skipped(batch, rows[i], failure);
    }
  }
}

std::span<const StateInput::Row> StateInput::select(const RecordBatch& batch, SeriesTable& table,
                                                    FailureCounts& failures) {
  Selection& rows = filter_.select(batch, failures);
  found_.clear();
  if (rows.empty()) {
    return found_;
  }
  select_marked(batch, rows, failures);
  rows.clear();
  for (const Row& found : found_) {
    rows.push_back(found.row);
  }
  if (rows.empty()) {
    return found_;
  }
  if (key_) {
    select_keyed(batch, rows, failures);
  }
  if (good_) {
    judge(batch, rows, failures);
  }
  table.resolve(labels_.columns(batch, rows), rows, batch.times(), series_, failures);
  for (std::size_t i = 0; i < found_.size(); ++i) {
    found_[i].series = series_[i];
  }
  return found_;
}

std::string_view StateInput::key(std::size_t index) {
  return key_ ? texts_.text_of(keys_[key_of_[index]]) : std::string_view();
}

}  // namespace leeway
