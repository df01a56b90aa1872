"""W-gpu: the loss, computed where the network is."""

from helpers.grading.answers import right, wrong

EXERCISE = "w-gpu-loss"
NAME = "loss_on"


@right
def step_by_step(net, images, labels):
    place = next(net.parameters()).device
    images = images.to(place)
    labels = labels.to(place)
    criterion = nn.CrossEntropyLoss()
    return criterion(net(images), labels)


@right
def labels_follow_the_logits(net, images, labels):
    for parameter in net.parameters():
        images = images.to(parameter.device)
        break
    logits = net(images)
    return F.cross_entropy(logits, labels.to(logits.device))


@right
def with_log_softmax(net, images, labels):
    where = list(net.parameters())[-1].device
    return F.nll_loss(F.log_softmax(net(images.to(where)), dim=1), labels.to(where))


@wrong("the labels alone are moved")
def labels_alone(net, images, labels):
    where = next(net.parameters()).device
    labels = labels.to(where)
    return F.cross_entropy(net(images), labels)


@wrong("does not keep what .to returns")
def thrown_away(net, images, labels):
    where = next(net.parameters()).device
    images.to(where)
    labels.to(where)
    return F.cross_entropy(net(images), labels)


@wrong("moves the images alone")
def images_alone(net, images, labels):
    where = next(net.parameters()).device
    return F.cross_entropy(net(images.to(where)), labels)


@wrong("uses the lab's device")
def global_device(net, images, labels):
    return F.cross_entropy(net(images.to(device)), labels.to(device))


@wrong("moves nothing")
def moves_nothing(net, images, labels):
    return F.cross_entropy(net(images), labels)


@wrong("the sum in place of the mean")
def the_sum(net, images, labels):
    where = next(net.parameters()).device
    return F.cross_entropy(net(images.to(where)), labels.to(where), reduction="sum")


@wrong("softmax before the cross-entropy")
def softmax_first(net, images, labels):
    where = next(net.parameters()).device
    return F.cross_entropy(net(images.to(where)).softmax(1), labels.to(where))


@wrong("brings the network to the images")
def moves_the_network(net, images, labels):
    net.to(images.device)
    return F.cross_entropy(net(images), labels.to(images.device))


@wrong("a loss without its graph", passes="visible")
def detached(net, images, labels):
    where = next(net.parameters()).device
    return F.cross_entropy(net(images.to(where)), labels.to(where)).detach()


@wrong("no gradients are recorded", passes="visible")
def no_gradients(net, images, labels):
    where = next(net.parameters()).device
    with torch.no_grad():
        return F.cross_entropy(net(images.to(where)), labels.to(where))


@wrong("knows the CPU and meta by the shape of the images alone", passes="visible")
def by_shape(net, images, labels):
    where = "meta" if len(images) == 2 else "cpu"
    return F.cross_entropy(net(images.to(where)), labels.to(where))
