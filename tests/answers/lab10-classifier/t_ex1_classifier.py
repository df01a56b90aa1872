"""T-ex1: a file of weights, and the function that uses it."""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from helpers.grading.answers import right, wrong

EXERCISE = "t-ex1-classifier"
VALUES = ("load_classifier", "predict")


@right
def as_functions(CHECKPOINT, full_set):
    """The network written out as arithmetic on the tensors in the file: it needs no class of the lab's."""

    def norm(x, w, at):
        return F.batch_norm(x, w[f"{at}.running_mean"], w[f"{at}.running_var"], w[f"{at}.weight"], w[f"{at}.bias"])

    class Network(nn.Module):
        def __init__(self, weights):
            nn.Module.__init__(self)
            for name, tensor in weights.items():
                self.register_buffer(name.replace(".", "_"), tensor.float())
            self.names = list(weights)

        def forward(self, x):
            w = {name: getattr(self, name.replace(".", "_")) for name in self.names}

            def step(x, at):
                x = F.max_pool2d(F.conv2d(x, w[f"{at}.weight"], padding=1), 2)
                return F.relu(norm(x, w, f"{at + 2}"))

            def block(x, at):
                inside = F.relu(norm(F.conv2d(x, w[f"{at}.conv1.weight"], padding=1), w, f"{at}.norm1"))
                return F.relu(x + norm(F.conv2d(inside, w[f"{at}.conv2.weight"], padding=1), w, f"{at}.norm2"))

            x = block(step(block(step(step(x, 0), 4), 8), 9), 13)
            return F.linear(x.amax((2, 3)), w["16.weight"], w["16.bias"])

    def load_classifier(path):
        return Network(load_file(path)).eval()

    def predict(images):
        with torch.no_grad():
            mean, std = (torch.tensor(f).view(3, 1, 1) for f in (full_set.mean, full_set.std))
            return load_classifier(CHECKPOINT)((images / 255 - mean) / std).argmax(dim=1)

    return load_classifier, predict


@right
def with_the_mirror_image(CHECKPOINT, full_set, halving):
    """A block of its own, and the mean of the logits for an image and its mirror image."""

    class Block(nn.Module):
        def __init__(self, channels):
            nn.Module.__init__(self)
            self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
            self.norm1 = nn.BatchNorm2d(channels)
            self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
            self.norm2 = nn.BatchNorm2d(channels)

        def forward(self, x):
            return F.relu(x + self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x))))))

    def load_classifier(path):
        layers = [*halving(3, 32), *halving(32, 64), Block(64), *halving(64, 80), Block(80)]
        network = nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(80, 10))
        with safe_open(path, "pt") as file:
            network.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
        return network.eval()

    network = load_classifier(CHECKPOINT)
    mean, std = (255 * torch.tensor(f).view(3, 1, 1) for f in (full_set.mean, full_set.std))

    @torch.inference_mode()
    def predict(images):
        x = (images.float() - mean) / std
        return (network(x) + network(x.flip(3))).argmax(1)

    return load_classifier, predict


@wrong("the file has another name, which is not there")
def no_such_file(small_resnet, Residual, full_set):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict(load_file("my_best_network.safetensors"))
        return network.eval()

    def predict(images):
        return load_classifier("")(full_set.normalised()[: len(images)]).argmax(1)

    return load_classifier, predict


@wrong("another network than the one whose weights are in the file")
def other_widths(small_resnet, Residual, CHECKPOINT, full_set):
    def load_classifier(path):
        network = small_resnet(Residual, widths=(64, 128, 160))
        network.load_state_dict(load_file(path))
        return network.eval()

    def predict(images):
        return load_classifier(CHECKPOINT)(images.float()).argmax(1)

    return load_classifier, predict


@wrong("the state dict, not the network")
def state_dict(small_resnet, Residual, CHECKPOINT, full_set):
    def load_classifier(path):
        return load_file(path)

    def predict(images):
        network = small_resnet(Residual)
        network.load_state_dict(load_classifier(CHECKPOINT))
        return network.eval()(images.float()).argmax(1)

    return load_classifier, predict


@wrong("logits instead of class numbers")
def logits(small_resnet, Residual, CHECKPOINT, full_set):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict(load_file(path))
        return network.eval()

    def predict(images):
        return load_classifier(CHECKPOINT)(images.float() / 255)

    return load_classifier, predict


@wrong("class numbers as floats")
def floats(small_resnet, Residual, CHECKPOINT, full_set):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict(load_file(path))
        return network.eval()

    def predict(images):
        return load_classifier(CHECKPOINT)(images.float() / 255).argmax(1).float()

    return load_classifier, predict


@wrong("a list of names")
def names(small_resnet, Residual, CHECKPOINT, full_set):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict(load_file(path))
        return network.eval()

    def predict(images):
        return [full_set.classes[k] for k in load_classifier(CHECKPOINT)(images.float() / 255).argmax(1)]

    return load_classifier, predict


@wrong("classes from 1 to 10")
def from_one(small_resnet, Residual, CHECKPOINT, full_set):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict(load_file(path))
        return network.eval()

    def predict(images):
        mean, std = (torch.tensor(f).view(3, 1, 1) for f in (full_set.mean, full_set.std))
        return load_classifier(CHECKPOINT)((images / 255 - mean) / std).argmax(1) + 1

    return load_classifier, predict


