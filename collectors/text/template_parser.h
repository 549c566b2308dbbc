// Splits lines by a TemplatePattern. Used by the `template` format and by presets that are templates.
#pragma once

#include <memory>
#include <vector>

#include "collectors/text/line_parser.h"
#include "collectors/text/pair_fields.h"
#include "collectors/text/template_pattern.h"

namespace leeway {

class TemplateParser final : public LineParser {
 public:
  explicit TemplateParser(std::shared_ptr<const TemplatePattern> pattern);

  std::optional<std::size_t> want(const FieldPath& field) override;
  std::size_t slots() const override { return wanted_.size() + pairs_.slots(); }
  // Only the last part may hold newlines. Takes time linear in the line.
  bool split(std::string_view line, std::span<Part> parts, RecordBatch& batch, DecodeCounts& counts) override;

 private:
  // Where matching is.
  struct Place {
    const TemplateOp* op;
    std::string_view text;  // what is left
  };

  bool match_open(Place& place);
  bool match_before_pairs(Place& place);
  bool match_closed(Place& place);
  bool match_typed(const TemplateOp& op, std::string_view& text);
  bool take_typed(const TemplateOp& op, std::string_view& text);
  bool take_pairs(const TemplateOp& op, std::string_view& text);
  bool set_open(const TemplateOp& op, std::string_view text);
  void set_request(std::size_t slot, std::string_view request);
  // Whether one of `count` slots is.
  bool any_wanted(std::size_t slot, std::size_t count) const;
  void set_target(std::size_t slot, std::string_view path, std::string_view query);
  void set_escaped(std::size_t slot, std::string_view text);

  const std::shared_ptr<const TemplatePattern> pattern_;
  std::vector<std::uint8_t> wanted_;  // by slot: 0 or 1
  Part unnamed_;                      // what parts without a name are written to
  PairFields pairs_;                  // their slots are behind those of the pattern
  // Of the line that is split.
  std::span<Part> parts_;
  RecordBatch* batch_ = nullptr;
  const char* last_open_ = nullptr;  // where the last open part or the pairs begin, if they run to the end
  std::string_view pair_text_{};     // the pairs
  std::size_t budget_ = 0;           // bytes that parts may still look at, some of them repeatedly
};

}  // namespace leeway
