// What a reader asks of a table of the configuration: a key, and the values that it takes there. Noted by TableReader
// where Diagnostics wants it; agent/schema makes the JSON schema of it, and knows keys from nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace leeway {

class ConfigTable;

// Of a value. A set of them says which ones a key takes.
enum class KeyType : std::uint32_t {
  kNone = 0,  // only whether it is there
  kText = 1U << 0U,
  kInteger = 1U << 1U,
  kNumber = 1U << 2U,
  kFlag = 1U << 3U,
  kTexts = 1U << 4U,       // an array of texts
  kNumbers = 1U << 5U,     // an array of numbers
  kList = 1U << 6U,        // an array of anything
  kTable = 1U << 7U,       // with keys that a reader knows
  kTables = 1U << 8U,      // an array of such tables, perhaps between texts
  kNamed = 1U << 9U,       // a table whose keys are names that the user gives
  kNamedTexts = 1U << 10U  // such a table of texts
};

constexpr KeyType operator|(KeyType a, KeyType b) {
  return static_cast<KeyType>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr bool has_type(KeyType types, KeyType one) {
  return (static_cast<std::uint32_t>(types) & static_cast<std::uint32_t>(one)) != 0;
}

// How a text is written.
enum class TextForm : std::uint8_t { kAny, kDuration, kByteSize };

struct KeyUse {
  const ConfigTable* table;  // that was read; only its address has a meaning
  std::string key;
  KeyType types = KeyType::kNone;
  TextForm form = TextForm::kAny;
  std::vector<std::string> words{};       // the texts that it takes; empty: any
  std::optional<std::int64_t> minimum{};  // of an integer
  std::optional<std::int64_t> maximum{};  // of an integer
  bool required = false;
  std::optional<std::string> otherwise{};  // as JSON: the value that holds where it is absent
};

}  // namespace leeway
