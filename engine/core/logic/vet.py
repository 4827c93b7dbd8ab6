"""What is refused when a rule is compiled, beyond its shape: numbers of arguments and bad expressions."""

from __future__ import annotations

from engine.core.logic.errors import RuleError, bad_argument
from engine.core.logic.operators import OPERATORS
from engine.core.logic.operators.text import pattern
from engine.core.logic.tree import ARRAY, LITERAL, Node

_LISTED = ("if", "and", "or")


def fault(node: Node) -> RuleError | None:
    """What is wrong with this node alone, or None."""
    if node.op in (LITERAL, ARRAY):
        return None
    operator = OPERATORS[node.op]
    least, most = operator.arity
    given = len(node.args)
    unknown = node.single and operator.spread and not node.args[0].is_literal
    literal_list = (
        node.single and node.args and node.args[0].is_literal and isinstance(node.args[0].value, list)
    )
    if node.op in _LISTED and node.single:
        return bad_argument(f"{node.op} takes a list of arguments").at(node.path)
    if (
        not unknown
        and not (literal_list and operator.spread)
        and (given < least or (most is not None and given > most))
    ):
        wanted = str(least) if least == most else f"{least} or more" if most is None else f"{least} to {most}"
        return bad_argument(f"{node.op} takes {wanted} arguments, not {given}").at(node.path)
    if node.op == "matches":
        if not node.args[1].is_literal:
            detail = "the expression of matches is written in the rule, as text"
            return RuleError("rule:bad-pattern", detail, path=node.args[1].path)
        try:
            pattern(node.args[1].literal())
        except RuleError as bad:
            return bad.at(node.args[1].path)
    return None


def vet(tree: Node) -> None:
    """Raises the first fault of a tree."""
    for node in tree.walk():
        found = fault(node)
        if found is not None:
            raise found
