#include "agent/core/duration_text.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace leeway {
namespace {

struct Printed {
  const char* text;
  std::int64_t nanoseconds;
};

void expect_read(const Printed& printed) {
  Duration duration{};
  EXPECT_EQ(read_duration(printed.text, duration), Failure::kNone) << printed.text;
  EXPECT_EQ(duration.count(), printed.nanoseconds) << printed.text;
}

// time.Duration(n).String() of Go 1.26.
TEST(ReadDuration, WhatGoPrints) {
  for (const Printed& printed : {Printed{"0s", 0},
                                 Printed{"1ns", 1},
                                 Printed{"-1ns", -1},
                                 Printed{"999ns", 999},
                                 Printed{"1\xC2\xB5s", 1000},
                                 Printed{"1.5\xC2\xB5s", 1500},
                                 Printed{"15\xC2\xB5s", 15000},
                                 Printed{"-15\xC2\xB5s", -15000},
                                 Printed{"1.5ms", 1500000},
                                 Printed{"-5ms", -5000000},
                                 Printed{"250ms", 250000000},
                                 Printed{"1.5s", 1500000000},
                                 Printed{"1h2m3.5s", 3723500000000},
                                 Printed{"-1h30m0s", -5400000000000},
                                 Printed{"24h0m0s", 86400000000000},
                                 Printed{"2562047h47m16.854775807s", 9223372036854775807},
                                 Printed{"-2562047h47m16.854775808s", std::numeric_limits<std::int64_t>::min()},
                                 Printed{"2h14m42.660910164s", 8082660910164},
                                 Printed{"-237h15m21.667570838s", -854121667570838},
                                 Printed{"-3020h3m30.340417927s", -10872210340417927},
                                 Printed{"226878h44m45.323221117s", 816763485323221117},
                                 Printed{"2.918\xC2\xB5s", 2918},
                                 Printed{"1.970636537s", 1970636537},
                                 Printed{"1.245154282s", 1245154282},
                                 Printed{"21m24.938102597s", 1284938102597},
                                 Printed{"-190h20m47.284746744s", -685247284746744},
                                 Printed{"2132h14m40.768408073s", 7676080768408073},
                                 Printed{"37799h59m19.000924337s", 136079959000924337},
                                 Printed{"1003h33m1.037270442s", 3612781037270442},
                                 Printed{"-794954h16m53.938169942s", -2861835413938169942},
                                 Printed{"539527h39m15.94894285s", 1942299555948942850},
                                 Printed{"-409781h40m52.533007971s", -1475214052533007971},
                                 Printed{"-1m3.369778919s", -63369778919}}) {
    expect_read(printed);
  }
}

// java.time.Duration.ofNanos(n).toString().
TEST(ReadDuration, WhatJavaPrints) {
  for (const Printed& printed : {Printed{"PT0S", 0},
                                 Printed{"PT0.000000001S", 1},
                                 Printed{"PT-0.000000001S", -1},
                                 Printed{"PT1.5S", 1500000000},
                                 Printed{"PT-1.5S", -1500000000},
                                 Printed{"PT-0.5S", -500000000},
                                 Printed{"PT1M", 60000000000},
                                 Printed{"PT-0.005S", -5000000},
                                 Printed{"PT26H3M4S", 93784000000000},
                                 Printed{"PT1H", 3600000000000},
                                 Printed{"PT2562047H47M16.854775807S", 9223372036854775807},
                                 Printed{"PT-2562047H-47M-16.854775808S", std::numeric_limits<std::int64_t>::min()},
                                 Printed{"PT-0.144579853S", -144579853},
                                 Printed{"PT3083H44M0.702590256S", 11101440702590256},
                                 Printed{"PT-526361H-47M-39.288369262S", -1894902459288369262},
                                 Printed{"PT-538H-59M-37.542745743S", -1940377542745743},
                                 Printed{"PT0.0000633S", 63300},
                                 Printed{"PT-0.020362313S", -20362313},
                                 Printed{"PT-0.000298853S", -298853},
                                 Printed{"PT297240H16M47.262368387S", 1070065007262368387},
                                 Printed{"PT-0.013791953S", -13791953},
                                 Printed{"PT-1024H-16M-46.621940679S", -3687406621940679},
                                 Printed{"PT13.147201964S", 13147201964},
                                 Printed{"PT-0.001589102S", -1589102},
                                 Printed{"PT0.000082054S", 82054},
                                 Printed{"PT-5.422083312S", -5422083312},
                                 Printed{"PT0.947507673S", 947507673},
                                 Printed{"PT-0.013593895S", -13593895},
                                 Printed{"PT-503H-42M-12.615926208S", -1813332615926208},
                                 Printed{"PT11.511768644S", 11511768644}}) {
    expect_read(printed);
  }
}

// str(datetime.timedelta).
TEST(ReadDuration, WhatPythonPrints) {
  for (const Printed& printed : {Printed{"0:00:00", 0},
                                 Printed{"0:00:01.500000", 1500000000},
                                 Printed{"1 day, 2:03:04", 93784000000000},
                                 Printed{"-1 day, 23:59:59", -1000000000},
                                 Printed{"-1 day, 23:59:59.999999", -1000},
                                 Printed{"30 days, 0:00:00", 2592000000000000},
                                 Printed{"23:59:59.999999", 86399999999000},
                                 Printed{"-2 days, 0:00:00", -172800000000000},
                                 Printed{"0:00:00.000005", 5000},
                                 Printed{"106751 days, 0:00:00", 9223286400000000000},
                                 Printed{"-106751 days, 0:00:00", -9223286400000000000},
                                 Printed{"-193 days, 0:02:59.694758", -16675020305242000},
                                 Printed{"314 days, 14:45:54.314821", 27182754314821000},
                                 Printed{"7594 days, 10:59:00.619583", 656161140619583000},
                                 Printed{"-1 day, 23:59:54.232191", -5767809000},
                                 Printed{"-785 days, 23:11:37.996196", -67740502003804000},
                                 Printed{"0:00:00.108377", 108377000},
                                 Printed{"0:00:00.014630", 14630000},
                                 Printed{"0:02:37.180105", 157180105000},
                                 Printed{"5761 days, 22:54:15.008947", 497832855008947000},
                                 Printed{"85 days, 8:12:52.084202", 7373572084202000},
                                 Printed{"0:00:00.080866", 80866000},
                                 Printed{"0:00:00.076231", 76231000},
                                 Printed{"0:00:00.025540", 25540000},
                                 Printed{"0:00:00.000976", 976000}}) {
    expect_read(printed);
  }
}

TEST(ReadDuration, OfIso8601AndConfigurations) {
  for (const Printed& printed :
       {Printed{"P1DT2H", 93'600'000'000'000}, Printed{"P2W", 1'209'600'000'000'000},
        Printed{"P-1DT12H", -43'200'000'000'000}, Printed{"-PT1.5S", -1'500'000'000},
        Printed{"-PT-6H+3M", 21'420'000'000'000}, Printed{"pt1.5s", 1'500'000'000},
        Printed{"P0DT0H0M0.25S", 250'000'000}, Printed{"PT.5S", 500'000'000}, Printed{"30d", 2'592'000'000'000'000},
        Printed{"1w2d3h", 788'400'000'000'000}, Printed{"30m1h", 5'400'000'000'000}, Printed{"+5s", 5'000'000'000},
        Printed{"0", 0}, Printed{"15us", 15'000}, Printed{"15\xCE\xBCs", 15'000}, Printed{"0.1ns", 0},
        Printed{"1.9999999999999999999999ns", 1}, Printed{"0.0000000000000001h", 0}}) {
    expect_read(printed);
  }
}

// As pandas prints a Timedelta, and PostgreSQL and MySQL an interval without days.
TEST(ReadDuration, OfHoursMinutesAndSeconds) {
  for (const Printed& printed :
       {Printed{"0 days 00:00:01.500000", 1'500'000'000}, Printed{"-1 days +23:59:59.999999999", -1},
        Printed{"3 days 02:00:00", 266'400'000'000'000}, Printed{"-00:00:01.5", -1'500'000'000},
        Printed{"838:59:59", 3'020'399'000'000'000}}) {
    expect_read(printed);
  }
}

// As C#, journald, nginx's docs, humantime, humanize and people write them.
TEST(ReadDuration, InWordsAndWithBlanks) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  for (const Printed& printed : {Printed{"5 m", 300 * kSecond},
                                 Printed{" 5m", 300 * kSecond},
                                 Printed{"5m \n", 300 * kSecond},
                                 Printed{"5min", 300 * kSecond},
                                 Printed{"1.5 ms", 1'500'000},
                                 Printed{"2min 13.5s", 133'500'000'000},
                                 Printed{"1 day", 86'400 * kSecond},
                                 Printed{"3 days 2 hours", 266'400 * kSecond},
                                 Printed{"1 hour, 30 minutes", 5'400 * kSecond},
                                 Printed{"1h 30m", 5'400 * kSecond},
                                 Printed{"2 hrs", 7'200 * kSecond},
                                 Printed{"1 hr 1 min 1 sec", 3'661 * kSecond},
                                 Printed{"90 secs", 90 * kSecond},
                                 Printed{"90 seconds", 90 * kSecond},
                                 Printed{"12 msec", 12'000'000},
                                 Printed{"12 msecs", 12'000'000},
                                 Printed{"12 millis", 12'000'000},
                                 Printed{"12 milliseconds", 12'000'000},
                                 Printed{"7 micros", 7'000},
                                 Printed{"7 microseconds", 7'000},
                                 Printed{"7usecs", 7'000},
                                 Printed{"7 nanos", 7},
                                 Printed{"7 nanoseconds", 7},
                                 Printed{"1 week", 604'800 * kSecond},
                                 Printed{"-1.5 \xC2\xB5s", -1'500},
                                 Printed{"1.02:03:04.5", 93'784'500'000'000},
                                 Printed{"-1.02:03:04", -93'784'000'000'000},
                                 Printed{"10.00:00:00", 864'000 * kSecond}}) {
    expect_read(printed);
  }
}

TEST(ReadDuration, NothingElse) {
  for (const char* text : {"",
                           "-",
                           "+",
                           "5",
                           "0.0",
                           "m",
                           ".s",
                           "m5",
                           "--5m",
                           "5-m",
                           "1h-2m",
                           "5  ",
                           "5 ,m",
                           "5m,",
                           ", 5m",
                           "5mss",
                           "5 mins ago",
                           "5 month",
                           "1 year",
                           "1.24:00:00",
                           "1.2.03:04:05",
                           "1.02:03",
                           "5M",
                           "1e3s",
                           "5\xC2s",
                           "5\xB5s",
                           "nan",
                           "inf",
                           "P",
                           "PT",
                           "P1DT",
                           "P1Y",
                           "P1M",
                           "PT1D",
                           "P1H",
                           "P1D2H",
                           "PT1S1M",
                           "PT1M1M",
                           "P1W1W",
                           "PT1",
                           "T1S",
                           "1:02",
                           "1:2:03",
                           "1:02:3",
                           "1:60:00",
                           "1:00:60",
                           "1:02:03:04",
                           "1.5:02:03",
                           "1.:02:03",
                           "1:02:03.5x",
                           "1:0a:03",
                           "1 day,2:03:04",
                           "1 day, ",
                           "1.5 days, 0:00:00",
                           "day, 0:00:00",
                           "1 days +-1:00:00"}) {
    Duration duration(7);
    EXPECT_EQ(read_duration(text, duration), Failure::kConversion) << text;
    EXPECT_EQ(duration, Duration(7)) << text;
  }
}

TEST(ReadDuration, BeyondNanosecondsIsAnOverflow) {
  const std::string digits(400, '9');
  for (const std::string& text :
       {std::string("9223372036854775808ns"), std::string("-9223372036854775809ns"), std::string("2562048h"),
        std::string("PT2562048H"), digits + "w", "-P" + digits + "D", std::string("999999999 days, 0:00:00"),
        std::string("-999999999 days, 0:00:00"), digits + ":00:00"}) {
    Duration duration(7);
    EXPECT_EQ(read_duration(text, duration), Failure::kOverflow) << text;
    EXPECT_EQ(duration, Duration(7)) << text;
  }
}

}  // namespace
}  // namespace leeway
