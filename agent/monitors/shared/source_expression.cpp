#include "agent/monitors/shared/source_expression.h"

namespace leeway {

std::optional<SourceExpression> SourceExpression::read(TableReader& reader, std::string_view key,
                                                       const Schemas& schemas, StaticType expected) {
  const ConfigValue* const value = reader.value(key, KeyType::kText);
  return value == nullptr ? std::nullopt : compile(reader, *value, schemas, expected);
}

std::optional<SourceExpression> SourceExpression::compile(TableReader& reader, const ConfigValue& value,
                                                          const Schemas& schemas, StaticType expected) {
  std::vector<Expression> each;
  for (Schema* const schema : schemas.all()) {
    std::optional<Expression> expression = reader.compile(value, *schema, expected);
    if (!expression) {
      return std::nullopt;
    }
    each.push_back(std::move(*expression));
  }
  const FieldId* const field = each.front().as_field();
  return SourceExpression(std::move(each),
                          field == nullptr ? std::nullopt : std::optional(schemas.first().fields()[*field]));
}

}  // namespace leeway
