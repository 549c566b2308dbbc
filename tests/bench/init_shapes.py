"""Logs in the shapes that programs write, with what is true of each. Used by init_corpus.py."""

import dataclasses
import datetime
import json
import random

START = datetime.datetime(2026, 11, 28, 4, 25, 2, 123000, datetime.timezone.utc)
ROUTES = ("/", "/items", "/items/{n}", "/users/{n}/orders", "/health", "/api/v1/search")
WORDS = ("cache", "order", "payment", "worker", "queue", "index", "session")


@dataclasses.dataclass
class Shape:
    """`write(random, i, time)` is the record as one or more lines."""

    name: str
    family: str  # a regular expression, found in the names of the formats
    write: object
    timed: bool = True
    zoned: bool = True  # whether its times say their zone
    precision: float = 0.001  # of its times, in seconds
    # What a counter finds: a regular expression with a group for a level or a status, and the label; of any label if None.
    counted: tuple = ()


def request(r):
    method = r.choices(("GET", "POST", "DELETE"), (8, 3, 1))[0]
    path = r.choice(ROUTES).replace("{n}", str(r.randrange(100_000)))
    status = r.choices((200, 201, 304, 404, 500, 503), (80, 5, 5, 6, 2, 1))[0]
    return method, path, status


def took(r):
    return round(r.lognormvariate(3, 1), 3)  # milliseconds


def level(r, names=("DEBUG", "INFO", "WARN", "ERROR")):
    return r.choices(names, (10, 80, 7, 3))[0]


def message(r):
    return r.choice((f"request {r.randrange(10_000)} done in {took(r)} ms", f"cache miss for key user:{r.randrange(999)}",
                     f"connected to 10.0.0.{r.randrange(255)}:5432", "reloading configuration", f"{r.choice(WORDS)} is ready"))


def iso(time, digits=3, between="T", fraction="."):
    text = time.strftime(f"%Y-%m-%d{between}%H:%M:%S")
    return text + (fraction + f"{time.microsecond:06d}"[:digits] if digits else "")


def address(r):
    return f"203.0.113.{r.randrange(1, 255)}"


def clf(time):
    return time.strftime("%d/%b/%Y:%H:%M:%S +0000")


def combined(r, time):
    method, path, status = request(r)
    return f'{address(r)} - - [{clf(time)}] "{method} {path} HTTP/1.1" {status} {r.randrange(9999)} "-" "curl/8.{r.randrange(9)}"'


JAVA_TRACE = ["java.lang.IllegalStateException: pool is closed", "\tat com.example.Pool.get(Pool.java:41)",
              "\tat com.example.Main.main(Main.java:9)", "Caused by: java.io.IOException: reset", "\t... 2 more"]
PYTHON_TRACE = ["Traceback (most recent call last):", '  File "/app/db.py", line 52, in get', "    return pool.get()", "KeyError: 'x'"]


def with_trace(line, r, trace):
    return [line, *trace] if " ERROR" in line and r.random() < 0.5 else [line]


def envoy(r, i, t):
    method, path, status = request(r)
    return [f'[{iso(t)}Z] "{method} {path} HTTP/2" {status} - 0 {r.randrange(999)} {round(took(r))} {round(took(r))} "{address(r)}" "curl/8" '
            f'"{r.getrandbits(64):016x}" "shop" "10.0.0.3:80"']


def haproxy(r, i, t):
    method, path, status = request(r)
    return [f'{address(r)}:{r.randrange(1024, 65536)} [{t.strftime("%d/%b/%Y:%H:%M:%S")}.{t.microsecond // 1000:03d}] fe~ be/s1 0/0/7/{round(took(r))}/'
            f'{round(took(r)) + 9} {status} {r.randrange(9999)} - - ---- 1/1/0/0/0 0/0 "{method} {path} HTTP/1.1"']


def alb(r, i, t):
    method, path, status = request(r)
    return [f'https {iso(t, 6)}Z app/lb/5 {address(r)}:28 10.0.0.1:80 0.000 {took(r) / 1000:.3f} 0.000 {status} {status} 34 {r.randrange(999)} '
            f'"{method} https://shop.example:443{path} HTTP/1.1" "curl/8" - - arn']


