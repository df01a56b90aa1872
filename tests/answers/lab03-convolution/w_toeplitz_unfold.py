"""W-toeplitz, part 1: one matrix product of kernels and patches."""

import torch
import torch.nn.functional as F

from helpers.grading.answers import right, wrong

EXERCISE = "w-toeplitz-unfold"
NAME = "conv2d_unfold"


@right
def fold_places_again(x, weight):
    n, _, height, width = x.shape
    rows, columns = weight.shape[2:]
    patches = F.unfold(x, (rows, columns))
    flat = torch.einsum("ok,nkl->nol", weight.reshape(len(weight), -1), patches)
    return flat.view(n, len(weight), height - rows + 1, width - columns + 1)


@right
def with_tensor_unfold(x, weight):
    rows, columns = weight.shape[2:]
    patches = x.unfold(2, rows, 1).unfold(3, columns, 1)  # N, C, H', W', f_H, f_W
    patches = patches.permute(0, 2, 3, 1, 4, 5).flatten(3)
    return (patches @ weight.flatten(1).T).permute(0, 3, 1, 2).contiguous()


@wrong("the places stay in one row")
def still_flat(x, weight):
    return weight.flatten(1) @ F.unfold(x, weight.shape[2:])


@wrong("the kernels are laid flat column by column")
def column_by_column(x, weight):
    flat = weight.transpose(2, 3).flatten(1) @ F.unfold(x, weight.shape[2:])
    return flat.reshape(len(x), len(weight), x.shape[2] - weight.shape[2] + 1, -1)


@wrong("the places are folded column by column")
def folded_turned(x, weight):
    flat = weight.flatten(1) @ F.unfold(x, weight.shape[2:])
    return flat.reshape(len(x), len(weight), x.shape[3] - weight.shape[3] + 1, -1).transpose(2, 3)


@wrong("as large as the image: padded")
def padded(x, weight):
    flat = weight.flatten(1) @ F.unfold(x, weight.shape[2:], padding=1)
    return flat.reshape(len(x), len(weight), *x.shape[2:])


@wrong("patches that do not overlap")
def no_overlap(x, weight):
    flat = weight.flatten(1) @ F.unfold(x, weight.shape[2:], stride=weight.shape[2])
    return flat.reshape(len(x), len(weight), x.shape[2] // weight.shape[2], -1)


@wrong("only the first image of the batch", passes="visible")
def first_image(x, weight):
    flat = weight.flatten(1) @ F.unfold(x, weight.shape[2:])[0]
    return flat.reshape(1, len(weight), x.shape[2] - weight.shape[2] + 1, -1)


@wrong("a square output only", passes="visible")
def square_output(x, weight):
    flat = weight.flatten(1) @ F.unfold(x, weight.shape[2:])
    side = round(flat.shape[-1] ** 0.5)
    return flat.reshape(len(x), len(weight), side, side)


@wrong("the weight is reshaped where it must be transposed", passes="visible")
def weight_reshaped(x, weight):
    patches = F.unfold(x, weight.shape[2:]).transpose(1, 2)
    flat = patches @ weight.reshape(-1, len(weight))
    return flat.transpose(1, 2).reshape(len(x), len(weight), x.shape[2] - weight.shape[2] + 1, -1)


@wrong("the output is reshaped where it must be transposed", passes="visible")
def output_reshaped(x, weight):
    flat = F.unfold(x, weight.shape[2:]).transpose(1, 2) @ weight.flatten(1).T
    return flat.reshape(len(x), len(weight), x.shape[2] - weight.shape[2] + 1, -1)


@wrong("always in float32", passes="visible")
def float32(x, weight):
    flat = weight.flatten(1).float() @ F.unfold(x.float(), weight.shape[2:])
    return flat.reshape(len(x), len(weight), x.shape[2] - weight.shape[2] + 1, -1)
