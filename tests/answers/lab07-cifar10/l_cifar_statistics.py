"""L-cifar: mean and standard deviation of each channel."""

import torch

from helpers.grading.answers import changed, right, wrong

EXERCISE = "l-cifar-statistics"
NAME = "channel_statistics"


@right
def over_three_axes(images):
    pixels = images.float() / 255
    return pixels.mean(dim=(0, 2, 3)), pixels.std(dim=(0, 2, 3), correction=0)


@right
def one_channel_at_a_time(images):
    rows = [images[:, channel].double().flatten() / 255 for channel in range(images.shape[1])]
    mean, std = [row.mean() for row in rows], [row.std() for row in rows]
    return torch.stack(mean).float(), torch.stack(std).float()


@right
def from_the_mean_of_squares(images):
    pixels = images.double().div(255).transpose(0, 1).flatten(1)
    mean = pixels.mean(1)
    return mean.float(), (pixels.square().mean(1) - mean.square()).sqrt().float()


@wrong("not on the scale 0 to 1")
def bytes_as_they_are(images):
    return images.float().mean(dim=(0, 2, 3)), images.float().std(dim=(0, 2, 3))


@wrong("divides by 256")
def by_256(images):
    pixels = images.float() / 256
    return pixels.mean(dim=(0, 2, 3)), pixels.std(dim=(0, 2, 3))


variance = changed(over_three_axes, "std(dim=(0, 2, 3), correction=0)", "var(dim=(0, 2, 3))", wrong="the variance")


@wrong("float64")
def doubles(images):
    pixels = images.double() / 255
    return pixels.mean(dim=(0, 2, 3)), pixels.std(dim=(0, 2, 3))


stacked = changed(
    over_three_axes,
    "pixels.mean(dim=(0, 2, 3)), pixels.std(dim=(0, 2, 3), correction=0)",
    "torch.stack([pixels.mean(dim=(0, 2, 3)), pixels.std(dim=(0, 2, 3))])",
    wrong="one tensor, not two",
)


@wrong("the mean of bytes is not defined")
def forgets_float(images):
    return images.mean(dim=(0, 2, 3)) / 255, images.std(dim=(0, 2, 3)) / 255


all_channels = changed(
    over_three_axes,
    "dim=(0, 2, 3)), pixels.std(dim=(0, 2, 3), correction=0",
    ").view(1), pixels.std().view(1",
    wrong="one figure for all channels",
    passes="visible",
)
per_image = changed(
    over_three_axes,
    "(0, 2, 3), correction",
    "(2, 3), correction=0).mean(dim",
    wrong="the std of each image, then their mean, as many programs do",
    passes="visible",
)
root_of_mean_variance = changed(
    over_three_axes,
    "std(dim=(0, 2, 3), correction=0)",
    "var(dim=(2, 3), correction=0).mean(dim=0).sqrt()",
    wrong="the std of the images' means added wrongly",
    passes="visible",
)


@wrong("the document's figures, or those of the example", passes="visible")
def constants(images):
    return torch.full((images.shape[1],), 0.4), torch.full((images.shape[1],), 0.374166)


@wrong("takes 1000 images as a sample", passes="visible")
def a_sample(images):
    pixels = images[:1000].float() / 255
    return pixels.mean((0, 2, 3)), pixels.std((0, 2, 3), unbiased=False)
