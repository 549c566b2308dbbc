"""Shapes of lines that the documentation of programs shows, and of which tests/data/init_logs has an excerpt. Nothing
here runs a program."""

from . import program
from .program import Program

ISO = (r"^\[?(\d{4}-\S+ \d\S+?)[\]\s]", "%Y-%m-%d %H:%M:%S,%f")
WORDS = {**program.LEVELS, "info": "info", "log": "info"}


def known(name, record, number, time, words=None):
    """Lines that begin a record; the first number and its label; how lines tell the time."""
    return Program(name, "", [], None, ".*", record, number, time, WORDS if words is None else words)


DOCUMENTED = [
    known("structlog", r"^\d{4}-", (r"^\S+ \S+ \[(\w+) *\]", "level"), (r"^(\d{4}-\S+ \S+) ", "%Y-%m-%d %H:%M:%S")),
    known("logback-short", r"^\d{4}-", (r"^\d{4}-\S+ \S+ (\w+)", "level"), ISO),
    known("apt-history", "^Start-Date", ("^Start-Date", None), (r"^Start-Date: (\S+ +\S+)", "%Y-%m-%d %H:%M:%S")),
    known("apt-term", "^Log started", ("^Log started", None), (r"^Log started: (\S+ +\S+)", "%Y-%m-%d %H:%M:%S")),
    known("pipes", r"^\d\d/", (r"^\S+ \S+ \| (\w+) \|", "level"), (r"^(\d\d/\S+ \S+) ", "%d/%m/%Y %H:%M:%S")),
    known("day-first", r"^\d\d\.", (r"^\S+ \S+ (\w+)", "level"), (r"^(\d\d\.\S+ \S+) ", "%d.%m.%Y %H:%M:%S,%f")),
    known("jvm-gc", r"^\[\d", (r"^\S+?\]\[(\w+)", "level"), (r"^\[([^\]]+)\]", "%Y-%m-%dT%H:%M:%S.%f%z")),
    known("jvm-gc-uptime", r"^\[\d", (r"^\S+?\]\[(\w+)", "level"), ()),
    known("cells", r"^\d\d\.", (r"^\d\d\.[^;]*;[^;]*;(\w+);", "level"), (r"^(\d\d\.[^;]*);", "%d.%m.%Y %H:%M")),
    known("kafka", r"^\[\d", (r"^\[\S+ \S+\] (\w+) ", "level"), ISO),
    known("elasticsearch", r"^\[\d", (r"^\S+?\]\[(\w+) *\]", "level"), (r"^\[(\d{4}-\S+?)\]", "%Y-%m-%dT%H:%M:%S,%f")),
    known("hclog", r"^\d{4}-", (r"^\S+ \[(\w+)\]", "level"), (r"^(\d{4}-\S+) ", "%Y-%m-%dT%H:%M:%S.%f%z")),
    known("airflow", r"^\[\d", (r"^\S+ \S+ (\w+) - ", "level"), (r"^\[([^\]]+)\]", "%Y-%m-%dT%H:%M:%S.%f%z")),
    known("gin", r"^\[GIN\]", (r"\| (\d{3}) \|", "status"), (r"^\[GIN\] (\S+ - \S+)", "%Y/%m/%d - %H:%M:%S"), {}),
    known("rails", "^Started", (r"^Completed (\d+) ", "status"), (r"^Started .* at (\S+ \S+ \S+)$", "%Y-%m-%d %H:%M:%S %z"), {}),
    known("monolog", r"^\[\d", (r"^\S+ \w+\.(\w+):", "level"), (r"^\[([^\]]+)\]", "%Y-%m-%dT%H:%M:%S.%f%z")),
    known("cassandra", r"^[A-Z]+ +\[", (r"^([A-Z]+) +\[", "level"), (r"\] (\d{4}-\S+ \S+) ", "%Y-%m-%d %H:%M:%S,%f")),
    known("quarkus", r"^\d{4}-", (r"^\S+ \S+ (\w+)", "level"), ISO),
    known("torchserve-access", r"^\d{4}-", (r'" (\d{3}) ', "status"), (r"^(\d{4}-\S+) ", "%Y-%m-%dT%H:%M:%S,%f"), {}),
    known("mariadb-error", r"^\d{4}-", (r"^\d\S+ +\S+ \d+ \[(\w+)\]", "level"), (r"^(\d{4}-\S+ +\S+) ", "%Y-%m-%d %H:%M:%S"),
          {"note": "info", "warning": "warning", "error": "error"}),
]
