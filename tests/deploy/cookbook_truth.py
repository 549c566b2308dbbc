"""What the samples of deploy/examples hold, counted with Python's json and re: the series that the recipes have to give."""

import collections
import datetime
import json
import re
import zoneinfo


def series(name, **labels):
    """Its key, as in exposition.py."""
    return name, tuple(sorted((key, str(value)) for key, value in labels.items() if value not in (None, "")))


def slo(counts, name, good, **labels):
    counts[series("leeway_slo_events_total", slo=name, **labels)] += 1
    counts[series("leeway_slo_bad_events_total", slo=name, **labels)] += 0 if good else 1


def observe(counts, name, value, **labels):
    counts[series(f"{name}_count", **labels)] += 1
    counts[series(f"{name}_sum", **labels)] += value


def json_lines(path):
    return map(json.loads, path.read_text().splitlines())


LEVELS = {"INFO": "info", "ERROR": "error", "WARNING": "warning", 30: "info", 50: "error"}


def fastapi(folder):
    counts = collections.Counter()
    for line in json_lines(folder / "app.log"):
        counts[series("log_records_total", level=LEVELS[line["level"]])] += 1
        if "status" in line:
            counts[series("http_requests_total", method=line["method"], route=line["route"], status=line["status"])] += 1
            observe(counts, "http_request_duration_seconds", line["duration_ms"] / 1000, route=line["route"])
            slo(counts, "availability", line["status"] < 500)
            if line["route"] != "/health":
                slo(counts, "latency", line["duration_ms"] < 1000)
    return counts


def express(folder):
    counts = collections.Counter()
    for line in json_lines(folder / "app.log"):
        counts[series("log_records_total", level=LEVELS[line["level"]])] += 1
        if "res" in line:
            status = line["res"]["statusCode"]
            counts[series("http_requests_total", method=line["req"]["method"], route=line["route"], status=status)] += 1
            observe(counts, "http_request_duration_seconds", line["responseTime"] / 1000, route=line["route"])
            slo(counts, "availability", status < 500)
            slo(counts, "latency", line["responseTime"] < 250)
    return counts


def nginx(folder):
    counts = collections.Counter()
    for line in (folder / "access.log").read_text().splitlines():
        request, status = line.split('"')[1], int(line.split('" ')[1].split()[0])
        took = float(line.rsplit(" ", 3)[1])
        words = request.split() if request.endswith("HTTP/1.1") else ["", "", ""]
        route = "other" if status in (400, 404, 405) else re.sub(r"/\d+$", "/{id}", words[1])
        counts[series("http_requests_total", method=words[0], route=route, status=status)] += 1
        observe(counts, "http_request_duration_seconds", took)
        counts[series("upstream_failures_total")] += status in (502, 504)
        if words[0]:
            slo(counts, "availability", status < 500)
            slo(counts, "latency", took < 1)
    return counts


def spring(folder):
    counts = collections.Counter()
    previous = ""
    for line in (folder / "orders.log").read_text().splitlines():
        if re.match(r"\d{4}-", line):
            counts[series("log_records_total", level=LEVELS[line.split()[1]])] += 1
        if found := re.search(r" shop\.requests +: (\S+) (\S+) (\d+) (\S+) ms$", line):
            method, route, status, took = found[1], found[2], int(found[3]), float(found[4]) / 1000
            counts[series("http_requests_total", method=method, route=route, status=status)] += 1
            observe(counts, "http_request_duration_seconds", took, route=route)
            slo(counts, "availability", status < 500)
            slo(counts, "latency", took < 0.5)
        if not previous and re.match(r"[\w.]+: ", line):
            counts[series("exceptions_total", exception=line.split(":")[0])] += 1
        previous = line
    return counts


def batch(folder):
    counts = collections.Counter()
    text = (folder / "nightly.log").read_text()
    for outcome in ("success", "failure"):
        counts[series("nightly_run_ended_total", outcome=outcome)] = text.count(f"status={outcome}")
        last = re.findall(rf"^(\S+ \S+),(\d+) \w+ run=\S+ state=finished status={outcome} rows=(\d+)", text, re.MULTILINE)[-1]
        local = datetime.datetime.fromisoformat(last[0]).replace(tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
        counts[series(f"nightly_run_last_{outcome}_timestamp_seconds")] = local.timestamp() + int(last[1]) / 1000
        if outcome == "success":
            counts[series("nightly_rows_loaded")] = int(last[2])
    counts[series("nightly_rows_rejected_total", reason="bad_price")] = sum(map(int, re.findall(r"rejected=(\d+)", text)))
    counts[series("nightly_run_duration_seconds_count")] = text.count("status=")
    return counts


def answer(counts, line, by, **labels):
    """One request of the two services whose containers are watched together."""
    status = line.get("status", line.get("res", {}).get("statusCode"))
    if status is not None:
        counts[series("http_requests_total", route=line["route"], status=status, **labels)] += 1
        slo(counts, "availability", status < 500, service=by)
    return status


def kubernetes(folder):
    counts = collections.Counter()
    for path in folder.glob("pods/*/*/*.log"):
        pod, container = path.parts[-3].split("_")[1], path.parts[-2]
        for text in path.read_text().splitlines():
            line = json.loads(text.split(" ", 3)[3])
            answer(counts, line, container, namespace="shop", pod=pod, container=container)
            if LEVELS[line["level"]] == "error":
                counts[series("log_errors_total", namespace="shop", pod=pod, container=container)] += 1
    return counts


def compose(folder):
    counts = collections.Counter()
    for path in folder.glob("containers/*/*.log"):
        for outer in json_lines(path):
            line, service = json.loads(outer["log"]), outer["attrs"]["tag"]
            counts[series("log_records_total", service=service, level=LEVELS[line["level"]])] += 1
            if answer(counts, line, service, service=service) is not None:
                took = line["duration_ms"] if "duration_ms" in line else line["responseTime"]
                observe(counts, "http_request_duration_seconds", took / 1000, service=service)
    return counts


PRICES = {"large-2": (2.5, 1.25, 10), "small-1": (0.15, 0.075, 0.6)}


def llm(folder):
    counts = collections.Counter()
    for line in json_lines(folder / "calls.log"):
        model, purpose, error = line["model"], line["purpose"], line.get("error")
        counts[series("llm_calls_total", model=model, purpose=purpose, outcome=error or line["finish_reason"])] += 1
        observe(counts, "llm_call_duration_seconds", line["seconds"], model=model)
        slo(counts, "calls-answered", not error)
        if not error:
            sent, cached, received = line["input_tokens"], line["cached_tokens"], line["output_tokens"]
            counts[series("llm_input_tokens_total", model=model, purpose=purpose)] += sent
            counts[series("llm_output_tokens_total", model=model, purpose=purpose)] += received
            price = PRICES[model]
            cost = (sent - cached) * price[0] + cached * price[1] + received * price[2]
            counts[series("llm_cost_usd_total", model=model, purpose=purpose)] += cost / 1e6
    return counts
