// Splits one line of text into parts, each in a slot with a number. A format of lines is a LineParser; TextDecoder
// makes records of the parts. Used by all formats of this room.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "agent/core/record_batch.h"
#include "agent/core/schema.h"
#include "collectors/decode/decoder.h"

namespace leeway {

enum class PartKind : std::uint8_t {
  kAbsent,
  kNull,
  kCell,  // a number if the text is one, null if it is empty, else text
  kText,  // never a number, never null
  kBool,
  kNumber,
};

struct Part {
  PartKind kind = PartKind::kAbsent;
  bool truth = false;       // kBool
  double number = 0;        // kNumber
  std::string_view text{};  // kCell, kText: in the line or in memory of the batch

  void set(PartKind new_kind, std::string_view new_text) {
    kind = new_kind;
    text = new_text;
  }
  void set_number(double value) {
    kind = PartKind::kNumber;
    number = value;
  }
  void set_bool(bool value) {
    kind = PartKind::kBool;
    truth = value;
  }
};

class LineParser {
 public:
  virtual ~LineParser() = default;
  // The slot of a field that is needed; none if no line has such a field. Before the first line.
  virtual std::optional<std::size_t> want(const FieldPath& field) = 0;
  // How many slots there are.
  virtual std::size_t slots() const = 0;
  // Fills the slots of wanted fields in `parts`, all of which are absent before; false where the line is not of the
  // format. What `parts` holds then is unspecified. Allocates nothing but memory of the batch.
  virtual bool split(std::string_view line, std::span<Part> parts, RecordBatch& batch, DecodeCounts& counts) = 0;
  // See Decoder::set_modified().
  virtual void set_modified(TimePoint /*modified*/) {}
};

}  // namespace leeway
