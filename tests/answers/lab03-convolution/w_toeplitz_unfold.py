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
def image_by_image(x, weight):
    places = x.shape[2] - weight.shape[2] + 1, x.shape[3] - weight.shape[3] + 1
    return torch.stack([(weight.flatten(1) @ F.unfold(one, weight.shape[2:])).view(-1, *places) for one in x])


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


@wrong("F.conv2d under another name")
def renamed(x, weight):
    slide = F.conv2d
    return slide(x, weight)


@wrong("a loop over the places")
def loop_over_places(x, weight):
    height, width = x.shape[2] - weight.shape[2] + 1, x.shape[3] - weight.shape[3] + 1
    output = x.new_zeros(len(x), len(weight), height, width)
    for i in range(height):
        for j in range(width):
            patch = x[:, :, i : i + weight.shape[2], j : j + weight.shape[3]].flatten(1)
            output[:, :, i, j] = patch @ weight.flatten(1).T
    return output


@wrong("a loop over the taps")
def loop_over_taps(x, weight):
    height, width = x.shape[2] - weight.shape[2] + 1, x.shape[3] - weight.shape[3] + 1
    taps = [(u, v) for u in range(weight.shape[2]) for v in range(weight.shape[3])]
    return sum(
        torch.einsum("nchw,oc->nohw", x[:, :, u : u + height, v : v + width], weight[:, :, u, v]) for u, v in taps
    )


@wrong("patches cut out one by one")
def patch_by_patch(x, weight):
    rows, columns = weight.shape[2:]
    height, width = x.shape[2] - rows + 1, x.shape[3] - columns + 1
    places = [(i, j) for i in range(height) for j in range(width)]
    patches = torch.stack([x[:, :, i : i + rows, j : j + columns].flatten(1) for i, j in places], 2)
    return (weight.flatten(1) @ patches).unflatten(2, (height, width))
