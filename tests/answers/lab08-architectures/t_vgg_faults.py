"""T-vgg: the wrong rows of a claimed table."""

from helpers.grading.answers import right, wrong

EXERCISE = "t-vgg-faults"
NAME = "faults"


@right
def with_indices(claims, rows):
    if len(claims) != len(rows):
        raise ValueError("the tables are not equally long")
    found = []
    for i in range(len(rows)):
        for what, place in (("shape", 2), ("parameters", 3)):
            if claims[i][place - 1] != rows[i][place]:
                found.append((claims[i][0], what, claims[i][place - 1], rows[i][place]))
    return found


@right
def by_comprehension(claims, rows):
    pairs = [
        (layer, what, claimed, computed)
        for (layer, *stated), (_, _, *true) in zip(claims, rows, strict=True)
        for what, claimed, computed in zip(("shape", "parameters"), stated, true, strict=True)
    ]
    return [pair for pair in pairs if pair[2] != pair[3]]


@wrong("claimed and computed exchanged")
def exchanged(claims, rows):
    found = []
    for (layer, stated, claimed), (_, _, shape, learned) in zip(claims, rows, strict=True):
        if stated != shape:
            found.append((layer, "shape", shape, stated))
        if claimed != learned:
            found.append((layer, "parameters", learned, claimed))
    return found


@wrong("the network's name of the layer")
def other_name(claims, rows):
    found = []
    for (_, stated, claimed), (name, _, shape, learned) in zip(claims, rows, strict=True):
        if stated != shape:
            found.append((name, "shape", stated, shape))
        if claimed != learned:
            found.append((name, "parameters", claimed, learned))
    return found


@wrong("the layers' names alone")
def names_only(claims, rows):
    found = []
    for (layer, stated, claimed), (_, _, shape, learned) in zip(claims, rows, strict=True):
        if stated != shape:
            found.append(layer)
        if claimed != learned:
            found.append(layer)
    return found


@wrong("reports what is right")
def right_rows(claims, rows):
    found = []
    for (layer, stated, claimed), (_, _, shape, learned) in zip(claims, rows, strict=True):
        if stated == shape:
            found.append((layer, "shape", stated, shape))
        if claimed == learned:
            found.append((layer, "parameters", claimed, learned))
    return found


@wrong("compares the sums only")
def sums_only(claims, rows):
    claimed, learned = sum(claim[2] for claim in claims), sum(row[3] for row in rows)
    return [] if claimed == learned else [("total", "parameters", claimed, learned)]


@wrong("shapes not compared", passes="visible")
def parameters_only(claims, rows):
    found = []
    for (layer, stated, claimed), (_, _, shape, learned) in zip(claims, rows, strict=True):
        if len(stated) != len(shape):
            found.append((layer, "shape", stated, shape))
        if claimed != learned:
            found.append((layer, "parameters", claimed, learned))
    return found


@wrong("one fault a row", passes="visible")
def one_a_row(claims, rows):
    found = []
    for (layer, stated, claimed), (_, _, shape, learned) in zip(claims, rows, strict=True):
        if stated != shape:
            found.append((layer, "shape", stated, shape))
        elif claimed != learned:
            found.append((layer, "parameters", claimed, learned))
    return found


@wrong("stops at the end of the shorter table", passes="visible")
def any_length(claims, rows):
    found = []
    for (layer, stated, claimed), (_, _, shape, learned) in zip(claims, rows, strict=False):
        if stated != shape:
            found.append((layer, "shape", stated, shape))
        if claimed != learned:
            found.append((layer, "parameters", claimed, learned))
    return found


@wrong("stops at the first fault", passes="visible")
def first_only(claims, rows):
    found = []
    for (layer, stated, claimed), (_, _, shape, learned) in zip(claims, rows, strict=True):
        if stated != shape:
            found.append((layer, "shape", stated, shape))
        if claimed != learned:
            found.append((layer, "parameters", claimed, learned))
    return found[:1]


@wrong("the sides of a shape in any order", passes="visible")
def sides_in_any_order(claims, rows):
    found = []
    for (layer, stated, claimed), (_, _, shape, learned) in zip(claims, rows, strict=True):
        if sorted(stated) != sorted(shape):
            found.append((layer, "shape", stated, shape))
        if claimed != learned:
            found.append((layer, "parameters", claimed, learned))
    return found


@wrong("parameters before shapes", passes="visible")
def parameters_first(claims, rows):
    found = []
    for (layer, stated, claimed), (_, _, shape, learned) in zip(claims, rows, strict=True):
        if stated != shape:
            found.append((layer, "shape", stated, shape))
        if claimed != learned:
            found.append((layer, "parameters", claimed, learned))
    return sorted(found, key=lambda fault: fault[1])


@wrong("shapes compared by the number of their values", passes="visible")
def as_many_values(claims, rows):
    found = []
    for (layer, stated, claimed), (_, _, shape, learned) in zip(claims, rows, strict=True):
        if stated[0] != shape[0] or torch.Size(stated).numel() != torch.Size(shape).numel():
            found.append((layer, "shape", stated, shape))
        if claimed != learned:
            found.append((layer, "parameters", claimed, learned))
    return found


@wrong("by the layer's name: a name that comes twice counts once", passes="visible")
def by_layer(claims, rows):
    if len(claims) != len(rows):
        raise ValueError("not equally long")
    found = {}
    for (layer, shape, learned), (_, _, true_shape, truly) in zip(claims, rows, strict=True):
        if shape != true_shape:
            found[layer, "shape"] = (layer, "shape", shape, true_shape)
        if learned != truly:
            found[layer, "parameters"] = (layer, "parameters", learned, truly)
    return list(found.values())


@wrong("an empty table of claims passes", passes="visible")
def nothing_claimed(claims, rows):
    if not claims:
        return []
    found = []
    for (layer, shape, learned), (_, _, true_shape, truly) in zip(claims, rows, strict=True):
        if shape != true_shape:
            found.append((layer, "shape", shape, true_shape))
        if learned != truly:
            found.append((layer, "parameters", learned, truly))
    return found
