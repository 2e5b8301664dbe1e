"""YAML with line numbers: a file that people write is read so that every fault is named with its place, all at once.

PyYAML's safe loader composes the text into nodes (nothing is built but plain values); a wrong key or type notes a fault
and reading goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads the taxonomy in 40 ms, pure Python in a second


class Node:
    """One YAML value with its line; reading a wrong one notes a fault and gives a harmless value."""

    def __init__(self, node: yaml.Node, where: str, faults: list[tuple[int, str]]) -> None:
        self._node, self.where, self._faults = node, where, faults
        self.line: int = node.start_mark.line + 1

    def fault(self, message: str) -> None:
        """Note what is wrong here."""
        self._faults.append((self.line, f"{self.where}: {message}" if self.where else message))

    @property
    def is_list(self) -> bool:
        """Whether this is a list."""
        return isinstance(self._node, yaml.SequenceNode)

    def at(self, node: yaml.Node, name: str) -> Node:
        """The value *node* inside this one, called *name* in messages."""
        return Node(node, f"{self.where} {name}".strip(), self._faults)

    def mapping(self, allowed: Sequence[str] | None = None, required: Sequence[str] = ()) -> dict[str, Node]:
        """Keys and values. Unknown, repeated and missing keys are faults; ``allowed=None`` takes any key."""
        if not isinstance(self._node, yaml.MappingNode):
            self.fault("should be a mapping of names to values")
            return {}
        found: dict[str, Node] = {}
        for key, value in self._node.value:
            name = str(key.value)
            child = self.at(value, name)
            child.line = key.start_mark.line + 1
            if name in found:
                child.fault("appears twice")
            elif allowed is not None and name not in allowed:
                child.fault(f"is not known here; known are {', '.join(allowed)}")
            else:
                found[name] = child
        for name in required:
            if name not in found:
                self.fault(f"{name} is missing")
        return found

    def items(self) -> list[Node]:
        """The items of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            self.fault("should be a list")
            return []
        return [self.at(item, f"[{place}]") for place, item in enumerate(self._node.value)]

    def value(self) -> Any:
        """The plain value of a scalar; ``None`` with a fault for anything else."""
        if not isinstance(self._node, yaml.ScalarNode):
            self.fault("should be a single value")
            return None
        try:
            return yaml.SafeLoader("").construct_object(self._node)
        except (ValueError, yaml.YAMLError) as error:
            self.fault(f"cannot be read ({error})")
            return None

    def typed(self, kinds: type | tuple[type, ...], what: str, default: Any) -> Any:
        """The value if it is of one of *kinds*; else *default*, with a fault that says *what* it should be."""
        value = self.value()
        if isinstance(value, kinds) and not (isinstance(value, bool) and kinds is not bool):
            return value
        self.fault(f"should be {what}")
        return default


def compose(text: str, faults: list[tuple[int, str]]) -> Node | None:
    """The root of *text*; ``None``, with a fault, if it is empty or not YAML."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        faults.append((mark.line + 1 if mark else 1, f"this is not YAML: {getattr(error, 'problem', None) or error}"))
        return None
    if node is None:
        faults.append((1, "the file is empty"))
        return None
    return Node(node, "", faults)
