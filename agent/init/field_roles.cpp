#include "agent/init/field_roles.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "agent/init/latency_role.h"
#include "agent/init/loggers.h"

namespace leeway {
namespace {

constexpr std::size_t kMostLabelValues = 20;
constexpr std::size_t kFewWords = 12;
constexpr std::size_t kMostLabels = 2;
constexpr std::size_t kMostAmounts = 4;
constexpr std::size_t kEnoughValues = 20;
constexpr std::size_t kLongestSentence = 60;

template <std::size_t N>
bool is_one_of(const std::string& name, const std::array<const char*, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The name of a level, or of an object that is one.
bool is_level_name(const std::string& name) {
  static constexpr std::array kNames = {
      "level",     "lvl",    "severity", "levelname", "log_level", "loglevel",     "error_severity",
      "log.level", "@level", "@l",       "s",         "priority",  "severitytext", "severity_text"};
  return is_one_of(name, kNames);
}

// A number from 100 to 599.
bool is_status(SampledField& field) {
  static constexpr std::array kNames = {"status",      "status_code",    "statuscode",    "code",
                                        "http_status", "http_code",      "response_code", "downstream_status",
                                        "sc_status",   "response_status"};
  if ((!is_one_of(field.name, kNames) && field.name != "st") || !is_numbers(field)) {
    return false;
  }
  ValueFacts facts = field.facts.with_numbers();
  // 0 is what servers write where there was no answer.
  return nearly_all(facts.whole(), facts.present()) && facts.quantile(0) >= 0 && facts.share_below(1) < 0.5 &&
         facts.share_below(100) == facts.share_below(1) && facts.quantile(1) < 600;
}

bool is_method(const SampledField& field) {
  static constexpr std::array kVerbs = {"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT", "TRACE"};
  std::uint64_t verbs = 0;
  for (const char* const verb : kVerbs) {
    const auto found = field.facts.values().find(verb);
    verbs += found == field.facts.values().end() ? 0 : found->second;
  }
  return verbs * 10 >= field.facts.present() * 7 && verbs > 0;
}

bool is_path(const SampledField& field) {
  static constexpr std::array kNames = {"path",   "route",        "uri",       "url",        "endpoint",
                                        "target", "request_path", "http_path", "request_uri"};
  static constexpr std::array kPlaces = {"file", "source", "caller", "code", "origin", "script", "module"};
  return is_one_of(field.name, kNames) && !is_one_of(field.parent, kPlaces) &&
         field.facts.targets() * 10 >= field.facts.present() * 7 && field.facts.targets() > 0;
}

// Numbers as Python's logging has them beside the names of its levels.
std::optional<std::string> level_number_of(const SampledField& field) {
  static constexpr std::array kNames = {"levelno", "level_no", "level_number"};
  const auto& values = field.facts.values();
  const bool tens = std::all_of(values.begin(), values.end(), [](const auto& value) {
    return value.first.size() == 2 && value.first[0] >= '1' && value.first[0] <= '5' && value.first[1] == '0';
  });
  const bool numbers = field.facts.present() > 0 && field.facts.number_count() == field.facts.present();
  return is_one_of(field.name, kNames) && numbers && tens ? std::optional("level(" + field.text + ", \"python\")")
                                                          : std::nullopt;
}

// "pino" of numbers, "" of words; no value if it is no level.
std::optional<std::string> level_of(SampledField& field) {
  ValueFacts& facts = field.facts;
  // As in {"level": {"name": "INFO", "no": 20}}.
  const bool named = is_level_name(field.parent) && (field.name == "name" || field.name == "value");
  if ((!is_level_name(field.name) && !named) || facts.present() == 0) {
    return std::nullopt;
  }
  if (nearly_all(facts.levels(), facts.present())) {
    // Serilog's compact JSON leaves out the level of most records.
    const bool left_out = field.text == "[\"@l\"]" && facts.present() < facts.records();
    return left_out ? "level(default(" + field.text + ", \"Information\"))" : "level(" + field.text + ")";
  }
  if (field.name == "priority" && facts.distinct() <= 8 &&
      std::all_of(facts.values().begin(), facts.values().end(), [](const auto& value) {
        return value.first.size() == 1 && value.first[0] >= '0' && value.first[0] <= '7';
      })) {
    return "level(" + field.text + ", \"syslog\")";
  }
  const bool tens = std::all_of(facts.values().begin(), facts.values().end(), [](const auto& value) {
    const std::string& text = value.first;
    return (text.size() == 2 && text[1] == '0' && text[0] >= '1' && text[0] <= '6') ||
           std::isdigit(static_cast<unsigned char>(text[0])) == 0;
  });
  if (tens && facts.number_count() + facts.levels() == facts.present()) {
    return "level(" + field.text + ", \"pino\")";
  }
  return std::nullopt;
}

bool is_failure(const SampledField& field) {
  static constexpr std::array kNames = {"error", "err", "exception", "error_message", "error_type", "exc_info"};
  const ValueFacts& facts = field.facts;
  return is_one_of(field.name, kNames) && facts.texts() == facts.present() && facts.present() * 2 < facts.records();
}

// What a record has done so many of: rows, files_written.
bool is_counted_name(const std::string& name) {
  static constexpr std::array kNouns = {"rows",   "records", "documents", "files",   "messages",
                                        "events", "lines",   "pages",     "rejected"};
  static constexpr std::array kVerbs = {"_written",  "_read",     "_sent",    "_received", "_processed",
                                        "_loaded",   "_inserted", "_updated", "_deleted",  "_skipped",
                                        "_rejected", "_imported", "_exported"};
  return is_one_of(name, kNouns) || name.ends_with("_rows") || name.starts_with("rows_") ||
         std::any_of(kVerbs.begin(), kVerbs.end(), [&](const char* verb) { return name.ends_with(verb); });
}

// What adds up: bytes, tokens, money, rows.
bool is_amount(SampledField& field) {
  const std::string& name = field.name;
  static constexpr std::array kNames = {"bytes",   "tokens", "cost", "amount",     "price",
                                        "revenue", "usd",    "eur",  "bytes_sent", "bytes_received"};
  const bool named = std::any_of(kNames.begin(), kNames.end(), [&](const char* one) {
    return name == one || name.ends_with(std::string("_") + one);
  });
  // Not a setting that is said once at the start, nor a counter of its own.
  if ((!named && !is_counted_name(name)) || field.facts.present() * 20 < field.facts.records() || !is_numbers(field) ||
      grows(field.facts)) {
    return false;
  }
  ValueFacts facts = field.facts.with_numbers();
  const bool adds_up = named || facts.whole() == facts.number_count();
  return adds_up && facts.quantile(0) >= 0 && facts.quantile(1) > 0;
}

bool never_a_label(const std::string& name) {
  for (const char* const part :
       {"id",  "uuid",   "trace", "span",    "user",  "session", "ip",       "email", "token",   "url",      "message",
        "msg", "time",   "ts",    "pid",     "port",  "client",  "addr",     "hash",  "version", "key",      "stack",
        "exc", "thread", "agent", "referer", "query", "request", "protocol", "line",  "date",    "timestamp"}) {
    const std::string word(part);
    if (name == word || name.ends_with("_" + word) || name.starts_with(word + "_") || name.ends_with("." + word)) {
      return true;
    }
  }
  return name.find("uuid") != std::string::npos || name.find("time") != std::string::npos;
}

// A place in source code, or a person or a firm.
bool is_place_or_person(const SampledField& field) {
  static constexpr std::array kNames = {
      "caller",       "file",    "filename",      "func",        "function",     "lineno",   "customer",
      "account",      "buyer",   "owner",         "member",      "patient",      "tenant",   "organization",
      "organisation", "org",     "customer_name", "tenant_name", "account_name", "org_name", "organization_name",
      "company",      "merchant"};
  return is_one_of(field.name, kNames) || field.facts.places() > 0;
}

// The name of what is happening, or a sentence without anything that varies: "order_placed", "Payment failed".
bool is_constant(std::string_view text) {
  return text.size() <= kLongestSentence && std::none_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0 || c == '/' || c == '@' || c == '=';
         });
}

// Whether the second half of the sample brings hardly a new value: one of twenty, or of a few words a rare one.
bool is_closed(const ValueFacts& facts) {
  return facts.new_values() * 20 <= facts.distinct() ||
         (facts.distinct() <= kFewWords && facts.new_values() * 4 <= facts.distinct());
}

bool is_message_label(const SampledField& field) {
  static constexpr std::array kNames = {"event", "msg", "message", "@m", "action", "event_name", "event_type"};
  const ValueFacts& facts = field.facts;
  return is_one_of(field.name, kNames) && facts.texts() == facts.present() && facts.present() >= kEnoughValues &&
         facts.present() * 2 >= facts.records() && facts.distinct() >= 2 && facts.distinct() <= kMostLabelValues &&
         facts.distinct() * 10 <= facts.present() && is_closed(facts) &&
         std::all_of(facts.values().begin(), facts.values().end(),
                     [](const auto& value) { return is_constant(value.first); });
}

// One text in all records but single ones, and those of another kind: nothing that tells records apart.
bool is_one_text(const ValueFacts& facts) {
  std::uint64_t most = 0;
  bool same_letters = true;
  for (const auto& [value, count] : facts.values()) {
    if (count > most) {
      most = count;
      same_letters = value.size() >= 4 && value.find_first_not_of(value.front()) == std::string::npos;
    }
  }
  return same_letters && most + 1 >= facts.present();
}

// A few words that come again and again.
bool is_label(const SampledField& field) {
  const ValueFacts& facts = field.facts;
  const bool words = nearly_all(facts.texts() + facts.bools(), facts.present());
  const bool often = facts.present() >= kEnoughValues && facts.distinct() * 10 <= facts.present();
  return words && often && !is_one_text(facts) && !never_a_label(field.name) && !is_level_name(field.parent) &&
         !is_place_or_person(field) && facts.distinct() >= 2 && facts.distinct() <= kMostLabelValues &&
         is_closed(facts) && facts.long_texts() * 20 <= facts.present() && facts.identifiers() == 0 &&
         facts.targets() == 0 && facts.present() * 2 >= facts.records();
}

template <std::size_t N>
bool is_word_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view one) {
    return std::equal(one.begin(), one.end(), word.begin(), word.end(),
                      [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
  });
}

}  // namespace

