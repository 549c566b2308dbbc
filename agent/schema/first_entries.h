// From where key_explorer starts: an entry of each section, and of each type whose reader is another one. They hold
// what readers need to read on, not what they know.
#pragma once

namespace leeway {

// What is there while an entry is read.
inline constexpr char kContext[] = R"(
[rules]
agent_alerts = false
[[source]]
name = "log"
type = "log"
path = "/x.json"
[[source]]
name = "table"
type = "file"
path = "/x.csv"
)";

// And while an alert, a row or a panel is read.
inline constexpr char kMetrics[] = R"(
[[metric]]
name = "events_total"
type = "counter"
source = "log"
help = "Events."
[[metric]]
name = "level"
type = "gauge"
source = "log"
help = "A level."
value = "x"
[[metric]]
name = "latency_seconds"
type = "histogram"
source = "log"
help = "A latency."
value = "x"
[[external_metric]]
name = "x"
type = "counter"
)";

inline constexpr char kFirstEntries[] = R"(
[[source]]
name = "x"
type = "log"
path = "/x"
[[source]]
name = "x"
type = "file"
path = "/x"
[[source]]
name = "x"
type = "stdin"
format = "json"
[[source]]
name = "x"
type = "fifo"
path = "/x"
format = "json"
[[source]]
name = "x"
type = "socket"
listen = "tcp://127.0.0.1:5514"
format = "json"
[[metric]]
name = "x_total"
type = "counter"
source = "log"
[[metric]]
name = "x"
type = "gauge"
source = "log"
[[metric]]
name = "x_seconds"
type = "histogram"
source = "log"
[[slo]]
name = "x"
source = "log"
objective = 0.9
good = "x"
[[slo]]
name = "x"
source = "log"
objective = 0.999
period = "7d"
value = "x"
below = 1.0
[[drift]]
name = "x"
source = "log"
columns = "x"
reference = { first_rows = 1000 }
window = { rows = 1000 }
[[drift]]
name = "x"
source = "table"
columns = "x"
reference = { file = "/x.csv" }
window = { versions = 2 }
[[drift]]
name = "x"
source = "log"
columns = "x"
reference = { first = "1d" }
window = { time = "1h" }
[[change]]
name = "x"
source = "log"
value = "x"
method = "adwin"
[[quality]]
name = "x"
source = "log"
window = { rows = 100 }
check = [{}]
[[quality]]
name = "x"
source = "table"
check = [{}]
[[window]]
name = "x"
source = "log"
aggregate = "count"
over = "5m"
usual = "7d"
[[state]]
name = "x"
source = "log"
start = "x"
end = "y"
[[external_metric]]
name = "y"
[[maintenance]]
name = "x"
start = "01:00"
end = "02:00"
[[alert]]
name = "X"
metric = "events_total"
[[alert]]
name = "X"
metric = "level"
[[alert]]
name = "X"
metric = "latency_seconds"
[[alert]]
name = "X"
metric = "level"
above = 1
[[alert]]
name = "X"
promql = "level > 1"
[[row]]
title = "X"
[[panel]]
title = "X"
description = "X."
promql = "level"
)";

}  // namespace leeway
