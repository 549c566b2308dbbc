"""Random records, expressions in the language that Leeway shares with CEL, and what differs. Used by cel_test.py."""

import collections
import json
import re

NUMBERS = [0, 1, -1, 2, 3, 5, 7, 10, 200, 404, 503, 0.5, 1.5, -2.25, 3.0, 1e6, 1e21, 1e-7, 1e300, 100000.0,
           2**53, 2**53 + 1, 2**63 - 1, -2**63, 0.1, 4.9]
TEXTS = ["", "a", "b", "GET", "api/x", "é!", "200", "-7", "+5", "+-5", " 42 ", "4.9", "1e-400", "1e400", "1e6", "true",
         "True", "T", "f", "0", "yes", "null", "2025-08-25T19:27:04Z", "2025-08-25T21:27:04.5+02:00",
         "2025-08-25T21:27:04", "yesterday", "1h2m3.5s", "-5ms", "15µs", "90s", "PT1.5S", "1 day, 2:03:04", "30d", "2 min", "1.02:03:04", "OFF",
         "300000000h", "\u00a0 a\u3000b\u2028", "a-b-é-", "aaa"]
WORDS = ["a", "GET", "api", "x", "!", "é", "200", "true", "2025-08-25T19:27:04Z", "1h2m3.5s", "90s"]
SEPARATORS = ["-", "a", "/", " ", ":", "é", "00"]
ADDRESSES = ['"10.1.2.3"', '"10.1.130.3"', '"11.1.2.3"', '"::1"', '"2001:db8::1"', '"2001:db8:8000::1"', '"10.1.2.256"',
             '"010.1.2.3"', '"10.1.2"', '"::g"', '"1:2:3:4:5:6:7:8:9"', '"fe80::1%eth0"', '""']
OPTIONAL = ["o.?p", "o.?z", "l[?0]", 'o[?"p"]']
ABSENT = object()


def pick_value(chance, usual):
    """A value for a field: usually one of `usual`, sometimes of another type, null or absent."""
    roll = chance.random()
    if roll < 0.84:
        return chance.choice(usual)
    return chance.choice([None, ABSENT, ABSENT, True, 1, 2.5, "a", "200", [1, "a"], {"p": 1}, [], {}])


def record(chance):
    """The fields x and y are numbers, s and t texts, b and c booleans, o an object, l a list; not always."""
    fields = {"x": pick_value(chance, NUMBERS), "y": pick_value(chance, NUMBERS), "s": pick_value(chance, TEXTS),
              "t": pick_value(chance, TEXTS), "b": pick_value(chance, [True, False]),
              "c": pick_value(chance, [True, False]),
              "o": pick_value(chance, [{"p": chance.choice(NUMBERS), "q": {"r": chance.choice(TEXTS)}}, {"p": None},
                                       {}]),
              "l": pick_value(chance, [[10, "a", {"k": 7}], [chance.choice(NUMBERS)], []])}
    return json.dumps({name: value for name, value in fields.items() if value is not ABSENT}, ensure_ascii=False)


def literal(value):
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (str, int, bool)) else repr(value)


def number(chance, depth):
    forms = [lambda: chance.choice("xy"), lambda: chance.choice("xy"), lambda: literal(chance.choice(NUMBERS)),
             lambda: chance.choice(["0xff", "-0x10", "0x0"]),
             lambda: chance.choice(["o.p", "l[0]", 'o["p"]', "l[2].k", "o.q.z"])]
    if depth > 0:
        forms += [lambda: f"({number(chance, depth - 1)} {chance.choice('+-*/%+-*')} {number(chance, depth - 1)})"] * 2
        forms += [lambda: f"int({chance.choice([number, text, instant])(chance, depth - 1)})",
                  lambda: f"double({chance.choice([number, text])(chance, depth - 1)})",
                  lambda: f"size({chance.choice(['s', 't', 'l', 'o', text(chance, depth - 1)])})",
                  lambda: f"{text(chance, depth - 1)}.{chance.choice(['indexOf', 'lastIndexOf'])}({text(chance, 0)})",
                  lambda: f"{chance.choice(['l', 'l', 'o'])}[{number(chance, depth - 1)}]", lambda: f"o[{text(chance, 0)}]",
                  lambda: rounded(chance, depth),
                  lambda: time_part(chance, depth),
                  lambda: f"{chance.choice(OPTIONAL)}.orValue({number(chance, depth - 1)})",
                  lambda: f"-{number(chance, 0)}", lambda: f"({chance.choice('xy')} % -1)",
                  lambda: branch(chance, number, depth)]
    return chance.choice(forms)()


