"""The page `docs/rules.md`, made from the operators themselves: nothing is described twice."""

from __future__ import annotations

import json

from engine.core.logic import limits
from engine.core.logic.operators import OPERATORS, Operator
from engine.core.logic.values import Json

_GROUPS = {
    "access": "Reading the data",
    "logic": "Logic",
    "comparison": "Comparison",
    "arithmetic": "Arithmetic",
    "text": "Text",
    "list": "Lists",
    "date": "Dates",
    "business": "Business in Brazil",
    "control": "Control",
}
_INTRODUCTION = f"""# Rules

A rule is [JSON-Logic](https://jsonlogic.com): an object with one key, the operator, and its arguments. It is
compiled to Python code (`ast` nodes, never text), can be checked, explained clause by clause, read aloud in
Portuguese and English, and turned into SQL for segments; all of these walk the same tree.

```python
from engine.core.logic import check, compile_rule, explain, reading

rule = {{"and": [{{"exists": ["invoice", "days"]}}, {{">": [{{"var": "invoice.days"}}, 30]}}]}}
check(rule)                                  # [] : nothing to say
compile_rule(rule)({{"invoice": {{"days": 12}}}})  # False
print(explain(rule, {{"invoice": {{"days": 12}}}}, labels={{"invoice.days": "dias em atraso"}}).render())
# ✘ todas as condições:
#   ✔ dias em atraso existe
#   ✘ dias em atraso é maior que 30 [= 12]
```

## Meaning where engines differ

- `[] {{}} "" 0 null false` are false, everything else is true, `"0"` too.
- An absent field is null, and null counts as 0 against a number: `{{"<": [{{"var": "nope"}}, 30]}}` is **true**.
  The check warns; guard the comparison with `exists`. Null has no order with a text.
- A number against a text that spells no number (the empty text included) compares false; so do lists and
  objects in an order. Lists and objects are equal by content.
- Dividing by zero, null or "" is an error. Whole numbers stay whole: `{{"/": [6, 3]}}` is 2. Money is whole
  numbers of minor units (centavos).
- `some all filter` over an absent field give false, false, []; `none` gives true, `map` [].
- `missing` and `missing_some` take null and "" for missing.
- `cat` of 2.0 is "2", of null "".
- Inside an iterator `var` sees the item; `val` with `[[2], key]` reaches the data outside, `[[1], "index"]` the
  position. In `reduce` there are `current` and `accumulator`.
- An object with several keys is refused: wrap data in `preserve`.
- `now` and `today` are the time of the event, never a clock.

## Limits

| what | at most |
|---|---:|
| levels of nesting | {limits.DEPTH} |
| operators and values | {limits.NODES:,} |
| iterators inside one another | {limits.LOOPS} |
| steps of an evaluation (items times size of the body; length of what is made) | {limits.FUEL:,} |
| characters of a text, items of a list that a rule makes | {limits.TEXT:,} |
| whole numbers that a rule makes | 10^36 |
| time of one `matches` | {int(limits.PATTERN_SECONDS * 1000)} ms |

A rule beyond them is refused or stopped with its JSON pointer. Codes: `rule:unknown-operator`,
`rule:invalid-argument`, `rule:bad-pattern`, `rule:slow-pattern`, `rule:too-deep`, `rule:too-large`,
`rule:not-json`, `rule:not-a-number`, `rule:too-many-steps`, `rule:pattern-timeout`, `rule:thrown`,
`rule:unknown-zone`, `rule:bad-hours`; from the check also `rule:absent-field`, `rule:unknown-field`,
`rule:type-mismatch`, `rule:division-by-zero`, `rule:dotted-exists`, `rule:unknown-unit`.

## Segments

`to_sql` gives a PostgreSQL condition that selects exactly the rows for which the rule is true. Clauses of an
outer `and` that have no exact form (keywords, patterns, arithmetic, iterators) come back as `residue`, a rule to
be evaluated over the rows that the condition selects. A NULL column is an absent field.

## Operators

Examples are run by the tests, on Friday 2026-11-20 at 12:30 in São Paulo, open from 08:00 to 12:00 and from
13:00 to 18:00.
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [_INTRODUCTION]
    operators = {operator.name: operator for operator in OPERATORS.values()}
    for group, title in _GROUPS.items():
        parts.append(f"### {title}\n")
        parts += [_entry(operator) for operator in operators.values() if operator.group == group]
    return "\n".join(parts)


def _entry(operator: Operator) -> str:
    least, most = operator.arity
    count = str(least) if least == most else f"{least} or more" if most is None else f"{least} to {most}"
    names = ", ".join(f"`{name}`" for name in (operator.name, *operator.aliases))
    lines = [f"#### {names}\n", f"{operator.summary['en']} _{operator.summary['pt-BR']}_\n"]
    lines.append(f"Arguments: {count}. Gives: {operator.returns}.\n\n```text")
    for example in operator.examples:
        data = "" if example.data is None else f"   with {_json(example.data)}"
        lines.append(f"{_json(example.rule)}{data}\n    = {_json(example.result)}")
    return "\n".join([*lines, "```\n"])


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
