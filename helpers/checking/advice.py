"""Well-known exceptions of PyTorch in plain words: what does not fit, and what to do."""

from __future__ import annotations

import re

__all__ = ["in_plain_words"]

MOST_CHARACTERS = 300

_OF_NETWORKS = "(?:eval|train|training|to|parameters|state_dict|load_state_dict)"
_NUMBERS = r"([-\d, ]{1,60})"
_TYPE = r"([\w. ]{1,40})"

_NO_DEVICE = (
    r"(?i)NVIDIA driver|CUDA driver|No CUDA GPUs|initialize CUDA|invalid device ordinal|not compiled with \w+ enabled|"
    r"support for \w+ devices|at start of device string|from the '(?:CUDA|MPS|XPU)' backend"
)

# What PyTorch says, as a regular expression, and what to say instead; \1 is the expression's first group.
# The first expression that matches counts.
_ADVICE = {
    # Networks
    r"before Module\.__init__\(\) call|has no attribute '_(?:modules|parameters|buffers|\w{1,40}_hooks)'": (
        "call super().__init__() first in `__init__`, before the network gets its layers"
    ),
    r'Module \[(\w{1,40})\] is missing the required "forward" function': (
        "the class \\1 has no method `forward`. Look at its spelling, and indent it as `__init__` is"
    ),
    r"optimizer got an empty parameter list": (
        "the network has no parameters. Make its layers in `__init__`, as self.name = ...; lists as nn.ModuleList"
    ),
    r"(?:must be Tensor, not|'NoneType' object has no attribute) '?(\w{1,40})": (
        "None came where a tensor is needed (\\1). Does a function lack its `return`, or was backward() not called?"
    ),
    rf"'(?:collections\.OrderedDict|dict)' object (?:is not callable|has no attribute '{_OF_NETWORKS}')": (
        "this is a state dict, not a network. Make a new network, and give it the state dict by load_state_dict"
    ),
    rf"'(?:_IncompatibleKeys|tuple)' object (?:is not callable|has no attribute '{_OF_NETWORKS}')": (
        "this is no network. load_state_dict changes a network and does not return it: go on with the network itself"
    ),
    # Shapes
    rf"shape '\[{_NUMBERS}\]' is invalid for input of size (\d+)": (
        "\\2 numbers do not fit into the shape (\\1). To flatten images, write torch.flatten(x, 1): "
        "it keeps the batch axis, whatever the size of the images"
    ),
    r"(?<!\bmm: )mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)": (
        "nn.Linear(\\3, \\4) expects \\3 numbers a row, and got rows of \\2: the shape (\\1, \\2). Print x.shape just "
        "before it. torch.flatten(x, 1) keeps the batch axis, torch.flatten(x) does not"
    ),
    r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)": (
        "the shapes (\\1, \\2) and (\\3, \\4) cannot be multiplied: the first matrix needs as many columns as the "
        "second has rows"
    ),
    rf"expected input\[{_NUMBERS}\] to have (\d+) channels, but got (\d+)": (
        "a convolution for \\2 channels got \\3, in the shape (\\1). The axes are (N, C, H, W), and a layer's "
        "in_channels is the out_channels of the one before"
    ),
    rf"Expected 3D \(unbatched\) or 4D \(batched\) input to (\w{{1,40}}), but got input of size: \[{_NUMBERS}\]": (
        "\\1 expects images (N, C, H, W), and got the shape (\\2). Flatten only after the convolutions"
    ),
    r"padded input size per channel: \(([\dx ]{1,40})\)\. Kernel size: \(([\dx ]{1,40})\)": (
        "a kernel of \\2 does not fit on maps of \\1. Print x.shape before each layer: the maps get too small"
    ),
    r"Given input size: \(([\dx]{1,40})\).{1,80}Output size is too small": (
        "pooling leaves nothing of maps of \\1 (C x H x W). Print x.shape before each layer: the maps get too small"
    ),
    r"Expected more than 1 value per channel when training": (
        "batch normalisation cannot learn from one image. Call net.eval() to predict; train on larger minibatches"
    ),
    # Losses
    r"Expected input batch_size \((\d+)\) to match target batch_size \((\d+)\)": (
        "\\1 rows of logits meet \\2 labels: the network changes the batch axis. Flatten by torch.flatten(x, 1)"
    ),
    r"(?:expected target dtype to be Long or Byte, but got|expected scalar type Long but found) (\w{1,40})": (
        "the loss expects labels that are whole numbers (int64), and got \\1. Write labels.long()"
    ),
    r"multi-target not supported|for target with class probabilities, got Long": (
        "the loss expects one label an image, in the shape (N,): neither (N, 1) nor a row for each label"
    ),
    r"Target (-?\d+) is out of bounds": (
        "there is no logit for the label \\1. Labels begin at 0, and the last layer gives a logit for each class"
    ),
    # Dtypes
    r"\" not implemented for '(Long|Int|Short|Char|Byte|Bool)'": (
        "this cannot be computed with whole numbers (\\1). Write .float(); in a loss, logits come before labels"
    ),
    rf"same dtype, but got (\w{{1,40}}) and (\w{{1,40}})|Input type \((?!torch){_TYPE}\) and \w+ type \({_TYPE}\)": (
        "the dtypes \\1\\3 and \\2\\4 do not go together. Layers compute in float32: write x.float()"
    ),
    # Gradients
    r"does not require grad and does not have a grad_fn": (
        "backward() finds no way from the loss to a parameter. Is there a detach, .item(), .data or no_grad on it?"
    ),
    r"backward through the graph a second time": (
        "backward() ran twice on one result. Compute the logits and the loss again before each backward()"
    ),
    r"leaf Variable that requires grad is being used in an in-place operation": (
        "a parameter is changed in place where autograd follows it. Do that under `with torch.no_grad():`"
    ),
    r"has been modified by an inplace operation": (
        "a value that backward() needs was overwritten. Write x = x + y, not x += y"
    ),
    r"grad can be implicitly created only for scalar outputs": (
        "backward() expects one number. Take the mean or the sum of the losses first"
    ),
    # Files
    r"Attempting to deserialize object on": (
        "the file was saved on a device that this machine lacks. Load it by "
        'torch.load(path, map_location="cpu", weights_only=True)'
    ),
    r"Weights only load failed|weights_only`{0,2}\s?=": (
        "torch.load found more than tensors and plain values. Save net.state_dict(), not the network itself, and "
        "load with weights_only=True"
    ),
    r"Can't (?:pickle|get local) |cannot pickle '": (
        "this object cannot be pickled. Of a network, save net.state_dict(), not the network itself"
    ),
    r"Expected state_dict to be dict-like, got <class '([\w.]{1,80})'>": (
        "load_state_dict expects what net.state_dict() gave, and got: \\1. Save net.state_dict()"
    ),
    r'"_orig_mod\.': (
        "the names in the file and in the network differ by `_orig_mod.`, which torch.compile adds. Leave it out"
    ),
    r'(Missing|Unexpected) key\(s\) in state_dict: "([\w.]{1,80})"': (
        "the names in the file and in the network differ (\\1 in the file: \\2). Keep the names of the layers, and "
        "save the state dict of the whole network"
    ),
    rf"size mismatch for ([\w.]{{1,80}}): .{{1,60}}Size\(\[{_NUMBERS}\]\).{{1,60}}Size\(\[{_NUMBERS}\]\)": (
        "\\1 has the shape (\\2) in the file, and (\\3) in the network. Make the network for the same size of images"
    ),
    r"Parent directory (\S{1,80}) does not exist": (
        "there is no folder \\1. Make it first: Path(path).parent.mkdir(parents=True, exist_ok=True)"
    ),
    # Devices and compilers
    r"can't convert (\w{1,40})(?::\d+)? device type tensor to numpy": (
        "your tensors are on \\1. Write x.cpu() before what NumPy is to read"
    ),
    r"on the same device|is not on the expected device|type \((?:MPS|torch\.(?:cuda|mps|xpu)\.)": (
        "the network and its data are on different devices. Bring both there: net.to(device), images.to(device)"
    ),
    _NO_DEVICE: ("it asks for a device that this machine lacks. Write `device`, not a device's name"),
    r"No working C\+\+ compiler|Compiler: \w+ is not found": (
        "torch.compile finds no compiler on this machine. Leave it out"
    ),
}


def in_plain_words(message: str) -> str:
    """Return plain words for a well-known message of PyTorch, and the beginning of any other message."""
    message = message[:2000].strip()
    for pattern, words in _ADVICE.items():
        match = re.search(pattern, message)
        if match:
            return f"{match.expand(words)}."
    return message[:MOST_CHARACTERS]
