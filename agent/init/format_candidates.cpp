#include "agent/init/format_candidates.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "collectors/text/time_shapes.h"

namespace leeway {
namespace {

FormatCandidate preset(const char* name, bool timed = true, const char* looks = "") {
  return {name, {{"format", toml_text(name)}}, true, timed, looks, ""};
}

FormatCandidate lines_as(const char* name, const char* pattern, bool sure = true, bool timed = true) {
  return {name, {{"format", "\"template\""}, {"pattern", toml_text(pattern)}}, sure, timed, "", ""};
}

FormatCandidate with(FormatCandidate candidate, const char* key, const char* value) {
  candidate.keys.emplace_back(key, toml_text(value));
  return candidate;
}

FormatCandidate matching(const char* name, const char* pattern, bool timed = true) {
  FormatCandidate candidate{name, {{"format", "\"regex\""}, {"pattern", toml_text(pattern)}}, true, timed, "", ""};
  // Up to the message.
  candidate.begins = std::string(pattern).substr(1);
  candidate.begins.resize(std::min(candidate.begins.size(), candidate.begins.rfind("(?P<message>")));
  RE2::GlobalReplace(&candidate.begins, R"re(\(\?P<\w+>)re", "(?:");
  return timed ? with(candidate, "time", "time") : candidate;
}

// Of servers: each has a request in quotes and a status.
void add_access_logs(std::vector<FormatCandidate>& out) {
  out.push_back(preset("haproxy"));
  out.push_back(preset("envoy"));
  out.push_back(preset("traefik"));
  out.push_back(preset("nginx", true, R"re(" \d+\.\d{3} )re"));
  out.push_back(preset("apache", true, R"re(" \d+( [-\d]+)*$)re"));
  FormatCandidate balancer = matching(
      "aws load balancer",
      R"re(^(?P<type>\S+) (?P<time>\S+Z) (?P<balancer>\S+) (?P<client>\S+) (?P<target>\S+) (?P<queue>[-\d.]+) (?P<duration_s>[-\d.]+) [-\d.]+ (?P<status>\d+) (?P<upstream_status>\S+) \d+ (?P<bytes>\d+) "(?P<method>\S+) (?P<path>\S+) [^"]*")re");
  balancer.begins = "";
  out.push_back(balancer);
  out.push_back(lines_as("s3",
                         "{owner:word} {bucket:word} [{time}] {client:word} {requester:word} {request_id:word} "
                         "{operation:word} {key:word} {request:request} {status:int} {error:word} {bytes:int} "
                         "{size:int} {duration:ms} {_}"));
  out.push_back(lines_as("squid",
                         "{time} {duration:ms} {client:word} {cache:word}/{status:int} {bytes:int} {method:word} "
                         "{url:word} {user:word} {hierarchy:word}/{server:word} {type:word}"));
  out.push_back(preset("access"));
  out.push_back(preset("django"));
  out.push_back(preset("werkzeug"));
  FormatCandidate uvicorn = preset("uvicorn", false);
  uvicorn.begins = R"re([A-Z]+: +)re";
  out.push_back(uvicorn);
  out.push_back(lines_as("uvicorn behind a time",
                         "{time} {level:word}: {client}:{port:int} - {request:request} {status:int}{? {reason}?}"));
  out.push_back(preset("morgan", false));
  // With a mark in brackets, a date, and the parts of a request between bars.
  FormatCandidate table = with(
      matching(
          "requests in columns",
          R"re(^(?:\[\w+\] )?(?P<time>\d{4}/\d\d/\d\d - \d\d:\d\d:\d\d) \|\s*(?P<status>\d{3}) \|\s*(?P<duration>[\dhm.]+[^\s\d.]*s) \|\s*(?P<client>\S+) \|\s*(?P<method>[A-Z]+)\s+"?(?P<path>[^\s"]*))re"),
      "time_format", "%Y/%m/%d - %H:%M:%S");
  table.begins = R"re((?:\[\w+\] )?\d{4}/\d\d/\d\d - )re";
  out.push_back(table);
}

void add_structured(std::vector<FormatCandidate>& out) {
  out.push_back({"json", {{"format", "\"json\""}}, true, false, R"re(^\s*\{.*\}\s*$)re", R"re(\{)re"});
  out.push_back(
      matching("zap console", R"re(^(?P<time>\d\S+)\t(?P<level>[A-Za-z]+)\t(?P<caller>\S+:\d+)\t(?P<message>.*))re"));
  out.push_back({"json after a text",
                 {{"format", "\"json\""}, {"prefix", "true"}},
                 true,
                 false,
                 R"re(\{"[^"]+": ?.*\}\s*$)re",
                 ""});
  out.push_back(preset("klog"));
  out.push_back(matching(
      "pairs before the level",
      R"re(^(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*) pid=(?P<pid>\d+) tid=\S+(?: class=(?P<class>\S+))?(?: jid=(?P<jid>\S+))?(?: \w+=\S+)*?(?: elapsed=(?P<elapsed>[\d.]+))?(?: \w+=\S+)* (?P<level>DEBUG|INFO|WARN|ERROR|FATAL): (?P<message>.*))re"));
  out.push_back({"logfmt", {{"format", "\"logfmt\""}}, true, false, "", R"re([\w.@/-]+=)re"});
}

void add_uwsgi(std::vector<FormatCandidate>& out) {
  FormatCandidate uwsgi = matching(
      "uwsgi",
      R"re(\[(?P<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\] (?P<method>[A-Z]*) (?P<path>\S*) => generated (?P<bytes>\d+) bytes in (?P<duration_ms>\d+) msecs \((?:HTTP/\S+)? (?P<status>\d+)\))re");
  uwsgi.begins = "";
  out.push_back(uwsgi);
}

// What loggers write by default, with a mark of their own between the parts.
void add_loggers(std::vector<FormatCandidate>& out) {
  out.push_back(lines_as("loguru", "{time} | {level:word} | {logger}:{function}:{line:int} - {message}"));
  out.push_back(
      lines_as("spring", "{time} {level:word} {pid:int} --- {?[{application}] ?}[{thread}] {logger} : {message}"));
  out.push_back(lines_as("logback", "{time} [{thread}] {level:word} {logger} - {message}"));
  out.push_back(matching(
      "logback without a date",
      R"re(^\d\d:\d\d:\d\d[.,]\d{3} \[(?P<thread>[^\]]*)\] (?P<level>[A-Z]+)\s+(?P<logger>\S+) - (?P<message>.*))re",
      false));
  // With or without a logger between the time and the level: "12:00:01 - app.db:DEBUG: ", "[12:00:01] INFO ".
  out.push_back(matching(
      "time of day",
      R"re(^\[?\d?\d:\d\d:\d\d(?:[.,]\d+)?\]?[ |-]+(?:(?P<logger>[\w.]+(?: [\w.]+)?)[ |:-]+)?[\[<(]?(?P<level>TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)\b[\]>)]?[ |:-]*(?P<message>.*))re",
      false));
  // Of Tornado, and of what is made with it.
  out.push_back(lines_as("level and logger around the time", "[{level:word} {time} {logger}] {message}"));
  out.push_back(
      with(matching("level and logger around the time",
                    R"re(^\[(?P<level>[A-Z]) (?P<time>\d{6} \d\d:\d\d:\d\d) (?P<logger>[^\]]+)\] (?P<message>.*))re"),
           "time_format", "%y%m%d %H:%M:%S"));
  out.push_back(with(
      matching(
          "nest",
          R"re(^\[Nest\] (?P<pid>\d+) +- (?P<time>\d\d?/\d\d?/\d{4}, \d\d?:\d\d:\d\d [AP]M) +(?P<level>[A-Z]+) (?:\[(?P<context>[^\]]+)\] )?(?P<message>.*))re"),
      "time_format", "%m/%d/%Y, %I:%M:%S %p"));
  out.push_back(lines_as("celery", "[{time}: {level:word}/{process}] {message}"));
  out.push_back(lines_as("gunicorn", "[{time}] [{pid:int}] [{level:word}] {message}"));
  out.push_back(lines_as("nginx error", "{time} [{level:word}] {pid:int}#{thread:int}: {message}"));
  out.push_back(lines_as("apache error", "[{time}] [{module}:{level:word}] [pid {pid}] {message}"));
  out.push_back(lines_as("redis", "{pid:int}:{role:word} {time} {mark:word} {message}"));
  // Lines of details belong to the record before them.
  constexpr const char* kPrimary =
      R"re(\d{4}-\d\d-\d\d \S+ .*?\b(?:DEBUG\d?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC):  )re";
  constexpr const char* kAdded = R"re(\b(?:DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION):  )re";
  FormatCandidate postgres = lines_as("postgresql", "{time} [{pid:int}] {level:word}: {message}");
  postgres.begins = kPrimary;
  postgres.adds = kAdded;
  out.push_back(postgres);
  // With any prefix that begins with the time, and the two blanks behind the level.
  for (const auto& [name, zone] : {std::pair("postgresql with a prefix", "(?: UTC| GMT| ?[+-]\\d\\d(?::?\\d\\d)?))"),
                                   {"postgresql with a zone", ") [A-Z]{3,5}"}}) {
    postgres = matching(
        name,
        (R"re(^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)re" + std::string(zone) +
         R"re((?:[ :].*?)?(?:\[(?P<pid>\d+)\].*?)?[ :](?P<level>DEBUG\d?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC):  (?P<message>.*))re")
            .c_str());
    postgres.begins = kPrimary;
    postgres.adds = kAdded;
    out.push_back(postgres);
  }
  out.push_back(matching(
      "package changes",
      R"re(^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?P<action>startup|install|upgrade|configure|trigproc|disappear|remove|purge|status|conffile)\b(?: (?P<state>[a-z-]+ed|triggers-pending|config-files))? ?(?P<package>[^\s:]*)(?P<message>.*))re"));
  out.back().begins = "";
  out.push_back(lines_as("mysql", "{time} {thread:int} [{level:word}] [{code:word}] [{subsystem:word}] {message}"));
  out.push_back(lines_as("env_logger", "[{time} {level:word} {logger:word}] {message}"));
  out.push_back(lines_as("rails", "{_:word}, [{time} #{pid:int}] {level:word} -- {program}: {message}"));
  out.push_back(lines_as("zookeeper", "{time} - {level:word} [{thread}] - {message}"));
  out.push_back(lines_as("zookeeper with a context", "{time} [{context}] - {level:word} [{thread}] - {message}"));
  out.push_back(lines_as("python, with dashes", "{time} - {logger} - {level:word} - {message}"));
  out.push_back(lines_as("level after a dash", "{time} - {level:word} - {message}"));
  out.push_back(
      with(matching("hdfs",
                    R"re(^(?P<time>\d{6} \d{6}) (?P<pid>\d+) (?P<level>[A-Z]+) (?P<logger>[^:]+): (?P<message>.*))re"),
           "time_format", "%y%m%d %H%M%S"));
  out.push_back(with(
      matching("spark",
               R"re(^(?P<time>\d\d/\d\d/\d\d \d\d:\d\d:\d\d) (?P<level>[A-Z]+) (?P<logger>[^:]+): (?P<message>.*))re"),
      "time_format", "%y/%m/%d %H:%M:%S"));
  out.push_back(matching("python, basicConfig",
                         R"re(^(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL):(?P<logger>[\w.]+):(?P<message>.*))re",
                         false));
  out.push_back(
      matching("level and message", R"re(^(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL): +(?P<message>.*))re", false));
  out.push_back(matching("dotnet console",
                         R"re(^(?P<level>trce|dbug|info|warn|fail|crit): (?P<logger>\S+)\[\d+\](?P<message>.*))re",
                         false));
  out.push_back(matching(
      "android",
      R"re(^\d\d-\d\d \d\d:\d\d:\d\d\.\d+ +(?P<pid>\d+) +(?P<thread>\d+) (?P<level>[VDIWEF]) (?P<tag>[^:]+): (?P<message>.*))re",
      false));
  out.push_back(matching("zerolog console", R"re(^\d{1,2}:\d\d[AP]M (?P<level>[A-Z]{3}) (?P<message>.*))re", false));
  out.push_back(preset(
      "syslog", true,
      R"re(^(<\d+>|[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d(?:\.\d+)? |\d{4}-\d\d-\d\dT\S+ \S+ [\w./-]+\[\d+\]: ))re"));
}

// What many others write as well: of these, the one that reads most is taken.
void add_general(std::vector<FormatCandidate>& out) {
  for (const char* const pattern : {"{time} [{logger:word}] {level:word}: {message}",
                                    "{time} [{level:word}] {logger:word}: {message}",
                                    "{time} {level:word} {logger:word}: {message}",
                                    "{time} {level:word} {file:word}:{line:int} {message}",
                                    "{time} {level:word} [{thread}] {logger} - {message}",
                                    "{time} {level:word} [{thread}] {message}",
                                    "{time} [{thread}] {level:word} {message}",
                                    "{time} - {logger}:{level:word}: {message}",
                                    "{time} {level:word}: {message}",
                                    "{time}: {level:word}: {message}",
                                    "{time} [{level:word}] {message}",
                                    "[{time}] [{level:word}] {message}",
                                    "[{time}] {level:word}: {message}",
                                    "[{time}] {level:word} {message}",
                                    "{time} <{level:word}> {message}",
                                    "{time} {logger:word} {level:word} {message}",
                                    "{time} {logger:word} [{level:word}] {message}",
                                    "{time} {level:word} {message}",
                                    "[{level:word}] {time} {message}",
                                    "{level:word} [{time}] {message}",
                                    "{level:word} {time} {message}",
                                    "{time} {pid:int} {level:word} {logger:word} [{request_id}] {message}",
                                    "{file:word} {time} {pid:int} {level:word} {logger:word} [{request_id}] {message}",
                                    "[{time}] {message}",
                                    "{time} {message}"}) {
    out.push_back(lines_as("time and text", pattern, false));
  }
}

}  // namespace

const std::vector<FormatCandidate>& format_candidates() {
  static const std::vector<FormatCandidate> candidates = [] {
    std::vector<FormatCandidate> out;
    add_access_logs(out);
    add_uwsgi(out);
    add_structured(out);
    add_loggers(out);
    add_general(out);
    return out;
  }();
  return candidates;
}

bool is_level_word(std::string_view word) {
  static constexpr std::array kWords = {
      "trace",   "trc",      "debug",  "dbg",       "info",   "information", "inf",   "notice", "note",
      "warn",    "warning",  "wrn",    "error",     "err",    "fatal",       "ftl",   "panic",  "dpanic",
      "crit",    "critical", "alert",  "emerg",     "severe", "fine",        "finer", "finest", "config",
      "verbose", "success",  "log",    "statement", "trce",   "dbug",        "fail",  "v",      "detail",
      "hint",    "context",  "system", "d",         "i",      "w",           "e",     "f",      "c"};
  std::string lower;
  for (const char c : word) {
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

bool is_pairs(std::string_view line) {
  static const RE2 kPair(R"re(^\s*[\w.@/-]+=)re");
  // A time may be in front of pairs, but nothing else: a level there is no part of a pair.
  if (const std::size_t time = date_time_size(line); time > 0) {
    line.remove_prefix(time);
    if (!RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), kPair)) {
      return false;
    }
  }
  std::size_t pairs = 0;
  std::size_t covered = 0;
  std::size_t at = 0;
  while (at < line.size()) {
    const std::size_t begin = at;
    while (at < line.size() && (std::isalnum(static_cast<unsigned char>(line[at])) != 0 || line[at] == '_' ||
                                line[at] == '.' || line[at] == '-' || line[at] == '@' || line[at] == '/')) {
      ++at;
    }
    const bool pair = at > begin && at < line.size() && line[at] == '=';
    if (pair && at + 1 < line.size() && line[at + 1] == '"') {
      at += 2;
      while (at < line.size() && line[at] != '"') {
        at += line[at] == '\\' ? 2 : 1;
      }
    }
    while (at < line.size() && line[at] != ' ' && line[at] != '\t') {
      ++at;
    }
    at = std::min(at + 1, line.size());
    pairs += pair ? 1 : 0;
    covered += pair ? at - begin : 0;
  }
  return pairs >= 2 && covered * 10 >= line.size() * 7;
}

bool names_fields(const FormatCandidate& format) {
  const std::string& name = format.keys.front().second;
  return name == "\"json\"" || name == "\"logfmt\"" || name == "\"csv\"" || name == "\"tsv\"";
}

bool is_preset(const FormatCandidate& format) {
  const std::string& name = format.keys.front().second;
  return !names_fields(format) && name != "\"regex\"" && name != "\"template\"";
}

}  // namespace leeway