def nginx_error(r, i, t):
    word = r.choices(("error", "warn", "crit"), (8, 3, 1))[0]
    return [f'{t.strftime("%Y/%m/%d %H:%M:%S")} [{word}] 9#9: *{i} open() "/srv/{r.randrange(999)}" failed (2: No such file or directory), client: {address(r)}, '
            f'server: , request: "GET /x HTTP/1.1", host: "shop"']


def apache_error(r, i, t):
    word = level(r, ("debug", "info", "warn", "error"))
    return [f'[{t.strftime("%a %b %d %H:%M:%S.%f %Y")}] [core:{word}] [pid 9:tid 8] [client {address(r)}:47138] AH00128: File does not exist: /srv/{r.randrange(99)}']


def spring(r, i, t):
    return with_trace(f"{iso(t)}Z {level(r):>5} 1577 --- [exec-{r.randrange(9)}] c.e.{r.choice(WORDS).title():20} : {message(r)}", r, JAVA_TRACE)


def log4j(r, i, t):
    return with_trace(f"{iso(t, 3, ' ', ',')} [main-{r.randrange(9)}] {level(r):5} com.example.{r.choice(WORDS).title()} - {message(r)}", r, JAVA_TRACE)


def python_logging(r, i, t):
    word = level(r, ("DEBUG", "INFO", "WARNING", "ERROR"))
    return with_trace(f"{iso(t, 3, ' ', ',')} {word} app.{r.choice(WORDS)} {message(r)}", r, PYTHON_TRACE)


def loguru(r, i, t):
    word = level(r, ("DEBUG", "INFO", "WARNING", "ERROR"))
    return with_trace(f"{iso(t, 3, ' ')} | {word:8} | app.{r.choice(WORDS)}:run:{r.randrange(99)} - {message(r)}", r, PYTHON_TRACE)


def structlog_console(r, i, t):
    return [f"{iso(t, 6)}Z [{level(r, ('debug', 'info', 'warning', 'error')):9}] {r.choice(WORDS)} is ready      key={r.randrange(99)} ms={took(r)}"]


def slog(r, i, t):
    return [f'time={iso(t)}Z level={level(r)} msg="{message(r)}" path=/items/{r.randrange(9999)} status={request(r)[2]} dur={took(r)}ms err=<nil>']


def zap_console(r, i, t):
    return [f'{iso(t)}Z\t{level(r)}\tmain.go:{r.randrange(99)}\t{message(r)}\t{json.dumps({"ms": took(r)})}']


def klog(r, i, t):
    return [f'{r.choices("IWE", (8, 1, 1))[0]}{t.strftime("%m%d %H:%M:%S.%f")}     265 main.go:{r.randrange(99)}] "Pod updated" pod="shop/web-{r.randrange(9)}" ms={took(r)}']


def tracing(r, i, t):
    return [f'{iso(t, 6)}Z {level(r):>5} request{{id={r.randrange(9999)} p="/a b"}}: shop::{r.choice(WORDS)}: done ms={took(r)}']


def rails(r, i, t):
    word = level(r)
    return [f"{word[0]}, [{iso(t, 6)} #9] {word:>5} -- : [{r.getrandbits(64):016x}] Completed {request(r)[2]} OK in {round(took(r))}ms"]


def postgres(r, i, t):
    stamp = f"{iso(t, 3, ' ')} UTC [{r.randrange(100, 120)}] "
    if r.random() < 0.1:
        return [f'{stamp}ERROR:  duplicate key value violates unique constraint "users_pkey"', f"{stamp}DETAIL:  Key (id)=({i}) already exists.",
                f"{stamp}STATEMENT:  insert into users", "\tvalues (1)"]
    return [f"{stamp}LOG:  duration: {took(r)} ms  statement: select {r.randrange(99)}"]


def mysql(r, i, t):
    return [f"{iso(t, 6)}Z {r.randrange(9)} [{level(r, ('Note', 'System', 'Warning', 'ERROR'))}] [MY-{r.randrange(10_000, 10_100):06d}] [Server] {message(r)}"]


def redis(r, i, t):
    return [f"28:M {t.strftime('%d %b %Y %H:%M:%S')}.{t.microsecond // 1000:03d} {r.choices('.-*#', (1, 2, 8, 1))[0]} {message(r)}"]


