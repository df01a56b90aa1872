"""W-params: walk through the parameters."""

from helpers.grading.answers import right, wrong

EXERCISE = "w-params-table"
NAME = "parameter_table"


@right
def with_a_loop(net):
    rows = []
    for name, parameter in net.named_parameters():
        rows.append((name, tuple(parameter.size()), parameter.nelement()))
    return rows


@right
def by_multiplying(net):
    import math

    names = [name for name, _ in net.named_parameters()]
    shapes = [tuple(parameter.shape) for parameter in net.parameters()]
    return [(name, shape, math.prod(shape)) for name, shape in zip(names, shapes, strict=True)]


@wrong("no names")
def no_names(net):
    return [(tuple(parameter.shape), parameter.numel()) for parameter in net.parameters()]


@wrong("the length is the first size alone")
def length_alone(net):
    return [(name, tuple(parameter.shape), len(parameter)) for name, parameter in net.named_parameters()]


@wrong("a dictionary in place of rows")
def dictionary(net):
    return {name: (tuple(parameter.shape), parameter.numel()) for name, parameter in net.named_parameters()}


@wrong("weights only")
def weights_only(net):
    return [(n, tuple(p.shape), p.numel()) for n, p in net.named_parameters() if n.endswith("weight")]


@wrong("number before shape")
def exchanged(net):
    return [(name, parameter.numel(), tuple(parameter.shape)) for name, parameter in net.named_parameters()]


@wrong("the tensor in place of its shape")
def whole_tensor(net):
    return [(name, parameter.detach(), parameter.numel()) for name, parameter in net.named_parameters()]


@wrong("the state dict: running averages too", passes="visible")
def state_dict_too(net):
    return [(name, tuple(tensor.shape), tensor.numel()) for name, tensor in net.state_dict().items()]


@wrong("leaves frozen parameters out", passes="visible")
def learnable_only(net):
    return [(n, tuple(p.shape), p.numel()) for n, p in net.named_parameters() if p.requires_grad]


@wrong("sorted by name")
def sorted_by_name(net):
    return sorted((name, tuple(parameter.shape), parameter.numel()) for name, parameter in net.named_parameters())


@wrong("fails where there is nothing", passes="visible")
def table_of_lists(net):
    names, parameters = zip(*net.named_parameters(), strict=True)
    return [(name, tuple(p.shape), p.numel()) for name, p in zip(names, parameters, strict=True)]


@wrong("only the layers of the network itself", passes="visible")
def layers_alone(net):
    rows = []
    for layer, module in net.named_children():
        for name, parameter in module._parameters.items():
            if parameter is not None:
                rows.append((f"{layer}.{name}", tuple(parameter.shape), parameter.numel()))
    return rows


@wrong("the shape is a torch.Size", passes="visible")
def size_as_it_is(net):
    return [(name, parameter.shape, parameter.numel()) for name, parameter in net.named_parameters()]


@wrong("a linear layer with one output loses a side", passes="visible")
def squeezed(net):
    rows = []
    for name, p in net.named_parameters():
        shape = p.squeeze().shape if p.dim() == 2 else p.shape
        rows.append((name, tuple(shape), p.numel()))
    return rows
