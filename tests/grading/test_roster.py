"""The roster finds the one person whom a name fits, and nobody else."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.grading.collect.collected import Collected
from helpers.grading.collect.platforms import Origin
from helpers.grading.collect.sorting import by_student
from helpers.grading.collect.uploads import Upload
from helpers.grading.intake.files import File
from helpers.grading.term.roster import ROSTER, Person, Roster
from helpers.notebooks.errors import CourseError
from tests.grading.platforms_as_given import PEOPLE

IVY = Person("s1", "Ivy Irons", "ivy@uni.example", "48213", "A")


def load(folder: Path, text: str | bytes) -> Roster:
    (folder / ROSTER).write_bytes(text if isinstance(text, bytes) else text.encode())
    return Roster.load(folder)


def roster(*people: Person) -> Roster:
    return Roster({person.id: person for person in people})


HEADINGS = "id,name,email,platform_id,section\n"
ROW = "s1,Ivy Irons,ivy@uni.example,48213,A\n"


@pytest.mark.parametrize(
    "text",
    [
        HEADINGS + ROW,
        "\ufeff" + HEADINGS + ROW,
        (HEADINGS + ROW).replace(",", ";"),
        (HEADINGS + ROW).replace(",", "\t"),
        (HEADINGS + ROW).replace("\n", "\r\n") + "\r\n,,,,\r\n",
        HEADINGS.upper() + ROW,
        "\r\n\n" + HEADINGS + "\n" + ROW + "\n",
        "Section,Platform ID, E-Mail ,Name,ID,Mood\nA,48213,ivy@uni.example,Ivy Irons,s1,fine\n",
        (HEADINGS + ROW).encode("utf-16"),
    ],
)
def test_a_roster_is_read_whatever_wrote_it(tmp_path: Path, text: str | bytes) -> None:
    assert load(tmp_path, text).people == {"s1": IVY}


def test_moodles_list_of_participants_is_a_roster(tmp_path: Path) -> None:
    row = "Ivy,Irons,s1,ivy@uni.example,A\n"
    people = load(tmp_path, "First name,Last name,ID number,Email address,Groups\n" + row).people
    assert people == {"s1": Person("s1", "Irons, Ivy", "ivy@uni.example", "", "A")}
    people = load(tmp_path, "First name,Surname,ID number,Email address,Groups\nIvy,Irons,,ivy@uni.example,A\n").people
    assert list(people) == ["ivy@uni.example"]


def test_canvass_gradebook_is_a_roster(tmp_path: Path) -> None:
    text = """Student,ID,SIS User ID,SIS Login ID,Section,Lab 3 (99)
    Points Possible,,,,,10
