// A decoder before the one of the source's format: it removes envelopes and colours, joins the parts of a record,
// leaves out what is to be ignored, and hides what is private. Made by record_keys.
//
// Rejects, besides those of the format: "no_envelope". Fields that it adds to a record: container.stream,
// container.name, container.time.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/redaction.h"
#include "agent/core/schema.h"
#include "collectors/decode/decoder.h"
#include "collectors/records/envelope.h"
#include "collectors/records/line_joiner.h"
#include "collectors/records/pattern_set.h"

namespace leeway {

struct RecordRules {
  JoinRules join{};
  bool time_of_envelope = false;  // the record's time is the envelope's
  PatternSet ignore{};
  Redaction redact{};
  bool json = false;  // colours are looked for only where the format does not read a record: JSON has none inside
};

class RecordDecoder final : public Decoder {
 public:
  // `rules` must outlive it.
  RecordDecoder(const RecordRules& rules, std::unique_ptr<Decoder> format, const Schema& schema);

  void decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) override;
  void set_modified(TimePoint modified) override { format_->set_modified(modified); }
  bool wants_first_line() const override { return format_->wants_first_line(); }
  void set_first_line(std::string_view line) override { format_->set_first_line(line); }

  // A field that an attribute of the envelope fills.
  struct WantedAttribute {
    std::string name;
    FieldId field;
  };

 private:
  // Of one stream: the record that is being put together.
  struct Open {
    std::string text;
    std::string time;
    std::string name;
    std::string attrs;
    bool any = false;
    bool partial = false;
  };

  void decode_wrapped(const Line& record, RecordBatch& batch, DecodeCounts& counts);
  void reject_unwrapped(std::string_view line, DecodeCounts& counts);
  void add_line(const Unwrapped& line, std::uint64_t end, RecordBatch& batch, DecodeCounts& counts);
  void close(std::size_t stream, std::uint64_t end, RecordBatch& batch, DecodeCounts& counts);
  // `text` stays as long as the batch, with kPadding bytes behind it; `in_place`: where the lines are.
  void decode_text(std::string_view text, bool in_place, const Unwrapped& from, std::uint64_t end, RecordBatch& batch,
                   DecodeCounts& counts);
  void decode_waiting(RecordBatch& batch, DecodeCounts& counts);
  void decode_together(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts);
  void decode_alone(std::string_view text, bool coloured, bool several, const Unwrapped& from, std::uint64_t end,
                    RecordBatch& batch, DecodeCounts& counts);
  static bool has_coloured_reject(std::span<const Line> lines, std::size_t row, const RecordBatch& batch);
  void forget_tried();
  void decode_by_first_part(std::string_view text, bool several, std::uint64_t end, RecordBatch& batch,
                            DecodeCounts& counts);
  void add_fields(const Unwrapped& from, Row row, RecordBatch& batch, DecodeCounts& counts);
  std::string_view own(std::string_view text, RecordBatch& batch) const;

  const RecordRules& rules_;
  const std::unique_ptr<Decoder> format_;
  std::optional<FieldId> stream_;
  std::optional<FieldId> name_;
  std::optional<FieldId> time_;
  const std::vector<WantedAttribute> attributes_;
  const bool adds_fields_;
  const bool plain_;  // only colours are looked for, where the format does not read a line
  // Texts in place that the format reads together, and where they are from: the first ones of these.
  std::size_t waiting_count_ = 0;
  std::vector<Line> waiting_;
  std::vector<Unwrapped> waiting_from_;
  std::array<Open, 2> open_;
  std::string scratch_;
  std::array<std::string, 2> attribute_scratch_;
  std::string redacted_;
  DecodeCounts tried_;
  RejectExamples tried_examples_;  // of it
};

}  // namespace leeway
