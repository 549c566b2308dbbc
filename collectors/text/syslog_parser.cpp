#include "collectors/text/syslog_parser.h"

#include <algorithm>
#include <array>
#include <variant>

#include "agent/core/ascii.h"
#include "agent/core/utf8.h"
#include "collectors/text/escapes.h"
#include "collectors/text/time_shapes.h"

namespace leeway {
namespace {

enum SyslogSlot : std::size_t {
  kTime,
  kPriority,
  kFacility,
  kSeverity,
  kHost,
  kApp,
  kPid,
  kId,
  kMessage,
  kSyslogSlots
};
constexpr std::array<std::string_view, kSyslogSlots> kSyslogFields = {
    "time", "priority", "facility", "severity", "host", "app", "pid", "id", "message"};
constexpr std::array<std::string_view, 24> kFacilities = {"kern",   "user",   "mail",   "daemon", "auth",     "syslog",
                                                          "lpr",    "news",   "uucp",   "cron",   "authpriv", "ftp",
                                                          "ntp",    "audit",  "alert",  "clock",  "local0",   "local1",
                                                          "local2", "local3", "local4", "local5", "local6",   "local7"};
constexpr std::array<std::string_view, 8> kSeverities = {"emerg",   "alert",  "crit", "err",
                                                         "warning", "notice", "info", "debug"};

// Digits between `before` and `after` at the front of `text`, at most three.
bool take_short_number(std::string_view& text, std::string_view before, char after, std::string_view& digits) {
  if (!text.starts_with(before)) {
    return false;
  }
  const std::string_view rest = text.substr(before.size());
  std::size_t size = 0;
  while (size < rest.size() && is_digit(rest[size])) {
    ++size;
  }
  if (size == 0 || size > 3 || size == rest.size() || rest[size] != after) {
    return false;
  }
  digits = rest.substr(0, size);
  text = rest.substr(size + 1);
  return true;
}

bool read_priority(std::string_view& text, std::span<Part> parts) {
  std::string_view rest = text;
  std::string_view digits;
  std::size_t priority = 0;
  if (!take_short_number(rest, "<", '>', digits)) {
    return false;
  }
  for (const char c : digits) {
    priority = priority * 10 + static_cast<std::size_t>(c - '0');
  }
  if (priority >= kFacilities.size() * kSeverities.size()) {
    return false;
  }
  parts[kPriority].set(PartKind::kCell, digits);
  parts[kFacility].set(PartKind::kText, kFacilities.at(priority / kSeverities.size()));
  parts[kSeverity].set(PartKind::kText, kSeverities.at(priority % kSeverities.size()));
  text = rest;
  return true;
}

// "su[9]: " or "su: " in front of the message.
bool read_tag(std::string_view& text, std::span<Part> parts) {
  const std::size_t end = text.find_first_of(" \t[:");
  if (end == 0 || end == std::string_view::npos || is_blank(text[end])) {
    return false;
  }
  std::string_view rest = text.substr(end + 1);
  std::string_view pid;
  if (text[end] == '[') {
    const std::size_t close = rest.find_first_of("] \t");
    if (close == std::string_view::npos || rest[close] != ']') {
      return false;
    }
    pid = rest.substr(0, close);
    rest.remove_prefix(close + 1);
    rest.remove_prefix(rest.starts_with(':') ? 1 : 0);
  }
  if (!rest.empty() && !is_blank(rest.front())) {
    return false;
  }
  parts[kApp].set(PartKind::kText, text.substr(0, end));
  if (!pid.empty()) {
    parts[kPid].set(PartKind::kCell, pid);
  }
  text = rest;
  return true;
}

// Devices write "host : message" too. Without a time, the first word is a host only where a tag follows it.
void read_host_and_tag(std::string_view& text, bool has_time, std::span<Part> parts) {
  std::string_view rest = text;
  const std::string_view host = take_word_text(rest);
  if (!rest.empty() && !host.ends_with(':') && host.find('[') == std::string_view::npos) {
    rest.remove_prefix(rest.starts_with(": ") ? 2 : 0);
    const bool has_tag = read_tag(rest, parts);
    if (has_tag || has_time) {
      parts[kHost].set(PartKind::kText, host);
      text = rest;
      return;
    }
  }
  read_tag(text, parts);
}

void set_message(std::string_view text, std::span<Part> parts) {
  parts[kMessage].set(PartKind::kText, trim_blanks(text));
}

// A value with the escapes \" \\ \] resolved.
std::string_view parameter_value(std::string_view text, RecordBatch& batch) {
  if (text.find('\\') == std::string_view::npos) {
    return text;
  }
  char* const memory = batch.allocate(text.size());
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escapes =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\' || text[i + 1] == ']');
    i += escapes ? 1 : 0;
    memory[size++] = text[i];
  }
  return {memory, size};
}

}  // namespace

