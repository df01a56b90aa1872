"""L-cifar: normalise channel by channel, and back to a picture."""

import torch

from helpers.grading.answers import changed, right, wrong

EXERCISE = "l-cifar-normalise"
VALUES = ("normalise", "to_picture")


@right
def with_views():
    def normalise(images, mean, std):
        return (images.float() / 255 - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)

    def to_picture(image, mean, std):
        pixels = image * std.view(-1, 1, 1) + mean.view(-1, 1, 1)
        return (255 * pixels).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0)

    return normalise, to_picture


@right
def channel_last():
    def normalise(images, mean, std):
        last = images.movedim(1, -1).to(torch.float32)
        return last.sub(255 * mean).div(255 * std).movedim(-1, 1)

    def to_picture(image, mean, std):
        last = image.permute(1, 2, 0) * std + mean
        return torch.floor(255 * last.clamp(0, 1) + 0.5).byte()

    return normalise, to_picture


@right
def with_none():
    def normalise(images, mean, std):
        return (images / 255 - mean[None, :, None, None]) / std[None, :, None, None]

    def to_picture(image, mean, std):
        return ((image * std[:, None, None] + mean[:, None, None]) * 255).clamp(0, 255).round().byte().movedim(0, 2)

    return normalise, to_picture


@wrong("not divided by 255")
def without_255():
    def normalise(images, mean, std):
        return (images.float() - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)

    def to_picture(image, mean, std):
        return (image * std.view(-1, 1, 1) + mean.view(-1, 1, 1)).round().clamp(0, 255).byte().permute(1, 2, 0)

    return normalise, to_picture


@wrong("one mean and std for all channels")
def one_for_all():
    def normalise(images, mean, std):
        return (images.float() / 255 - mean.mean()) / std.mean()

    def to_picture(image, mean, std):
        return (255 * (image * std.mean() + mean.mean())).round().clamp(0, 255).byte().permute(1, 2, 0)

    return normalise, to_picture


@wrong("the document's 0.5 and 0.5")
def the_documents():
    def normalise(images, mean, std):
        return (images.float() / 255 - 0.5) / 0.5

    def to_picture(image, mean, std):
        return (255 * (image / 2 + 0.5)).round().clamp(0, 255).byte().permute(1, 2, 0)

    return normalise, to_picture


@wrong("a reshape where a permute is needed")
def reshaped():
    def normalise(images, mean, std):
        return (images.float() / 255 - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)

    def to_picture(image, mean, std):
        c, h, w = image.shape
        pixels = image * std.view(-1, 1, 1) + mean.view(-1, 1, 1)
        return (255 * pixels).round().clamp(0, 255).byte().reshape(h, w, c)

    return normalise, to_picture


@wrong("the channel stays in front")
def channel_first():
    def normalise(images, mean, std):
        return (images.float() / 255 - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)

    def to_picture(image, mean, std):
        return (255 * (image * std.view(-1, 1, 1) + mean.view(-1, 1, 1))).round().clamp(0, 255).byte()

    return normalise, to_picture


@wrong("the picture in floats from 0 to 1")
def floats():
    def normalise(images, mean, std):
        return (images.float() / 255 - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)

    def to_picture(image, mean, std):
        return (image * std.view(-1, 1, 1) + mean.view(-1, 1, 1)).clamp(0, 1).permute(1, 2, 0)

    return normalise, to_picture


wraps_around = changed(
    with_views,
    "clamp(0, 255).to(torch.uint8)",
    "long().remainder(256).byte()",
    wrong="does not clamp: 300 becomes 44",
    passes="visible",
)
transposed = changed(
    with_views, "to(torch.uint8).permute(1, 2, 0)", "byte().permute(2, 1, 0)", wrong="height and width exchanged"
)


@wrong("takes the first image for the whole batch", passes="visible")
def first_image():
    def normalise(images, mean, std):
        one = (images[:1].float() / 255 - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)
        return one.expand(images.shape).clone()

    def to_picture(image, mean, std):
        pixels = image * std.view(-1, 1, 1) + mean.view(-1, 1, 1)
        return (255 * pixels).round().clamp(0, 255).byte().permute(1, 2, 0)

    return normalise, to_picture


@wrong("knows two channels only")
def two_channels():
    def normalise(images, mean, std):
        return (images.float() / 255 - mean[:2].view(2, 1, 1)) / std[:2].view(2, 1, 1)

    def to_picture(image, mean, std):
        pixels = image * std[:2].view(2, 1, 1) + mean[:2].view(2, 1, 1)
        return (255 * pixels).round().clamp(0, 255).byte().permute(1, 2, 0)

    return normalise, to_picture


@wrong("undoes the normalisation in place, and so spoils the image", passes="visible")
def in_place():
    def normalise(images, mean, std):
        return (images.float() / 255 - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)

    def to_picture(image, mean, std):
        image *= std.view(-1, 1, 1)
        image += mean.view(-1, 1, 1)
        return (255 * image).round().clamp(0, 255).byte().permute(1, 2, 0)

    return normalise, to_picture


@wrong("one channel after the other")
def loop_over_channels():
    def normalise(images, mean, std):
        pixels = images.float() / 255
        for c in range(len(mean)):
            pixels[:, c] = (pixels[:, c] - mean[c]) / std[c]
        return pixels

    def to_picture(image, mean, std):
        rows = [(255 * (image[c] * std[c] + mean[c])).round().clamp(0, 255).byte() for c in range(len(mean))]
        return torch.stack(rows, dim=-1)

    return normalise, to_picture


@wrong("one image after the other")
def loop_over_images():
    def normalise(images, mean, std):
        return torch.stack([(image / 255 - mean.view(-1, 1, 1)) / std.view(-1, 1, 1) for image in images])

    def to_picture(image, mean, std):
        pixels = image * std.view(-1, 1, 1) + mean.view(-1, 1, 1)
        return (255 * pixels).round().clamp(0, 255).byte().permute(1, 2, 0)

    return normalise, to_picture