bool is_numbers(const SampledField& field) {
  const ValueFacts& facts = field.facts;
  return facts.present() > facts.marks() &&
         nearly_all(facts.number_count() + facts.number_texts(), facts.present() - facts.marks());
}

std::string number_of(const SampledField& field, const char* conversion) {
  return field.facts.number_texts() > 0 ? conversion + ("(" + field.text + ")") : field.text;
}

bool is_bad_level(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kWords = {"error", "err",      "fail", "e",      "fatal", "f",
                                                              "panic", "critical", "crit", "severe", "emerg", "alert"};
  return is_word_of(word, kWords);
}

bool is_warning_level(std::string_view word) {
  static constexpr std::array<std::string_view, 4> kWords = {"warning", "warn", "wrn", "w"};
  return is_word_of(word, kWords);
}

std::string field_in(const std::string& expression) {
  static const RE2 kCall(R"re((?s)(?:int|double|level)\((.*?)(?:, "[a-z]+")?\))re");
  std::string field;
  return RE2::FullMatch(expression, kCall, &field) ? field : expression;
}

FieldRoles roles_of(std::vector<SampledField>& fields, bool in_seconds) {
  FieldRoles roles;
  std::pair<bool, std::uint64_t> best_latency{};  // not a part of another one, how many records have it
  const Logger logger = logger_of(fields);
  for (SampledField& field : fields) {
    if (field.facts.present() == 0) {
      continue;
    }
    if (!roles.status && is_status(field)) {
      roles.status = number_of(field, "int");
    } else if (!roles.method && is_method(field)) {
      roles.method = field.text;
    } else if (is_path(field)) {
      roles.path = roles.path && field.name == "url" ? roles.path : field.text;
    } else if (const std::optional<std::string> level = level_of(field); level && !roles.level) {
      roles.level = *level;
    } else if (const std::optional<Latency> latency = latency_of(field, in_seconds, logger);
               latency && std::pair(!is_part(field.name), field.facts.present() - field.facts.marks()) > best_latency) {
      roles.latency = latency;
      roles.latency->name = field.name;
      best_latency = {!is_part(field.name), field.facts.present() - field.facts.marks()};
    } else if (!roles.success && (field.name == "success" || field.name == "ok") && field.facts.bools() > 0) {
      roles.success = field.text;
    } else if (!roles.failure && is_failure(field)) {
      roles.failure = field.text;
    } else if (roles.amounts.size() < kMostAmounts && is_amount(field)) {
      roles.amounts.push_back(number_of(field, "double"));
    } else if (!roles.message && is_message_label(field)) {
      roles.message = field.text;
    } else if (!latency && roles.labels.size() < kMostLabels && is_label(field)) {
      roles.labels.push_back(field.text);
    }
  }
  for (auto field = fields.begin(); field != fields.end() && !roles.level; ++field) {
    roles.level = level_number_of(*field);
  }
  return roles;
}

}  // namespace leeway
