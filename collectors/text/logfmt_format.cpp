#include "collectors/text/logfmt_format.h"

#include "collectors/text/pair_fields.h"
#include "collectors/text/text_format.h"

namespace leeway {
namespace {

class LogfmtParser final : public LineParser {
 public:
  std::optional<std::size_t> want(const FieldPath& field) override { return fields_.want(field); }
  std::size_t slots() const override { return fields_.slots(); }
  bool split(std::string_view line, std::span<Part> parts, RecordBatch& batch, DecodeCounts& counts) override {
    return fields_.read(line, parts, batch, counts);
  }

 private:
  PairFields fields_;
};

}  // namespace

std::unique_ptr<LineFormat> read_logfmt_format(FormatContext& context) {
  return std::make_unique<TextFormat>([] { return std::make_unique<LogfmtParser>(); }, CellOptions{}, context.time);
}

}  // namespace leeway
