"""K28: logits and accuracy."""

from helpers.grading.answers import changed, right, wrong

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


fraction = changed(
    by_argmax, "100 * (logits.argmax(1) == labels)", "(logits.argmax(1) == labels)", wrong="a fraction, not percent"
)
a_tensor = changed(by_argmax, "mean().item()", "mean()", wrong="the accuracy is a tensor")
wrong_axis = changed(by_argmax, "argmax(1) =", "argmax(0)[labels] =", wrong="the largest logit over the images")


@wrong("the accuracy alone")
def accuracy_alone(net, images, labels):
    with torch.no_grad():
        return 100 * (net(images).argmax(1) == labels).float().mean().item()


errors = changed(by_argmax, "argmax(1) =", "argmax(1) !", wrong="counts the errors")


@wrong("probabilities for logits")
def probabilities(net, images, labels):
    with torch.no_grad():
        p = net(images).softmax(1)
    return p, 100 * (p.argmax(1) == labels).float().mean().item()


@wrong("keeps the gradient")
def with_gradient(net, images, labels):
    logits = net(images)
    return logits, 100 * (logits.argmax(1) == labels).float().mean().item()


rounded = changed(
    by_argmax,
    "100 * (logits.argmax(1) == labels).float().mean().item()",
    "float(round(100 * (logits.argmax(1) == labels).float().mean().item()))",
    wrong="rounds to whole percent",
    passes="visible",
)
three_classes = changed(
    by_argmax, "logits.argmax", "logits[:, :3].argmax", wrong="three classes only", passes="visible"
)


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


two_decimals = changed(
    by_argmax,
    "100 * (logits.argmax(1) == labels).float().mean().item()",
    "round(100 * (logits.argmax(1) == labels).double().mean().item(), 2)",
    wrong="rounds to two decimals",
    passes="visible",
)


@wrong("freezes the parameters, and nothing learns any more", passes="visible")
def for_good(net, images, labels):
    net.requires_grad_(False)
    logits = net(images)
    return logits, 100 * (logits.argmax(1) == labels).float().mean().item()


@wrong("what was frozen learns afterwards", passes="visible")
def thawed(net, images, labels):
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    with torch.no_grad():
        logits = net(images)
    for parameter in net.parameters():
        parameter.requires_grad_(True)
    return logits, 100 * (logits.argmax(1) == labels).double().mean().item()


@wrong("left in evaluation mode", passes="visible")
def evaluation_mode(net, images, labels):
    net.eval()
    with torch.no_grad():
        logits = net(images)
    return logits, 100 * (logits.argmax(1) == labels).double().mean().item()


@wrong("measures in evaluation mode, then trains", passes="visible")
def mode_there_and_back(net, images, labels):
    net.eval()
    with torch.no_grad():
        logits = net(images)
    net.train()
    return logits, 100 * (logits.argmax(1) == labels).double().mean().item()
