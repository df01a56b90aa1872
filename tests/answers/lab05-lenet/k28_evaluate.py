"""K28: logits and accuracy."""

from helpers.grading.answers import right, wrong

EXERCISE = "k28-evaluate"
NAME = "evaluate"


@right
def by_argmax(net, images, labels):
    with torch.no_grad():
        logits = net(images)
    return logits, 100 * (logits.argmax(1) == labels).float().mean().item()


@torch.no_grad()
@right
def by_max_and_count(net, images, labels):
    logits = net.forward(images)
    _, predicted = logits.max(1)
    return logits, 100.0 * int((predicted == labels).sum()) / len(labels)


@wrong("a fraction, not percent")
def fraction(net, images, labels):
    with torch.no_grad():
        logits = net(images)
    return logits, (logits.argmax(1) == labels).float().mean().item()


@wrong("the accuracy is a tensor")
def a_tensor(net, images, labels):
    with torch.no_grad():
        logits = net(images)
    return logits, 100 * (logits.argmax(1) == labels).float().mean()


@wrong("the largest logit over the images")
def wrong_axis(net, images, labels):
    with torch.no_grad():
        logits = net(images)
    return logits, 100 * (logits.argmax(0)[labels] == labels).float().mean().item()


@wrong("the accuracy alone")
def accuracy_alone(net, images, labels):
    with torch.no_grad():
        return 100 * (net(images).argmax(1) == labels).float().mean().item()


@wrong("counts the errors")
def errors(net, images, labels):
    with torch.no_grad():
        logits = net(images)
    return logits, 100 * (logits.argmax(1) != labels).float().mean().item()


@wrong("probabilities for logits")
def probabilities(net, images, labels):
    with torch.no_grad():
        p = net(images).softmax(1)
    return p, 100 * (p.argmax(1) == labels).float().mean().item()


@wrong("keeps the gradient")
def with_gradient(net, images, labels):
    logits = net(images)
    return logits, 100 * (logits.argmax(1) == labels).float().mean().item()


@wrong("rounds to whole percent", passes="visible")
def rounded(net, images, labels):
    with torch.no_grad():
        logits = net(images)
    return logits, float(round(100 * (logits.argmax(1) == labels).float().mean().item()))


@wrong("three classes only", passes="visible")
def three_classes(net, images, labels):
    with torch.no_grad():
        logits = net(images)
    return logits, 100 * (logits[:, :3].argmax(1) == labels).float().mean().item()


@right
def in_inference_mode(net, images, labels):
    with torch.inference_mode():
        logits = net(images)
    return logits, 100 * (logits.argmax(1) == labels).float().mean().item()


@wrong("the gradient is computed, and thrown away")
def detached_later(net, images, labels):
    logits = net(images).detach()
    return logits, 100 * (logits.argmax(1) == labels).float().mean().item()


@wrong("autograd stays off")
def switched_off(net, images, labels):
    torch.set_grad_enabled(False)
    logits = net(images)
    return logits, 100 * (logits.argmax(1) == labels).float().mean().item()


@wrong("rounds to two decimals", passes="visible")
def two_decimals(net, images, labels):
    with torch.no_grad():
        logits = net(images)
    return logits, round(100 * (logits.argmax(1) == labels).double().mean().item(), 2)


@wrong("freezes the parameters, and nothing learns any more", passes="visible")
def for_good(net, images, labels):
    net.requires_grad_(False)
    logits = net(images)
    return logits, 100 * (logits.argmax(1) == labels).float().mean().item()
