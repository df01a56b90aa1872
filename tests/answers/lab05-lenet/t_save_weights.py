"""T-save: the state dict in a file, and back."""

import os
from pathlib import Path

import torch

from helpers.grading.answers import changed, right, wrong

EXERCISE = "t-save-weights"
VALUES = ("save_weights", "load_weights")


@right
def state_dict(LeNet):
    def save_weights(net, path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save(net.state_dict(), path)

    def load_weights(path, side=28):
        net = LeNet(side)
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        net.eval()
        return net

    return save_weights, load_weights


@right
def with_os(LeNet):
    def save_weights(net, path):
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "wb") as file:
            torch.save({name: tensor.cpu() for name, tensor in net.state_dict().items()}, file)

    def load_weights(path, side=28):
        state = torch.load(path, map_location=torch.device("cpu"), weights_only=True)
        net = LeNet(side=side).eval()
        net.load_state_dict(state)
        return net

    return save_weights, load_weights


whole_object = changed(
    state_dict,
    "torch.save(net.state_dict(), path)",
    "torch.save(net, path)",
    wrong="saves the whole network, which weights_only refuses",
)


@wrong("saves the whole network and loads it as such")
def whole_object_trusted(LeNet):
    def save_weights(net, path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save(net, path)

    def load_weights(path, side=28):
        return torch.load(path, map_location="cpu", weights_only=False).eval()

    return save_weights, load_weights


@wrong("leaves out map_location")
def no_map_location(LeNet):
    def save_weights(net, path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save(net.state_dict(), path)

    def load_weights(path, side=28):
        net = LeNet(side)
        net.load_state_dict(torch.load(path))
        return net.eval()

    return save_weights, load_weights


no_folder = changed(
    state_dict, "Path(path).parent.mkdir(parents=True, exist_ok=True)", "", wrong="does not make the folder"
)
forgets_to_load = changed(
    state_dict,
    'net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))',
    'torch.load(path, map_location="cpu", weights_only=True)',
    wrong="reads the file but does not put the values into the network",
)


@wrong("returns what load_state_dict says, not the network")
def returns_what_was_loaded(LeNet):
    def save_weights(net, path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save(net.state_dict(), path)

    def load_weights(path, side=28):
        net = LeNet(side)
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        return net.load_state_dict(torch.load(path, weights_only=True))

    return save_weights, load_weights


parameters_only = changed(
    state_dict,
    "torch.save(net.state_dict(), path)",
    "torch.save(list(net.parameters()), path)",
    wrong="saves a list of parameters without names",
)
training_mode = changed(state_dict, "net.eval()", "", wrong="stays in training mode", passes="visible")


@wrong("makes one folder, not a folder in a folder", passes="visible")
def one_folder_only(LeNet):
    def save_weights(net, path):
        Path("models").mkdir(exist_ok=True)
        Path("models/check").mkdir(exist_ok=True)
        torch.save(net.state_dict(), path)

    def load_weights(path, side=28):
        net = LeNet(side)
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        net.eval()
        return net

    return save_weights, load_weights


always_28 = changed(state_dict, "net = LeNet(side)", "net = LeNet()", wrong="forgets the side", passes="visible")


@wrong("always the same file")
def one_file(LeNet):
    def save_weights(net, path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save(net.state_dict(), "models/check/lenet.pth")

    def load_weights(path, side=28):
        net = LeNet(side)
        net.load_state_dict(torch.load("models/check/lenet.pth", map_location="cpu", weights_only=True))
        net.eval()
        return net

    return save_weights, load_weights


@wrong("an untrained network where the file is missing", passes="visible")
def missing_file_hidden(LeNet):
    def save_weights(net, path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save(net.state_dict(), path)

    def load_weights(path, side=28):
        net = LeNet(side).eval()
        if not Path(path).exists():
            return net
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        net.eval()
        return net

    return save_weights, load_weights


switches_the_network = changed(
    state_dict,
    "torch.save(net.state_dict(), path)",
    "torch.save(net.eval().state_dict(), path)",
    wrong="leaves the network in evaluation mode after saving",
    passes="visible",
)
trusts_the_file = changed(
    state_dict,
    'map_location="cpu", weights_only=True',
    '"cpu", weights_only=False',
    wrong="opens whatever is in the file",
    passes="visible",
)


@wrong("one network for all files", passes="visible")
def one_network(LeNet):
    kept = {28: LeNet(28), 32: LeNet(32)}

    def save_weights(net, path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save(net.state_dict(), path)

    def load_weights(path, side=28):
        kept[side].load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        return kept[side].eval()

    return save_weights, load_weights


@wrong("fails where the path names no folder", passes="visible")
def asks_for_a_folder(LeNet):
    def save_weights(net, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        torch.save(net.state_dict(), path)

    def load_weights(path, side=28):
        net = LeNet(side)
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        return net.eval()

    return save_weights, load_weights


@wrong("a file that only its own load_weights understands", passes="visible")
def wrapped(LeNet):
    def save_weights(net, path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": net.state_dict()}, path)

    def load_weights(path, side=28):
        state = torch.load(path, map_location="cpu", weights_only=True)
        net = LeNet(side)
        net.load_state_dict(state.get("weights", state))
        return net.eval()

    return save_weights, load_weights
