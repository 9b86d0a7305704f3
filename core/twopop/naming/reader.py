"""Reading names: every way in which a text can be made of a template's shapes.

A *shape* is what a template writes in one case of its conditions: characters and slots, each slot a field with the
automaton of its texts. All shapes together are one automaton that is in several states at once; a *run* through it is
one reading. Whether any text has two is decided for all texts together: by following two runs over the same characters
until both end, in the order of the text's length (the square of the automaton; S. Eilenberg, Automata, Languages and
Machines A (1974); it needs no more steps than there are pairs of states).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from twopop.naming.machine import Machine, letters_first

#: The most pairs of states that are looked at; templates for names need a few thousand.
MOST_PAIRS = 300_000


@dataclass(frozen=True)
class Slot:
    """The place of a *field*; *barred* are texts that mean another case of the template, so they cannot stand here."""

    field: str
    barred: frozenset[str] = frozenset()


Item: TypeAlias = str | Slot
Shape: TypeAlias = tuple[Item, ...]

#: (node, slot, state of the slot's machine): just before node's items, or inside a slot that begins at node.
_State: TypeAlias = tuple[int, Slot | None, int]

#: Two states that the same text leads to, and whether their runs have parted before.
_Pair: TypeAlias = tuple[_State, _State, bool]


class TooIntricate(Exception):  # noqa: N818 - nothing went wrong; it only cannot be known
    """Whether there are two readings could not be decided with ``MOST_PAIRS`` pairs."""


class Reader:
    """The automaton of *shapes*, with the *machines* of their slots."""

    def __init__(self, shapes: Sequence[Shape], machines: Mapping[Slot, Machine]) -> None:
        self._machines = machines
        self._onward: list[dict[Item, int]] = []
        self._final: list[bool] = []
        self._moves: dict[_State, Mapping[str, list[_State]]] = {}
        self._build(frozenset(shapes))

    def readings(self, text: str, most: int = 2) -> list[list[tuple[Item, str]]]:
        """Up to *most* readings of *text*: each the items in turn, with the text that stands at each."""
        before = self._followed(text)
        if len(before) <= len(text):
            return []
        found = []
        for end in before[-1]:
            if self._ends(end):
                for run in self._runs(before, end):
                    found.append(self._items(run, text))
                    if len(found) == most:
                        return found
        return found

    def stuck(self, text: str) -> tuple[int, set[Item]]:
        """How many characters of *text* can be read, and which items could stand there or go on there."""
        before = self._followed(text)
        wanted: set[Item] = set()
        for node, slot, state in before[-1]:
            here = node if slot is None else self._onward[node][slot]
            if slot is not None and self._machines[slot].steps[state]:
                wanted.add(slot)
            if slot is None or self._machines[slot].done[state]:
                wanted |= set(self._onward[here])
        return len(before) - 1, wanted

    def two_ways(self) -> str | None:
        """The shortest text that can be read in two ways, or None when there is none. Raises TooIntricate."""
        start: _Pair = ((0, None, 0), (0, None, 0), False)
        came: dict[_Pair, tuple[_Pair, str] | None] = {start: None}
        waiting = deque([start])
        while waiting:
            pair = waiting.popleft()
            one, two, parted = pair
            if parted and self._ends(one) and self._ends(two):
                return _text_to(pair, came)
            left, right = self._letters(one), self._letters(two)
            for letter in sorted(self._telling.intersection(left, right), key=letters_first):
                for first in left[letter]:
                    for second in right[letter]:
                        after = (*_ordered(first, second), parted or first != second)
                        if after not in came:
                            came[after] = (pair, letter)
                            waiting.append(after)
            if len(came) > MOST_PAIRS:
                raise TooIntricate
        return None

    # -- the automaton -------------------------------------------------------------------------------------------------

    def _build(self, shapes: frozenset[Shape]) -> None:
        """Number the nodes: each is what is still to come, so that shapes which go on alike share it."""
        numbers = {shapes: 0}
        for rest in (waiting := [shapes]):
            after: dict[Item, set[Shape]] = defaultdict(set)
            for shape in rest:
                if shape:
                    after[shape[0]].add(shape[1:])
            onward = {}
            for item, tails in after.items():
                node = frozenset(tails)
                if node not in numbers:
                    numbers[node] = len(numbers)
                    waiting.append(node)
                onward[item] = numbers[node]
            self._onward.append(onward)
            self._final.append(() in rest)

    def _letters(self, state: _State) -> Mapping[str, list[_State]]:
        """{character: the states it leads to}."""
        if state not in self._moves:
            node, slot, inner = state
            moves: dict[str, list[_State]] = defaultdict(list)
            if slot is not None:
                machine = self._machines[slot]
                for letter, after in machine.steps[inner].items():
                    moves[letter].append((node, slot, after))
                node = self._onward[node][slot] if machine.done[inner] else -1
            for item, onward in self._onward[node].items() if node >= 0 else ():
                if isinstance(item, str):
                    moves[item].append((onward, None, 0))
                else:
                    for letter, after in self._machines[item].steps[0].items():
                        moves[letter].append((node, item, after))
            self._moves[state] = dict(moves)
        return self._moves[state]

    def _ends(self, state: _State) -> bool:
        node, slot, inner = state
        if slot is None:
            return self._final[node]
        return self._machines[slot].done[inner] and self._final[self._onward[node][slot]]

    @cached_property
    def _telling(self) -> frozenset[str]:
        """One character for each group that leads to the same everywhere."""
        columns: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, machine in enumerate(self._machines.values()):
            for place, step in enumerate(machine.steps):
                for letter, after in step.items():
                    columns[letter].append((hash((number, place)), after))
        literal = {item for onward in self._onward for item in onward if isinstance(item, str)}
        groups: dict[object, str] = {}
        for letter in sorted({*columns, *literal}, key=letters_first):
            groups.setdefault(letter if letter in literal else tuple(columns[letter]), letter)
        return frozenset(groups.values())

    # -- runs ----------------------------------------------------------------------------------------------------------

    def _followed(self, text: str) -> list[dict[_State, list[_State]]]:
        """For each number of characters read, {state: the states before it}; shorter where *text* leads nowhere."""
        here: dict[_State, list[_State]] = {(0, None, 0): []}
        before = [here]
        for letter in text:
            after: dict[_State, list[_State]] = {}
            for state in here:
                for onward in self._letters(state).get(letter, ()):
                    after.setdefault(onward, []).append(state)
            if not after:
                break
            before.append(here := after)
        return before

    def _runs(self, before: list[dict[_State, list[_State]]], end: _State) -> Iterator[list[_State]]:
        """The runs that end in *end*, each the states in turn."""
        if len(before) == 1:
            yield [end]
            return
        for state in before[-1][end]:
            for run in self._runs(before[:-1], state):
                yield [*run, end]

    def _items(self, run: list[_State], text: str) -> list[tuple[Item, str]]:
        items: list[tuple[Item, str]] = []
        for (last, within, _), (node, slot, _), letter in zip(run, run[1:], text, strict=False):
            if slot is None:
                items.append((letter, letter))
            elif (last, within) == (node, slot):
                items[-1] = (slot, items[-1][1] + letter)
            else:
                items.append((slot, letter))
        return items


def _text_to(pair: _Pair, came: Mapping[_Pair, tuple[_Pair, str] | None]) -> str:
    letters: list[str] = []
    while (step := came[pair]) is not None:
        pair, letter = step
        letters.append(letter)
    return "".join(reversed(letters))


def _ordered(one: _State, two: _State) -> tuple[_State, _State]:
    """A pair of states in one of its two orders, so that each is looked at once."""
    keys = [(node, slot.field if slot else "", inner) for node, slot, inner in (one, two)]
    return (one, two) if keys[0] <= keys[1] else (two, one)
