"""T-resnet: the gradient in every layer."""

from helpers.grading.answers import right, wrong

EXERCISE = "t-resnet-flow"
NAME = "gradient_norms"


@right
def by_autograd(net, x, labels):
    weights = [layer.weight for layer in net.modules() if isinstance(layer, nn.Conv2d)]
    gradients = torch.autograd.grad(nn.CrossEntropyLoss()(net(x), labels), weights)
    return [gradient.square().sum().sqrt().item() for gradient in gradients]


@right
def by_hand(net, x, labels):
    for parameter in net.parameters():
        parameter.grad = None
    logits = net(x)
    loss = -logits.log_softmax(1)[torch.arange(len(labels)), labels].mean()
    loss.backward()
    norms = []
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            norms.append(float(torch.linalg.vector_norm(layer.weight.grad)))
    return norms


@wrong("fully connected layers too")
def linear_too(net, x, labels):
    net.zero_grad()
    F.cross_entropy(net(x), labels).backward()
    return [layer.weight.grad.norm().item() for layer in net.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]


@wrong("tensors, not numbers")
def tensors(net, x, labels):
    net.zero_grad()
    F.cross_entropy(net(x), labels).backward()
    return [layer.weight.grad.norm() for layer in net.modules() if isinstance(layer, nn.Conv2d)]


@wrong("the last layer first")
def last_first(net, x, labels):
    net.zero_grad()
    F.cross_entropy(net(x), labels).backward()
    norms = [layer.weight.grad.norm().item() for layer in net.modules() if isinstance(layer, nn.Conv2d)]
    return norms[::-1]


@wrong("the norm of the weight")
def norm_of_the_weight(net, x, labels):
    net.zero_grad()
    F.cross_entropy(net(x), labels).backward()
    return [layer.weight.norm().item() for layer in net.modules() if isinstance(layer, nn.Conv2d)]


@wrong("the largest entry")
def largest(net, x, labels):
    net.zero_grad()
    F.cross_entropy(net(x), labels).backward()
    return [layer.weight.grad.abs().max().item() for layer in net.modules() if isinstance(layer, nn.Conv2d)]


@wrong("the loss summed over the batch")
def summed_loss(net, x, labels):
    net.zero_grad()
    F.cross_entropy(net(x), labels, reduction="sum").backward()
    return [layer.weight.grad.norm().item() for layer in net.modules() if isinstance(layer, nn.Conv2d)]


@wrong("weight and bias together")
def biases_too(net, x, labels):
    net.zero_grad()
    F.cross_entropy(net(x), labels).backward()
    return [
        (layer.weight.grad.square().sum() + layer.bias.grad.square().sum()).sqrt().item()
        for layer in net.modules()
        if isinstance(layer, nn.Conv2d)
    ]


@wrong("old gradients not cleared", passes="visible")
def not_cleared(net, x, labels):
    F.cross_entropy(net(x), labels).backward()
    return [layer.weight.grad.norm().item() for layer in net.modules() if isinstance(layer, nn.Conv2d)]


@wrong("gradients cleared after their use, not before", passes="visible")
def cleared_afterwards(net, x, labels):
    F.cross_entropy(net(x), labels).backward()
    norms = [layer.weight.grad.norm().item() for layer in net.modules() if isinstance(layer, nn.Conv2d)]
    net.zero_grad()
    return norms


@wrong("puts the network into training mode", passes="visible")
def always_training(net, x, labels):
    net.train()
    net.zero_grad()
    F.cross_entropy(net(x), labels).backward()
    return [layer.weight.grad.norm().item() for layer in net.modules() if isinstance(layer, nn.Conv2d)]


@wrong("trains on the way", passes="visible")
def takes_a_step(net, x, labels):
    net.zero_grad()
    F.cross_entropy(net(x), labels).backward()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter -= 0.1 * parameter.grad
    return [layer.weight.grad.norm().item() for layer in net.modules() if isinstance(layer, nn.Conv2d)]


@wrong("layers in layers are not found", passes="visible")
def direct_children(net, x, labels):
    net.zero_grad()
    F.cross_entropy(net(x), labels).backward()
    return [layer.weight.grad.norm().item() for layer in net.children() if isinstance(layer, nn.Conv2d)]


@wrong("in the order in which the layers run", passes="visible")
def as_they_run(net, x, labels):
    run, hooks = [], []
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            hooks.append(layer.register_forward_hook(lambda layer, inputs, output: run.append(layer)))
    net.zero_grad()
    F.cross_entropy(net(x), labels).backward()
    for hook in hooks:
        hook.remove()
    return [layer.weight.grad.norm().item() for layer in run]


@wrong("for every weight of four axes, transposed convolutions too", passes="visible")
def four_axes(net, x, labels):
    net.zero_grad()
    F.cross_entropy(net(x), labels).backward()
    return [p.grad.norm().item() for p in net.parameters() if p.dim() == 4]
