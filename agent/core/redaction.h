// Hides private parts of a record before anything is read of it, so that they can reach no label:
// "mail from ann@example.org" becomes "mail from <email>". Used by RecordDecoder, and for all examples of records.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace leeway {

// "password", "access_token", "X-Api-Key": whether values of this name are private.
bool is_name_of_secret(std::string_view name);

class Redaction {
 public:
  Redaction() = default;  // hides nothing
  // "email", "ip", "card" (13 to 19 digits with a valid check digit), "token" (bearer tokens, JSON Web Tokens, known
  // forms of keys, and what follows the name of a secret).
  static std::vector<std::string> names();
  // One of names(). False for another.
  bool add_named(const std::string& name);
  // RE2's syntax; what it matches becomes "<redacted>", or only its first group if it has one. kConfiguration: what is
  // wrong with it.
  Expected<void> add_pattern(const std::string& pattern);

  bool empty() const { return rules_.empty(); }
  // Whether anything was found; then `out` is `text` without it, and still JSON if `text` is: what is looked for is the
  // text that escapes stand for, and a number becomes a string.
  bool apply(std::string_view text, std::string& out) const;

 private:
  struct Rule {
    std::shared_ptr<const re2::RE2> pattern;
    std::string replacement;
    bool check_digit = false;
    bool secrets = false;
  };
  static bool replace_all(const Rule& rule, std::string_view text, std::string& out);
  bool apply_to_quoted(std::string_view text, std::string& out) const;

  std::vector<Rule> rules_;
};

}  // namespace leeway
