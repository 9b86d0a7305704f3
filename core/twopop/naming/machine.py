"""A pattern as a finite automaton: numbered states, and for each of them where each character leads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from twopop.errors import InputError
from twopop.naming.pattern import NOTHING, Pattern, groups_of_letters

#: The most states a pattern may need; those of names need a few dozen.
MOST_STATES = 4000


@dataclass(frozen=True)
class Machine:
    """The deterministic automaton of a pattern; state 0 is the first, and every state can still come to a good end.

    *steps* holds for each state {character: next state}; *done* whether a text may end there. A pattern without any
    text has no states.
    """

    steps: tuple[Mapping[str, int], ...]
    done: tuple[bool, ...]

    def accepts(self, text: str) -> bool:
        """Whether *text* is one of the pattern's."""
        state: int | None = 0 if self.steps else None
        for letter in text:
            if state is None:
                return False
            state = self.steps[state].get(letter)
        return state is not None and self.done[state]

    def shortest(self) -> Iterator[str]:
        """The pattern's texts, short ones first and each length in order; without end where the pattern has no end."""
        ends = [frozenset(state for state, done in enumerate(self.done) if done)]  # what can end after so many letters
        reached = {0} if self.steps else set[int]()
        while reached:
            yield from self._spelled(0, ends)
            reached = {after for state in reached for after in self.steps[state].values()}
            ends.append(frozenset(s for s, step in enumerate(self.steps) if not ends[-1].isdisjoint(step.values())))

    def _spelled(self, state: int, ends: Sequence[frozenset[int]]) -> Iterator[str]:
        """The texts from *state* that have as many letters as *ends* has steps back from a good end."""
        if state not in ends[-1]:
            return
        if len(ends) == 1:
            yield ""
            return
        for letter, after in sorted(self.steps[state].items(), key=lambda step: letters_first(step[0])):
            for rest in self._spelled(after, ends[:-1]):
                yield letter + rest


def letters_first(letter: str) -> tuple[bool, str]:
    """The order in which examples are spelled: words before numbers."""
    return not letter.isalpha(), letter


@lru_cache(maxsize=1024)
def machine_of(pattern: Pattern) -> Machine:
    """The automaton of *pattern*; raises InputError when it would need more than ``MOST_STATES`` states."""
    groups = groups_of_letters(pattern.sets())
    numbers: dict[Pattern, int] = {pattern: 0}
    steps: list[dict[str, int]] = []
    for state in (waiting := [pattern]):
        step: dict[str, int] = {}
        for group in groups:
            after = state.after(min(group))
            if after is NOTHING:
                continue
            if after not in numbers:
                numbers[after] = len(numbers)
                waiting.append(after)
                if len(numbers) > MOST_STATES:
                    raise InputError("The pattern is too intricate.", remedy="Ask for less in one field.")
            step |= dict.fromkeys(group, numbers[after])
        steps.append(step)
    return _lively(steps, [state.done for state in waiting])


def _lively(steps: list[dict[str, int]], done: list[bool]) -> Machine:
    """The automaton without the states from which no text can be ended."""
    before: dict[int, set[int]] = {}
    for state, step in enumerate(steps):
        for after in step.values():
            before.setdefault(after, set()).add(state)
    live = {state for state, ends in enumerate(done) if ends}
    waiting = list(live)
    while waiting:
        new = before.get(waiting.pop(), set()) - live
        live |= new
        waiting += new
    if 0 not in live:
        return Machine((), ())
    kept = {state: number for number, state in enumerate(sorted(live))}
    return Machine(
        tuple({c: kept[after] for c, after in steps[state].items() if after in kept} for state in kept),
        tuple(done[state] for state in kept),
    )
