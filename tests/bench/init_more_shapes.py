"""More shapes for init_corpus.py: loggers of other languages, lines with a level and pairs, dates with the day first,
records of several lines. Each is what the program's documentation or its default pattern says."""

import datetime
import json

from init_shapes import JAVA_TRACE, PYTHON_TRACE, Shape, address, clf, iso, level, message, request, took, with_trace

JAVA = ("DEBUG", "INFO", "WARN", "ERROR")
PYTHON = ("DEBUG", "INFO", "WARNING", "ERROR")
SMALL = ("debug", "info", "warning", "error")
LEVEL = r"\b(DEBUG|INFO|WARN|WARNING|ERROR|debug|info|warn|warning|error)\b"
CLASSES = ("OrderService", "web.CartController", "db.ConnectionPool", "jobs.Nightly")
LOGGERS = ("app.http", "app.db", "app.jobs.nightly")


def pairs(r):
    return f"status={request(r)[2]} duration_ms={took(r)}"


def day_first(t, between=".", digits=0):
    return t.strftime(f"%d{between}%m{between}%Y %H:%M:%S") + (f".{t.microsecond:06d}"[:digits + 1] if digits else "")


def structlog(r, i, t):
    return [f"{iso(t, 0, ' ')} [{level(r, SMALL):9}] {message(r):30} [{r.choice(LOGGERS)}] {pairs(r)}"]


def structlog_trace(r, i, t):
    line = f"{iso(t, 6)}Z [{level(r, SMALL):9}] {message(r):30} [{r.choice(LOGGERS)}] {pairs(r)}"
    return [line, *PYTHON_TRACE] if "[error " in line else [line]


def logback_short(r, i, t):
    return with_trace(f"{iso(t, 3, ' ')} {level(r):5} c.a.s.{r.choice(CLASSES)} - {message(r)}", r, JAVA_TRACE)


def logback_thread(r, i, t):
    return with_trace(f"{iso(t, 3, ' ')} [exec-{r.randrange(9)}] {level(r):5} c.a.s.{r.choice(CLASSES)} - {message(r)}", r, JAVA_TRACE)


def logback_method(r, i, t):
    return with_trace(f"{iso(t, 3, ' ')} {level(r):5} [exec-{r.randrange(9)}] c.a.s.{r.choice(CLASSES)}[run:{r.randrange(99)}] - {message(r)}", r, JAVA_TRACE)


def apt_history(r, i, t):
    end = t + datetime.timedelta(milliseconds=900)
    verb = r.choice(("Install", "Upgrade", "Remove"))
    return [*([""] if i == 0 else []), f"Start-Date: {t.strftime('%Y-%m-%d  %H:%M:%S')}", "Commandline: apt-get install -y curl", "Requested-By: ann (1000)",
            f"{verb}: libc{r.randrange(9)}:amd64 (2.36-9, 2.36-9+deb12u{r.randrange(9)})", f"End-Date: {end.strftime('%Y-%m-%d  %H:%M:%S')}", ""]


def apt_term(r, i, t):
    return ["", f"Log started: {t.strftime('%Y-%m-%d  %H:%M:%S')}", f"Selecting previously unselected package lib{r.randrange(99)}:amd64.",
            f"(Reading database ... {r.randrange(9999)} files and directories currently installed.)", "Setting up libc6:amd64 (2.36) ...",
            f"Log ended: {t.strftime('%Y-%m-%d  %H:%M:%S')}"]


def dpkg(r, i, t):
    action = r.choice(("status installed", "status unpacked", "status half-configured", "install", "configure", "trigproc"))
    return [f"{iso(t, 0, ' ')} {action} lib{r.randrange(999)}:amd64 2.36-{r.randrange(9)}" + (" <none>" if action == "install" else "")]


def piped(between, digits=0):
    return lambda r, i, t: with_trace(f"{day_first(t, between, digits)} | {level(r)} | {r.choice(LOGGERS)} | {message(r)}", r, JAVA_TRACE)