def time_part(chance, depth):
    if chance.random() < 0.3:
        return f"{length(chance, depth - 1)}.get{chance.choice(['Hours', 'Minutes', 'Seconds', 'Milliseconds'])}()"
    name = chance.choice(["FullYear", "Month", "Date", "DayOfWeek", "Hours", "Minutes", "Seconds", "Milliseconds"])
    zone = chance.choice(["", "", '"UTC"', '"Europe/Berlin"', '"America/New_York"', '"+05:30"', '"Asia/Kathmandu"'])
    return f"{instant(chance, depth - 1)}.get{name}({zone})"


def rounded(chance, depth):
    operand = number(chance, depth - 1)
    if chance.random() < 0.3:
        return f"math.{chance.choice(['greatest', 'least'])}({operand}, {number(chance, 0)}, {number(chance, 0)})"
    operand = chance.choice([operand, f"double({operand})"])
    return f"math.{chance.choice(['round', 'ceil', 'floor', 'trunc', 'abs'])}({operand})"


def printed(chance, depth):
    operand = number(chance, depth - 1)
    form = chance.choice(['"%.2f"', '"a%fb%%"', '"%x"', '"%X"', '"%o"', '"%b"', '"%.3e"', '"%e"', '"%d-"'])
    return f"{form}.format([{chance.choice([operand, f'int({operand})', f'double({operand})'])}])"


def text(chance, depth):
    forms = [lambda: chance.choice("st"), lambda: chance.choice("st"), lambda: literal(chance.choice(TEXTS)),
             lambda: "o.q.r", lambda: "l[1]", lambda: f"string({chance.choice('xy')})"]
    if chance.random() < 0.05:
        return f"string({instant(chance, 0)})"
    if depth > 0:
        forms += [lambda: f"({text(chance, depth - 1)} + {text(chance, depth - 1)})",
                  lambda: f"string({chance.choice([number, number, number, text, truth, instant, length])(chance, depth - 1)})",
                  lambda: branch(chance, text, depth)]
        forms += [lambda: f"{text(chance, depth - 1)}.{chance.choice(['lowerAscii', 'upperAscii', 'trim'])}()",
                  lambda: part(chance, depth), lambda: printed(chance, depth), lambda: replaced(chance, depth)]
    return chance.choice(forms)()


def part(chance, depth):
    operand = text(chance, depth - 1)
    numbers = sorted(chance.choices(range(-1 if chance.random() < 0.1 else 0, 8), k=2))
    return chance.choice([f"{operand}.substring({numbers[0]})", f"{operand}.substring({numbers[0]}, {numbers[1]})",
                          f"{operand}.split({literal(chance.choice(SEPARATORS))})[{chance.choice([0, 0, 1, 2])}]"])


def replaced(chance, depth):
    operand = text(chance, depth - 1)
    if chance.random() < 0.5:
        old = chance.choice([literal(chance.choice(WORDS)), '""', "t"])
        return f"{operand}.replace({old}, {chance.choice(['t', literal(chance.choice(WORDS))])})"
    pattern = chance.choice(['"[0-9]+"', '"([a-z])([a-z])"', '"(é|a)*()"', '"()(x)?"', r'r"()\b()"', '"^()(.)"', '"()$()"'])
    rewrite = chance.choice(['"N"', '""', r'r"<\1>"', r'r"\2-\1"', r'r"\\"'])
    return f"regex.replace({operand}, {pattern}, {rewrite})"


def instant(chance, depth):
    forms = [lambda: f"timestamp({chance.choice(['s', 't', 'x', literal('2025-08-25T19:27:04Z')])})"]
    if depth > 0:
        forms.append(lambda: f"({instant(chance, 0)} {chance.choice('+-')} {length(chance, 0)})")
    return chance.choice(forms)()


