#include "agent/expressions/expression_guesses.h"

#include <algorithm>
#include <array>

#include "agent/core/duration_text.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway::expr {
namespace {

constexpr std::array kGuesses = {
    Guess{"and", "a > 1 and b > 1", "a > 1 && b > 1"},
    Guess{"or", "a > 1 or b > 1", "a > 1 || b > 1"},
    Guess{"not", "not (a > 1)", "!(a > 1)"},
    Guess{"AND", "a > 1 AND b > 1", "a > 1 && b > 1"},
    Guess{"OR", "a > 1 OR b > 1", "a > 1 || b > 1"},
    Guess{"NOT", "NOT (a > 1)", "!(a > 1)"},
    Guess{"is", "a is null", "a == null"},
    Guess{"IN", "a IN [\"x\"]", "a in [\"x\"]"},
    Guess{"like", "a like \"x%\"", "a.startsWith(\"x\")"},
    Guess{"if", "if a > 1 then \"x\" else \"y\"", "a > 1 ? \"x\" : \"y\""},
    Guess{"=~", "a =~ \"^x\"", "a.matches(\"^x\")"},
    Guess{"!~", "a !~ \"^x\"", "!a.matches(\"^x\")"},
    Guess{"??", "a ?? \"x\"", "default(a, \"x\")"},
    Guess{"?.", "a?.b == 1", "default(a.b, 0) == 1"},
    Guess{"ifnull", "ifnull(a, 0)", "default(a, 0)"},
    Guess{"nvl", "nvl(a, 0)", "default(a, 0)"},
    Guess{"get", "get(a, 0)", "default(a, 0)"},
    Guess{"<>", "a <> 1", "a != 1"},
    Guess{"===", "a === 1", "a == 1"},
    Guess{"!==", "a !== 1", "a != 1"},
    Guess{"=", "a = 1", "a == 1"},
    Guess{"&", "a > 1 & b > 1", "a > 1 && b > 1"},
    Guess{"|", "a > 1 | b > 1", "a > 1 || b > 1"},
    Guess{".", ".level == \"x\"", "level", "if '.' is part of its name, [\".level\"]"},
    Guess{"$.", "$.level == \"x\"", "level", "if '$.' is part of its name, [\"$.level\"]"},
    Guess{"$", "$level == \"x\"", "level", "if '$' is part of its name, [\"$level\"]"},
    Guess{"@", "@level == \"x\"", "level", "if '@' is part of its name, [\"@level\"]"},
    Guess{"\xE2\x80\x98", "a == \xE2\x80\x98x\xE2\x80\x99", "a == 'x'", "a text is in plain quotes"},
    Guess{"\xE2\x80\x99", "a == \xE2\x80\x99x\xE2\x80\x99", "a == 'x'", "a text is in plain quotes"},
    Guess{"\xE2\x80\x9C", "a == \xE2\x80\x9Cx\xE2\x80\x9D", "a == \"x\"", "a text is in plain quotes"},
    Guess{"\xE2\x80\x9D", "a == \xE2\x80\x9Dx\xE2\x80\x9D", "a == \"x\"", "a text is in plain quotes"},
    Guess{"`", "a == `x`", "a == \"x\"", "a text is in plain quotes"},
    Guess{"bytes", "bytes(a)", "byte_size(a)"},
    Guess{"parse_bytes", "parse_bytes(a)", "byte_size(a)"},
    Guess{"percent", "percent(a)", "ratio(a)"},
    Guess{"severity", "severity(a)", "level(a)"},
    Guess{"cidr", "cidr(\"10.0.0.0/8\") == a", "a in cidr(\"10.0.0.0/8\")"},
    Guess{"ip_cidr_contains", "ip_cidr_contains(\"10.0.0.0/8\", a)", "a in cidr(\"10.0.0.0/8\")"},
    Guess{"cidr_match", "cidr_match(\"10.0.0.0/8\", a)", "a in cidr(\"10.0.0.0/8\")"},
    Guess{"ip", "ip(a)", "isIP(a)"},
    Guess{"day", "day(a)", "timestamp(a).getDate()"},
    Guess{"month", "month(a)", "timestamp(a).getMonth() + 1"},
    Guess{"year", "year(a)", "timestamp(a).getFullYear()"},
    Guess{"minute", "minute(a)", "timestamp(a).getMinutes()"},
    Guess{"second", "second(a)", "timestamp(a).getSeconds()"},
    Guess{"day_of_week", "day_of_week(a)", "weekday(timestamp(a))"},
    Guess{"truncate", "truncate(a)", "math.trunc(a)"},
    Guess{"ceiling", "ceiling(a)", "ceil(a)"},
    Guess{"sprintf", "sprintf(\"%d\", a)", "\"%d\".format([a])"},
    Guess{"printf", "printf(\"%d\", a)", "\"%d\".format([a])"},
    Guess{"exists", "exists(a)", "has(a)"},
    Guess{"isset", "isset(a)", "has(a)"},
    Guess{"defined", "defined(a)", "has(a)"},
    Guess{"is_null", "is_null(a)", "a == null"},
    Guess{"isNull", "isNull(a)", "a == null"},
    Guess{"is_nullish", "is_nullish(a)", "!has(a) || a == null"},
    Guess{"len", "len(a)", "size(a)"},
    Guess{"length", "length(a)", "size(a)"},
    Guess{"strlen", "strlen(a)", "size(a)"},
    Guess{"count", "count(a)", "size(a)"},
    Guess{"float", "float(a)", "double(a)"},
    Guess{"number", "number(a)", "double(a)"},
    Guess{"to_float", "to_float(a)", "double(a)"},
    Guess{"to_number", "to_number(a)", "double(a)"},
    Guess{"parseFloat", "parseFloat(a)", "double(a)"},
    Guess{"integer", "integer(a)", "int(a)"},
    Guess{"uint", "uint(a)", "int(a)"},
    Guess{"to_int", "to_int(a)", "int(a)"},
    Guess{"parseInt", "parseInt(a)", "int(a)"},
    Guess{"str", "str(a)", "string(a)"},
    Guess{"to_string", "to_string(a)", "string(a)"},
    Guess{"toString", "toString(a)", "string(a)"},
    Guess{"tostring", "tostring(a)", "string(a)"},
    Guess{"boolean", "boolean(a)", "bool(a)"},
    Guess{"toLowerCase", "a.toLowerCase()", "a.lowerAscii()"},
    Guess{"toLower", "toLower(a)", "lowerAscii(a)"},
    Guess{"tolower", "tolower(a)", "lowerAscii(a)"},
    Guess{"downcase", "downcase(a)", "lowerAscii(a)"},
    Guess{"toUpperCase", "a.toUpperCase()", "a.upperAscii()"},
    Guess{"toUpper", "toUpper(a)", "upperAscii(a)"},
    Guess{"toupper", "toupper(a)", "upperAscii(a)"},
    Guess{"upcase", "upcase(a)", "upperAscii(a)"},
    Guess{"strip", "a.strip()", "a.trim()"},
    Guess{"strip_whitespace", "strip_whitespace(a)", "trim(a)"},
    Guess{"substr", "substr(a, 0, 3)", "a.substring(0, 3)", "the second number is where the part ends"},
    Guess{"slice", "slice(a, 0, 3)", "a.substring(0, 3)"},
    Guess{"find", "a.find(\"x\")", "a.indexOf(\"x\")"},
    Guess{"rfind", "a.rfind(\"x\")", "a.lastIndexOf(\"x\")"},
    Guess{"sub", "sub(a, \"x\", \"y\")", "regex.replace(a, \"x\", \"y\")"},
    Guess{"gsub", "gsub(a, \"x\", \"y\")", "regex.replace(a, \"x\", \"y\")"},
    Guess{"replaceAll", "a.replaceAll(\"x\", \"y\")", "a.replace(\"x\", \"y\")"},
    Guess{"replace_pattern", "replace_pattern(a, \"x\", \"y\")", "regex.replace(a, \"x\", \"y\")"},
    Guess{"regex_replace", "regex_replace(a, \"x\", \"y\")", "regex.replace(a, \"x\", \"y\")"},
    Guess{"regexReplaceAll", "regexReplaceAll(a, \"x\", \"y\")", "regex.replace(a, \"x\", \"y\")"},
    Guess{"starts_with", "starts_with(a, \"x\")", "a.startsWith(\"x\")"},
    Guess{"hasPrefix", "hasPrefix(a, \"x\")", "a.startsWith(\"x\")"},
    Guess{"ends_with", "ends_with(a, \"x\")", "a.endsWith(\"x\")"},
    Guess{"hasSuffix", "hasSuffix(a, \"x\")", "a.endsWith(\"x\")"},
    Guess{"includes", "a.includes(\"x\")", "a.contains(\"x\")"},
    Guess{"match", "match(a, \"^x\")", "a.matches(\"^x\")"},
    Guess{"regex_match", "regex_match(a, \"^x\")", "a.matches(\"^x\")"},
    Guess{"regexMatch", "regexMatch(a, \"^x\")", "a.matches(\"^x\")"},
    Guess{"test", "test(a, \"^x\")", "a.matches(\"^x\")"},
    Guess{"parse_regex", "parse_regex(a, \"x(.)\")", "a.extract(\"x(.)\")"},
    Guess{"regexp_extract", "regexp_extract(a, \"x(.)\")", "a.extract(\"x(.)\")"},
    Guess{"to_timestamp", "to_timestamp(a)", "timestamp(a)"},
    Guess{"parse_timestamp", "parse_timestamp(a)", "timestamp(a)"},
    Guess{"date", "date(a)", "timestamp(a)"},
    Guess{"time", "time(a)", "timestamp(a)"},
    Guess{"parse_duration", "parse_duration(a)", "duration(a)"},
    Guess{
        "now", "now() - timestamp(a)", "timestamp(b) - timestamp(a)",
        "there is no current time in an expression, because a replay of the same records must give the same; the time "
        "that has passed since a record is of PromQL: time() - metric"},
};

}  // namespace

