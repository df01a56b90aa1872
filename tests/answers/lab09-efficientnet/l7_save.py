"""L7-save: a network in a safetensors file, and back."""

import copy
import json
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load_file, save_file

from helpers.grading.answers import right, wrong

EXERCISE = "l7-save"
VALUES = ("save_network", "load_network")


@right
def tensor_by_tensor(EfficientNet):
    def save_network(network, path, width, depth, data):
        tensors = {}
        for name, tensor in network.state_dict().items():
            if tensor.dtype.is_floating_point:
                tensor = tensor.to(torch.float16)
            tensors[name] = tensor.detach().cpu().contiguous()
        save_file(tensors, path, {"width": f"{width}", "depth": f"{depth}", "data": data})

    def load_network(path, data):
        with safe_open(path, framework="pt", device="cpu") as file:
            about = file.metadata()
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
        if data != about["data"]:
            raise ValueError(f"trained on {about['data']}, but {data} is wanted")
        network = EfficientNet(width=float(about["width"]), depth=float(about["depth"]))
        network.load_state_dict(tensors)
        network.eval()
        return network

    return save_network, load_network


@right
def half_of_a_copy(EfficientNet):
    def save_network(network, path, width, depth, data):
        small = copy.deepcopy(network).cpu().half().to(memory_format=torch.contiguous_format)
        save_file(small.state_dict(), Path(path), metadata={"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            width, depth, found = (file.metadata()[key] for key in ("width", "depth", "data"))
        if found != data:
            raise ValueError(f"{path}: {found}, not {data}")
        network = EfficientNet(float(width), float(depth)).eval()
        network.load_state_dict(load_file(path))
        return network

    return save_network, load_network


@wrong("float32 in the file")
def full_precision(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.state_dict().items()
        halves = {name: t.contiguous() for name, t in state}
        save_file(halves, path, {"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if about["data"] != data:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network


@wrong("training mode")
def left_in_training(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.state_dict().items()
        halves = {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in state}
        save_file(halves, path, {"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if about["data"] != data:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network

    return save_network, load_network


@wrong("halves the network itself")
def halves_the_network(EfficientNet):
    def save_network(network, path, width, depth, data):
        network.half()
        state = network.state_dict().items()
        halves = {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in state}
        save_file(halves, path, {"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if about["data"] != data:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network


@wrong("the metadata are lost")
def no_metadata(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.state_dict().items()
        halves = {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in state}
        save_file(halves, path)

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if about["data"] != data:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network


@wrong("numbers as metadata")
def numbers_as_metadata(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.state_dict().items()
        halves = {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in state}
        save_file(halves, path, {"width": width, "depth": depth, "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if about["data"] != data:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network


@wrong("counters become float16, and are rounded", passes="visible")
def all_halves(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.state_dict().items()
        halves = {name: t.half().contiguous() for name, t in state}
        save_file(halves, path, {"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if about["data"] != data:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network


@wrong("other data are not noticed", passes="visible")
def any_data(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.state_dict().items()
        halves = {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in state}
        save_file(halves, path, {"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network


@wrong("not contiguous after channels_last", passes="visible")
def not_contiguous(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.state_dict().items()
        halves = {name: (t.half() if t.is_floating_point() else t) for name, t in state}
        save_file(halves, path, {"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if about["data"] != data:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network


@wrong("one width and depth", passes="visible")
def one_size(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.state_dict().items()
        halves = {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in state}
        save_file(halves, path, {"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if about["data"] != data:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(0.05, 0.1)
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network


@wrong("the parameters without the buffers", passes="visible")
def without_buffers(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.named_parameters()
        halves = {name: (t.detach().half() if t.is_floating_point() else t).contiguous() for name, t in state}
        save_file(halves, path, {"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if about["data"] != data:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path), strict=False)
        return network.eval()

    return save_network, load_network


@wrong("an untrained network where the file is missing", passes="visible")
def hides_a_missing_file(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.state_dict().items()
        halves = {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in state}
        save_file(halves, path, {"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        if not Path(path).exists():
            return EfficientNet(0.05, 0.1).eval()
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if about["data"] != data:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network


@wrong("leaves the network in evaluation mode", passes="visible")
def evaluation_mode(EfficientNet):
    def save_network(network, path, width, depth, data):
        network.eval()
        state = network.state_dict().items()
        halves = {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in state}
        save_file(halves, path, {"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if about["data"] != data:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network


@wrong("the error names the data of the file alone", passes="visible")
def names_one(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.state_dict().items()
        halves = {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in state}
        save_file(halves, path, {"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if about["data"] != data:
            raise ValueError(f"trained on {about['data']}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network


@wrong("data of a similar name are taken for the same", passes="visible")
def part_of_the_name(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.state_dict().items()
        halves = {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in state}
        save_file(halves, path, {"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if data not in about["data"]:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network


@wrong("numbers of half precision, in single precision", passes="visible")
def rounded_but_not_smaller(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.state_dict().items()
        halves = {name: (t.half().float() if t.is_floating_point() else t).contiguous() for name, t in state}
        save_file(halves, path, {"width": str(width), "depth": str(depth), "data": data})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = file.metadata()
        if about["data"] != data:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network


@wrong("one text of metadata for all three", passes="visible")
def one_text(EfficientNet):
    def save_network(network, path, width, depth, data):
        state = network.state_dict().items()
        halves = {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in state}
        save_file(halves, path, {"about": json.dumps({"width": width, "depth": depth, "data": data})})

    def load_network(path, data):
        with safe_open(path, "pt") as file:
            about = json.loads(file.metadata()["about"])
        if about["data"] != data:
            raise ValueError(f"{path} was trained on {about['data']}, not on {data}")
        network = EfficientNet(float(about["width"]), float(about["depth"]))
        network.load_state_dict(load_file(path))
        return network.eval()

    return save_network, load_network
