"""L-cifar: mean and standard deviation of each channel."""

import torch

from helpers.grading.answers import right, wrong

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


@wrong("the variance")
def variance(images):
    pixels = images.float() / 255
    return pixels.mean(dim=(0, 2, 3)), pixels.var(dim=(0, 2, 3))


@wrong("float64")
def doubles(images):
    pixels = images.double() / 255
    return pixels.mean(dim=(0, 2, 3)), pixels.std(dim=(0, 2, 3))


@wrong("one tensor, not two")
def stacked(images):
    pixels = images.float() / 255
    return torch.stack([pixels.mean(dim=(0, 2, 3)), pixels.std(dim=(0, 2, 3))])


@wrong("the mean of bytes is not defined")
def forgets_float(images):
    return images.mean(dim=(0, 2, 3)) / 255, images.std(dim=(0, 2, 3)) / 255


@wrong("one figure for all channels", passes="visible")
def all_channels(images):
    pixels = images.float() / 255
    return pixels.mean().view(1), pixels.std().view(1)


@wrong("the std of each image, then their mean, as many programs do", passes="visible")
def per_image(images):
    pixels = images.float() / 255
    return pixels.mean(dim=(0, 2, 3)), pixels.std(dim=(2, 3), correction=0).mean(dim=0)


@wrong("the std of the images' means added wrongly", passes="visible")
def root_of_mean_variance(images):
    pixels = images.float() / 255
    return pixels.mean(dim=(0, 2, 3)), pixels.var(dim=(2, 3), correction=0).mean(dim=0).sqrt()


@wrong("the document's figures, or those of the example", passes="visible")
def constants(images):
    return torch.full((images.shape[1],), 0.4), torch.full((images.shape[1],), 0.374166)
