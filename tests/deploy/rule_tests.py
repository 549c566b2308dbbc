"""Runs the rule tests that `leeway rules` writes, each alert by itself: promtool evaluates every rule of a file in every
step of every test, so the parts take it a seventh of the time of the whole."""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import tempfile

import yaml

LOADER = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)
DUMPER = getattr(yaml, 'CSafeDumper', yaml.SafeDumper)


def needed(records, rule):
    """The groups with only those recording rules that the rule reads, directly or not: promtool evaluates all of them in
    each step of a test."""
    wanted, expressions = set(), [rule['expr']]
    rules = [record for group in records for record in group['rules']]
    while expressions:
        names = set(re.findall(r'[\w:]+', expressions.pop())) - wanted
        found = [record for record in rules if record.get('record') in names]
        wanted |= {record['record'] for record in found}
        expressions += [record['expr'] for record in found]
    kept = [{**group, 'rules': [record for record in group['rules'] if record.get('record') in wanted]} for group in records]
    return [group for group in kept if group['rules']]


def divided(directory):
    """Yields each test file of a directory in parts, one an alert, as (name, content of rules.yml, content of the test): the
    tests of the alert, and only those rules that they ask about or that these read."""
    folder = pathlib.Path(directory)
    groups = yaml.load((folder / 'rules.yml').read_text(), LOADER)['groups']
    records = [{**group, 'rules': [rule for rule in group['rules'] if 'record' in rule]} for group in groups]
    for path in sorted(folder.glob('rules_test*.yml')):
        content = yaml.load(path.read_text(), LOADER)
        for name in sorted({test['name'].split(':')[0] for test in content['tests']}):
            tests = [test for test in content['tests'] if test['name'].split(':')[0] == name]
            asked, rules = json.dumps(tests), []
            for _ in range(3):  # an alert may read the state of another
                rules = [rule for group in groups for rule in group['rules']
                         if 'alert' in rule and re.search(rf'\b{rule["alert"]}\b', asked)]
                asked += ' '.join(rule['expr'] for rule in rules)
            read = {json.dumps(group) for rule in rules for group in needed(records, rule)}
            kept = []
            for group in groups:
                names = {rule['record'] for text in read for part in [json.loads(text)] if part['name'] == group['name']
                         for rule in part['rules']}
                own = [rule for rule in group['rules'] if rule.get('record') in names or rule in rules]
                kept += [{**group, 'rules': own}] if own else []
            order = [group['name'] for group in kept]
            yield (f'{path.name}: {name}', {'groups': kept},
                   {**content, 'rule_files': ['rules.yml'], 'group_eval_order': order, 'tests': tests})


def failure(rules, test):
    """What promtool says of a test that fails, or nothing."""
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory)
        (folder / 'rules.yml').write_text(yaml.dump(rules, Dumper=DUMPER))
        (folder / 'test.yml').write_text(yaml.dump(test, Dumper=DUMPER))
        done = subprocess.run(['promtool', 'test', 'rules', folder / 'test.yml'], capture_output=True, text=True, timeout=900)
    return '' if done.returncode == 0 else done.stdout + done.stderr


def failures(directory):
    """(name, output of promtool) of each part with a test that fails; and the number of tests."""
    parts = list(divided(directory))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        outputs = pool.map(lambda part: failure(*part[1:]), parts)
    return ([(name, output) for (name, _, _), output in zip(parts, outputs) if output],
            sum(len(test['tests']) for _, _, test in parts))