def rfc3164(r, i, t):
    return [f"<{r.choice((30, 34, 38, 27))}>{t.strftime('%b %e %H:%M:%S')} web1 {r.choice(('su', 'cron', 'sshd'))}[{r.randrange(9999)}]: {message(r)}"]


def rfc5424(r, i, t):
    return [f'<{r.choice((165, 163, 166))}>1 {iso(t)}Z web1 shop 9 ID{r.randrange(9)} [req@32473 id="{r.randrange(9999)}"] {message(r)}']


def systemd(r, i, t):
    return [f"{iso(t, 0)}+0000 web1 {r.choice(('systemd', 'cron', 'sshd'))}[{r.randrange(9999)}]: {message(r)}"]


def traefik(r, i, t):
    return [f'{combined(r, t)} {i} "web@docker" "http://10.0.0.3:80" {round(took(r))}ms']


def caddy(r, i, t):
    method, path, status = request(r)
    return [json.dumps({"level": "error" if status >= 400 else "info", "ts": round(t.timestamp(), 3), "logger": "http.log.access", "msg": "handled request",
                        "request": {"remote_ip": address(r), "method": method, "uri": path}, "duration": took(r) / 1000, "size": 5, "status": status})]


def pino(r, i, t):
    _, path, status = request(r)
    return [json.dumps({"level": r.choices((20, 30, 40, 50), (1, 9, 1, 1))[0], "time": round(t.timestamp() * 1000), "pid": 9, "hostname": "web1",
                        "req": {"id": i, "method": "GET", "url": path}, "res": {"statusCode": status}, "responseTime": round(took(r)), "msg": "done"})]


def mongodb(r, i, t):
    return [json.dumps({"t": {"$date": iso(t) + "+00:00"}, "s": r.choices("IWE", (9, 1, 1))[0], "c": r.choice(("NETWORK", "COMMAND", "STORAGE")), "id": r.randrange(22_000, 23_000),
                        "ctx": f"conn{r.randrange(999)}", "msg": "Slow query", "attr": {"durationMillis": round(took(r))}})]


def ecs(r, i, t):
    method, path, status = request(r)
    return [json.dumps({"@timestamp": iso(t) + "Z", "log.level": level(r), "message": message(r), "ecs.version": "1.2.0", "http.request.method": method,
                        "url.path": path, "http.response.status_code": status, "event.duration": round(took(r) * 1e6)})]


def uvicorn(r, i, t):
    method, path, status = request(r)
    return [f'INFO:     {address(r)}:{r.randrange(1024, 65536)} - "{method} {path} HTTP/1.1" {status} OK']


def uwsgi(r, i, t):
    _, path, status = request(r)
    return [f"[pid: 9|app: 0|req: {i}/{i}] {address(r)} () {{30 vars in 400 bytes}} [{t.strftime('%a %b %e %H:%M:%S %Y')}] POST {path} => generated {r.randrange(999)} "
            f"bytes in {round(took(r))} msecs (HTTP/1.1 {status}) 2 headers in 80 bytes (1 switches on core 0)"]


def iis(r, i, t):
    method, path, status = request(r)
    line = f"{t.strftime('%Y-%m-%d %H:%M:%S')} 10.0.0.1 {method} {path} - 443 - {address(r)} curl/8 {status} 0 0 {round(took(r))}"
    head = ["#Software: Microsoft Internet Information Services 10.0", "#Version: 1.0", f"#Date: {t.strftime('%Y-%m-%d %H:%M:%S')}",
            "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken"]
    return ([*head] if i == 0 else []) + [line]


def jul(r, i, t):
    hour = t.strftime("%I").lstrip("0")
    return [f"{t.strftime('%b %d, %Y')} {hour}:{t.strftime('%M:%S %p')} com.example.{r.choice(WORDS).title()} run", f"{level(r, ('FINE', 'INFO', 'WARNING', 'SEVERE'))}: {message(r)}"]


def free_text(r, i, t):
    return [message(r)]


def android(r, i, t):
    return [f"{t.strftime('%m-%d %H:%M:%S')}.{t.microsecond // 1000:03d}  {r.randrange(999):4d}  {r.randrange(999):4d} {level(r, 'DIWE')} {r.choice(WORDS).title()}: {message(r)}"]


