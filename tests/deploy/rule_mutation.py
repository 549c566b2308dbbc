"""Changes each threshold and each `for` of a rendered rule file by a tenth, a band by one, and lists the changes that no
test notices.

Usage: rule_mutation.py DIRECTORY [ALERT]...    (a directory with rules.yml and rules_test*.yml)
"""

import concurrent.futures
import copy
import glob
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

from rule_tests import LOADER, needed

# A number that is compared or multiplied: "> 14.4 * 0.001", not the content of [5m] or "quotes".
THRESHOLD = re.compile(r'(?P<before>(?:[<>]=?|\*|[<>] -?[0-9.e+-]+ \*)\s+)(?P<number>-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)(?![\w.])')
DURATION = re.compile(r'(\d+)(ms|[smhdwy])')
MONITORS = ('slo', 'quality', 'drift', 'change', 'state')  # labels of alerts about one of them
SECONDS = {'ms': 0.001, 's': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 604800, 'y': 31536000}


def seconds(text):
    return sum(int(number) * SECONDS[unit] for number, unit in DURATION.findall(text))


def guards(expr, match):
    """Whether the number only keeps a denominator above 0, or belongs to the comparison of a `while`."""
    return expr[: match.end()].endswith('> 0') and expr[match.end() : match.end() + 1] == ')'


def mutants(rule, interval):
    """Yields a description and a changed copy for each threshold, up and down, and for `for`. `interval`: seconds between
    the evaluations of its tests; a change of `for` by less than that makes no difference."""
    expr = rule['expr']
    head = expr.split('\nand on ()\n')[0]
    for match in THRESHOLD.finditer(head):
        number = float(match['number'])
        if number == 0 or guards(expr, match):
            continue
        # Bands and numbers of runs are integers: the next one is the smallest change.
        moved_to = (number - 1, number + 1) if '_band' in head or '_unjudged_runs' in head else (number * 0.9, number * 1.1)
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


def for_alert(test, old, new):
    """The test for an alert with another name. What it expects of other alerts stays."""
    changed = copy.deepcopy(test)
    for expected in changed.get('alert_rule_test', []):
        if expected['alertname'] == old:
            expected['alertname'] = new
    for expected in changed.get('promql_expr_test', []):
        expected['expr'] = expected['expr'].replace(f'alertname="{old}"', f'alertname="{new}"')
    return changed


def failing(group, records, name, rules, content):
    """The indices of the rules for which a test of the file fails in promtool. They are evaluated together, each under a
    name of its own, which promtool mentions only if something is wrong."""
    renamed = [{**rule, 'alert': f'{name}__{index}',
                'expr': rule['expr'].replace(f'alertname="{name}"', f'alertname="{name}__{index}"')}
               for index, rule in enumerate(rules)]
    tests = []
    for test in content['tests']:
        copies = [for_alert(test, name, rule['alert']) for rule in renamed]
        tests.append({**test, **{key: [expected for one in copies for expected in one[key]]
                                 for key in ('alert_rule_test', 'promql_expr_test') if key in test}})
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory)
        (folder / 'rules.yml').write_text(json.dumps({'groups': [*records, {'name': group, 'rules': renamed}]}))
        (folder / 'test.yml').write_text(json.dumps({**content, 'tests': tests}))  # JSON is YAML
        done = subprocess.run(['promtool', 'test', 'rules', folder / 'test.yml'], capture_output=True, text=True)
    found = {int(index) for index in re.findall(rf'\b{name}__(\d+)\b', done.stdout + done.stderr)}
    if bool(found) != (done.returncode != 0):
        raise AssertionError(f'{name}: {done.stdout}{done.stderr}')
    return found


def same_alert(test, rule):
    """The tests of a rule are named after it, they expect its labels, and their input contains the SLO or monitor that its
    labels name: several rules may share a name."""
    if not test['name'].startswith(rule['alert'] + ':'):
        return False
    expected = [alert['exp_labels'] for one in test.get('alert_rule_test', []) for alert in one['exp_alerts']]
    if any(alert.get('after') != rule.get('labels', {}).get('after') for alert in expected):
        return False
    series = [s['series'] for s in test['input_series']]
    own = [f'{label}="{value}"' for label, value in rule.get('labels', {}).items() if label in MONITORS]
    return not series or all(any(pair in one for one in series) for pair in own)


def survivors(directory, names=(), excluded=()):
    """(alert, labels, change) for every change that no test notices; and the number of changes. For all alerts or the named
    ones, except the excluded ones, whose tests were written by hand."""
    folder = pathlib.Path(directory)
    rules = yaml.load((folder / 'rules.yml').read_text(), LOADER)
    files = [yaml.load(pathlib.Path(f).read_text(), LOADER) for f in sorted(glob.glob(str(folder / 'rules_test*.yml')))]
    records = [g for g in rules['groups'] if any('record' in r for r in g['rules'])]
    changes = []  # a rule with its (description, changed copy)
    jobs = []  # the index of a rule in `changes`, and the arguments of failing()
    for group in rules['groups']:
        for rule in group['rules']:
            name = rule.get('alert')
            if name is None or name in excluded or (names and name not in names):
                continue
            tests = []
            for content in files:
                own = [t for t in content['tests'] if same_alert(t, rule)]
                if own:
                    tests.append({**content, 'tests': own})
            interval = max((seconds(content['evaluation_interval']) for content in tests), default=60)
            changed = list(mutants(rule, interval))
            # The last one is the unchanged rule, for which no test may fail.
            together = [mutant for _, mutant in changed] + [rule]
            read = needed(records, rule)
            jobs += [(len(changes), (group['name'], read, name, together, content)) for content in tests]
            changes.append((rule, changed))
    noticed = [set() for _ in changes]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (index, _), found in zip(jobs, pool.map(lambda job: failing(*job[1]), jobs)):
            noticed[index] |= found
    missed = []
    for (rule, changed), seen in zip(changes, noticed):
        if len(changed) in seen:
            raise AssertionError(f"{rule['alert']} {rule.get('labels')}: its own tests fail")
        missed += [(rule['alert'], rule.get('labels', {}), change)
                   for index, (change, _) in enumerate(changed) if index not in seen]
    return missed, sum(len(changed) for _, changed in changes)


def main():
    missed, count = survivors(sys.argv[1], sys.argv[2:])
    for alert, labels, change in missed:
        print(f'{alert} {labels}: {change}: no test fails')
    print(f'{count - len(missed)} of {count} changes noticed')
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
