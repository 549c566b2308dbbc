#include "collectors/paths/name_form.h"

#include <algorithm>

#include "collectors/paths/glob.h"

namespace leeway {
namespace {

constexpr std::size_t kMinIdentifier = 4;  // hexadecimal digits

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hexadecimal(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_of_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

void add_word(std::string_view word, std::string& form) {
  if (word.size() >= kMinIdentifier && std::all_of(word.begin(), word.end(), is_hexadecimal)) {
    form += '#';
    return;
  }
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (!is_digit(word[i])) {
      form += word[i];
    } else if (i == 0 || !is_digit(word[i - 1])) {
      form += '#';
    }
  }
}

}  // namespace

std::string name_form(std::string_view name) {
  std::string form;
  while (!name.empty()) {
    const auto end = std::find_if_not(name.begin(), name.end(), is_of_word);
    const std::size_t size = static_cast<std::size_t>(end - name.begin());
    add_word(name.substr(0, size), form);
    if (size < name.size()) {
      form += name[size];
    }
    name.remove_prefix(std::min(size + 1, name.size()));
  }
  return form;
}

bool has_form_of(std::string_view name, std::string_view generation, std::string_view base) {
  const auto plain = [](std::string_view one) { return is_compressed_name(one) ? uncompressed_name(one) : one; };
  const std::string form = name_form(plain(generation));
  return form.find('#') != std::string::npos && form != name_form(base) && form == name_form(plain(name));
}

}  // namespace leeway
