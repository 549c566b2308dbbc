// Formats of programs that everybody runs, as templates: a name for `format`, the pattern, how the time is written, and
// a sample. To add one, add a row: sources, error messages, `leeway formats` and the tests know it then. Used by
// collectors/formats.cpp.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "collectors/decode/format.h"

namespace leeway {

struct TextPreset {
  std::string_view name;
  std::string_view pattern;
  std::string_view time_format;  // of the field `time`; empty: the lines have no time
  std::string_view sample;
};

// Names of fields are the same in all of them.
inline constexpr std::string_view kServerTime = "%d/%b/%Y:%H:%M:%S %z";
inline constexpr std::array kTextPresets = {
    // The common or combined format, with anything after it.
    TextPreset{
        "access",
        "{client} {_} {user} [{time}] {request:request} {status:int} {bytes:int}{? {referer:quoted} "
        "{agent:quoted}?}{? {_}?}",
        kServerTime,
        R"(203.0.113.7 - ann [28/Nov/2026:04:25:02 +0000] "GET /items/42?x=1 HTTP/1.1" 404 153 "-" "curl/8.0" "-")"},
    TextPreset{"common", "{client} {_} {user} [{time}] {request:request} {status:int} {bytes:int}", kServerTime,
               R"(203.0.113.7 - - [28/Nov/2026:04:25:02 +0000] "GET /items/42?x=1 HTTP/1.1" 200 153)"},
    TextPreset{
        "combined",
        "{client} {_} {user} [{time}] {request:request} {status:int} {bytes:int} {referer:quoted} {agent:quoted}",
        kServerTime, R"(203.0.113.7 - - [28/Nov/2026:04:25:02 +0000] "GET /items/42 HTTP/2.0" 200 153 "-" "curl/8.0")"},
    // combined, then "$http_x_forwarded_for", then $request_time $upstream_response_time $upstream_status, which may be
    // quoted.
    TextPreset{"nginx",
               "{client} {_} {user} [{time}] {request:request} {status:int} {bytes:int} {referer:quoted} {agent:quoted}"
               "{? {forwarded:quoted}?}{? {duration:s} {upstream_duration:sum} {upstream_status:last}?}",
               kServerTime,
               R"(203.0.113.7 - - [28/Nov/2026:04:25:02 +0000] "GET /items HTTP/1.1" 404 153 "-" "curl/8.0" )"
               R"("203.0.113.9, 10.0.0.1" 0.003 "0.001, 0.002" "502, 404")"},
    // combined with %D, and anything after it.
    TextPreset{
        "apache",
        "{client} {_} {user} [{time}] {request:request} {status:int} {bytes:int} {referer:quoted} "
        "{agent:quoted} {duration:us}{? {_}?}",
        kServerTime,
        R"(203.0.113.7 - - [28/Nov/2026:04:25:02 +0000] "GET /items HTTP/1.1" 404 416 "-" "curl/8.0" 423 0 236)"},
    TextPreset{
        "gunicorn",
        "{client} {_} {user} [{time}] {request:request} {status:int} {bytes:int} {referer:quoted} {agent:quoted}",
        kServerTime, R"(203.0.113.7 - - [28/Nov/2026:04:25:02 +0000] "GET /items HTTP/1.1" 200 15 "-" "curl/8.0")"},
    TextPreset{"uvicorn", "{level:word}: {client}:{port:int} - {request:request} {status:int}{? {reason}?}", "",
               R"(INFO:     203.0.113.7:41702 - "GET /items/42?x=1 HTTP/1.1" 404 Not Found)"},
    TextPreset{"werkzeug", "{client} {_} {user} [{time}] {request:request} {status:int} {bytes:int}",
               "%d/%b/%Y %H:%M:%S", R"(203.0.113.7 - - [28/Nov/2026 04:25:02] "GET /items?q="a b" HTTP/1.1" 200 -)"},
    TextPreset{"django", "[{time}] {request:request} {status:int} {bytes:int}", "%d/%b/%Y %H:%M:%S",
               R"([28/Nov/2026 04:25:02] "GET /items HTTP/1.1" 200 2)"},
    TextPreset{"traefik",
               "{client} {_} {user} [{time}] {request:request} {status:int} {bytes:int} {referer:quoted} "
               "{agent:quoted} {requests:int} {router:quoted} {server:quoted} {duration:ms}ms",
               kServerTime,
               R"(203.0.113.7 - - [28/Nov/2026:04:25:02 +0000] "GET /items HTTP/1.1" 200 15 "-" "curl/8.0" 17 )"
               R"("items@docker" "http://10.0.0.3:80" 12ms)"},
    TextPreset{"envoy",
               "[{time}] {request:request} {status:int} {flags} {received:int} {bytes:int} {duration:ms} "
               "{upstream_duration:ms} {forwarded:quoted} {agent:quoted} {request_id:quoted} {host:quoted} "
               "{server:quoted}{? {_}?}",
               "auto",
               R"([2026-11-28T04:25:02.123Z] "GET /items HTTP/2" 200 - 0 135 12 11 "203.0.113.7" "curl/8.0" )"
               R"("c4f5" "shop.example" "10.0.0.3:80")"},
    // `option httplog`, with or without the header that syslog puts before it.
    TextPreset{"haproxy",
               "{?{_}haproxy[{_}]: ?}{client}:{port:int} [{time}] {frontend:word} {backend:word}/{server:word} "
               "{_:int}/{queue_duration:ms}/{connect_duration:ms}/{upstream_duration:ms}/{duration:ms} {status:int} "
               "{bytes:int} {_:word} {_:word} {termination:text} {_:word} {_:word}{? {{{_}}}?} {request:request}",
               "%d/%b/%Y:%H:%M:%S.%f",
               R"(203.0.113.7:605 [28/Nov/2026:04:25:02.459] web~ items/s1 0/0/7/1457/1487 404 283 - - ---- )"
               R"(1/1/0/0/0 0/0 {curl/8.0} "GET /items HTTP/1.1")"},
    // The format "dev".
    TextPreset{"morgan", "{method:word} {target:target} {status:int} {duration:ms} ms - {bytes:int}", "",
               R"(GET /items?x=1 304 3.412 ms - -)"},
};

std::unique_ptr<LineFormat> read_text_preset(FormatContext& context, const TextPreset& preset);

// The row's function, for the table of formats.
template <std::size_t kRow>
std::unique_ptr<LineFormat> read_preset_format(FormatContext& context) {
  return read_text_preset(context, kTextPresets[kRow]);
}

}  // namespace leeway
