"""K27: what a network can learn."""

from helpers.grading.answers import right, wrong

EXERCISE = "k27-learnable"
NAME = "learnable"


@right
def by_comprehension(net):
    return {name: p.numel() for name, p in net.named_parameters() if p.requires_grad}


@right
def by_a_loop(net):
    numbers = {}
    for name, parameter in net.named_parameters():
        if parameter.requires_grad:
            numbers[name] = int(np.prod(parameter.shape))
    return numbers


@wrong("shapes, not numbers")
def shapes(net):
    return {name: tuple(p.shape) for name, p in net.named_parameters() if p.requires_grad}


@wrong("one sum")
def one_sum(net):
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


@wrong("a list of numbers, without names")
def no_names(net):
    return [p.numel() for p in net.parameters() if p.requires_grad]


@wrong("the length of the first axis")
def first_axis(net):
    return {name: len(p) for name, p in net.named_parameters() if p.requires_grad}


@wrong("no biases")
def no_biases(net):
    return {name: p.numel() for name, p in net.named_parameters() if name.endswith("weight")}


@wrong("counts frozen parameters", passes="visible")
def frozen_too(net):
    return {name: p.numel() for name, p in net.named_parameters()}


@wrong("counts what the state dict holds", passes="visible")
def the_state_dict(net):
    return {name: tensor.numel() for name, tensor in net.state_dict().items()}


@wrong("only the parameters of the outermost layers", passes="visible")
def outermost(net):
    return {
        f"{layer}.{name}": parameter.numel()
        for layer, module in net.named_children()
        for name, parameter in module.named_parameters(recurse=False)
        if parameter.requires_grad
    }


@wrong("sorted by size", passes="visible")
def by_size(net):
    found = [(name, p.numel()) for name, p in net.named_parameters() if p.requires_grad]
    return dict(sorted(found, key=lambda pair: pair[1] != 18 and pair[1]))


@wrong("counts along the first two axes at most", passes="visible")
def by_len(net):
    return {n: max(len(p), 1) * p[0].numel() for n, p in net.named_parameters() if p.requires_grad}
