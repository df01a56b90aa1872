"""T-alexnet: a table of any network, by forward hooks."""

from functools import partial

from helpers.grading.answers import changed, right, wrong

EXERCISE = "t-alexnet-table"
NAME = "layer_table"


@right
def with_partial(net, x):
    rows = []

    def note(name, layer, inputs, output):
        rows.append((name, type(layer).__name__, tuple(output.shape)[1:], sum(p.numel() for p in layer.parameters())))

    leaves = {name: layer for name, layer in net.named_modules() if len(list(layer.children())) == 0}
    hooks = [layer.register_forward_hook(partial(note, name)) for name, layer in leaves.items()]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return rows


@right
def names_by_layer(net, x):
    names = {layer: name for name, layer in net.named_modules()}
    rows, hooks = [], []

    def note(layer, inputs, output):
        learned = 0
        for parameter in layer.parameters():
            learned += parameter.numel()
        rows.append((names[layer], layer.__class__.__name__, tuple(output[0].shape), learned))

    try:
        for layer in names:
            if next(layer.children(), None) is None:
                hooks.append(layer.register_forward_hook(note))
        with torch.no_grad():
            net(x)
    finally:
        for hook in hooks:
            hook.remove()
    return rows


@right
def default_argument(net, x):
    rows, hooks = [], []
    for name, layer in net.named_modules():
        if list(layer.children()):
            continue

        def note(layer, inputs, output, name=name):
            rows.append(
                (name, type(layer).__name__, tuple(output.shape[1:]), sum(p.numel() for p in layer.parameters()))
            )

        hooks.append(layer.register_forward_hook(note))
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return rows


@wrong("all rows have the name of the last layer")
def late_binding(net, x):
    rows, hooks = [], []
    for name, layer in net.named_modules():
        if list(layer.children()):
            continue

        def note(layer, inputs, output):
            learned = sum(p.numel() for p in layer.parameters())
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))  # noqa: B023

        hooks.append(layer.register_forward_hook(note))
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return rows


@wrong("the shape has the batch in it")
def with_batch(net, x):
    rows = []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = sum(p.numel() for p in layer.parameters())
            rows.append((name, type(layer).__name__, tuple(output.shape), learned))

        return layer.register_forward_hook(note)

    hooks = [watch(name, layer) for name, layer in net.named_modules() if not list(layer.children())]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return rows


@wrong("layers that hold others have rows too")
def with_holders(net, x):
    rows = []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = sum(p.numel() for p in layer.parameters())
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))

        return layer.register_forward_hook(note)

    hooks = [watch(name, layer) for name, layer in net.named_modules()]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return rows


@wrong("counts tensors, not numbers")
def counts_tensors(net, x):
    rows = []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = len(list(layer.parameters()))
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))

        return layer.register_forward_hook(note)

    hooks = [watch(name, layer) for name, layer in net.named_modules() if not list(layer.children())]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return rows


@wrong("weights without biases")
def no_biases(net, x):
    rows = []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = layer.weight.numel() if hasattr(layer, "weight") else 0
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))

        return layer.register_forward_hook(note)

    hooks = [watch(name, layer) for name, layer in net.named_modules() if not list(layer.children())]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return rows


@wrong("the shapes of what comes in")
def input_shapes(net, x):
    rows = []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = sum(p.numel() for p in layer.parameters())
            rows.append((name, type(layer).__name__, tuple(inputs[0].shape[1:]), learned))

        return layer.register_forward_hook(note)

    hooks = [watch(name, layer) for name, layer in net.named_modules() if not list(layer.children())]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return rows


@wrong("the kind is a class, not a name")
def whole_kind(net, x):
    rows = []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = sum(p.numel() for p in layer.parameters())
            rows.append((name, type(layer), tuple(output.shape[1:]), learned))

        return layer.register_forward_hook(note)

    hooks = [watch(name, layer) for name, layer in net.named_modules() if not list(layer.children())]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return rows


@wrong("frozen parameters left out", passes="visible")
def learnable_only(net, x):
    rows = []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = sum(p.numel() for p in layer.parameters() if p.requires_grad)
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))

        return layer.register_forward_hook(note)

    hooks = [watch(name, layer) for name, layer in net.named_modules() if not list(layer.children())]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return rows


