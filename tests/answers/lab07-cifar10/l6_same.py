"""L6: are two networks the same one?"""

import copy
import math

import torch

from helpers.grading.answers import right, wrong

EXERCISE = "l6-same"
NAME = "difference_after_copy"


@right
def with_load_state_dict(source, target, images):
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target).eval()
    try:
        target.load_state_dict(source.state_dict())
    except RuntimeError:
        return float("inf")
    with torch.no_grad():
        return float((source(images) - target(images)).abs().max())


@right
def compares_the_shapes(source, target, images):
    ours, theirs = source.state_dict(), target.state_dict()
    shapes = [{name: tensor.shape for name, tensor in state.items()} for state in (ours, theirs)]
    if shapes[0] != shapes[1]:
        return math.inf
    twin, model = copy.deepcopy(target), copy.deepcopy(source)
    twin.load_state_dict(ours)
    with torch.inference_mode():
        return torch.dist(model.eval()(images), twin.eval()(images), p=float("inf")).item()


@wrong("copies nothing")
def no_copy(source, target, images):
    with torch.no_grad():
        try:
            return (source.eval()(images) - target.eval()(images)).abs().max().item()
        except RuntimeError:
            return math.inf


@wrong("lets the error out")
def no_infinity(source, target, images):
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target).eval()
    target.load_state_dict(source.state_dict())
    with torch.no_grad():
        return (source(images) - target(images)).abs().max().item()


@wrong("True or False")
def a_truth(source, target, images):
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target).eval()
    try:
        target.load_state_dict(source.state_dict())
    except RuntimeError:
        return False
    with torch.no_grad():
        return torch.allclose(source(images), target(images))


@wrong("a tensor, not a number")
def a_tensor(source, target, images):
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target).eval()
    try:
        target.load_state_dict(source.state_dict())
    except RuntimeError:
        return math.inf
    with torch.no_grad():
        return (source(images) - target(images)).abs().max()


@wrong("minus one for weights that do not fit")
def minus_one(source, target, images):
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target).eval()
    try:
        target.load_state_dict(source.state_dict())
    except RuntimeError:
        return -1.0
    with torch.no_grad():
        return (source(images) - target(images)).abs().max().item()


@wrong("looks at the shapes only: networks with the same shapes are taken for the same")
def shapes_alone(source, target, images):
    shapes = [{name: tensor.shape for name, tensor in net.state_dict().items()} for net in (source, target)]
    return 0.0 if shapes[0] == shapes[1] else math.inf


@wrong("changes the target itself", passes="visible")
def in_place(source, target, images):
    try:
        target.load_state_dict(source.state_dict())
    except RuntimeError:
        return math.inf
    with torch.no_grad():
        return (copy.deepcopy(source).eval()(images) - copy.deepcopy(target).eval()(images)).abs().max().item()


@wrong("switches both networks to evaluation mode", passes="visible")
def switches(source, target, images):
    twin = copy.deepcopy(target.eval())
    try:
        twin.load_state_dict(source.eval().state_dict())
    except RuntimeError:
        return math.inf
    with torch.no_grad():
        return (source(images) - twin(images)).abs().max().item()


@wrong("in training mode, with dropout", passes="visible")
def training_mode(source, target, images):
    twin = copy.deepcopy(target)
    try:
        twin.load_state_dict(source.state_dict())
    except RuntimeError:
        return math.inf
    with torch.no_grad():
        return (source(images) - twin(images)).abs().max().item()


@wrong("the mean difference")
def the_mean(source, target, images):
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target).eval()
    try:
        target.load_state_dict(source.state_dict())
    except RuntimeError:
        return math.inf
    with torch.no_grad():
        return (source(images) - target(images)).abs().mean().item()


@wrong("without the sign taken off")
def signed(source, target, images):
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target).eval()
    try:
        target.load_state_dict(source.state_dict())
    except RuntimeError:
        return math.inf
    with torch.no_grad():
        return (source(images) - target(images)).min().item()


@wrong("loads what fits and leaves the rest", passes="visible")
def not_strict(source, target, images):
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target).eval()
    try:
        target.load_state_dict(source.state_dict(), strict=False)
    except RuntimeError:
        return math.inf
    with torch.no_grad():
        return (source(images) - target(images)).abs().max().item()


@wrong("compares the number of parameters")
def counts(source, target, images):
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target).eval()
    if sum(p.numel() for p in source.parameters()) != sum(p.numel() for p in target.parameters()):
        return math.inf
    return 0.0


@right
def switches_and_puts_back(source, target, images):
    twin, was = copy.deepcopy(target).eval(), source.training
    try:
        twin.load_state_dict(source.state_dict())
    except RuntimeError:
        return math.inf
    source.eval()
    with torch.no_grad():
        result = (source(images) - twin(images)).abs().max().item()
    source.train(was)
    return result


@wrong("autograd follows", passes="visible")
def followed(source, target, images):
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target).eval()
    try:
        target.load_state_dict(source.state_dict())
    except RuntimeError:
        return math.inf
    return (source(images) - target(images)).abs().max().item()


@wrong("copies parameters, but no running averages", passes="visible")
def parameters_only(source, target, images):
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target).eval()
    ours, theirs = dict(source.named_parameters()), dict(target.named_parameters())
    if {name: p.shape for name, p in ours.items()} != {name: p.shape for name, p in theirs.items()}:
        return math.inf
    with torch.no_grad():
        for name, parameter in ours.items():
            theirs[name].copy_(parameter)
        return (source(images) - target(images)).abs().max().item()


@wrong("leaves both in training mode, whatever they were in", passes="visible")
def trains_at_the_end(source, target, images):
    twin = copy.deepcopy(target)
    try:
        twin.load_state_dict(source.state_dict())
    except RuntimeError:
        return math.inf
    with torch.no_grad():
        result = (source.eval()(images) - twin.eval()(images)).abs().max().item()
    source.train(), target.train()
    return result


@wrong("the copy of target may be in training mode", passes="visible")
def target_as_it_is(source, target, images):
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target)
    try:
        target.load_state_dict(source.state_dict())
    except RuntimeError:
        return math.inf
    with torch.no_grad():
        return (source(images) - target(images)).abs().max().item()


@wrong("the largest difference in one direction")
def one_sided(source, target, images):
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target).eval()
    try:
        target.load_state_dict(source.state_dict())
    except RuntimeError:
        return math.inf
    with torch.no_grad():
        return (source(images) - target(images)).max().item()


@wrong("freezes the source", passes="visible")
def freezes(source, target, images):
    source.requires_grad_(False)
    source, target = copy.deepcopy(source).eval(), copy.deepcopy(target).eval()
    try:
        target.load_state_dict(source.state_dict())
    except RuntimeError:
        return math.inf
    with torch.no_grad():
        return (source(images) - target(images)).abs().max().item()


@wrong("stays in evaluation mode where nothing fits", passes="visible")
def early_return(source, target, images):
    modes = {part: part.training for part in source.modules()}
    source.eval()
    other = copy.deepcopy(target).eval()
    try:
        other.load_state_dict(source.state_dict())
    except RuntimeError:
        return math.inf
    with torch.no_grad():
        gap = (source(images) - other(images)).abs().max().item()
    for part, mode in modes.items():
        part.training = mode
    return gap
