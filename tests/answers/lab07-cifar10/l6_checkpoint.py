"""L6: checkpoints that say what they hold."""

import copy
import os
from pathlib import Path

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "l6-checkpoint"
VALUES = ("save_checkpoint", "load_checkpoint")


@right
def one_dictionary():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": net.state_dict(), "facts": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint["weights"])
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint


@right
def with_os():
    def save_checkpoint(path, net, **facts):
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        weights = {name: tensor.detach().cpu().clone() for name, tensor in net.state_dict().items()}
        torch.save({"weights": weights, "facts": dict(facts)}, path)

    def load_checkpoint(path, net):
        with open(path, "rb") as file:
            checkpoint = torch.load(file, map_location=torch.device("cpu"), weights_only=True)
        net.load_state_dict(checkpoint["weights"], strict=True)
        return dict(checkpoint["facts"])

    return save_checkpoint, load_checkpoint


@wrong("does not make the folder")
def no_folder():
    def save_checkpoint(path, net, **facts):
        torch.save({"weights": net.state_dict(), "facts": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint["weights"])
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint


@wrong("the whole network, which weights_only refuses")
def whole_network():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": net, "facts": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint["weights"])
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint


@wrong("returns nothing")
def no_facts():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": net.state_dict(), "facts": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint["weights"])

    return save_checkpoint, load_checkpoint


@wrong("returns the whole dictionary")
def returns_all():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": net.state_dict(), "facts": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint["weights"])
        return checkpoint

    return save_checkpoint, load_checkpoint


@wrong("reads the facts but does not load the weights")
def does_not_load():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": net.state_dict(), "facts": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint


@wrong("loads into a copy of the network")
def loads_a_copy():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": net.state_dict(), "facts": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        copy.deepcopy(net).load_state_dict(checkpoint["weights"])
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint


@wrong("parameters only: running averages are lost", passes="visible")
def list_of_parameters():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": {name: p.detach() for name, p in net.named_parameters()}, "facts": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint["weights"], strict=False)
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint


@wrong("loads what fits, and is silent about the rest", passes="visible")
def not_strict():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": net.state_dict(), "facts": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint["weights"], strict=False)
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint


@wrong("makes one folder, not a folder in a folder", passes="visible")
def one_folder():
    def save_checkpoint(path, net, **facts):
        for folder in ("models", "models/check"):
            Path(folder).mkdir(exist_ok=True)
        torch.save({"weights": net.state_dict(), "facts": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint["weights"])
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint


@wrong("always the same file", passes="visible")
def one_file():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": net.state_dict(), "facts": facts}, Path(path).parent / "checkpoint.pth")

    def load_checkpoint(path, net):
        checkpoint = torch.load(Path(path).parent / "checkpoint.pth", map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint["weights"])
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint


@wrong("is silent about a missing file", passes="visible")
def hides_a_missing_file():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": net.state_dict(), "facts": facts}, path)

    def load_checkpoint(path, net):
        if not Path(path).exists():
            return {}
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint["weights"])
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint


@wrong("keeps kind and seed only", passes="visible")
def two_facts_only():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save(
            {"weights": net.state_dict(), "facts": {key: facts[key] for key in ("kind", "seed") if key in facts}}, path
        )

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint["weights"])
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint


@wrong("opens files that could run code", passes="visible")
def opens_anything():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": net.state_dict(), "facts": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=False)
        net.load_state_dict(checkpoint["weights"])
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint


@wrong("a file with other keys, which nobody else can read", passes="visible")
def other_keys():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"model": net.state_dict(), "about": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint["model"])
        return checkpoint["about"]

    return save_checkpoint, load_checkpoint


@wrong("a tuple, not a dictionary", passes="visible")
def a_tuple():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save((net.state_dict(), facts), path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint[0])
        return checkpoint[1]

    return save_checkpoint, load_checkpoint


@wrong("opens no file that was saved on a GPU, where there is none", passes="visible")
def where_it_was():
    def save_checkpoint(path, net, **facts):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": net.state_dict(), "facts": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, weights_only=True)
        net.load_state_dict(checkpoint["weights"])
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint


@wrong("fails where the path names no folder", passes="visible")
def asks_for_a_folder():
    def save_checkpoint(path, net, **facts):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        torch.save({"weights": net.state_dict(), "facts": facts}, path)

    def load_checkpoint(path, net):
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        net.load_state_dict(checkpoint["weights"])
        return checkpoint["facts"]

    return save_checkpoint, load_checkpoint
