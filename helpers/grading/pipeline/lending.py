"""A mistake costs once: where an answer uses earlier ones that are wrong, it is checked with right ones in their place.

The lab's own answers are lent: they run in the clean room, and what they define goes to the student's kernel as what a
check passes in does, without its source. By then, the checks that they would pass are over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from helpers.grading.cleanroom.client import Loan
from helpers.grading.names import names_bound, names_used

__all__ = ["Lender"]


class Lender:
    """Knows what a student's answers use of each other, and which of them are wrong.

    Args:
        solutions: the source of the lab's own answers, by grade id, in the lab's order.
    """

    def __init__(self, solutions: Mapping[str, str]) -> None:
        self._solutions = dict(solutions)
        self._defines = {name: names_bound(source) for name, source in self._solutions.items()}
        self._given: dict[str, str] = {}
        self._wrong: dict[str, str] = {}

    def take(self, answer: str, source: str) -> None:
        """Take note of what the student wrote for an exercise."""
        self._given[answer] = source

    def note_wrong(self, answer: str, question: str) -> None:
        """Take note that a student's answer failed a check of this question's."""
        self._wrong[answer] = question

    def users(self, answer: str) -> list[str]:
        """The later exercises whose answers use this one, themselves or by what they use, in the lab's order."""
        found = [answer]
        for one, source in self._given.items():
            if one not in found and any(self._definer(name, one) in found for name in names_used(source)):
                found.append(one)
        return found[1:]

    def loan(self, answer: str, check: str) -> Loan | None:
        """What to lend for a check of an answer; None if nothing that it uses is wrong.

        Args:
            answer: the grade id of the answer.
            check: the source of the check, which may use more than the answer does.
        """
        names: dict[str, str] = {}
        open_, seen = [(answer, self._given.get(answer, "")), (answer, check)], {answer}
        while open_:
            user, source = open_.pop()
            for name in sorted(names_used(source)):
                definer = self._definer(name, user)
                if definer in self._wrong and definer != answer:
                    names[name] = self._wrong[definer]
                elif definer and definer not in seen:
                    seen.add(definer)
                    open_.append((definer, self._given.get(definer, "")))
        return Loan(names, self._sources(names, answer), self._given.get(answer, "")) if names else None

    def _definer(self, name: str, user: str) -> str:
        """The exercise whose answer defines a name, as an answer sees it: its own, or the last one before."""
        before = ""
        for one, defined in self._defines.items():
            if one == user:
                return one if name in defined else before
            before = one if name in defined else before
        return before

    def _sources(self, names: Iterable[str], answer: str) -> list[str]:
        needed: set[str] = set()
        open_ = [definer for name in names if (definer := self._definer(name, answer))]
        while open_:
            one = open_.pop()
            if one not in needed:
                needed.add(one)
                open_ += [d for name in names_used(self._solutions[one]) if (d := self._definer(name, one))]
        return [source for one, source in self._solutions.items() if one in needed]