def day_first_plain(r, i, t):
    return [f"{day_first(t)} {level(r)} {message(r)}"]


def nlog(r, i, t):
    return with_trace(f"{iso(t, 4, ' ')}|{level(r)}|Shop.{r.choice(CLASSES)}|{message(r)}", r, JAVA_TRACE)


def gc(r, i, t):
    tags = r.choice(("gc", "gc", "gc,start", "gc,heap", "safepoint"))
    word = r.choices(("info", "debug", "warning"), (8, 2, 1))[0]
    return [f"[{iso(t)}+0000][{word}][{tags}] GC({i}) Pause Young (Normal) (G1 Evacuation Pause) {r.randrange(20, 60)}M->{r.randrange(9)}M(64M) {took(r)}ms"]


def gc_padded(r, i, t):
    tags = r.choice(("gc", "gc,start", "gc,heap"))
    return [f"[{iso(t)}+0000][{i * 0.7:.3f}s][{r.choices(('info', 'warning'), (8, 1))[0]:7}][{tags:9}] GC({i}) Pause Young {took(r)}ms"]


def gc_uptime(r, i, t):
    return [f"[{i * 0.7:.3f}s][{r.choices(('info', 'warning'), (8, 1))[0]}][{r.choice(('gc', 'gc,heap'))}] GC({i}) Pause Young {took(r)}ms"]


def scrapy(r, i, t):
    line = f"{iso(t, 0, ' ')} [scrapy.core.{r.choice(('engine', 'scraper'))}] {level(r, PYTHON)}: Crawled ({request(r)[2]}) <GET http://shop/items/{i}>"
    return [line, *PYTHON_TRACE] if " ERROR" in line else [line]


def time_of_day(r, i, t):
    return [f"{t.strftime('%H:%M:%S')} - Shop Router:{level(r, PYTHON)}: router.py:{r.randrange(999)} - {message(r)}"]


def uvicorn_after_time(r, i, t):
    method, path, status = request(r)
    if i % 5 == 0:
        return [f"{t.strftime('%Y/%m/%d %H:%M:%S')} {level(r, PYTHON)} shop.jobs: {message(r)}"]
    return [f'{t.strftime("%Y/%m/%d %H:%M:%S")} INFO:     {address(r)}:{r.randrange(1024, 65536)} - "{method} {path} HTTP/1.1" {status} OK']


def nats(r, i, t):
    return [f"[11137] {t.strftime('%Y/%m/%d %H:%M:%S.%f')} [{level(r, ('DBG', 'INF', 'TRC', 'ERR'))}] 127.0.0.1:{r.randrange(9999)} - cid:{i} - {message(r)}"]


def dotnet(r, i, t):
    return [f"{iso(t, 3, ' ')} {level(r, ('dbug', 'info', 'warn', 'fail'))}: Shop.{r.choice(CLASSES)}[{r.randrange(20)}] {message(r)}"]


def dotnet_console(r, i, t):
    return [f"{level(r, ('trce', 'info', 'warn', 'fail'))}: Shop.{r.choice(CLASSES)}[{r.randrange(20)}]", f"      {message(r)}"]


def serilog(r, i, t):
    return with_trace(f"{iso(t, 3, ' ')} +00:00 [{level(r, ('DBG', 'INF', 'WRN', 'ERR'))}] {message(r)}", r, JAVA_TRACE)


def kafka(r, i, t):
    return with_trace(f"[{iso(t, 3, ' ', ',')}] {level(r)} [Partition orders-{r.randrange(9)} broker=1] {message(r)} (kafka.cluster.Partition)", r, JAVA_TRACE)


def elasticsearch(r, i, t):
    line = f"[{iso(t, 3, 'T', ',')}][{level(r):5}][o.e.{r.choice(('n.Node', 'c.r.a.AllocationService')):24}] [node-1] {message(r)}"
    return with_trace(line, r, JAVA_TRACE)