std::optional<std::size_t> SyslogParser::want(const FieldPath& field) {
  const auto name = [&](std::size_t step) -> const std::string* {
    return step < field.steps.size() ? std::get_if<std::string>(&field.steps[step]) : nullptr;
  };
  if (field.steps.size() == 1 && name(0) != nullptr) {
    const auto* const found = std::find(kSyslogFields.begin(), kSyslogFields.end(), *name(0));
    return found == kSyslogFields.end() ? std::nullopt
                                        : std::optional(static_cast<std::size_t>(found - kSyslogFields.begin()));
  }
  if (field.steps.size() != 3 || name(0) == nullptr || *name(0) != "sd" || name(1) == nullptr || name(2) == nullptr) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (parameters_[i].id == *name(1) && parameters_[i].name == *name(2)) {
      return kSyslogSlots + i;
    }
  }
  parameters_.push_back({*name(1), *name(2)});
  return kSyslogSlots + parameters_.size() - 1;
}

std::size_t SyslogParser::slots() const { return kSyslogSlots + parameters_.size(); }

bool SyslogParser::split(std::string_view line, std::span<Part> parts, RecordBatch& batch, DecodeCounts& counts) {
  std::string_view text = line;
  const bool has_priority = read_priority(text, parts);
  std::string_view version;
  if (has_priority && take_short_number(text, "", ' ', version)) {
    read_versioned(text, parts, batch);
    return true;
  }
  const bool has_time = read_time(text, parts, batch, counts);
  if (has_priority || has_time) {
    text = trim_blanks(text);
    read_host_and_tag(text, has_time, parts);
  }
  set_message(text, parts);
  return true;
}

// RFC 5424, after the version.
void SyslogParser::read_versioned(std::string_view text, std::span<Part> parts, RecordBatch& batch) const {
  for (const SyslogSlot slot : {kTime, kHost, kApp, kPid, kId}) {
    const std::string_view word = take_word_text(text);
    const bool is_number = slot == kPid;
    parts[slot].set(word == "-" || word.empty() ? PartKind::kNull
                    : is_number                 ? PartKind::kCell
                                                : PartKind::kText,
                    word);
  }
  if (text.starts_with('-') && (text.size() == 1 || is_blank(text[1]))) {
    text.remove_prefix(1);
  } else {
    while (text.starts_with('[') && read_element(text, parts, batch)) {
    }
  }
  text = trim_blanks(text);
  text.remove_prefix(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
  set_message(text, parts);
}

// Any of the times, and what routers write before and after it; true if there is one.
bool SyslogParser::read_time(std::string_view& text, std::span<Part> parts, RecordBatch& batch,
                             DecodeCounts& counts) const {
  std::string_view rest = text;
  const std::size_t counter = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (counter > 0 && rest.substr(counter).starts_with(": ")) {
    rest.remove_prefix(counter + 2);
  }
  rest.remove_prefix(!rest.empty() && (rest.front() == '*' || rest.front() == '.') ? 1 : 0);
  const char* const begin = rest.data();
  YearlessTime time;
  std::string_view written;
  if (take_iso_shape(rest, written)) {
    parts[kTime].set(PartKind::kText, written);
  } else if (std::string_view year; take_month_time(rest, time, year)) {
    const std::string_view all(begin, static_cast<std::size_t>(rest.data() - begin));
    const YearRule given(year.empty() ? std::nullopt
                                      : std::optional((year[0] - '0') * 1000 + (year[1] - '0') * 100 +
                                                      (year[2] - '0') * 10 + (year[3] - '0')));
    (year.empty() ? years_ : given).set_time(time, all, parts[kTime], batch, counts);
  } else {
    return false;
  }
  rest.remove_prefix(rest.starts_with(':') ? 1 : 0);
  text = rest;
  return true;
}

// One [id name="value" ...]; false, with what is left in `text`, where it is not one.
bool SyslogParser::read_element(std::string_view& text, std::span<Part> parts, RecordBatch& batch) const {
  std::string_view rest = text.substr(1);
  const std::string_view id = rest.substr(0, rest.find_first_of(" \t]"));
  rest.remove_prefix(id.size());
  while (true) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    if (rest.starts_with(']')) {
      text = rest.substr(1);
      return true;
    }
    const std::string_view name = rest.substr(0, rest.find_first_of("= ]\""));
    rest.remove_prefix(name.size());
    if (name.empty() || !rest.starts_with("=\"")) {
      return false;
    }
    const char* const begin = rest.data() + 2;
    const char* const close = find_closing_quote(begin, rest.data() + rest.size());
    if (close == nullptr) {
      return false;
    }
    const std::string_view value(begin, static_cast<std::size_t>(close - begin));
    rest.remove_prefix(value.size() + 3);
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      Part& part = parts[kSyslogSlots + i];
      if (part.kind == PartKind::kAbsent && parameters_[i].name == name && parameters_[i].id == id) {
        part.set(PartKind::kText, parameter_value(value, batch));
      }
    }
  }
}

}  // namespace leeway
