#include "agent/expressions/expression_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/expressions/expression_lexer.h"
#include "agent/expressions/expression_operators.h"

namespace leeway::expr {
namespace {

constexpr std::size_t kBytes4 = 4;
constexpr std::size_t kBytes6 = 16;

struct Address {
  std::array<std::uint8_t, kBytes6> bytes{};
  std::size_t size = 0;  // kBytes4 or kBytes6
};

std::optional<Address> read_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()) {
    return std::nullopt;
  }
  std::copy(text.begin(), text.end(), terminated.begin());
  Address address;
  address.size = text.find(':') == std::string_view::npos ? kBytes4 : kBytes6;
  const int family = address.size == kBytes4 ? AF_INET : AF_INET6;
  const bool valid =
      text.find('\0') == std::string_view::npos && inet_pton(family, terminated.data(), address.bytes.data()) == 1;
  return valid ? std::optional(address) : std::nullopt;
}

// "::ffff:10.0.0.1", as servers that listen on both versions print an address of version 4.
bool is_mapped(const Address& address) {
  constexpr std::array<std::uint8_t, 12> kPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return address.size == kBytes6 && std::equal(kPrefix.begin(), kPrefix.end(), address.bytes.begin());
}

Address unmapped(const Address& address) {
  Address result = address;
  if (is_mapped(address)) {
    std::copy(address.bytes.begin() + kBytes6 - kBytes4, address.bytes.end(), result.bytes.begin());
    result.size = kBytes4;
  }
  return result;
}

struct Network {
  Address address;
  unsigned bits = 0;

  bool contains(const Address& other) const {
    if (other.size != address.size) {
      return false;
    }
    const std::size_t whole = bits / 8;
    const auto mask = static_cast<std::uint8_t>(0xFF00U >> (bits % 8));
    return std::equal(other.bytes.begin(), other.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                      address.bytes.begin()) &&
           (mask == 0 || ((other.bytes[whole] ^ address.bytes[whole]) & mask) == 0);
  }
};

std::optional<Network> read_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<Address> address = read_address(text.substr(0, slash));
  if (!address || is_mapped(*address) || slash == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view digits = text.substr(slash + 1);
  Network network{*address};
  const std::from_chars_result result = std::from_chars(digits.data(), digits.data() + digits.size(), network.bits);
  const bool valid =
      result.ec == std::errc() && result.ptr == digits.data() + digits.size() && network.bits <= 8 * address->size;
  return valid ? std::optional(network) : std::nullopt;
}

}  // namespace

Expected<BoundFunction> prepare_contains_ip(Node& call, const Schema&) {
  const Node& constant = *call.args[1];
  const std::optional<Network> network = read_network(constant.text);
  if (!network) {
    return error_at(constant.column, "\"" + constant.text +
                                         "\" is no network; expected an address and its bits, such " +
                                         "as \"10.0.0.0/8\" or \"2001:db8::/32\"");
  }
  return BoundFunction([network = *network](const Value& operand, Arena&) {
    if (operand.kind != ValueKind::kString) {
      return operand_error(operand);
    }
    const std::optional<Address> address = read_address(operand.string());
    return address ? Value::of_bool(network.contains(unmapped(*address))) : Value::error(Failure::kConversion);
  });
}

Value is_ip(const Value& operand, Arena&) {
  return operand.kind == ValueKind::kString ? Value::of_bool(read_address(operand.string()).has_value())
                                            : operand_error(operand);
}

}  // namespace leeway::expr
