// A format of this room for one source: how its lines are split, and where their time is. Made by the functions that
// read a format's keys.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "collectors/decode/cell_text.h"
#include "collectors/decode/format.h"
#include "collectors/text/line_parser.h"

namespace leeway {

class TextFormat final : public LineFormat {
 public:
  using MakeParser = std::function<std::unique_ptr<LineParser>()>;

  TextFormat(MakeParser make_parser, const CellOptions& cells, TimeKeys time);

  bool may_be_empty() const override { return true; }
  std::unique_ptr<Decoder> make_decoder(const Schema& schema) const override;

 private:
  const MakeParser make_parser_;
  const CellOptions cells_;
  const TimeKeys time_;
};

// The time of the format's lines is in `field`, in `time_format`, unless the source's keys say otherwise.
void set_own_time(FormatContext& context, std::string_view field, std::string_view time_format);

}  // namespace leeway
