"""A mistake costs once: if an answer uses earlier ones that are wrong, it is checked with right ones in their place.

The lab's own answers are lent. They run in the clean room, and what they define goes to the student's kernel without
its source, like everything that a check passes in. By then, the checks that they would pass are over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from helpers.grading.cleanroom.client import Loan
from helpers.notebooks.names import names_bound, names_used

__all__ = ["Lender"]


class Lender:
    """Knows which of a student's answers use each other, and which are wrong.

    Args:
        solutions: the source of the lab's own answers, by grade id, in the lab's order.
    """

    def __init__(self, solutions: Mapping[str, str]) -> None:
        self._solutions = dict(solutions)
        self._defines = {name: names_bound(source) for name, source in self._solutions.items()}
        self._given: dict[str, str] = {}
        self._wrong: dict[str, str] = {}

    def take(self, answer: str, source: str) -> None:
        """Note what the student wrote for an exercise."""
        self._given[answer] = source

    def note_wrong(self, answer: str, question: str) -> None:
        """Note that an answer failed a check of this question."""
        self._wrong[answer] = question

    def users(self, answer: str) -> list[str]:
        """Return the later exercises whose answers use this one, directly or through others, in the lab's order."""
        users = [answer]
        for exercise, source in self._given.items():
            if exercise not in users and any(self._definer(name, exercise) in users for name in names_used(source)):
                users.append(exercise)
        return users[1:]

    def loan(self, answer: str, check: str) -> Loan | None:
        """Return what to lend for a check of an answer; None if nothing that it uses is wrong.

        Args:
            answer: the grade id of the answer.
            check: the source of the check, which may use more than the answer does.
        """
        names: dict[str, str] = {}
        waiting, seen = [(answer, self._given.get(answer, "")), (answer, check)], {answer}
        while waiting:
            user, source = waiting.pop()
            for name in sorted(names_used(source)):
                definer = self._definer(name, user)
                if definer in self._wrong and definer != answer:
                    names[name] = self._wrong[definer]
                elif definer and definer not in seen:
                    seen.add(definer)
                    waiting.append((definer, self._given.get(definer, "")))
        return Loan(names, self._sources(names, answer), self._given.get(answer, "")) if names else None

    def _definer(self, name: str, user: str) -> str:
        """Return the exercise whose answer defines a name for another answer: the last one up to that answer itself."""
        definer = ""
        for exercise, names in self._defines.items():
            definer = exercise if name in names else definer
            if exercise == user:
                break
        return definer

    def _sources(self, names: Iterable[str], answer: str) -> list[str]:
        """Return the lab's own answers that define these names, and those that they need."""
        needed: set[str] = set()
        waiting = [self._definer(name, answer) for name in names]
        while waiting:
            exercise = waiting.pop()
            if exercise and exercise not in needed:
                needed.add(exercise)
                waiting += [self._definer(name, exercise) for name in names_used(self._solutions[exercise])]
        return [source for exercise, source in self._solutions.items() if exercise in needed]
