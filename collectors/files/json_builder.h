// Builds a JSON text value by value, with its commas. Used by loaders of other formats.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "collectors/files/json_text.h"

namespace leeway {

class JsonBuilder {
 public:
  // Appends to `out`, which outlives the builder.
  explicit JsonBuilder(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { out_ += '}'; }
  void begin_array() { open('['); }
  void end_array() { out_ += ']'; }
  void key(std::string_view name) {
    separate();
    append_json_string(name, out_);
    out_ += ':';
  }
  void string(std::string_view text) {
    separate();
    append_json_string(text, out_);
  }
  void integer(std::int64_t number) {
    separate();
    append_json_integer(number, out_);
  }
  void number(double number) {
    separate();
    append_json_double(number, out_);
  }
  // Complete JSON: a word, a number, a value written before.
  void raw(std::string_view json) {
    separate();
    out_ += json;
  }
  // Before a value that is appended by other means; calling it twice changes nothing.
  void separate() {
    const char last = out_.empty() ? '[' : out_.back();
    if (last != '[' && last != '{' && last != ':' && last != ',') {
      out_ += ',';
    }
  }

 private:
  void open(char bracket) {
    separate();
    out_ += bracket;
  }

  std::string& out_;
};

}  // namespace leeway
