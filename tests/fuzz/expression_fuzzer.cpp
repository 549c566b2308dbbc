// Compiles text as an expression, takes it apart for people, and evaluates it over a batch that holds every kind of
// value in every field it names. A row's result does not depend on the other rows.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/expressions/expression.h"
#include "agent/expressions/expression_outline.h"

namespace leeway {
namespace {

constexpr std::size_t kMaxText = 1024;
constexpr std::size_t kMaxFields = 16;  // columns are 64 KiB each
constexpr Row kRows = 30;

void require(bool promise) {
  if (!promise) {
    std::abort();
  }
}

// With what is in them: [1, "200", [null]] and {"200": 1}.
const std::array<Value, 1> kInner = {Value::null()};
const std::array<Value, 3> kElements = {Value::of_int(1), Value::of_string("200"), Value::list(kInner)};
const std::array<Value, 2> kMembers = {Value::of_string("200"), Value::of_int(1)};

std::array<Value, 15> values() {
  return {Value::missing(),
          Value::null(),
          Value::of_bool(true),
          Value::of_int(0),
          Value::of_int(200),
          Value::of_int(INT64_MIN),
          Value::of_double(-0.5),
          Value::of_double(1e300),
          Value::of_string(""),
          Value::of_string("200"),
          Value::of_string("\xC3\xA4/x"),
          Value::list(2),
          Value::map(1),
          Value::list(kElements),
          Value::map(kMembers)};
}

void fill(RecordBatch& batch, std::size_t fields) {
  batch.reset(fields);
  const auto kinds = values();
  for (Row row = 0; row < kRows; ++row) {
    batch.append(TimePoint(std::chrono::seconds(row)), row + 1);
    for (FieldId field = 0; field < fields; ++field) {
      // All fields of one kind first, then mixtures.
      const std::size_t kind = row < kinds.size() ? row : row * 7 + field * 5;
      batch.cell(field, row) = kinds[kind % kinds.size()];
    }
  }
}

// Kind and content; doubles by their bits.
std::string text_of(const Value& value) {
  std::string text(1, static_cast<char>(value.kind));
  switch (value.kind) {
    case ValueKind::kString:
      return text + std::string(value.string());
    case ValueKind::kBool:
      return text + (value.boolean ? "1" : "0");
    case ValueKind::kMissing:
    case ValueKind::kNull:
      return text;
    case ValueKind::kError:
      return text + std::string(to_string(value.failure));
    case ValueKind::kDouble:
      return value.number != value.number ? text + "nan"
                                          : text + std::string(reinterpret_cast<const char*>(&value.number), 8);
    case ValueKind::kList:
    case ValueKind::kMap:
      return text + std::to_string(value.length);
    default:
      return text + std::to_string(value.integer);
  }
}

void evaluate(Expression& expression, const RecordBatch& batch) {
  Selection all;
  for (Row row = 0; row < kRows; ++row) {
    all.push_back(row);
  }
  std::vector<std::string> together;
  for (const Value& value : expression.evaluate(batch, all)) {
    together.push_back(text_of(value));
  }
  require(together.size() == all.size());
  Selection kept;
  for (const Row row : all) {
    const std::span<const Value> alone = expression.evaluate(batch, {&row, 1});
    require(alone.size() == 1 && text_of(alone[0]) == together[row]);
    if (alone[0].kind == ValueKind::kBool && alone[0].boolean) {
      kept.push_back(row);
    }
  }
  FailureCounts failures{};
  expression.filter(batch, all, failures);
  require(all == kept);
}

}  // namespace
}  // namespace leeway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leeway;
  if (size > kMaxText) {
    return 0;
  }
  const std::string text(reinterpret_cast<const char*>(data), size);
  Schema schema;
  Expected<Expression> expression = Expression::compile(text, schema);
  Schema of_outline;
  const Expected<ExpressionPart> parts = outline(text, of_outline);
  require(parts.has_value() == expression.has_value());
  require(!parts || (!tree_lines(*parts).empty() && of_outline.size() == schema.size()));
  if (!expression) {
    const Error& error = expression.error();
    require(error.code == ErrorCode::kConfiguration && !error.message.empty());
    require(error.position.line == 1 && error.position.column >= 1 && error.position.column <= size + 1);
    return 0;
  }
  require(expression->text() == text);
  if (schema.size() > kMaxFields) {
    return 0;
  }
  static RecordBatch batch;
  fill(batch, schema.size());
  evaluate(*expression, batch);
  return 0;
}