def length(chance, depth):
    forms = [lambda: f"duration({chance.choice(['s', 't', literal('90s'), literal('1.5h')])})"]
    if depth > 0:
        forms += [lambda: f"({length(chance, 0)} {chance.choice('+-')} {length(chance, 0)})",
                  lambda: f"({instant(chance, 0)} - {instant(chance, 0)})"]
    return chance.choice(forms)()


def branch(chance, kind, depth):
    return f"({truth(chance, depth - 1)} ? {kind(chance, depth - 1)} : {kind(chance, depth - 1)})"


def comparison(chance, depth):
    kind = chance.choice([number, number, text, text, truth, instant, length])
    left = kind(chance, depth - 1)
    right = kind(chance, depth - 1) if chance.random() < 0.9 else chance.choice([number, text])(chance, 0)
    if chance.random() < 0.1:
        left, right = chance.choice(["x", "s", "b", "o", "l", "o.q", "l[2]"]), "null"
    return f"{left} {chance.choice(['==', '!=', '==', '<', '<=', '>', '>='])} {right}"


def membership(chance, depth):
    kind, values = chance.choice([(number, NUMBERS), (text, TEXTS)])
    size = chance.choice([0, 1, 2, 3, 20])
    if chance.random() < 0.2:
        return f"{kind(chance, depth - 1)} in {chance.choice('llox')}"
    values = [literal(chance.choice(values if chance.random() < 0.95 else [True, "a", 1])) for _ in range(size)]
    if chance.random() < 0.2:
        values.append("null")
    return f"{kind(chance, depth - 1)} in [{', '.join(values)}]"


def quantified(chance, depth):
    about = chance.choice([f"e == {chance.choice([number, text])(chance, 0)}", f"e > {number(chance, 0)}", "e == 'p'",
                           "has(e.k)", "e.k == 7", "b", "e in l", "l.exists(e, e == 10)", "l.exists(f, f == e)"])
    combined = f"{about} {chance.choice(['&&', '||'])} {truth(chance, depth - 1)}"
    return f"{chance.choice('llox')}.{chance.choice(['exists', 'all'])}(e, {chance.choice([about, combined])})"


def search(chance, depth):
    function = chance.choice(["startsWith", "endsWith", "contains", "matches"])
    part = chance.choice([literal(chance.choice(WORDS)), "t"])
    if function == "matches":
        part = chance.choice(['"^a"', '"[0-9]+$"', 'r"\\d+\\.\\d"', '"é|!"', '""'])
    return f"{chance.choice(['s', 't', 'x', 'o.q.r'])}.{function}({part})"


def address(chance):
    text = chance.choice(["s", "t", *ADDRESSES])
    network = chance.choice(["10.0.0.0/8", "10.1.2.3/32", "0.0.0.0/0", "10.1.0.0/17", "2001:db8::/33", "::/0", "::1/128"])
    return chance.choice([f'cidr("{network}").containsIP({text})', f"isIP({text})"])


def truth(chance, depth):
    forms = [lambda: chance.choice("bc"), lambda: chance.choice(["true", "false"]),
             lambda: f"has({chance.choice(['o.p', 'o.q', 'o.q.r', 'o.z'])})"]
    if depth > 0:
        forms += [lambda: comparison(chance, depth)] * 5
        forms += [lambda: f"({truth(chance, depth - 1)} {chance.choice(['&&', '||'])} {truth(chance, depth - 1)})"] * 3
        forms += [lambda: membership(chance, depth)] * 2
        forms += [lambda: quantified(chance, depth)]
        forms += [lambda: address(chance), lambda: search(chance, depth), lambda: f"!{truth(chance, 0)}",
                  lambda: f"bool({chance.choice([text, truth])(chance, depth - 1)})",
                  lambda: branch(chance, truth, depth)]
    return chance.choice(forms)()


def expression(chance):
    kinds = [truth, truth, truth, number, number, text, text, instant, length]
    return chance.choice(kinds)(chance, chance.choice([1, 2, 3]))


Case = collections.namedtuple("Case", "record expression ours checked unchecked")


