// Units as users write them. Pure functions, used by the table reader and the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/clock.h"
#include "agent/core/expected.h"

namespace leeway {

// "250ms", "1.5s", "5m", "2h", "30d", "1w", and sums in falling order: "1h30m". Units: ns us ms s m h d w.
Expected<Duration> parse_duration(std::string_view text);
// "512", "64KB", "10MiB", "1.5GiB": decimal (KB MB GB TB) and binary (KiB MiB GiB TiB) units.
Expected<std::uint64_t> parse_byte_size(std::string_view text);
// Bytes as programs print them: "1.5 GiB", "64kB", "10 MB", "512", "3 bytes", "2M". `base`, 1000 or 1024, is that of
// units without 'i'. No value for anything else.
std::optional<double> read_byte_size(std::string_view text, double base);
// The shortest text that parse_duration reads back: "5m", "1h30m", "30d".
std::string format_duration(Duration duration);
// "1.5 MiB": for users.
std::string format_bytes(std::uint64_t bytes);

}  // namespace leeway
