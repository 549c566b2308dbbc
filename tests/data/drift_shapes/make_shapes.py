#!/usr/bin/env python3
"""Three tables as they are in practice, a day at a time: 60 healthy days, and one with a fault that truth.json names.

orders: 60 columns of all kinds, a directory a day with two part files. ratings: answers of 1 to 5 to twelve questions, a
file a day. sensors: readings of eight sensors that people round, one log. The same seed gives the same bytes.
Usage: make_shapes.py DIRECTORY [SEED]
"""

import csv
import json
import pathlib
import random
import sys

NAMES = ("orders", "ratings", "sensors")
DAYS = 60
FAULT = DAYS  # the number of the day with the fault
DAY = 86_400
BEGIN = 1_767_225_600  # of day 0: 2026-01-01


def chosen(draw, levels, skew):
    """One of `levels` categories, of which the k-th has a share that falls as k to the power of `skew`."""
    return f"c{int((levels + 1) ** (draw.random() ** skew)):02}"


def rounded(draw, value):
    """As people note it: in halves, in whole numbers or with two digits."""
    chance = draw.random()
    return round(value) if chance < 0.25 else round(2 * value) / 2 if chance < 0.4 else round(value, 2)


def poisson(draw, mean):
    count, time = 0, draw.expovariate(mean)
    while time < 1:
        count, time = count + 1, time + draw.expovariate(mean)
    return count


def maybe(draw, missing, value):
    return "" if draw.random() < missing else value


def order(draw, number, day):
    """A row of the orders: groups of columns that depend on each other."""
    row = {"order_id": number, "created_at": BEGIN + day * DAY + number % DAY}
    size, habit = draw.gauss(0, 1), draw.gauss(0, 1)
    for i in range(12):
        row[f"measure_{i:02}"] = round(10 * i + (0.5 * size if i < 6 else 0) + draw.gauss(0, 1 + i % 4), 3)
    for i in range(10):
        row[f"amount_{i:02}"] = round(draw.lognormvariate(2 + (0.4 * habit if i < 5 else 0), 0.5 + 0.1 * i), 2)
    for i in range(6):
        row[f"count_{i:02}"] = poisson(draw, 0.5 + i)
    for i, share in enumerate((0.01, 0.05, 0.2, 0.5)):
        row[f"flag_{i}"] = int(draw.random() < share)
    for i in range(4):
        row[f"stars_{i}"] = maybe(draw, 0.1 * i, min(5, max(1, round(draw.gauss(4.2 - 0.3 * i, 1.1)))))
    for i in range(5):
        row[f"discount_{i}"] = 0 if draw.random() < 0.75 + 0.04 * i else round(draw.lognormvariate(1, 0.8), 2)
    for i in range(5):
        row[f"weight_{i}"] = rounded(draw, 20 + 2 * i + 4 * draw.gauss(0, 1))
    for i, levels in enumerate((2, 4, 9, 30, 90, 300)):
        row[f"kind_{i}"] = maybe(draw, 0.02 * i, chosen(draw, levels, 1 + i % 2))
    row["is_gift"] = "true" if draw.random() < 0.07 else "false"
    row["note_length"] = maybe(draw, 0.6, int(draw.expovariate(0.02)))
    row["referrer_rank"] = maybe(draw, 0.9, int(draw.paretovariate(1.2)))
    row["schema_version"] = 3
    row["currency"] = "EUR"
    row["price"] = 9.99 if draw.random() < 0.3 else round(draw.uniform(1, 40), 2)
    row["hour_share"] = round(draw.betavariate(2, 5), 4)
    row["distance_km"] = round(draw.gammavariate(2, 3), 1)
    return row


def write_table(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_suffix(".new"), "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    path.with_suffix(".new").rename(path)


def orders_of(draw, day, count):
    return [order(draw, number, day) for number in range(count)]


def write_orders(directory, draw, day):
    """Of the day with the fault, the second part file has lost a join: its distances are 0. A day appears as a whole."""
    for part in range(2):
        rows = orders_of(draw, day, draw.randint(270, 330))
        if day == FAULT and part == 1:
            for row in rows:
                row["distance_km"] = 0
        write_table(directory / f"orders/.writing/part-{part}.csv", rows)
    (directory / "orders/.writing/_SUCCESS").touch()
    (directory / "orders/.writing").rename(directory / f"orders/day={day:03}")


def answer(draw, day):
    """Who likes one thing likes others. On the day with the fault a form shows the answer 5 to question 4 first."""
    mood, row = draw.gauss(0, 0.6), {}
    for i in range(12):
        stars = min(5, max(1, round(draw.gauss(4.6 - 0.2 * i + mood, 1))))
        if day == FAULT and i == 4 and draw.random() < 0.25:
            stars = 5
        row[f"q{i + 1:02}"] = maybe(draw, 0.02 * i, stars)
    return row


def write_ratings(directory, draw, day):
    write_table(directory / f"ratings/answers-{day:03}.csv", [answer(draw, day) for _ in range(draw.randint(450, 550))])


def write_sensors(directory, draw, day, last):
    """A reading every two minutes of each sensor, which resembles the one before. On the day with the fault sensor s5 is
    off by half a standard deviation."""
    lines = []
    for minute in range(0, 1440, 2):
        reading = {"ts": BEGIN + day * DAY + 60 * minute}
        for i in range(8):
            last[i] = 0.3 * last.get(i, 0) + draw.gauss(0, 1)
            value = 20 + 5 * i + (1 + i % 3) * (last[i] + (0.5 if day == FAULT and i == 4 else 0))
            if draw.random() >= 0.01 * i:
                reading[f"s{i + 1}"] = rounded(draw, value)
        lines.append(json.dumps(reading) + "\n")
    (directory / "sensors").mkdir(parents=True, exist_ok=True)
    with open(directory / "sensors/readings.log", "a") as log:
        log.write("".join(lines))


class Shapes:
    """Writes one of the tables, or several, one day after the other."""

    def __init__(self, directory, seed=1, names=NAMES):
        self.directory = pathlib.Path(directory)
        self.draws = {name: random.Random(f"{name} {seed}") for name in names}
        self.readings = {}
        for name in names:
            self.write_reference(name, random.Random(f"reference of {name} {seed}"))

    def write_reference(self, name, draw):
        """Rows from before day 0, with which the configurations compare; of the sensors, 20 days of the log."""
        if name == "orders":
            write_table(self.directory / "reference/orders.csv", orders_of(draw, -1, 6000))
        elif name == "ratings":
            write_table(self.directory / "reference/ratings.csv", [answer(draw, -1) for _ in range(5000)])
        else:
            for day in range(-20, 0):
                self.write(name, day)

    def write(self, name, day):
        draw = self.draws[name]
        if name == "orders":
            write_orders(self.directory, draw, day)
        elif name == "ratings":
            write_ratings(self.directory, draw, day)
        else:
            write_sensors(self.directory, draw, day, self.readings)


if __name__ == "__main__":
    shapes = Shapes(sys.argv[1], *sys.argv[2:])
    for each in NAMES:
        for number in range(DAYS + 1):
            shapes.write(each, number)