def mongodb_text(r, i, t):
    return [f"{iso(t)}+0000 {level(r, 'DIWE')} {r.choice(('NETWORK', 'COMMAND', 'STORAGE')):8} [conn{r.randrange(999)}] {message(r)}"]


def envoy_own(r, i, t):
    return [f"[{iso(t, 3, ' ')}][1][{level(r, SMALL)}][{r.choice(('main', 'upstream', 'config'))}] [source/server/server.cc:{r.randrange(999)}] {message(r)}"]


def hclog(r, i, t):
    word = f"[{level(r)}]"
    return [f'{iso(t)}Z {word:7} agent.server.{r.choice(("raft", "serf"))}: {message(r)}: leader-address= term={i} error="no route"']


def airflow(r, i, t):
    line = f"[{iso(t)}+0000] {{taskinstance.py:{r.randrange(999)}}} {level(r, PYTHON)} - {message(r)}"
    return with_trace(line, r, PYTHON_TRACE)


def prefect(r, i, t):
    return [f"{t.strftime('%H:%M:%S')}.{t.microsecond // 1000:03d} | {level(r, PYTHON):7} | Flow run 'sly-fox' - {message(r)}"]


def ray(r, i, t):
    return with_trace(f"{iso(t, 3, ' ', ',')}\t{level(r, PYTHON)} worker.py:{r.randrange(999)} -- {message(r)}", r, PYTHON_TRACE)


def raylet(r, i, t):
    return [f"[{iso(t, 3, ' ', ',')} {level(r, 'DIWE')} {r.randrange(99)} {r.randrange(99)}] (raylet) main.cc:{r.randrange(999)}: {message(r)}"]


def vllm(r, i, t):
    return [f"{level(r, PYTHON)} {t.strftime('%m-%d %H:%M:%S')} [async_llm.py:{r.randrange(999)}] {message(r)}"]


def gin(r, i, t):
    method, path, status = request(r)
    micros = took(r) * 1000
    took_text = f"{micros:.3f}µs" if micros < 1000 else f"{micros / 1000:.6f}ms" if micros < 1e6 else f"{micros / 1e6:.9f}s"
    return [f'[GIN] {t.strftime("%Y/%m/%d - %H:%M:%S")} | {status} | {took_text:>12} | {address(r):>15} | {method:7}  "{path}"']


def torchserve(r, i, t):
    return with_trace(f"{iso(t, 3, 'T', ',')} [{level(r):5}] W-9000-net_1.0 org.pytorch.serve.wlm.WorkerThread - {message(r)}", r, JAVA_TRACE)


def torchserve_access(r, i, t):
    method, path, status = request(r)
    return [f'{iso(t, 3, "T", ",")} - /{address(r)}:{r.randrange(1024, 65536)} "{method} {path} HTTP/1.1" {status} {round(took(r))}']


def mlserver(r, i, t):
    return with_trace(f"{iso(t, 3, ' ', ',')} [mlserver.{r.choice(('parallel', 'grpc', 'rest'))}] {level(r, PYTHON)} - {message(r)}", r, PYTHON_TRACE)


def rails_development(r, i, t):
    method, path, status = request(r)
    return [f'Started {method} "{path}" for {address(r)} at {iso(t, 0, " ")} +0000', "Processing by ItemsController#index as HTML",
            f'  Parameters: {{"id"=>"{i}"}}', f"Completed {status} OK in {round(took(r))}ms (Views: 2.1ms | ActiveRecord: 0.3ms | Allocations: {r.randrange(9999)})", "", ""]


def sidekiq(r, i, t):
    return [f"{iso(t)}Z pid=9 tid=gq{r.randrange(9)} class={r.choice(('HardJob', 'MailJob'))} jid={r.getrandbits(96):024x} elapsed={took(r) / 1000:.3f} {level(r)}: done"]


