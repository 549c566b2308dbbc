// What is known of the keys of the configuration's tables. Gathered by key_explorer, written by json_schema.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/key_use.h"

namespace leeway {

struct KeyFacts {
  KeyType types = KeyType::kNone;
  TextForm form = TextForm::kAny;
  std::vector<std::string> words{};       // the texts that it takes; empty: any
  std::optional<std::int64_t> minimum{};  // of an integer
  std::optional<std::int64_t> maximum{};
  bool required = false;
  std::optional<std::string> otherwise{};  // JSON; none where it depends on other keys
  bool depends = false;                    // the default does

  // Also what this use says.
  void add(const KeyUse& use);
};

// By key.
using TableFacts = std::map<std::string, KeyFacts>;
// By the path of a table: "source", "source.multiline".
using ConfigFacts = std::map<std::string, TableFacts>;

}  // namespace leeway
