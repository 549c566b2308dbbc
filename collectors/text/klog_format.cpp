#include "collectors/text/klog_format.h"

#include <array>

#include "agent/core/ascii.h"
#include "agent/core/civil_time.h"
#include "collectors/text/escapes.h"
#include "collectors/text/pair_fields.h"
#include "collectors/text/text_format.h"
#include "collectors/text/time_shapes.h"

namespace leeway {
namespace {

enum KlogField : std::size_t { kKlogTime, kKlogLevel, kKlogThread, kKlogFile, kKlogLine, kKlogMessage, kKlogFields };
constexpr std::array<const char*, kKlogFields> kKlogNames = {"time", "level", "thread", "file", "line", "message"};

struct KlogHeader {
  std::string_view level;
  std::string_view written;  // the date and the time
  YearlessTime time;
  std::string_view thread;
  std::string_view file;
  std::string_view line;
};

std::string_view level_word(char c) {
  return c == 'I' ? "info" : c == 'W' ? "warning" : c == 'E' ? "error" : c == 'F' ? "fatal" : "";
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Lmmdd hh:mm:ss.uuuuuu threadid file:line]
bool take_header(std::string_view& text, KlogHeader& header) {
  const std::string_view all = text;
  constexpr std::size_t kDate = sizeof("Lmmdd") - 1;
  if (text.size() <= kDate || level_word(text[0]).empty() || !is_number(text.substr(1, kDate - 1)) ||
      text[kDate] != ' ') {
    return false;
  }
  header.level = level_word(text[0]);
  header.time.month = two_digits(text.data() + 1);
  header.time.day = two_digits(text.data() + 3);
  text.remove_prefix(kDate + 1);
  if (!take_clock(text, header.time.clock)) {
    return false;
  }
  header.written = all.substr(1, all.size() - text.size() - 1);
  text = trim_blanks(text);
  header.thread = take_word_text(text);
  const std::size_t close = text.find(']');
  const std::size_t colon = text.substr(0, close).rfind(':');
  if (close == std::string_view::npos || colon == std::string_view::npos) {
    return false;
  }
  header.file = text.substr(0, colon);
  header.line = text.substr(colon + 1, close - colon - 1);
  text = text.substr(close + 1);
  return is_number(header.thread) && is_number(header.line);
}

class KlogParser final : public LineParser {
 public:
  explicit KlogParser(const YearRule& years) : years_(years) { fixed_.fill(PairFields::kNone); }

  std::optional<std::size_t> want(const FieldPath& field) override {
    const std::size_t slot = fields_.want(field);
    for (std::size_t i = 0; i < kKlogFields; ++i) {
      fixed_.at(i) = fields_.find(kKlogNames.at(i));
    }
    return slot;
  }
  std::size_t slots() const override { return fields_.slots(); }
  void set_modified(TimePoint modified) override { years_.set_modified(modified); }

  bool split(std::string_view line, std::span<Part> parts, RecordBatch& batch, DecodeCounts& counts) override {
    KlogHeader header;
    std::string_view text = line;
    if (!take_header(text, header)) {
      return false;
    }
    if (fixed_[kKlogTime] != PairFields::kNone) {
      years_.set_time(header.time, header.written, parts[fixed_[kKlogTime]], batch, counts);
    }
    set(kKlogLevel, PartKind::kText, header.level, parts);
    set(kKlogThread, PartKind::kCell, header.thread, parts);
    set(kKlogFile, PartKind::kText, header.file, parts);
    set(kKlogLine, PartKind::kCell, header.line, parts);
    read_message(trim_blanks(text), parts, batch, counts);
    return true;
  }

 private:
  void set(KlogField field, PartKind kind, std::string_view text, std::span<Part> parts) const {
    if (fixed_.at(field) != PairFields::kNone) {
      parts[fixed_.at(field)].set(kind, text);
    }
  }

  // A message in quotes is followed by pairs; without, it is all there is.
  void read_message(std::string_view text, std::span<Part> parts, RecordBatch& batch, DecodeCounts& counts) const {
    const char* const end = text.data() + text.size();
    const char* const close = text.starts_with('"') ? find_closing_quote(text.data() + 1, end) : nullptr;
    if (close == nullptr) {
      set(kKlogMessage, PartKind::kText, text, parts);
      return;
    }
    std::size_t unknown = 0;
    const std::string_view message(text.data() + 1, static_cast<std::size_t>(close - text.data() - 1));
    if (fixed_[kKlogMessage] != PairFields::kNone) {
      set(kKlogMessage, PartKind::kText, unescape_text(message, batch, unknown), parts);
    }
    fields_.read({close + 1, static_cast<std::size_t>(end - close - 1)}, parts, batch, counts);
  }

  YearRule years_;
  PairFields fields_;
  std::array<std::size_t, kKlogFields> fixed_;  // their slots
};

}  // namespace

std::unique_ptr<LineFormat> read_klog_format(FormatContext& context) {
  const YearRule years(read_year(context.reader));
  set_own_time(context, "time", "auto");
  return std::make_unique<TextFormat>([years] { return std::make_unique<KlogParser>(years); }, CellOptions{},
                                      context.time);
}

}  // namespace leeway