def elixir(r, i, t):
    return [f"{t.strftime('%H:%M:%S')}.{t.microsecond // 1000:03d} request_id=F{r.getrandbits(64):016x} [{level(r, SMALL)}] {message(r)}"]


def elixir_dated(r, i, t):
    return [f"{iso(t, 3, ' ')} request_id=F{r.getrandbits(64):016x} [{level(r, SMALL)}] {message(r)}"]


def journal_json(r, i, t):
    return [json.dumps({"__CURSOR": f"s={r.getrandbits(64):x}", "__REALTIME_TIMESTAMP": str(round(t.timestamp() * 1e6)), "_HOSTNAME": "web1",
                        "SYSLOG_IDENTIFIER": r.choice(("sshd", "cron", "shop")), "PRIORITY": r.choice("6643"), "MESSAGE": message(r), "_PID": str(r.randrange(9999))})]


def crlf(r, i, t):
    return [f"{iso(t, 3, ' ')} {level(r)} {message(r)}\r"]


def postgres_debian(r, i, t):
    stamp = f"{iso(t, 3, ' ')} UTC [{r.randrange(100, 120)}] app@shop "
    return [f'{stamp}{level(r, ("DEBUG", "LOG", "WARNING", "ERROR"))}:  {message(r)}']


def postgres_rds(r, i, t):
    return [f'{iso(t, 0, " ")} UTC:10.0.0.{r.randrange(99)}({r.randrange(9999)}):app@shop:[{r.randrange(100, 120)}]:{level(r, ("DEBUG", "LOG", "WARNING", "ERROR"))}:  {message(r)}']


def postgres_pgbadger(r, i, t):
    return [f'{iso(t, 0, " ")} UTC [{r.randrange(100, 120)}]: [{i}-1] user=app,db=shop,app=psql,client=10.0.0.1 {level(r, ("DEBUG", "LOG", "WARNING", "ERROR"))}:  {message(r)}']


def jenkins(r, i, t):
    return with_trace(f"{iso(t, 3, ' ')}+0000 [id={r.randrange(99)}]\t{level(r, ('FINE', 'INFO', 'WARNING', 'SEVERE'))}\th.model.{r.choice(('Run', 'Queue'))}$1#run: {message(r)}", r, JAVA_TRACE)


def quarkus(r, i, t):
    return with_trace(f"{iso(t, 3, ' ', ',')} {level(r):5} [org.acme.{r.choice(('Cart', 'Order'))}] (executor-thread-{r.randrange(9)}) {message(r)}", r, JAVA_TRACE)


def home_assistant(r, i, t):
    return with_trace(f"{iso(t, 3, ' ')} {level(r, PYTHON)} (MainThread) [homeassistant.{r.choice(('core', 'loader'))}] {message(r)}", r, PYTHON_TRACE)


def cassandra(r, i, t):
    return with_trace(f"{level(r):5} [main] {iso(t, 3, ' ', ',')} {r.choice(('Config', 'Gossiper'))}.java:{r.randrange(999)} - {message(r)}", r, JAVA_TRACE)


def fail2ban(r, i, t):
    return [f"{iso(t, 3, ' ', ',')} fail2ban.{r.choice(('filter', 'actions', 'jail')):15} [9]: {level(r, PYTHON):7} [sshd] Found {address(r)}"]


def php_fpm(r, i, t):
    return [f"[{t.strftime('%d-%b-%Y %H:%M:%S')}] {level(r, ('DEBUG', 'NOTICE', 'WARNING', 'ERROR'))}: [pool www] child {r.randrange(999)} {message(r)}"]


def monolog(r, i, t):
    return [f'[{iso(t, 6)}+00:00] {r.choice(("request", "app", "security"))}.{level(r, PYTHON)}: {message(r)} {{"route":"home","id":{i}}} []']


def laravel(r, i, t):
    line = f"[{iso(t, 0, ' ')}] production.{level(r, PYTHON)}: {message(r)}"
    return [line, "[stacktrace]", "#0 /srv/app/Cart.php(41): App\\Cart->get()", "#1 {main}"] if ".ERROR" in line else [line]


