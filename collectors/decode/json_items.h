// Collects what is in a list or object of JSON from its tokens, for columns that want it. Used by json_walk for lines
// and by collectors/files for documents.
#pragma once

#include <span>
#include <vector>

#include "agent/core/record_batch.h"
#include "agent/core/value.h"

namespace leeway {

class JsonItems {
 public:
  // The value that begins at the token `at`, which it moves past: its structure was checked before. kind(at) is the
  // token's first character, scalar(at) its value if that is no list or object. What is in it belongs to the batch.
  template <typename Token, typename Kind, typename Scalar>
  Value read(Token& at, RecordBatch& batch, const Kind& kind, const Scalar& scalar) {
    const char open = kind(at);
    if (open != '{' && open != '[') {
      return scalar(at++);
    }
    const std::size_t first = found_.size();
    for (++at; kind(at) != '}' && kind(at) != ']';) {
      if (kind(at) == ',' || kind(at) == ':') {
        ++at;
      } else {
        const Value item = read(at, batch, kind, scalar);
        found_.push_back(item);
      }
    }
    ++at;
    const std::span<const Value> items = batch.own(std::span<const Value>(found_).subspan(first));
    found_.resize(first);
    return open == '{' ? Value::map(items) : Value::list(items);
  }

 private:
  std::vector<Value> found_;  // of the lists and objects that are being read, outermost first
};

}  // namespace leeway
