"""Extra-means: the class of the nearest mean image."""

import torch

from helpers.grading.answers import changed, right, wrong

EXERCISE = "extra-means"
NAME = "nearest_mean"


@right
def by_the_squares(images, means):
    x, m = images.double().flatten(1), means.double().flatten(1)
    return (x.square().sum(1, keepdim=True) - 2 * x @ m.T + m.square().sum(1)).argmin(1)


@right
def class_by_class(images, means):
    return torch.stack([(images.float() - mean).square().sum((1, 2, 3)) for mean in means]).argmin(0)


@wrong("the largest product, without the length of the means")
def product(images, means):
    return (images.float().flatten(1) @ means.flatten(1).T).argmax(1)


@wrong("the farthest mean")
def farthest(images, means):
    return torch.cdist(images.float().flatten(1), means.flatten(1)).argmax(1)


@wrong("the distances themselves")
def distances(images, means):
    return torch.cdist(images.float().flatten(1), means.flatten(1))


@wrong("the class as a float")
def floats(images, means):
    return torch.cdist(images.float().flatten(1), means.flatten(1)).argmin(1).float()


@wrong("differences without their squares: they cancel out", passes="visible")
def signed(images, means):
    return torch.stack([(images.float() - mean).sum((1, 2, 3)).abs() for mean in means]).argmin(0)


@wrong("the table of the visible example", passes="visible")
def table(images, means):
    return torch.tensor([0, 1, 0, 1])


@wrong("which image is nearest to each mean")
def other_axis(images, means):
    return torch.cdist(images.float().flatten(1), means.flatten(1)).argmin(0)


@right
def all_differences(images, means):
    return (images.float()[:, None] - means).flatten(2).square().sum(2).argmin(1)


@wrong("image by image")
def image_by_image(images, means):
    return torch.stack([(image.float() - means).square().sum((1, 2, 3)).argmin() for image in images])


@wrong("the largest difference of a pixel decides", passes="visible")
def largest_difference(images, means):
    return (images.float()[:, None] - means).abs().flatten(2).amax(2).argmin(1)


rounded = changed(
    class_by_class,
    "images.float()",
    "images.round().float()",
    wrong="rounds normalised images to whole numbers",
    passes="visible",
)


@wrong("changed to the images' bytes: fractions are cut off", passes="visible")
def bytes_for_means(images, means):
    m = means.to(images.dtype).float().flatten(1)
    return torch.cdist(images.float().flatten(1), m).argmin(1)


@wrong("half precision: sums grow beyond its range", passes="visible")
def half(images, means):
    differences = images[:, None].half() - means[None].half()
    return differences.square().sum((2, 3, 4)).argmin(1)
