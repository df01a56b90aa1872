"""K13: three ways to add one."""

from helpers.grading.answers import right, wrong

EXERCISE = "k13-three"
NAME = "add_one"


@right
def by_case(a, way):
    match way:
        case "add_":
            a.add_(1)
        case "slice":
            a[:] += 1
        case "add":
            a = a.add(1)
        case _:
            raise ValueError(f"no way is called {way}")
    return a


@right
def guard_first(a, way):
    if way not in ("add_", "slice", "add"):
        raise ValueError(way)
    if way == "add":
        return a + 1
    a += 1
    return a


@right
def by_table(a, way):
    ways = {"add_": lambda: a.add_(1), "slice": lambda: a[:].add_(1), "add": lambda: a.add(1)}
    if way not in ways:
        raise ValueError(f"choose one of {', '.join(ways)}")
    return ways[way]()


@wrong("all in place")
def all_in_place(a, way):
    if way not in ("add_", "slice", "add"):
        raise ValueError(way)
    return a.add_(1)


@wrong("nothing in place")
def none_in_place(a, way):
    if way not in ("add_", "slice", "add"):
        raise ValueError(way)
    return a + 1


@wrong("all three, one after the other")
def all_three(a, way):
    a.add_(1)
    a[:] += 1
    return a.add(1)


@wrong("forgets to keep the result of add")
def lost_result(a, way):
    if way == "add_":
        a.add_(1)
    elif way == "slice":
        a[:] += 1
    elif way == "add":
        a.add(1)
    else:
        raise ValueError(way)
    return a


@wrong("works on a copy")
def on_a_copy(a, way):
    a = a.clone()
    if way == "add_":
        a.add_(1)
    elif way == "slice":
        a[:] += 1
    elif way == "add":
        a = a.add(1)
    else:
        raise ValueError(way)
    return a


@wrong("returns nothing")
def returns_nothing(a, way):
    if way == "add_":
        a.add_(1)
    elif way == "slice":
        a[:] += 1
    elif way == "add":
        a = a.add(1)
    else:
        raise ValueError(way)


@wrong("any other word counts as add", passes="visible")
def no_refusal(a, way):
    if way == "add_":
        a.add_(1)
    elif way == "slice":
        a[:] += 1
    else:
        a = a.add(1)
    return a


@wrong("looks for add anywhere in the word", passes="visible")
def contains_add(a, way):
    if way == "add_":
        a.add_(1)
    elif way == "slice":
        a[:] += 1
    elif "add" in way:
        a = a.add(1)
    else:
        raise ValueError(way)
    return a


@wrong("takes capitals for small letters", passes="visible")
def any_case(a, way):
    if way.lower() == "add_":
        a.add_(1)
    elif way.lower() == "slice":
        a[:] += 1
    elif way.lower() == "add":
        a = a.add(1)
    else:
        raise ValueError(way)
    return a


@wrong("another word gives None", passes="visible")
def none_for_others(a, way):
    if way == "add_":
        return a.add_(1)
    if way == "slice":
        a[:] += 1
        return a
    if way == "add":
        return a.add(1)


@wrong("float32, whatever is given", passes="visible")
def single(a, way):
    if way not in ("add_", "slice", "add"):
        raise ValueError(way)
    if way == "add":
        return a.float() + 1
    return a.add_(1).float()


@wrong("returns a copy, whatever the way")
def copy_returned(a, way):
    if way not in ("add_", "slice", "add"):
        raise ValueError(way)
    grown = a + 1
    if way != "add":
        a.copy_(grown)
    return grown


@wrong("writes into the given tensor and takes it back: a is not new")
def taken_back(a, way):
    if way not in ("add_", "slice", "add"):
        raise ValueError(way)
    a += 1
    if way == "add":
        grown = a.clone()
        a -= 1
        return grown
    return a.clone()


@wrong("adds, and looks at the word afterwards", passes="visible")
def looks_too_late(a, way):
    if way == "add":
        return a.add(1)
    a += 1
    if way in ("add_", "slice"):
        return a
    raise ValueError(way)