def minecraft(r, i, t):
    return [f"[{t.strftime('%H:%M:%S')}] [Server thread/{level(r)}]: {message(r)}"]


def csv_log(header, separator=",", time=lambda t: iso(t, 0, " "), number=str):
    def write(r, i, t):
        row = separator.join((time(t), level(r), r.choice(LOGGERS), number(took(r))))
        return [header.replace(",", separator), row] if i == 0 else [row]
    return write


def german(value):
    return str(value).replace(".", ",")


TIMED = r"time and text|level|logger|logback|structlog"
SHAPES = (
    Shape("structlog", TIMED, structlog, zoned=False, precision=1, counted=(r"^\S+ \S+ \[(\w+) *\]", "level")),
    Shape("structlog_trace", TIMED, structlog_trace, counted=(r"^\S+ \[(\w+) *\]", "level")),
    Shape("logback_short", TIMED, logback_short, zoned=False, counted=(r"^\d\S+ \S+ (\w+)", "level")),
    Shape("logback_thread", TIMED, logback_thread, zoned=False, counted=(r"^\d\S+ \S+ \S+ (\w+)", "level")),
    Shape("logback_method", TIMED, logback_method, zoned=False, counted=(r"^\d\S+ \S+ (\w+)", "level")),
    Shape("apt_history", "records of several lines", apt_history, zoned=False, precision=2),
    Shape("apt_term", "records of several lines", apt_term, zoned=False, precision=1),
    Shape("dpkg", "package changes", dpkg, zoned=False, precision=1, counted=(r"^\S+ \S+ (\S+)", None)),
    Shape("pipes_slashes", TIMED, piped("/"), zoned=False, precision=1, counted=(r"^\d\S+ \S+ \| (\w+)", "level")),
    Shape("pipes_dots", TIMED, piped(".", 3), zoned=False, counted=(r"^\d\S+ \S+ \| (\w+)", "level")),
    Shape("day_first", TIMED, day_first_plain, zoned=False, precision=1, counted=(r"^\S+ \S+ (\w+)", "level")),
    Shape("nlog", TIMED, nlog, zoned=False, counted=(r"^\d[^|]*\|(\w+)\|", "level")),
    Shape("jvm_gc", TIMED, gc, counted=(r"^\S+?\]\[(\w+)", "level")),
    Shape("jvm_gc_padded", TIMED, gc_padded, counted=(r"^\S+?\]\[\S+?\]\[(\w+)", "level")),
    Shape("jvm_gc_uptime", ".", gc_uptime, timed=False, counted=(r"^\S+?\]\[(\w+)", "level")),
    Shape("scrapy", TIMED, scrapy, zoned=False, precision=1, counted=(r"^\d\S+ \S+ \[\S+\] (\w+)", "level")),
    Shape("time_of_day", "time of day", time_of_day, timed=False, counted=(r"Router:(\w+):", "level")),
    Shape("uvicorn_timed", "uvicorn", uvicorn_after_time, zoned=False, precision=1, counted=(r'" (\d{3}) ', "status")),
    Shape("nats", TIMED, nats, zoned=False, counted=(r"\[([A-Z]{3})\]", "level")),
    Shape("dotnet", TIMED, dotnet, zoned=False, counted=(r"^\S+ \S+ (\w+):", "level")),
    Shape("dotnet_console", "dotnet", dotnet_console, timed=False, counted=(r"^(\w{4}): ", "level")),
    Shape("serilog", TIMED, serilog, counted=(r"^\d\S+ \S+ \S+ \[(\w+)\]", "level")),
    Shape("kafka", TIMED, kafka, zoned=False, counted=(r"^\[\S+ \S+\] (\w+)", "level")),
    Shape("elasticsearch", TIMED, elasticsearch, zoned=False, counted=(r"^\[\S+?\]\[(\w+) *\]", "level")),
    Shape("mongodb_text", TIMED, mongodb_text, counted=(r"^\S+ ([DIWE]) ", "level")),
    Shape("envoy_own", TIMED, envoy_own, zoned=False, counted=(r"^\[\S+ \S+?\]\[1\]\[(\w+)\]", "level")),
    Shape("hclog", TIMED, hclog, counted=(r"^\S+ \[(\w+)\]", "level")),
    Shape("airflow", TIMED, airflow, counted=(r"^\[\S+\] \S+ (\w+) - ", "level")),
    Shape("prefect", "time of day", prefect, timed=False, counted=(r"^\S+ \| (\w+)", "level")),
    Shape("ray", TIMED, ray, zoned=False, counted=(r"^\d\S+ \S+\s(\w+) ", "level")),
    Shape("raylet", TIMED, raylet, zoned=False, counted=(r"^\[\S+ \S+ ([DIWE]) ", "level")),
    Shape("vllm", ".", vllm, timed=False, counted=(r"^(\w+) ", "level")),
    Shape("gin", "requests in columns", gin, zoned=False, precision=1, counted=(r"\| (\d{3}) \|", "status")),
    Shape("torchserve", TIMED, torchserve, zoned=False, counted=(r"^\d\S+ \[(\w+) *\]", "level")),
    Shape("torchserve_access", TIMED, torchserve_access, zoned=False, counted=(r'" (\d{3}) ', "status")),
    Shape("mlserver", TIMED, mlserver, zoned=False, counted=(r"^\d\S+ \S+ \[\S+\] (\w+)", "level")),
    Shape("rails_development", "requests of several lines", rails_development, precision=1, counted=(r"^Completed (\d+) ", "status")),
    Shape("sidekiq", ".", sidekiq, counted=(r" (\w+): done", "level")),
    Shape("elixir", "level and text", elixir, timed=False, counted=(r" \[(\w+)\] ", "level")),
    Shape("elixir_dated", TIMED, elixir_dated, zoned=False, counted=(r" \[(\w+)\] ", "level")),
    Shape("journal_json", "^json$", journal_json, counted=(r'"PRIORITY": "(\d)"', "level")),
    Shape("crlf", TIMED, crlf, zoned=False, counted=(r"^\S+ \S+ (\w+) ", "level")),
    Shape("postgres_debian", "postgresql", postgres_debian, counted=(r" ([A-Z]+):  ", "level")),
    Shape("postgres_rds", "postgresql", postgres_rds, precision=1, counted=(r":([A-Z]+):  ", "level")),
    Shape("postgres_pgbadger", "postgresql", postgres_pgbadger, precision=1, counted=(r" ([A-Z]+):  ", "level")),
    Shape("jenkins", TIMED, jenkins, counted=(r"^\d\S+ \S+ \S+\t(\w+)\t", "level")),
    Shape("quarkus", TIMED, quarkus, zoned=False, counted=(r"^\d\S+ \S+ (\w+)", "level")),
    Shape("home_assistant", TIMED, home_assistant, zoned=False, counted=(r"^\d\S+ \S+ (\w+)", "level")),
    Shape("cassandra", TIMED, cassandra, zoned=False, counted=(r"^([A-Z]+) +\[", "level")),
    Shape("fail2ban", TIMED, fail2ban, zoned=False, counted=(r"\[9\]: (\w+)", "level")),
    Shape("php_fpm", TIMED, php_fpm, zoned=False, precision=1, counted=(r"^\[\S+ \S+\] (\w+)", "level")),
    Shape("monolog", TIMED, monolog, counted=(r"^\[\S+\] \w+\.(\w+)", "level")),
    Shape("laravel", TIMED, laravel, zoned=False, precision=1, counted=(r"^\[\S+ \S+\] \w+\.(\w+)", "level")),
    Shape("minecraft", "level and text", minecraft, timed=False, counted=(r"thread/(\w+)\]", "level")),
)