std::span<const Guess> guesses() { return kGuesses; }

const Guess* find_guess(std::string_view word) {
  const auto found = std::find_if(kGuesses.begin(), kGuesses.end(), [&](const Guess& g) { return g.word == word; });
  return found == kGuesses.end() ? nullptr : &*found;
}

bool is_function(const Guess& guess) {
  return guess.wrong.find(std::string(guess.word) + "(") != std::string_view::npos;
}

std::string advice(const Guess& guess) {
  std::string text = "there is no '" + std::string(guess.word) + "'; write, for example, " + std::string(guess.right);
  return guess.why.empty() ? text : text + ": " + std::string(guess.why);
}

std::string field_advice(std::string_view prefix, std::string_view name) {
  const std::string before(prefix);
  const std::string field(name);
  return "a field has no '" + before + "' before it; write " + field + ", or if '" + before +
         "' is part of its name, [\"" + before + field + "\"]";
}

std::string unit_advice(std::string_view number, std::string_view letters) {
  const std::string amount = std::string(number) + std::string(letters);
  const std::string beginning = "'" + amount + "' is not a number; write ";
  if (Duration duration{}; read_duration(amount, duration) == Failure::kNone) {
    return beginning + "duration(x) > duration(\"" + amount + "\"), or x > " + plain_number(to_seconds(duration)) +
           " where x is in seconds";
  }
  const std::optional<double> size = read_byte_size(amount, 1000);
  return size ? beginning + "byte_size(x) > byte_size(\"" + amount + "\"), or x > " + plain_number(*size) +
                    " where x is in bytes"
              : "";
}

}  // namespace leeway::expr