def outside_texts(case):
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', case.expression)


def uses(pattern):
    return lambda case: re.search(pattern, outside_texts(case)) is not None


def only_cel_fails(case):
    return not case.ours.startswith(("refused", "fails")) and case.unchecked.startswith("fails")


def only_ours_fails(case):
    return case.ours.startswith(("refused", "fails")) and not case.unchecked.startswith("fails")


def contains_large(case):
    return any(abs(float(digits)) >= 2**53
               for digits in re.findall(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?", case.record + case.expression))


def rounds_an_int(case):
    return only_cel_fails(case) and "no such overload" in case.unchecked and uses(r"math\.(round|ceil|floor|trunc)")(case)


def mixes_numbers(case):
    """Where another failure is the one that CEL names, the two stand beside each other in a logical operator."""
    return only_cel_fails(case) and uses(r" [-+*] ")(case) and (
        "no such overload" in case.unchecked or uses(r"&&|\|\|")(case))


def reads_container(case):
    wrong_type = case.ours == "fails: wrong_type" or uses(r"&&|\|\|")(case)
    reads = uses(r"==|!=| in | \+ ")(case) and re.search(r"[\[{]", case.record[1:])
    return only_ours_fails(case) and wrong_type and reads


def asks_for_absent(case):
    """Whether has() is about a member of a field that is absent or a list."""
    for path in re.findall(r"has\(([\w.]+)\)", outside_texts(case)):
        value = json.loads(case.record)
        for step in path.split(".")[:-1]:
            if not isinstance(value, list):
                value = value.get(step, ABSENT) if isinstance(value, dict) else ABSENT
        if value is ABSENT or isinstance(value, list):
            return only_cel_fails(case)
    return only_cel_fails(case) and "orValue" in case.expression and (
        re.search("no such (attribute|key|overload)|unsupported index type", case.unchecked) is not None)


def refuses_early(case):
    return only_ours_fails(case) and re.search(r"for these constants|bad replacement|and null$|'in' does not take", case.ours)


def has_spaces(case):
    return only_cel_fails(case) and uses(r"(int|double)\(")(case) and " 42 " in case.record + case.expression


def text_of_number(case):
    """int() reads the text "1000000", and substring() its characters, but not those of CEL's "1e+06"."""
    read_back = ((uses(r"int\(")(case) and "from 'string' to 'int'" in case.unchecked) or
                 (uses(r"substring\(|split\(")(case) and "index out of" in case.unchecked))
    read_back = read_back and only_cel_fails(case)
    return ("%d" in case.expression or uses(r"string\(")(case)) and (read_back or not (only_cel_fails(case) or only_ours_fails(case)))


# The rows of the table that random expressions meet, in the order in which they are tried.
DIFFERENCES = {
    "A quotient is a double": uses(r" / "),
    "Ints and doubles mix": lambda case: mixes_numbers(case) or rounds_an_int(case),
    "Lists and objects are not compared or joined": reads_container,
    "Mistakes are refused early": refuses_early,
    "Presence in what is absent": asks_for_absent,
    "Null is no value": lambda case: uses(r"\?")(case) and "orValue" in case.expression and ": null" in case.record,
    "Remainder of -1": lambda case: only_cel_fails(case) and uses(" % ")(case) and "overflow" in case.unchecked,
    "Numbers compare exactly": lambda case: contains_large(case) and uses("==|!=|<|>| in ")(case),
    "Spaces around a number": has_spaces,
    "More durations": lambda case: only_cel_fails(case) and uses(r"duration\(")(case),
    "More words": lambda case: only_cel_fails(case) and uses(r"bool\(")(case),
    "More timestamps": lambda case: only_cel_fails(case) and uses(r"timestamp\(")(case),
    "Text of a time": lambda case: uses(r"string\(")(case) and uses(r"timestamp\(")(case),
    "Text of a number": text_of_number,
}

# Rows whose expressions only one of the two takes, or that random values do not reach.
NOT_RANDOM = {"Addresses of version 4 in version 6", "Only in Leeway", "Only in CEL", "Presence of a field", "Unsigned numbers are ints", "Text of a duration"}
