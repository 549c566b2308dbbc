// An expression of a monitor, compiled for each of its sources: the fields and the time zone of one are not those of
// another. Used by `when`, labels and values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/core/record_batch.h"
#include "agent/core/schema.h"
#include "agent/expressions/expression.h"

namespace leeway {

// The schemas of a monitor's sources, at least one, in the order of RecordBatch::input().
class Schemas {
 public:
  Schemas(Schema& only) : all_{&only} {}  // NOLINT(google-explicit-constructor): one source is the usual case
  explicit Schemas(std::vector<Schema*> all) : all_(std::move(all)) {}

  Schema& first() const { return *all_.front(); }
  const std::vector<Schema*>& all() const { return all_; }

 private:
  std::vector<Schema*> all_;
};

class SourceExpression {
 public:
  // As TableReader::expression() and compile(). An error that all sources have is reported once.
  static std::optional<SourceExpression> read(TableReader& reader, std::string_view key, const Schemas& schemas,
                                              StaticType expected = StaticType::kAny);
  static std::optional<SourceExpression> compile(TableReader& reader, const ConfigValue& value, const Schemas& schemas,
                                                 StaticType expected = StaticType::kAny);

  // For the records of the batch.
  Expression& of(const RecordBatch& batch) { return each_[batch.input()]; }
  // What does not depend on the source.
  StaticType type() const { return each_.front().type(); }
  const std::string& text() const { return each_.front().text(); }
  // The path, if the expression is a single field; otherwise no value.
  const std::optional<FieldPath>& as_field() const { return field_; }

 private:
  explicit SourceExpression(std::vector<Expression> each, std::optional<FieldPath> field)
      : each_(std::move(each)), field_(std::move(field)) {}

  std::vector<Expression> each_;  // by source
  std::optional<FieldPath> field_;
};

}  // namespace leeway