@wrong("running averages of batch norm counted", passes="visible")
def with_buffers(net, x):
    rows = []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = sum(tensor.numel() for tensor in layer.state_dict().values())
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))

        return layer.register_forward_hook(note)

    hooks = [watch(name, layer) for name, layer in net.named_modules() if not list(layer.children())]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return rows


@wrong("in the order in which the layers were made", passes="visible")
def order_of_making(net, x):
    rows = []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = sum(p.numel() for p in layer.parameters())
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))

        return layer.register_forward_hook(note)

    hooks = [watch(name, layer) for name, layer in net.named_modules() if not list(layer.children())]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    order = [name for name, _ in net.named_modules()]
    return sorted(rows, key=lambda row: order.index(row[0]))


@wrong("a layer that runs twice has one row", passes="visible")
def one_row_a_layer(net, x):
    rows = []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = sum(p.numel() for p in layer.parameters())
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))

        return layer.register_forward_hook(note)

    hooks = [watch(name, layer) for name, layer in net.named_modules() if not list(layer.children())]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return list({row[0]: row for row in rows}.values())


@wrong("passes the data from child to child by hand", passes="visible")
def child_by_child(net, x):
    rows = []
    for name, layer in net.named_children():
        with torch.no_grad():
            x = layer(x)
        rows.append((name, type(layer).__name__, tuple(x.shape[1:]), sum(p.numel() for p in layer.parameters())))
    return rows


@wrong("runs on zeros of its own, on the CPU", passes="visible")
def makes_its_own_input(net, x):
    rows = []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = sum(p.numel() for p in layer.parameters())
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))

        return layer.register_forward_hook(note)

    hooks = [watch(name, layer) for name, layer in net.named_modules() if not list(layer.children())]
    with torch.no_grad():
        net(torch.zeros(x.shape))
    for hook in hooks:
        hook.remove()
    return rows


@right
def in_inference_mode(net, x):
    rows, hooks = [], []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = sum(parameter.numel() for parameter in layer.parameters())
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))

        hooks.append(layer.register_forward_hook(note))

    for name, layer in net.named_modules():
        if not list(layer.children()):
            watch(name, layer)
    try:
        with torch.inference_mode():
            net.eval()(x)
    finally:
        for hook in hooks:
            hook.remove()
    return rows


@wrong("autograd follows")
def followed(net, x):
    rows, hooks = [], []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = sum(parameter.numel() for parameter in layer.parameters())
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))

        hooks.append(layer.register_forward_hook(note))

    for name, layer in net.named_modules():
        if not list(layer.children()):
            watch(name, layer)
    net(x)
    for hook in hooks:
        hook.remove()
    return rows


@wrong("takes off the last hook only", passes="visible")
def one_hook_removed(net, x):
    rows, hooks = [], []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = sum(parameter.numel() for parameter in layer.parameters())
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))

        hooks.append(layer.register_forward_hook(note))

    for name, layer in net.named_modules():
        if not list(layer.children()):  # all but one stay
            watch(name, layer)
    with torch.no_grad():
        net(x)
    hooks[0].remove()
    return rows


@wrong("runs the network twice", passes="visible")
def runs_twice(net, x):
    rows, hooks = [], []

    def watch(name, layer):
        def note(layer, inputs, output):
            learned = sum(parameter.numel() for parameter in layer.parameters())
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))

        hooks.append(layer.register_forward_hook(note))

    for name, layer in net.named_modules():
        if not list(layer.children()):
            watch(name, layer)
    with torch.no_grad():
        net(x)
        rows.clear()
        net(x)
    for hook in hooks:
        hook.remove()
    return rows


containers_too = changed(
    with_partial,
    "len(list(layer.children())) == 0",
    "type(layer) not in (nn.Sequential, type(net))",
    wrong="a row for each layer that holds others, unless it is an nn.Sequential",
    passes="visible",
)


@wrong("those of layers that did not run stay", passes="visible")
def removes_itself(net, x):
    rows, hooks = [], {}

    def note(name):
        def hook(layer, inputs, output):
            learned = sum(parameter.numel() for parameter in layer.parameters())
            rows.append((name, type(layer).__name__, tuple(output.shape[1:]), learned))

        return hook

    for name, layer in net.named_modules():
        if not list(layer.children()):
            hooks[name] = layer.register_forward_hook(note(name))
    with torch.no_grad():
        net(x)
    for name, *_ in rows:
        hooks[name].remove()
    return rows