"Irons, Ivy",48213,,s1,A,7
"Student, Test",99,,,A,
"""
    assert load(tmp_path, text).people == {"s1": Person("s1", "Irons, Ivy", "", "48213", "A")}


def test_without_a_file_there_is_nobody(tmp_path: Path) -> None:
    assert Roster.load(tmp_path).people == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty. Its first line names the columns"),
        ("name\nx\n", "line 1: no column is called id. The columns are: name"),
        ("id,id\n1,2\n", "line 1: two columns are called id"),
        ("id,name\n1,Irons, Ivy\n", "line 2: there are 3 cells under 2 headings. Put a name with a comma into quotes"),
        ("id,name\n1,A\n\n,B\n", "line 4 has no id"),
        ("id\na/b\n", "line 2, column id: a/b cannot name a folder"),
        ("id,name\nAda,A\nada,B\n", "lines 2 and 3, column id: they share Ada"),
        ("id,email\n1,a@b.c\n2,A@B.c\n", "lines 2 and 3, column email: they share a@b.c"),
        ("id,name\n1,Müller\n".encode("cp1252"), "line 2: not UTF-8. Save it as"),
        ('id,name\n1,"' + "x" * 200_000, "line 2: not CSV (field larger than field limit"),
    ],
)
def test_an_error_names_file_line_and_column(tmp_path: Path, text: str | bytes, words: str) -> None:
    with pytest.raises(CourseError) as raised:
        load(tmp_path, text)
    assert ROSTER in str(raised.value)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "given_name",
    [
        "s1",
        "S1",
        "48213",
        "IVY@uni.example",
        "Ivy Irons",
        "ivy irons",
        "Irons, Ivy",
        "Irons Ivy",
        "ironsivy",
        "ivyirons",
    ],
)
def test_a_person_has_many_names(given_name: str) -> None:
    assert roster(IVY, Person("s2", "Ivo Irons")).find(given_name) == IVY


@pytest.mark.parametrize(
    ("name", "given_name"),
    [
        ("Zoë O'Brien-Smith", "Zoe OBrien-Smith"),
        ("Zoë O’Brien-Smith", "obriensmithzoë"),
        ("Jürgen Müller", "Juergen Mueller"),
        ("Jürgen Müller", "Jurgen Muller"),
        ("Jürgen Müller", unicodedata.normalize("NFD", "Jürgen Müller")),
        ("García López, María del Carmen", "María del Carmen García López"),
        ("García López, María del Carmen", "garcíalópezmaríadelcarmen"),
        ("王, 小明", "王小明"),
        ("Łukasz Wójcik", "Lukasz Wojcik"),
        ("Weiß, Jörg", "JOERG WEISS"),
    ],
)
def test_spellings_do_not_matter(name: str, given_name: str) -> None:
    assert roster(Person("1", name), IVY).find(given_name)


@pytest.mark.parametrize(
    ("name", "given_name"),
    [
        ("Ann Amari", "Anna Mari"),
        ("Le A", "Lea"),
        ("Mai Po", "Ann-Mai Po"),
        ("Lea", "Lea Lang"),
        ("Lea Lang", "Lea"),
        ("रमि", "रम"),
        ("Ivy Irons", ""),
        ("", ""),
        ("", "@"),
    ],
)
def test_who_does_not_fit_is_not_found(name: str, given_name: str) -> None:
    assert roster(Person("1", name)).find(given_name) is None


def test_of_two_who_fit_none_is_found_but_both_are_named() -> None:
    two = roster(Person("1", "José Díaz"), Person("2", "Jose Diaz"))
    assert two.find("Jose Diaz") is None
    assert [person.id for person in two.matches("JOSÉ DIAZ")] == ["1", "2"]


def test_similar_names_are_suggested_and_never_found() -> None:
    class_ = roster(*(Person(person.login, person.name) for person in PEOPLE))
    assert class_.find("Ivy Iron") is None
    assert class_.suggest("Ivy Iron")[0].name == "Ivy Irons"
    assert class_.suggest("x" * 100_000) == []


LETTERS = st.text(st.sampled_from("abé' -,öOø王明\u0301"), max_size=8)


@given(st.lists(LETTERS, min_size=1, max_size=6), LETTERS, st.sampled_from(["", "48213", "1"]), st.booleans())
def test_a_file_goes_to_the_only_one_whom_it_fits(names: list[str], name: str, account: str, groups: bool) -> None:
    people = roster(*(Person(f"id{place}", each, "", f"{place}") for place, each in enumerate(names)))
    upload = Upload(Origin(name, "c.ipynb", account, account), File("c", 1, lambda limit: b""), 0.0, Path("c"))
    result = Collected()
    assigned = by_student([upload], people, groups, result)
    assert len(assigned) + len(result.uncollected) == 1
    for person in map(people.people.__getitem__, assigned):
        fits = letters(person.name) <= letters(name) if groups else letters(person.name) == letters(name)
        assert fits or person.platform_id == account
        others = [other for other in people.people.values() if other != person]
        assert person.platform_id == account or not any(other.name == person.name for other in others)


def letters(name: str) -> Counter[str]:
    """Count the letters of a name, which order and accents do not change; without "e", for "ö" may be "oe"."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("ø", "o")
    return Counter(letter for letter in plain if letter.isalpha() and letter != "e")


@given(LETTERS, st.integers(0, 3))
def test_case_form_and_order_hide_nobody(name: str, turn: int) -> None:
    words = name.replace(",", " ").split()
    turned = " ".join(words[turn:] + words[:turn])
    person = Person("1", name)
    if letters(name):
        for spelling in (turned, turned.upper(), unicodedata.normalize("NFD", turned), turned.replace(" ", "").lower()):
            assert roster(person).matches(spelling) == [person]


@given(st.text(max_size=20))
def test_any_text_can_be_looked_for(name: str) -> None:
    people = roster(*(Person(person.login, person.name) for person in PEOPLE))
    assert len(people.suggest(name)) <= 3
    assert people.find(name) in (None, *people.matches(name))
