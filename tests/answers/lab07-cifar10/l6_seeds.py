"""L6: a new network from each seed, trained."""

import copy

import torch

from helpers.grading.answers import changed, right, wrong
from helpers.train import fit

EXERCISE = "l6-seeds"
NAME = "train_seeds"


@right
def with_a_loop(make, images, seeds, **settings):
    nets = []
    for seed in seeds:
        torch.manual_seed(seed)
        net = make().to(images.device)
        fit(net, images, progress=False, **settings)
        nets.append(net)
    return nets


@right
def one_after_the_other(make, images, seeds, **settings):
    def trained(seed):
        torch.manual_seed(seed)
        net = make()
        net.to(images.device)
        fit(net, images, progress=False, seed=seed, **settings)
        return net

    return [trained(seed) for seed in seeds]


@wrong("the seed after the network")
def seed_too_late(make, images, seeds, **settings):
    nets = []
    for seed in seeds:
        net = make().to(images.device)
        fit(net, images, progress=False, seed=seed, **settings)
        nets.append(net)
    return nets


@wrong("no seed at all")
def no_seed(make, images, seeds, **settings):
    nets = [make().to(images.device) for _ in seeds]
    for net in nets:
        fit(net, images, progress=False, **settings)
    return nets


@wrong("one network, trained on and on")
def one_network(make, images, seeds, **settings):
    net, nets = make().to(images.device), []
    for seed in seeds:
        torch.manual_seed(seed)
        fit(net, images, progress=False, **settings)
        nets.append(net)
    return nets


@wrong("one network, copied after each training")
def goes_on_training(make, images, seeds, **settings):
    torch.manual_seed(seeds[0] if seeds else 0)
    net, nets = make().to(images.device), []
    for seed in seeds:
        torch.manual_seed(seed)
        fit(net, images, progress=False, **settings)
        nets.append(copy.deepcopy(net))
    return nets


@wrong("the same seed each time")
def same_seed(make, images, seeds, **settings):
    nets = []
    for _ in seeds:
        torch.manual_seed(0)
        net = make().to(images.device)
        fit(net, images, progress=False, **settings)
        nets.append(net)
    return nets


@wrong("returns what fit returns")
def histories(make, images, seeds, **settings):
    found = []
    for seed in seeds:
        torch.manual_seed(seed)
        found.append(fit(make().to(images.device), images, progress=False, **settings))
    return found


@wrong("the last network only")
def last_one(make, images, seeds, **settings):
    net = None
    for seed in seeds:
        torch.manual_seed(seed)
        net = make().to(images.device)
        fit(net, images, progress=False, **settings)
    return [net]


@wrong("never trains", passes="visible")
def untrained(make, images, seeds, **settings):
    nets = []
    for seed in seeds:
        torch.manual_seed(seed)
        nets.append(make().to(images.device))
    return nets


own_settings = changed(
    with_a_loop, "False, **settings", "False, epochs=1, batch_size=20", wrong="settings forgotten", passes="visible"
)
one_epoch = changed(
    with_a_loop,
    "False, **settings",
    'False, **(settings | {"epochs": 1})',
    wrong="one epoch, whatever is asked for",
    passes="visible",
)


@wrong("places in the list in place of seeds", passes="visible")
def places(make, images, seeds, **settings):
    seeds, nets = list(seeds), []
    for seed in seeds:
        torch.manual_seed(seeds.index(seed))
        net = make().to(images.device)
        fit(net, images, progress=False, **settings)
        nets.append(net)
    return nets


never_flips = changed(
    with_a_loop,
    "False, **settings",
    'False, **(settings | {"flip": False})',
    wrong="no mirrored images",
    passes="visible",
)
one_batch = changed(
    with_a_loop,
    "False, **settings",
    'False, **(settings | {"batch_size": len(images)})',
    wrong="one batch, whatever batch_size says",
    passes="visible",
)
half = changed(with_a_loop, "net, images", "net, images[::2]", wrong="half of the images", passes="visible")


@wrong("stays on the processor", passes="visible")
def on_the_cpu(make, images, seeds, **settings):
    nets = []
    for seed in seeds:
        torch.manual_seed(seed)
        net = make()
        fit(net, images.to("cpu"), progress=False, **settings)
        nets.append(net)
    return nets


one_order = changed(
    with_a_loop,
    "False, **settings",
    "False, seed=2026, **settings",
    wrong="the same order of images, whatever the seed",
    passes="visible",
)


@wrong("only the settings of the first training: they are popped", passes="visible")
def popped(make, images, seeds, *, epochs, batch_size, lr, **settings):
    nets = []
    for seed in seeds:
        torch.manual_seed(seed)
        net = make().to(images.device)
        now = {name: settings.pop(name) for name in list(settings)}
        fit(net, images, progress=False, epochs=epochs, batch_size=batch_size, lr=lr, **now)
        nets.append(net)
    return nets


@wrong("prints its progress", passes="visible")
def talks(make, images, seeds, *, epochs, batch_size, lr, **settings):
    nets = []
    for seed in seeds:
        torch.manual_seed(seed)
        net = make().to(images.device)
        fit(net, images, epochs=epochs, batch_size=batch_size, lr=lr, **settings)
        nets.append(net)
    return nets
