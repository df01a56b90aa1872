"""L7-handin: what the network in the file says of images."""

from pathlib import Path

import torch
import torch.nn.functional as F

from helpers.grading.answers import right, wrong

EXERCISE = "l7-handin"
NAME = "predict"


@right
def in_batches(images):
    network = load_network(checkpoint_file, data_name)
    mean = torch.tensor(train_set.mean)[:, None, None]
    std = torch.tensor(train_set.std)[:, None, None]
    found = []
    with torch.inference_mode():
        for batch in images.split(100):
            found.append(F.softmax(network((batch.float() / 255 - mean) / std), dim=1))
    return torch.cat(found).clone()


@right
def by_torchvision(images):
    from torchvision.transforms.functional import normalize

    network = load_network(path=checkpoint_file, data=data_name)
    with torch.no_grad():
        logits = network(normalize(images.float().div(255), train_set.mean, train_set.std))
    return logits.exp() / logits.exp().sum(1, keepdim=True)


@wrong("training mode: each image depends on the others")
def train_mode(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    network = load_network(checkpoint_file, data_name).train()
    with torch.no_grad():
        return network((images / 255 - mean) / std).softmax(1)


@wrong("the images come back in another order")
def shuffled(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    network = load_network(checkpoint_file, data_name)
    with torch.no_grad():
        return network((images / 255 - mean) / std).softmax(1)[torch.randperm(len(images))]


@wrong("logits, not probabilities")
def logits(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    network = load_network(checkpoint_file, data_name)
    with torch.no_grad():
        return network((images / 255 - mean) / std)


@wrong("classes, not probabilities")
def classes(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    network = load_network(checkpoint_file, data_name)
    with torch.no_grad():
        return network((images / 255 - mean) / std).argmax(1)


@wrong("the file is missing")
def missing(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    network = load_network("another-name.safetensors", data_name)
    with torch.no_grad():
        return network((images / 255 - mean) / std).softmax(1)


@wrong("the file was trained on other data")
def other_data(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    settings = {"width": "0.25", "depth": "0.5", "data": "other images"}
    save_file(load_file(checkpoint_file), "other.safetensors", settings)
    try:
        network = load_network("other.safetensors", data_name)
    finally:
        Path("other.safetensors").unlink()
    with torch.no_grad():
        return network((images / 255 - mean) / std).softmax(1)


@wrong("no safetensors file")
def broken(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    Path("broken.safetensors").write_bytes(b"This is not a network.")
    try:
        network = load_network("broken.safetensors", data_name)
    finally:
        Path("broken.safetensors").unlink()
    with torch.no_grad():
        return network((images / 255 - mean) / std).softmax(1)


@wrong("the file belongs to a wider network")
def other_shapes(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    network = EfficientNet(0.5, 0.5)
    network.load_state_dict(load_file(checkpoint_file))
    with torch.no_grad():
        return network.eval()((images / 255 - mean) / std).softmax(1)


@wrong("the file holds nan")
def not_a_number(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    network = load_network(checkpoint_file, data_name)
    network.load_state_dict({**network.state_dict(), "classifier.bias": torch.full((10,), float("nan"))})
    with torch.no_grad():
        return network((images / 255 - mean) / std).softmax(1)


@wrong("the images are not normalised", passes="visible")
def not_normalised(images):
    network = load_network(checkpoint_file, data_name)
    with torch.no_grad():
        return network(images / 255).softmax(1)


@wrong("pixels from 0 to 255", passes="visible")
def bytes_as_floats(images):
    network = load_network(checkpoint_file, data_name)
    with torch.no_grad():
        return network(images.float()).softmax(1)


@wrong("an untrained network", passes="visible")
def untrained(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    torch.manual_seed(1)
    network = EfficientNet(0.25, 0.5).eval()
    with torch.no_grad():
        return network((images / 255 - mean) / std).softmax(1)


@wrong("the classes in another order", passes="visible")
def other_order(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    network = load_network(checkpoint_file, data_name)
    with torch.no_grad():
        return network((images / 255 - mean) / std).softmax(1).roll(1, dims=1)


@wrong("most unlikely first", passes="visible")
def reversed_signs(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    network = load_network(checkpoint_file, data_name)
    with torch.no_grad():
        return network((images / 255 - mean) / std).neg().softmax(1)


@wrong("the same class for each image", passes="visible")
def always_one(images):
    return torch.tensor([0.91] + [0.01] * 9).expand(len(images), 10)


@wrong("autograd follows")
def followed(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    network = load_network(checkpoint_file, data_name)
    return network((images / 255 - mean) / std).softmax(1)


@wrong("autograd follows, and the result hides it")
def followed_in_secret(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    network = load_network(checkpoint_file, data_name)
    return network((images / 255 - mean) / std).softmax(1).detach()


@wrong("other shares than the softmax", passes="visible")
def sigmoids(images):
    mean, std = (torch.tensor(figures).view(-1, 1, 1) for figures in (train_set.mean, train_set.std))
    network = load_network(checkpoint_file, data_name)
    with torch.no_grad():
        shares = network((images / 255 - mean) / std).sigmoid()
    return shares / shares.sum(1, keepdim=True)
