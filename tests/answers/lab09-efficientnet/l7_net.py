"""L7-net: EfficientNet, scaled."""

import torch
from torch import nn

from helpers.grading.answers import changed, right, wrong

EXERCISE = "l7-net"
NAME = "EfficientNet"


@right
class PlanFirst(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        plan = []
        for (expand, kernel, channels, repeats), stride in zip(STAGES, strides[1:], strict=True):
            n = round_repeats(repeats, depth)
            plan += [(expand, kernel, round_channels(channels, width), s) for s in [stride] + [1] * (n - 1)]
        widths = [round_channels(STEM, width)] + [step[2] for step in plan]
        self.stem = conv_norm(3, widths[0], 3, stride=strides[0])
        self.blocks = nn.Sequential(
            *(MBConv(before, after, k, s, e) for before, (e, k, after, s) in zip(widths[:-1], plan, strict=True))
        )
        self.head = conv_norm(widths[-1], 4 * widths[-1], 1)
        self.classifier = nn.Linear(4 * widths[-1], classes)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.classifier(self.head(x).mean(dim=(-2, -1)))


@right
class PooledByALayer(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        channels = round_channels(STEM, width)
        self.stem = conv_norm(3, channels, 3, strides[0])
        self.blocks = nn.Sequential()
        for stage, stride in zip(STAGES, strides[1:], strict=True):
            after = round_channels(stage[2], width)
            self.blocks.append(MBConv(channels, after, stage[1], stride, stage[0]))
            for _ in range(1, round_repeats(stage[3], depth)):
                self.blocks.append(MBConv(after, after, stage[1], expand=stage[0]))
            channels = after
        self.head, self.pool = conv_norm(channels, channels * 4, 1), nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels * 4, classes)

    def forward(self, x):
        return self.classifier(torch.flatten(self.pool(self.head(self.blocks(self.stem(x)))), 1))


@wrong("always ten classes")
class TenClasses(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, 10)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.mean((2, 3)))


@wrong("one block a stage")
class OneBlock(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, _repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(1):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.mean((2, 3)))


@wrong("every block expands by 6")
class AlwaysSix(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (_expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.mean((2, 3)))


@wrong("every kernel is 3×3")
class AlwaysThree(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, _kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, 3, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.mean((2, 3)))


@wrong("keeps the maps' places")
class NoMean(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.permute(0, 2, 3, 1))


@wrong("the head has 1,280 channels at every width", passes="visible")
class WideHead(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 1280, 1)
        self.classifier = nn.Linear(1280, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.mean((2, 3)))


@wrong("each block of a stage has its stride", passes="visible")
class AllStrided(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for _repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.mean((2, 3)))


@wrong("the stem is not scaled", passes="visible")
class WideStem(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = STEM
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.mean((2, 3)))


@wrong("the stem has stride 1 at all times", passes="visible")
class StemOfOne(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, 1)
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.mean((2, 3)))


@wrong("repeats are rounded to the nearest", passes="visible")
class FewerBlocks(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(max(1, round(repeats * depth))):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.mean((2, 3)))


@wrong("width and depth are not used", passes="visible")
class OnlyB0(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = STEM
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = channels
            for repeat in range(repeats):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.mean((2, 3)))


@wrong("softmax at the end", passes="visible")
class Softmax(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.mean((2, 3))).softmax(1)


@wrong("the largest of each map", passes="visible")
class Largest(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.amax((2, 3)))


@wrong("no activation in the head", passes="visible")
class HeadWithoutSiLU(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1, activation=False)
        self.classifier = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.mean((2, 3)))


@wrong("strides of ImageNet by default", passes="visible")
class OtherDefault(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=IMAGENET_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        maps = self.head(self.blocks(self.stem(x)))
        return self.classifier(maps.mean((2, 3)))


@right
class PartsInASequence(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.stem = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = conv_norm(inputs, 4 * inputs, 1)
        self.classifier = nn.Linear(4 * inputs, classes)
        self.features = nn.Sequential(self.stem, self.blocks, self.head, nn.AdaptiveAvgPool2d(1), nn.Flatten())

    def forward(self, x):
        return self.classifier(self.features(x))


@wrong("other names than the cells of the lab look for")
class OtherNames(nn.Module):
    def __init__(self, width=1.0, depth=1.0, classes=10, strides=SMALL_STRIDES):
        super().__init__()
        inputs = round_channels(STEM, width)
        self.first = conv_norm(3, inputs, 3, strides[0])
        blocks = []
        for (expand, kernel, channels, repeats), stage_stride in zip(STAGES, strides[1:], strict=True):
            outputs = round_channels(channels, width)
            for repeat in range(round_repeats(repeats, depth)):
                stride = stage_stride if repeat == 0 else 1
                blocks.append(MBConv(inputs, outputs, kernel, stride, expand))
                inputs = outputs
        self.middle = nn.Sequential(*blocks)
        self.last = conv_norm(inputs, 4 * inputs, 1)
        self.linear = nn.Linear(4 * inputs, classes)

    def forward(self, x):
        return self.linear(self.last(self.middle(self.first(x))).mean((2, 3)))


head_scaled_by_itself = changed(
    PartsInASequence,
    "        self.head = conv_norm(inputs, 4 * inputs, 1)\n        self.classifier = nn.Linear(4 * inputs, classes)",
    "        last = round_channels(4 * STAGES[-1][2], width)\n"
    "        self.head = conv_norm(inputs, last, 1)\n        self.classifier = nn.Linear(last, classes)",
    wrong="the head's channels scaled and rounded like a stage's",
    passes="visible",
)


pairs_of_blocks = changed(
    PartsInASequence,
    "nn.Sequential(*blocks)",
    "nn.Sequential(*(nn.Sequential(*blocks[i : i + 2]) for i in range(0, len(blocks), 2)))",
    wrong="the blocks in sequences of two, in a sequence",
)
