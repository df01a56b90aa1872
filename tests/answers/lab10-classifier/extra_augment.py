"""Extra-augment: mirrored, then shifted."""

import torch
import torch.nn.functional as F

from helpers.grading.answers import changed, right, wrong

EXERCISE = "extra-augment"
NAME = "augment"


@right
def image_by_image(images, mirrored, down, right):
    changed = torch.zeros_like(images)
    _, _, height, width = images.shape
    for i, image in enumerate(images):
        y, x = int(down[i]), int(right[i])
        source = image.flip(2) if mirrored[i] else image
        if abs(y) < height and abs(x) < width:
            changed[i, :, max(y, 0) : height + min(y, 0), max(x, 0) : width + min(x, 0)] = source[
                :, max(-y, 0) : height + min(-y, 0), max(-x, 0) : width + min(-x, 0)
            ]
    return changed


@right
def cut_out_of_a_padded_image(images, mirrored, down, right):
    n, _, height, width = images.shape
    most = int(torch.cat([down.abs(), right.abs()]).max())
    padded = F.pad(torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images), (most,) * 4)
    rows = torch.arange(height) + most - down[:, None]
    columns = torch.arange(width) + most - right[:, None]
    moved = padded[torch.arange(n)[:, None, None], :, rows[:, :, None], columns[:, None, :]]
    return moved.permute(0, 3, 1, 2)


@wrong("what leaves on one side comes in on the other")
def rolled(images, mirrored, down, right):
    images = torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images)
    shifts = zip(images, down.tolist(), right.tolist(), strict=True)
    return torch.stack([image.roll((y, x), (1, 2)) for image, y, x in shifts])


@wrong("the border is repeated")
def repeated_border(images, mirrored, down, right):
    n, _, height, width = images.shape
    images = torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images)
    rows = (torch.arange(height) - down[:, None]).clamp(0, height - 1)
    columns = (torch.arange(width) - right[:, None]).clamp(0, width - 1)
    return images[torch.arange(n)[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


@wrong("moves to the other side")
def other_direction(images, mirrored, down, right):
    n, _, height, width = images.shape
    padded = F.pad(torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images), (20,) * 4)
    rows, columns = torch.arange(height) + 20 + down[:, None], torch.arange(width) + 20 + right[:, None]
    return padded[torch.arange(n)[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


@wrong("shifts first, then mirrors")
def shift_first(images, mirrored, down, right):
    n, _, height, width = images.shape
    padded = F.pad(images, (20,) * 4)
    rows, columns = torch.arange(height) + 20 - down[:, None], torch.arange(width) + 20 - right[:, None]
    moved = padded[torch.arange(n)[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    return torch.where(mirrored.view(-1, 1, 1, 1), moved.flip(3), moved)


@wrong("all images mirrored, or none")
def all_or_none(images, mirrored, down, right):
    n, _, height, width = images.shape
    padded = F.pad(images.flip(3) if mirrored.any() else images, (20,) * 4)
    rows, columns = torch.arange(height) + 20 - down[:, None], torch.arange(width) + 20 - right[:, None]
    return padded[torch.arange(n)[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


@wrong("all images moved as the first one")
def first_shift_for_all(images, mirrored, down, right):
    _, _, height, width = images.shape
    padded = F.pad(torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images), (20,) * 4)
    y, x = 20 - int(down[0]), 20 - int(right[0])
    return padded[:, :, y : y + height, x : x + width]


@wrong("only to the left and right", passes="visible")
def never_down(images, mirrored, down, right):
    n, _, height, width = images.shape
    padded = F.pad(torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images), (20, 20, 0, 0))
    rows, columns = torch.arange(height).expand(n, height), torch.arange(width) + 20 - right[:, None]
    return padded[torch.arange(n)[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


@wrong("down and right exchanged")
def axes_exchanged(images, mirrored, down, right):
    n, _, height, width = images.shape
    padded = F.pad(torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images), (20,) * 4)
    rows, columns = torch.arange(height) + 20 - right[:, None], torch.arange(width) + 20 - down[:, None]
    return padded[torch.arange(n)[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


@wrong("writes the mirrored images into the argument", passes="visible")
def in_place(images, mirrored, down, right):
    n, _, height, width = images.shape
    images[mirrored] = images[mirrored].flip(3)
    padded = F.pad(images, (20,) * 4)
    rows, columns = torch.arange(height) + 20 - down[:, None], torch.arange(width) + 20 - right[:, None]
    return padded[torch.arange(n)[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


@wrong("gives float32, whatever comes in", passes="visible")
def single(images, mirrored, down, right):
    n, _, height, width = images.shape
    padded = F.pad(torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images).float(), (20,) * 4)
    rows, columns = torch.arange(height) + 20 - down[:, None], torch.arange(width) + 20 - right[:, None]
    return padded[torch.arange(n)[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


@wrong("the images themselves, where nothing changes", passes="visible")
def not_always_new(images, mirrored, down, right):
    if not (mirrored.any() or down.any() or right.any()):
        return images
    n, _, height, width = images.shape
    padded = F.pad(torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images), (20,) * 4)
    rows, columns = torch.arange(height) + 20 - down[:, None], torch.arange(width) + 20 - right[:, None]
    return padded[torch.arange(n)[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


at_most_six = changed(
    cut_out_of_a_padded_image,
    "most = int(torch.cat([down.abs(), right.abs()]).max())",
    "most, down, right = 6, down.clamp(-6, 6), right.clamp(-6, 6)",
    wrong="no image moves by more than six pixels",
    passes="visible",
)
