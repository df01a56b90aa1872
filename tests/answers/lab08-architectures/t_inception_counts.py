"""T-inception: output maps and parameters of a module."""

from helpers.grading.answers import right, wrong

EXERCISE = "t-inception-counts"
NAME = "inception_counts"


@right
def branch_by_branch(inputs, one, reduce3, three, reduce5, five, project):
    maps, learned = one + three + five, one * (inputs + 1)
    for reduce, outputs, taps in ((reduce3, three, 9), (reduce5, five, 25)):
        if reduce == 0:
            learned += outputs * inputs * taps + outputs
        else:
            learned += reduce * inputs + reduce + outputs * reduce * taps + outputs
    if project == 0:
        return maps + inputs, learned
    return maps + project, learned + project * inputs + project


@right
def with_real_layers(inputs, one, reduce3, three, reduce5, five, project):
    net = nn.ModuleList([nn.Conv2d(inputs, one, 1, device="meta")])
    for reduce, outputs, size in ((reduce3, three, 3), (reduce5, five, 5)):
        maps = inputs
        if reduce > 0:
            net.append(nn.Conv2d(inputs, reduce, 1, device="meta"))
            maps = reduce
        net.append(nn.Conv2d(maps, outputs, size, device="meta"))
    if project > 0:
        net.append(nn.Conv2d(inputs, project, 1, device="meta"))
    last = project if project > 0 else inputs
    return one + three + five + last, sum(parameter.numel() for parameter in net.parameters())


@wrong("no biases")
def no_biases(inputs, one, reduce3, three, reduce5, five, project):
    rows = [(1, inputs, one), (3, reduce3 or inputs, three), (5, reduce5 or inputs, five)]
    rows += [(1, inputs, outputs) for outputs in (reduce3, reduce5, project)]
    learned = sum(b * size**2 * a for size, a, b in rows)
    return one + three + five + (project or inputs), learned


@wrong("one bias for each map that comes in")
def bias_for_inputs(inputs, one, reduce3, three, reduce5, five, project):
    rows = [(1, inputs, one), (3, reduce3 or inputs, three), (5, reduce5 or inputs, five)]
    rows += [(1, inputs, outputs) for outputs in (reduce3, reduce5, project)]
    learned = sum(b * size**2 * a + a for size, a, b in rows)
    return one + three + five + (project or inputs), learned


@wrong("the kernel's size not squared")
def not_squared(inputs, one, reduce3, three, reduce5, five, project):
    rows = [(1, inputs, one), (3, reduce3 or inputs, three), (5, reduce5 or inputs, five)]
    rows += [(1, inputs, outputs) for outputs in (reduce3, reduce5, project)]
    learned = sum(b * (size * a + 1) for size, a, b in rows)
    return one + three + five + (project or inputs), learned


@wrong("the maps of the reductions counted as output")
def reductions_come_out(inputs, one, reduce3, three, reduce5, five, project):
    rows = [(1, inputs, one), (3, reduce3 or inputs, three), (5, reduce5 or inputs, five)]
    rows += [(1, inputs, outputs) for outputs in (reduce3, reduce5, project)]
    learned = sum(b * (size**2 * a + 1) for size, a, b in rows)
    return one + reduce3 + reduce5 + three + five + (project or inputs), learned


@wrong("the reductions reduce nothing")
def reductions_beside(inputs, one, reduce3, three, reduce5, five, project):
    rows = [(1, inputs, one), (3, inputs, three), (5, inputs, five)]
    rows += [(1, inputs, outputs) for outputs in (reduce3, reduce5, project)]
    learned = sum(b * (size**2 * a + 1) for size, a, b in rows)
    return one + three + five + (project or inputs), learned


@wrong("nothing leaves the pooling without a projection")
def pooling_lost(inputs, one, reduce3, three, reduce5, five, project):
    rows = [(1, inputs, one), (3, reduce3 or inputs, three), (5, reduce5 or inputs, five)]
    rows += [(1, inputs, outputs) for outputs in (reduce3, reduce5, project)]
    learned = sum(b * (size**2 * a + 1) for size, a, b in rows)
    return one + three + five + project, learned


@wrong("a reduction to no maps at all")
def a_zero_is_a_layer(inputs, one, reduce3, three, reduce5, five, project):
    rows = [(1, inputs, one), (3, reduce3, three), (5, reduce5, five)]
    rows += [(1, inputs, outputs) for outputs in (reduce3, reduce5, project)]
    learned = sum(b * (size**2 * a + 1) for size, a, b in rows)
    return one + three + five + (project or inputs), learned


@wrong("all 1×1 convolutions or none", passes="visible")
def all_or_none(inputs, one, reduce3, three, reduce5, five, project):
    if not (reduce3 and reduce5 and project):
        reduce3 = reduce5 = project = 0
    rows = [(1, inputs, one), (3, reduce3 or inputs, three), (5, reduce5 or inputs, five)]
    rows += [(1, inputs, outputs) for outputs in (reduce3, reduce5, project)]
    learned = sum(b * (size**2 * a + 1) for size, a, b in rows)
    return one + three + five + (project or inputs), learned


@wrong("the worked examples", passes="visible")
def worked_examples(inputs, one, reduce3, three, reduce5, five, project):
    return (256, 163_696) if project else (416, 387_296)


@wrong("one reduction decides for both", passes="visible")
def one_decides(inputs, one, reduce3, three, reduce5, five, project):
    rows = [(1, inputs, one), (3, reduce3 or inputs, three), (5, reduce5 if reduce3 else inputs, five)]
    rows += [(1, inputs, outputs) for outputs in (reduce3, reduce5, project)]
    learned = sum(b * (size**2 * a + 1) for size, a, b in rows)
    return one + three + five + (project or inputs), learned
