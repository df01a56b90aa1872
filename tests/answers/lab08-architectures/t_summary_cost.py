"""T-summary: parameters and FLOPs."""

from helpers.grading.answers import changed, right, wrong

EXERCISE = "t-summary-cost"
NAME = "cost"


@right
def one_after_the_other(net, x):
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        net.forward(x)
    learned = 0
    for parameter in net.parameters():
        learned += parameter.numel()
    return learned, counter.get_total_flops()


@right
def by_hooks(net, x):
    flops, hooks = [], []

    def note(layer, inputs, output):
        terms = layer.weight[0].numel()
        flops.append(2 * output.numel() * terms)

    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            hooks.append(layer.register_forward_hook(note))
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return sum(map(torch.numel, net.parameters())), sum(flops)


@wrong("multiply-adds")
def multiply_adds(net, x):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(x)
    return sum(parameter.numel() for parameter in net.parameters()), counter.get_total_flops() // 2


@wrong("FLOPs first")
def exchanged(net, x):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(x)
    return counter.get_total_flops(), sum(parameter.numel() for parameter in net.parameters())


@wrong("the network runs outside of the counter")
def outside(net, x):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        pass
    net(x)
    return sum(parameter.numel() for parameter in net.parameters()), counter.get_total_flops()


@wrong("the FLOPs of one image")
def one_image(net, x):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(x[:1])
    return sum(parameter.numel() for parameter in net.parameters()), counter.get_total_flops()


@wrong("counts tensors, not numbers")
def counts_tensors(net, x):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(x)
    return len(list(net.parameters())), counter.get_total_flops()


@wrong("no biases")
def weights_only(net, x):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(x)
    return sum(parameter.numel() for parameter in net.parameters() if parameter.ndim > 1), counter.get_total_flops()


@wrong("frozen parameters left out", passes="visible")
def learnable_only(net, x):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(x)
    return sum(
        parameter.numel() for parameter in net.parameters() if parameter.requires_grad
    ), counter.get_total_flops()


@wrong("no matrix products", passes="visible")
def convolutions_only(net, x):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(x)
    return sum(parameter.numel() for parameter in net.parameters()), counter.get_flop_counts()["Global"][
        torch.ops.aten.convolution
    ]


@wrong("weights times places, as if there were no stride", passes="visible")
def by_places(net, x):
    learned = sum(parameter.numel() for parameter in net.parameters())
    conv = next(layer for layer in net.modules() if isinstance(layer, nn.Conv2d))
    places = (x.shape[2] - 2 * (conv.kernel_size[0] // 2)) * (x.shape[3] - 2 * (conv.kernel_size[1] // 2))
    return learned, 2 * len(x) * places * conv.weight.numel()


@wrong("makes its own input on the CPU", passes="visible")
def on_the_cpu(net, x):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(torch.zeros(x.shape))
    return sum(parameter.numel() for parameter in net.parameters()), counter.get_total_flops()


@right
def in_inference_mode(net, x):
    counter = FlopCounterMode(display=False)
    with torch.inference_mode(), counter:
        net(x)
    return sum(p.nelement() for p in net.parameters()), counter.get_total_flops()


@wrong("autograd follows")
def followed(net, x):
    with FlopCounterMode(display=False) as counter:
        net(x)
    return sum(parameter.numel() for parameter in net.parameters()), counter.get_total_flops()


@wrong("running averages are counted too", passes="visible")
def with_buffers(net, x):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(x)
    numbers = [*net.parameters(), *net.buffers()]
    return sum(map(torch.numel, numbers)), counter.get_total_flops()


only_of_layers = changed(
    one_after_the_other,
    "for parameter in net.parameters():",
    "layers = [layer for layer in net.modules() if not list(layer.children())]\n"
    "    for parameter in (p for layer in layers for p in layer.parameters()):",
    wrong="leaves out a parameter that belongs to no layer",
    passes="visible",
)