def wrapped(inner, envelope):
    def write(r, i, t):
        lines = inner(r, i, t)
        if envelope == "cri":
            return [f"{iso(t, 6)}Z stdout F {line}" for line in lines]
        if envelope == "docker":
            return [json.dumps({"log": line + "\n", "stream": "stdout", "time": iso(t, 6) + "Z"}, separators=(",", ":")) for line in lines]
        return [f"web-1  | {line}" for line in lines]
    return write


def klog_with_level(word):
    return lambda r, i, t: [f"{t.strftime('%Y/%m/%d %H:%M:%S')} {word}{message(r)}"]


SHAPES = (
    Shape("nginx_combined", "^access$", lambda r, i, t: [combined(r, t)], precision=1),
    Shape("nginx_times", "^nginx$", lambda r, i, t: [combined(r, t) + f' "-" {took(r) / 1000:.3f} {took(r) / 1000:.3f} 200'], precision=1),
    Shape("apache_D", "^apache$", lambda r, i, t: [combined(r, t) + f" {round(took(r) * 1000)} 0 -"], precision=1),
    Shape("envoy", "^envoy$", envoy),
    Shape("haproxy", "^haproxy$", haproxy, zoned=False),
    Shape("traefik", "^traefik$", traefik, precision=1),
    Shape("alb", "^aws load balancer$", alb),
    Shape("nginx_error", "^nginx error$", nginx_error, zoned=False, precision=1),
    Shape("apache_error", "^apache error$", apache_error, zoned=False),
    Shape("spring", "^spring$", spring),
    Shape("log4j", "^(logback|time and text)$", log4j, zoned=False),
    Shape("python_logging", "^time and text$", python_logging, zoned=False),
    Shape("loguru", "^loguru$", loguru, zoned=False),
    Shape("structlog_console", "^time and text$", structlog_console),
    Shape("slog", "^logfmt$", slog),
    Shape("zap_console", "^zap console$", zap_console),
    Shape("klog", "^klog$", klog, zoned=False),
    Shape("tracing", "^time and text$", tracing),
    Shape("rails", "^requests of rails, rails$", rails, zoned=False),
    Shape("postgres", "^postgresql", postgres),
    Shape("mysql", "^mysql$", mysql),
    Shape("redis", "^redis$", redis, zoned=False),
    Shape("rfc3164", "^syslog$", rfc3164, zoned=False, precision=1),
    Shape("rfc5424", "^syslog$", rfc5424),
    Shape("systemd", "^syslog$", systemd, precision=1),
    Shape("caddy", "^json$", caddy),
    Shape("pino", "^json$", pino),
    Shape("mongodb", "^json$", mongodb),
    Shape("ecs", "^json$", ecs),
    Shape("uvicorn", "^uvicorn$", uvicorn, timed=False),
    Shape("uwsgi", "^uwsgi$", uwsgi, zoned=False, precision=1),
    Shape("iis", "w3c", iis, precision=1),
    Shape("jul", "java.util.logging", jul, zoned=False, precision=1),
    Shape("android", "^android$", android, timed=False),
    Shape("go_log", "^time and text$", klog_with_level(""), zoned=False, precision=1),
    Shape("go_log_level", "^time and text$", klog_with_level("[error] "), zoned=False, precision=1),
    Shape("free_text", "^no format$", free_text, timed=False),
    Shape("cri_json", "^json, written by cri$", wrapped(pino, "cri")),
    Shape("docker_slog", "^logfmt, written by docker$", wrapped(slog, "docker")),
    Shape("compose_loguru", "^loguru, written by compose$", wrapped(loguru, "compose"), zoned=False),
)


def write(shape, path, records=4000, seed=7):
    """Writes the log; returns the number of records and of lines of the first half, and the time of the last record."""
    r = random.Random(f"{shape.name} {seed}")
    time = START
    lines = []
    middle = 0
    for i in range(records):
        time += datetime.timedelta(milliseconds=r.randrange(1, 2000))
        lines += shape.write(r, i, time)
        if i == records // 2 - 1:
            middle = len(lines)
    path.write_text("".join(line + "\n" for line in lines))
    return middle, time.timestamp()
