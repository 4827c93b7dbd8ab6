"""The tree of a rule as a condition: what is exact goes to SQL, the rest stays a rule."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from engine.core.logic.env import Env
from engine.core.logic.rule import compile_rule
from engine.core.logic.sql.columns import Column, Inexact, Params, SqlQuery
from engine.core.logic.sql.comparisons import comparison, membership
from engine.core.logic.sql.operands import Field, Fields, Known, keys_of, written
from engine.core.logic.tree import Node
from engine.core.logic.values import Json, dotted

_FALSE_JSON = "ARRAY['null', 'false', '0', '\"\"', '[]', '{}']::jsonb[]"
_COMPARISONS = ("==", "!=", "===", "!==", "<", "<=", ">", ">=")


def to_sql(
    rule: Json,
    columns: Mapping[str, Column],
    env: Env,
    json_column: str = "fields",
    first_param: int = 1,
) -> SqlQuery:
    """The rows for which the rule is true.

    `columns` are fields in columns of their own, by dotted path; every other path is looked up in the jsonb
    column `json_column`. Parameters are numbered from `first_param`. Raises RuleError for a rule that is none.
    """
    compiled = compile_rule(rule)
    tree = compiled.tree
    source = compiled.source
    clauses = tree.args if tree.op == "and" and tree.args else (tree,)
    params = Params(first_param)
    conditions: list[str] = []
    left: list[Json] = []
    for clause in clauses:
        mark = len(params.values)
        try:
            conditions.append(_Conditions(Fields(source, columns, env, json_column, params)).test(clause))
        except Inexact:
            del params.values[mark:]
            left.append(written(source, clause))
    where = " AND ".join(f"({each})" for each in conditions) or "TRUE"
    residue: Json = None if not left else left[0] if len(left) == 1 else {"and": left}
    return SqlQuery(where, params.values, exact=not left, residue=residue)


class _Conditions:
    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.params = fields.params

    def test(self, node: Node) -> str:
        """The truth of a node; NULL counts as false. Raises Inexact."""
        match node.op:
            case "and" | "or" if node.args:
                return "(" + f" {node.op.upper()} ".join(self.test(arg) for arg in node.args) + ")"
            case "!" if node.args:
                return f"({self.test(node.args[0])}) IS NOT TRUE"
            case "!!" if node.args:
                return self.test(node.args[0])
            case "if" if node.args:
                return self._if(node.args)
            case op if op in _COMPARISONS:
                return self._comparison(node)
            case "in":
                needle, hay = (self.fields.operand(arg) for arg in node.args)
                return membership(needle, hay, self.params)
            case "exists":
                return self._exists(node)
            case "missing":
                return self._missing(node)
            case "starts_with" | "ends_with":
                return self._affix(node)
        return self._truth(self.fields.operand(node))

    def _if(self, args: tuple[Node, ...]) -> str:
        if len(args) == 1:
            return self.test(args[0])
        pairs = [
            f"WHEN {self.test(args[at])} THEN {self.test(args[at + 1])}" for at in range(0, len(args) - 1, 2)
        ]
        otherwise = self.test(args[-1]) if len(args) % 2 else "FALSE"
        return f"CASE {' '.join(pairs)} ELSE {otherwise} END"

    def _comparison(self, node: Node) -> str:
        operands = [self.fields.operand(arg) for arg in node.args]
        pairs = [comparison(node.op, left, right, self.params) for left, right in pairwise(operands)]
        return pairs[0] if len(pairs) == 1 else "(" + " AND ".join(f"({pair})" for pair in pairs) + ")"

    def _truth(self, operand: Known | Column | Field) -> str:
        match operand:
            case Known(value):
                return "TRUE" if value else "FALSE"
            case Field(json, _):
                return f"COALESCE({json}, 'null'::jsonb) <> ALL ({_FALSE_JSON})"
            case Column(sql, "boolean"):
                return sql
            case Column(sql, "text"):
                return f"{sql} <> ''"
            case Column(sql, "integer" | "number"):
                return f"{sql} <> 0"
            case Column(sql, _):
                return f"{sql} IS NOT NULL"

    def _exists(self, node: Node) -> str:
        match self.fields.field(keys_of(node)):
            case Column(sql, _) | Field(sql, _):
                return f"{sql} IS NOT NULL"

    def _missing(self, node: Node) -> str:
        """True when one of the fields is absent, null or an empty text."""
        if not all(arg.is_literal for arg in node.args):
            raise Inexact
        given = [arg.literal() for arg in node.args]
        names = given[0] if given and isinstance(given[0], list) else given
        tests = []
        for name in names:
            match self.fields.field(dotted(name)):
                case Column(sql, "text"):
                    tests.append(f"({sql} IS NULL OR {sql} = '')")
                case Column(sql, _):
                    tests.append(f"{sql} IS NULL")
                case Field(json, _):
                    tests.append(f"COALESCE({json}, 'null'::jsonb) IN ('null'::jsonb, '\"\"'::jsonb)")
        return "(" + " OR ".join(tests) + ")" if tests else "FALSE"

    def _affix(self, node: Node) -> str:
        value, known = (self.fields.operand(arg) for arg in node.args)
        if not isinstance(known, Known) or isinstance(value, Known):
            raise Inexact
        if not isinstance(known.value, str):
            return "FALSE"
        guard = ""
        match value:
            case Column(sql, "text"):
                pass
            case Field(json, sql):
                guard = f"jsonb_typeof({json}) = 'string' AND "
            case _:
                raise Inexact
        if not known.value:
            return f"({guard}{sql} IS NOT NULL)"
        part = self.params.text(known.value)
        if node.op == "starts_with":
            return f"({guard}starts_with({sql}, {part}))"
        return f"({guard}right({sql}, {len(known.value)}) = {part})"
