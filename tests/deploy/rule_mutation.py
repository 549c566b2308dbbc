"""Moves each threshold and each `for` of a rendered rule file by a tenth, a band by one, and says which
moves no test notices.

Usage: rule_mutation.py DIRECTORY [ALERT]...    (a directory with rules.yml and rules_test*.yml)
"""

import concurrent.futures
import copy
import glob
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

# A number that is compared with or multiplied: "> 14.4 * 0.001", not what stands in [5m] or "quotes".
THRESHOLD = re.compile(r'(?P<before>(?:[<>]=?|\*|[<>] -?[0-9.e+-]+ \*)\s+)(?P<number>-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)(?![\w.])')
DURATION = re.compile(r'(\d+)(ms|[smhdwy])')
SECONDS = {'ms': 0.001, 's': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 604800, 'y': 31536000}


def seconds(text):
    return sum(int(number) * SECONDS[unit] for number, unit in DURATION.findall(text))


def guards(expr, match):
    """Whether the number only keeps a denominator above 0, or is the comparison of a `while`."""
    return expr[: match.end()].endswith('> 0') and expr[match.end() : match.end() + 1] == ')'


def mutants(rule, interval):
    """Yields a description and a changed copy for each threshold, up and down, and for `for`. `interval`: seconds between
    the evaluations of its tests; to wait less than that longer or shorter makes no difference."""
    expr = rule['expr']
    head = expr.split('\nand on ()\n')[0]
    for match in THRESHOLD.finditer(head):
        number = float(match['number'])
        if number == 0 or guards(expr, match):
            continue
        # Bands are whole numbers: the next one is the smallest change that is one.
        moved_to = (number - 1, number + 1) if '_band' in head else (number * 0.9, number * 1.1)
        for moved in moved_to:
            changed = copy.deepcopy(rule)
            changed['expr'] = expr[: match.start('number')] + repr(moved) + expr[match.end('number') :]
            yield f"{match['number']} -> {moved}", changed
    if 'for' in rule:
        step = max(interval, seconds(rule['for']) / 10)
        for moved in (seconds(rule['for']) - step, seconds(rule['for']) + step):
            changed = copy.deepcopy(rule)
            changed['for'] = f'{int(max(moved, 0) * 1000)}ms'
            yield f"for {rule['for']} -> {int(moved)}s", changed


def passes(rules, tests):
    """Whether promtool finds the tests (a list of files' contents) true of the rules."""
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory)
        (folder / 'rules.yml').write_text(yaml.safe_dump(rules))
        names = []
        for index, content in enumerate(tests):
            path = folder / f'test{index}.yml'
            path.write_text(yaml.safe_dump(content))
            names.append(str(path))
        return subprocess.run(['promtool', 'test', 'rules', *names], capture_output=True).returncode == 0


def same_alert(test, rule):
    """The tests of a rule are named after it, and have its SLO in their input."""
    slo = rule.get('labels', {}).get('slo')
    if not test['name'].startswith(rule['alert'] + ':'):
        return False
    return slo is None or not test['input_series'] or any(f'slo="{slo}"' in s['series'] for s in test['input_series'])


def survivors(directory, names=(), excluded=()):
    """(alert, labels, change) for every change that no test notices; and how many changes there were. Of all alerts or
    those named, but for the excluded ones: those whose tests were written by hand."""
    folder = pathlib.Path(directory)
    rules = yaml.safe_load((folder / 'rules.yml').read_text())
    files = [yaml.safe_load(pathlib.Path(f).read_text()) for f in sorted(glob.glob(str(folder / 'rules_test*.yml')))]
    records = [g for g in rules['groups'] if any('record' in r for r in g['rules'])]
    jobs = []
    for group in rules['groups']:
        for rule in group['rules']:
            if 'alert' not in rule or rule['alert'] in excluded or (names and rule['alert'] not in names):
                continue
            tests = []
            for content in files:
                own = [t for t in content['tests'] if same_alert(t, rule)]
                if own:
                    tests.append({**content, 'tests': own})
            interval = max((seconds(content['evaluation_interval']) for content in tests), default=60)
            for change, mutant in mutants(rule, interval):
                jobs.append((rule, change, {'groups': records + [{'name': group['name'], 'rules': [mutant]}]}, tests))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        noticed = pool.map(lambda job: not passes(job[2], job[3]), jobs)
        missed = [(job[0]['alert'], job[0].get('labels', {}), job[1]) for job, seen in zip(jobs, noticed) if not seen]
    return missed, len(jobs)


def main():
    missed, count = survivors(sys.argv[1], sys.argv[2:])
    for alert, labels, change in missed:
        print(f'{alert} {labels}: {change}: no test fails')
    print(f'{count - len(missed)} of {count} changes noticed')
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
