#include "agent/expressions/expression_hash.h"

#include <sodium.h>

#include <array>

#include "agent/core/arena.h"
#include "agent/expressions/expression_conversions.h"
#include "agent/expressions/expression_lexer.h"

namespace leeway::expr {
namespace {

constexpr std::size_t kBytes = 8;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// `keyed` has taken the key and nothing else.
Value hashed(crypto_auth_hmacsha256_state keyed, const Value& operand, Arena& arena) {
  const Value text = to_string(operand, arena);
  if (text.kind != ValueKind::kString) {
    return text;
  }
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> code{};
  crypto_auth_hmacsha256_update(&keyed, bytes_of(text.string()), text.length);
  crypto_auth_hmacsha256_final(&keyed, code.data());
  char* const digits = arena.allocate(2 * kBytes + 1);
  sodium_bin2hex(digits, 2 * kBytes + 1, code.data(), kBytes);
  return Value::of_string({digits, 2 * kBytes});
}

}  // namespace

Expected<BoundFunction> prepare_hash(Node& call, const Schema& schema) {
  if (schema.hash_key().empty()) {
    return error_at(call.column,
                    "hash() needs a key, without which anyone could try out what was hashed: set hash_key_file in "
                    "[agent]");
  }
  if (sodium_init() < 0) {
    return error_at(call.column, "hash() is not available: the library libsodium does not start");
  }
  crypto_auth_hmacsha256_state keyed;
  crypto_auth_hmacsha256_init(&keyed, bytes_of(schema.hash_key()), schema.hash_key().size());
  return BoundFunction([keyed](const Value& operand, Arena& arena) { return hashed(keyed, operand, arena); });
}

}  // namespace leeway::expr