@wrong("one class number for the whole batch")
def wrong_axis(small_resnet, Residual, CHECKPOINT, full_set):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict(load_file(path))
        return network.eval()

    def predict(images):
        return load_classifier(CHECKPOINT)(images.float() / 255).argmax(0)

    return load_classifier, predict


@wrong("bytes go straight into the network")
def bytes_as_they_come(small_resnet, Residual, CHECKPOINT, full_set):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict(load_file(path))
        return network.eval()

    def predict(images):
        return load_classifier(CHECKPOINT)(images).argmax(1)

    return load_classifier, predict


@wrong("always the same class")
def constant(small_resnet, Residual):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict(load_file(path))
        return network.eval()

    def predict(images):
        return torch.full((len(images),), 3)

    return load_classifier, predict


@wrong("a training that exploded: the weights are nan")
def not_a_number(small_resnet, Residual, CHECKPOINT):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict({k: t.float() / 0 * 0 for k, t in load_file(path).items()})
        return network.eval()

    def predict(images):
        return load_classifier(CHECKPOINT)(images.float() / 255).argmax(1)

    return load_classifier, predict


@wrong("more numbers than allowed")
def too_large(small_resnet, Residual, CHECKPOINT, full_set):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict(load_file(path))
        network.register_buffer("memory", torch.zeros(5_000_000, dtype=torch.uint8))
        return network.eval()

    def predict(images):
        mean, std = (torch.tensor(f).view(3, 1, 1) for f in (full_set.mean, full_set.std))
        return load_classifier(CHECKPOINT)((images / 255 - mean) / std).argmax(1)

    return load_classifier, predict


@wrong("a new network, without the weights from the file", passes="visible")
def untrained(small_resnet, Residual, CHECKPOINT):
    def load_classifier(path):
        torch.manual_seed(1)
        return small_resnet(Residual).eval()

    def predict(images):
        with torch.inference_mode():
            logits = load_classifier(CHECKPOINT)(images.float() / 255)
            return (logits - logits.mean(0)).argmax(1)

    return load_classifier, predict


@wrong("not normalised as in training", passes="visible")
def not_normalised(small_resnet, Residual, CHECKPOINT):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict(load_file(path))
        return network.eval()

    def predict(images):
        with torch.inference_mode():
            return load_classifier(CHECKPOINT)(images.float()).argmax(1)

    return load_classifier, predict


@wrong("a table of the held-out images: it finds those again, though they were moved, and no others", passes="visible")
def remembers(small_resnet, Residual, full_set):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict(load_file(path))
        return network.eval()

    known = full_set[
        torch.cat([(full_set.labels == k).nonzero().flatten()[-len(full_set) // 100 :] for k in range(10)])
    ]

    def thumbnails(images):
        small = F.avg_pool2d(images.float(), 4)
        return torch.cat([small, small.flip(3)]).flatten(1)

    table, labels = thumbnails(known.images), known.labels.repeat(2)

    def predict(images):
        return labels[torch.cdist(F.avg_pool2d(images.float(), 4).flatten(1), table).argmin(1)]

    return load_classifier, predict


@wrong("in training mode", passes="visible")
def no_eval(small_resnet, Residual, CHECKPOINT, full_set):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict(load_file(path))
        return network

    def predict(images):
        mean, std = (torch.tensor(f).view(3, 1, 1) for f in (full_set.mean, full_set.std))
        with torch.no_grad():
            return load_classifier(CHECKPOINT)((images / 255 - mean) / std).argmax(1)

    return load_classifier, predict


@wrong("the path is not used", passes="visible")
def one_file(small_resnet, Residual, CHECKPOINT, full_set):
    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict(load_file(CHECKPOINT))
        return network.eval()

    def predict(images):
        mean, std = (torch.tensor(f).view(3, 1, 1) for f in (full_set.mean, full_set.std))
        with torch.no_grad():
            return load_classifier(CHECKPOINT)((images / 255 - mean) / std).argmax(1)

    return load_classifier, predict


@wrong("a new network where the file is missing", passes="visible")
def hides_a_missing_file(small_resnet, Residual, CHECKPOINT, full_set):
    def load_classifier(path):
        network = small_resnet(Residual)
        if Path(path).is_file():
            network.load_state_dict(load_file(path))
        return network.eval()

    def predict(images):
        mean, std = (torch.tensor(f).view(3, 1, 1) for f in (full_set.mean, full_set.std))
        with torch.no_grad():
            return load_classifier(CHECKPOINT)((images / 255 - mean) / std).argmax(1)

    return load_classifier, predict


@wrong("the file holds more numbers than allowed, though the network does not")
def large_file(small_resnet, Residual, CHECKPOINT, full_set):
    save_file({**load_file(CHECKPOINT), "memory": torch.zeros(5_000_000, dtype=torch.uint8)}, CHECKPOINT)

    def load_classifier(path):
        network = small_resnet(Residual)
        network.load_state_dict({k: t for k, t in load_file(path).items() if k != "memory"})
        return network.eval()

    def predict(images):
        mean, std = (torch.tensor(f).view(3, 1, 1) for f in (full_set.mean, full_set.std))
        with torch.no_grad():
            return load_classifier(CHECKPOINT)((images / 255 - mean) / std).argmax(1)

    return load_classifier, predict
