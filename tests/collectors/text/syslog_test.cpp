// syslog and klog: what is found in lines of many programs, and the year of dates without one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/core/rfc3339.h"
#include "collectors/text/klog_format.h"
#include "collectors/text/syslog_format.h"
#include "tests/collectors/text/text_lines.h"

namespace leeway {
namespace {

const std::vector<std::string> kSyslog = {"facility", "severity", "host", "app", "pid", "id", "message"};

std::string read_syslog(const std::string& line, const std::vector<std::string>& fields = kSyslog) {
  return TextLines(read_syslog_format, "year = 2026", fields).read(line);
}
std::string time_of_syslog(const std::string& line, const std::string& keys = "year = 2026") {
  TextLines lines(read_syslog_format, keys, {"host"});
  lines.read(line);
  return lines.time() == kNoTime ? "none" : format_rfc3339(lines.time());
}

// Priority 34 is facility 4 (34 / 8), severity 2 (34 % 8); see RFC 5424, 6.2.1.
TEST(Syslog, Rfc3164) {
  EXPECT_EQ(read_syslog("<34>Nov  8 04:25:02 web1 su[9]: 'su root' failed"),
            "facility=string auth, severity=string crit, host=string web1, app=string su, pid=int 9, "
            "message=string 'su root' failed");
  EXPECT_EQ(read_syslog("<34>Nov  8 04:25:02 web1 su: x", {"priority"}), "priority=int 34");
  EXPECT_EQ(read_syslog("Nov 08 04:25:02 web1 kernel: [12.5] eth0: up"),
            "host=string web1, app=string kernel, message=string [12.5] eth0: up");
}

// The example 3 of RFC 5424, 6.5, with another time.
TEST(Syslog, Rfc5424) {
  EXPECT_EQ(read_syslog("<165>1 2026-11-28T04:25:02.003Z web1 evntslog - ID47 [exampleSDID@32473 iut=\"3\" "
                        "eventSource=\"App\\]\\\"\\\\\\n\" eventID=\"1011\"][b@1] \uFEFFan event",
                        {"facility", "severity", "host", "app", "pid", "id", "message",
                         "sd[\"exampleSDID@32473\"][\"iut\"]", "sd[\"exampleSDID@32473\"].eventSource", "sd.x.y"}),
            "facility=string local4, severity=string notice, host=string web1, app=string evntslog, pid=null, "
            "id=string ID47, message=string an event, sd[\"exampleSDID@32473\"][\"iut\"]=string 3, "
            "sd[\"exampleSDID@32473\"].eventSource=string App]\"\\\\n");
  EXPECT_EQ(read_syslog("<165>1 - - - - - -"),
            "facility=string local4, severity=string notice, host=null, app=null, pid=null, id=null, message=string , "
            "time_missing");
  EXPECT_EQ(read_syslog("<165>1 2026-11-28T04:25:02Z h a 7 - - text"),
            "facility=string local4, severity=string notice, host=string h, app=string a, pid=int 7, id=null, "
            "message=string text");
  EXPECT_EQ(time_of_syslog("<165>1 2026-11-28T04:25:02.003+01:00 h a 7 - - text"), "2026-11-28T03:25:02.003Z");
}

TEST(Syslog, BrokenStructuredDataIsPartOfTheMessage) {
  EXPECT_EQ(read_syslog("<13>1 - h a - - [x y=\"1 text", {"message"}), "message=string [x y=\"1 text, time_missing");
  EXPECT_EQ(read_syslog("<13>1 - h a - - [a b=\"1\"][x] [y", {"message", "sd.a.b"}),
            "message=string [y, sd.a.b=string 1, time_missing");
}

TEST(Syslog, TimesOfAllSorts) {
  EXPECT_EQ(time_of_syslog("<34>Nov  8 04:25:02 h a: x"), "2026-11-08T04:25:02Z");
  EXPECT_EQ(time_of_syslog("<34>Nov 08 04:25:02.123 h a: x"), "2026-11-08T04:25:02.123Z");
  EXPECT_EQ(time_of_syslog("<34>Nov 8 04:25:02 h a: x"), "2026-11-08T04:25:02Z");
  EXPECT_EQ(time_of_syslog("<34>Oct  3 2024 04:25:02 h a: x"), "2024-10-03T04:25:02Z");
  EXPECT_EQ(time_of_syslog("2026-11-28T04:25:02.003+0100 h a[9]: x"), "2026-11-28T03:25:02.003Z");
  EXPECT_EQ(time_of_syslog("2026-11-28 04:25:02 h a[9]: x"), "2026-11-28T04:25:02Z");
  EXPECT_EQ(time_of_syslog("<189>237: *Nov  8 04:25:02.123: %SYS-5-CONFIG: x"), "2026-11-08T04:25:02.123Z");
  EXPECT_EQ(time_of_syslog("Nov  8 04:25:02 h a: x", "year = 2026\ntime_zone = 'Europe/Berlin'"),
            "2026-11-08T03:25:02Z");
  EXPECT_EQ(time_of_syslog("Nov 31 04:25:02 h a: x"), "none");
  EXPECT_EQ(time_of_syslog("Foo  8 04:25:02 h a: x"), "none");
}

TEST(Syslog, LinesWithoutSomeOfIt) {
  EXPECT_EQ(read_syslog("<6>Started nginx service", {"host", "app", "message"}),
            "message=string Started nginx service, time_missing");
  EXPECT_EQ(read_syslog("<13>web1 su[9]: text", {"host", "app", "pid", "message"}),
            "host=string web1, app=string su, pid=int 9, message=string text, time_missing");
  EXPECT_EQ(read_syslog("<134>Nov  8 04:25:02 fw1 : %ASA-6-302013: Built", {"host", "app", "message"}),
            "host=string fw1, app=string %ASA-6-302013, message=string Built");
  EXPECT_EQ(read_syslog("Nov  8 04:25:02 su[9]: text"), "app=string su, pid=int 9, message=string text");
  EXPECT_EQ(read_syslog("Nov  8 04:25:02 web1 last message repeated 3 times"),
            "host=string web1, message=string last message repeated 3 times");
  EXPECT_EQ(read_syslog("<30>U7PG2,f09fc2,v4: hostapd: x"),
            "facility=string daemon, severity=string info, app=string U7PG2,f09fc2,v4, message=string hostapd: x, "
            "time_missing");
  EXPECT_EQ(
      read_syslog("<14>2026-11-28T04:25:02.003Z esx1 Hostd[77]: x"),
      "facility=string user, severity=string info, host=string esx1, app=string Hostd, pid=int 77, message=string x");
  EXPECT_EQ(read_syslog("just: some text"), "message=string just: some text, time_missing");
  EXPECT_EQ(read_syslog("<999>x"), "message=string <999>x, time_missing");
  EXPECT_EQ(read_syslog("<13>"), "facility=string user, severity=string notice, message=string , time_missing");
}

// Without `year`: the latest year in which the date is not more than a day after the file was modified.
TEST(Syslog, TheYearIsFoundFromTheFilesTime) {
  TextLines lines(read_syslog_format, "", {"host"});
  const auto year = [&](const char* modified, const std::string& date) {
    lines.lines().set_modified(parse_rfc3339(modified).value());
    lines.read(date + " 04:25:02 h a: x");
    return format_rfc3339(lines.time()).substr(0, 4);
  };
  EXPECT_EQ(year("2026-01-05T00:00:00Z", "Jan  5"), "2026");
  EXPECT_EQ(year("2026-01-05T00:00:00Z", "Jan  6"), "2026");
  EXPECT_EQ(year("2026-01-05T00:00:00Z", "Jan  7"), "2025");
  EXPECT_EQ(year("2026-01-05T00:00:00Z", "Dec 31"), "2025");
  EXPECT_EQ(year("2025-12-31T12:00:00Z", "Jan  1"), "2026");
  EXPECT_EQ(year("2025-12-31T12:00:00Z", "Jan  2"), "2025");
}

TEST(Syslog, AnUnknownYearIsCounted) {
  EXPECT_EQ(TextLines(read_syslog_format, "", {"host", "time"}).read("Nov  8 04:25:02 h a: x"),
            "host=string h, time=string Nov  8 04:25:02, time_invalid, year_unknown");
  EXPECT_THAT(read_keys(read_syslog_format, "year = 26").errors, ::testing::HasSubstr("year"));
}

const std::vector<std::string> kKlog = {"level", "thread", "file", "line", "message", "pod", "ms", "duration"};

std::string read_klog(const std::string& line) { return TextLines(read_klog_format, "year = 2026", kKlog).read(line); }

TEST(Klog, StructuredAndFreeText) {
  EXPECT_EQ(read_klog(std::string(kKlogSample)),
            "level=string info, thread=int 265, file=string main.go, line=int 33, message=string Pod updated, "
            "pod=string shop/web-1, ms=double 3.5");
  EXPECT_EQ(read_klog("E1128 04:26:51.371907       1 a.go:7] failed: \"x\" pod=1"),
            "level=string error, thread=int 1, file=string a.go, line=int 7, message=string failed: \"x\" pod=1");
  EXPECT_EQ(read_klog("W1128 04:26:51.371907       1 a.go:7] \"a \\\"b\\\"\" message=\"c\""),
            "level=string warning, thread=int 1, file=string a.go, line=int 7, message=string a \"b\", duplicate_key");
  EXPECT_EQ(read_klog("F1128 04:26:51.371907       1 a.go:7]"),
            "level=string fatal, thread=int 1, file=string a.go, line=int 7, message=string ");
}

TEST(Klog, OtherLinesAreNotOfTheFormat) {
  for (const char* const line : {"I1128 04:26:51.371907 x a.go:7] m", "I1128 04:26 1 a.go:7] m",
                                 "goroutine 1 [running]:", "X1128 04:26:51.371907 1 a.go:7] m",
                                 "I1128 04:26:51.371907 1 a.go] m", "I1128", "I"}) {
    EXPECT_EQ(read_klog(line), "no_match") << line;
  }
}

TEST(Klog, Time) {
  TextLines lines(read_klog_format, "time_zone = 'Europe/Berlin'", {"time"});
  lines.lines().set_modified(parse_rfc3339("2027-01-05T00:00:00Z").value());
  EXPECT_EQ(lines.read(std::string(kKlogSample)), "time=string 2026-11-28T04:26:51.371907");
  EXPECT_EQ(format_rfc3339(lines.time()), "2026-11-28T03:26:51.371907Z");
}

}  // namespace
}  // namespace leeway
