// What the sampled records of one source hold, and what the expressions of the configuration make of them. It sees the
// records as a monitor of the source does. Used by take_sample, read by the findings and by `explain`.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "agent/config/diagnostics.h"
#include "agent/core/failure_counts.h"
#include "agent/core/monitor.h"
#include "agent/core/schema.h"
#include "agent/core/source_definition.h"
#include "agent/core/type_mismatches.h"
#include "agent/expressions/expression.h"
#include "agent/expressions/expression_outline.h"
#include "agent/sampling/config_place.h"

namespace leeway {

// Values of a field, or results of an expression.
struct SampledValues {
  static constexpr std::size_t kMostTexts = 64;
  static constexpr std::size_t kMostNumbers = 1000;

  std::array<std::uint64_t, 16> kinds{};  // records by ValueKind
  std::uint64_t fractions = 0;            // numbers that are not whole
  std::uint64_t negatives = 0;
  double least = std::numeric_limits<double>::infinity();  // of numbers
  double most = -std::numeric_limits<double>::infinity();
  std::vector<double> first_numbers{};                        // the first kMostNumbers of them
  std::uint64_t other_than_flags = 0;                         // numbers besides 0 and 1
  std::uint64_t descents = 0;                                 // values that are less than the one before
  std::map<std::string, std::uint64_t, std::less<>> texts{};  // the first kMostTexts strings and how often they are
  std::string example{};  // the first that is not missing, as shown_example() writes it

  // `field`: of which it is the value, null for another result.
  void add(const Value& value, const FieldPath* field);
  std::uint64_t of(ValueKind kind) const { return kinds.at(static_cast<std::size_t>(kind)); }
  std::uint64_t numbers() const { return of(ValueKind::kInt) + of(ValueKind::kUnsigned) + of(ValueKind::kDouble); }
  // How the value of a label shows them, where they are few.
  std::map<std::string, std::uint64_t, std::less<>> label_values() const;
  std::uint64_t present() const;  // not missing, perhaps null

 private:
  std::string last_text_{};
  double last_number_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> number_texts_{};  // the first kMostTexts numbers and flags
};

// A record, as the fields that something reads of it.
using RecordText = std::string;

struct ExpressionFacts {
  ExpressionUse use;
  ConfigPlace place;
  ExpressionPart outline;
  std::optional<std::size_t> when{};  // the expression that selects its records
  std::vector<std::size_t> marks{};   // or those of which one has to be true: `start` and `end` of a state
  std::uint64_t asked = 0;            // records
  std::uint64_t trues = 0;
  SampledValues results{};
  FailureCounts failures{};
  std::shared_ptr<TypeMismatches> mismatches{};
  std::unordered_set<std::uint64_t> distinct{};  // hashes of results, of labels only
  std::vector<double> numbers{};                 // the first results of a `value` that are numbers
  std::vector<RecordText> taken{};               // a few records for which it is true, or has a value
  std::vector<RecordText> skipped{};             // for which it is false
  std::vector<RecordText> unanswered{};          // for which it has no value

  std::uint64_t answered() const;
  bool is(std::string_view key) const { return !place.empty() && place.back() == key; }
  // Whether it gives the value of a label.
  bool is_label() const;
  // "`labels.env`": its key, for messages.
  std::string key_text() const;
  // "`env`": the name of the label.
  std::string label_text() const;
};

// The labels of one entry together.
struct LabelFacts {
  std::vector<std::size_t> labels;  // among the expressions
  std::unordered_set<std::uint64_t> sets{};
  std::uint64_t records = 0;
  std::vector<std::uint64_t> born{};  // by hundred records: how many new sets came
};

struct TimeFacts {
  std::string unreadable{};   // a value of the time field that is no time; "" if there is none
  std::string any{};          // some value of it
  TimePoint first = kNoTime;  // as they were read, as far as that is known
  TimePoint last = kNoTime;
};

class SourceSample final : public Monitor {
 public:
  // Compiles the expressions of `uses` that read this source again, for `schema`, in which it interns no further field
  // afterwards.
  // `configured`: how many fields the configuration names, the first of the schema.
  SourceSample(const std::string& source, Schema& schema, std::size_t configured,
               const std::vector<ExpressionUse>& uses, const ConfigTable& config, const SourceDefinition& definition);

  void observe(const RecordBatch& batch) override;
  void advance(TimePoint /*now*/) override {}
  void save(StateWriter& /*out*/) const override {}
  Expected<void> load(StateReader& /*in*/) override { return {}; }
  void describe(MetricCatalog& /*catalog*/) const override {}
  void declare(Catalog& /*catalog*/) const override {}
  void collect(SnapshotBuilder& /*out*/) const override {}
  void report(std::vector<MetricStatus>& /*out*/) const override {}

  // How many fields of the schema the configuration names; the others are guesses.
  std::size_t configured() const { return configured_; }
  std::uint64_t records() const { return records_; }
  const std::vector<ExpressionFacts>& expressions() const { return facts_; }
  const std::vector<LabelFacts>& labels() const { return labels_; }
  const TimeFacts& times() const { return times_; }
  // A time that was read, but that its record does not have in the batch.
  void include_time(TimePoint time) { times_.last = std::max(times_.last, time); }
  // The first record, as some of the fields that the configuration names; "" if there is none.
  const RecordText& example() const { return example_; }
  // Null for a field that no expression reads and that is no candidate.
  const SampledValues* field(const FieldPath& path) const;
  // The names of the columns of the last table that began.
  const std::vector<std::string>& columns() const { return columns_; }

 private:
  void add_expression(const ExpressionUse& use, Schema& schema, const ConfigTable& config);
  void link();
  void link_marks();
  const Selection& rows_of(const ExpressionFacts& facts);
  void evaluate(std::size_t index, const RecordBatch& batch);
  void add_labels(LabelFacts& labels, const RecordBatch& batch);
  void add_times(const RecordBatch& batch);
  RecordText text_of(const RecordBatch& batch, Row row, const std::vector<FieldId>& fields) const;
  void keep_example(const RecordBatch& batch);

  const Schema& schema_;
  const std::size_t configured_;
  std::vector<Expression> expressions_;
  std::vector<ExpressionFacts> facts_;       // of each
  std::vector<std::size_t> order_;           // those that select records before those that they select for
  std::vector<Selection> selected_;          // of each: the rows for which it is true
  Selection marked_;                         // of rows_of()
  std::vector<std::vector<FieldId>> reads_;  // of each: fields, also those of its `when`
  std::vector<LabelFacts> labels_;
  std::vector<SampledValues> fields_;  // by FieldId
  std::optional<FieldId> time_field_;
  TimeReader time_reader_;
  TimeFacts times_;
  Selection all_;
  std::uint64_t records_ = 0;
  RecordText example_;
  std::vector<std::string> columns_;
};

}  // namespace leeway
