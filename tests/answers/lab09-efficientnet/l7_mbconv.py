"""L7-mbconv: EfficientNet's block. The first two right answers name their parts as the files handed in do."""

import torch
import torch.nn.functional as F
from torch import nn

from helpers.grading.answers import right, wrong

EXERCISE = "l7-mbconv"
NAME = "MBConv"


@right
class NamedParts(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = expand * inputs
        self.expand = nn.Sequential() if expand == 1 else conv_norm(inputs, middle, 1)
        self.depthwise = conv_norm(middle, middle, kernel, stride=stride, groups=middle)
        self.excite = SqueezeExcite(middle, inputs // 4 or 1)
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.add = (stride, inputs) == (1, outputs)

    def forward(self, x):
        y = x
        for part in (self.expand, self.depthwise, self.excite, self.project):
            y = part(y)
        return y + x if self.add else y


@right
class WithoutConvNorm(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()

        def layers(*args, **kwargs):
            convolution = nn.Conv2d(*args, **kwargs, bias=False)
            return nn.Sequential(convolution, nn.BatchNorm2d(convolution.out_channels))

        middle = inputs * expand
        if expand > 1:
            self.expand = layers(inputs, middle, 1)
        self.depthwise = layers(middle, middle, kernel, stride, kernel // 2, groups=middle)
        self.excite = SqueezeExcite(middle, max(inputs // 4, 1))
        self.project = layers(middle, outputs, 1)
        self.wide, self.shortcut = expand > 1, stride == 1 and inputs == outputs

    def forward(self, x):
        y = F.silu(self.expand(x)) if self.wide else x
        y = self.project(self.excite(F.silu(self.depthwise(y))))
        return torch.add(x, y) if self.shortcut else y


@right
class ListOfParts(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle, parts = expand * inputs, []
        if middle != inputs:
            parts.append(conv_norm(inputs, middle, 1))
        parts.append(conv_norm(middle, middle, kernel, stride=stride, groups=middle))
        parts.append(SqueezeExcite(middle, max(1, inputs // 4)))
        parts.append(conv_norm(middle, outputs, 1, activation=False))
        self.parts = nn.Sequential(*parts)
        self.add = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.parts(x)
        if self.add:
            y = y + x
        return y


@right
class LayerByLayer(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.wide = expand > 1
        if self.wide:
            self.conv1, self.norm1 = nn.Conv2d(inputs, middle, 1, bias=False), nn.BatchNorm2d(middle)
        self.conv2 = nn.Conv2d(middle, middle, kernel, stride, kernel // 2, groups=middle, bias=False)
        self.norm2 = nn.BatchNorm2d(middle)
        self.knobs = SqueezeExcite(middle, max(inputs // 4, 1))
        self.conv3, self.norm3 = nn.Conv2d(middle, outputs, 1, bias=False), nn.BatchNorm2d(outputs)

    def forward(self, x):
        y = F.silu(self.norm1(self.conv1(x))) if self.wide else x
        y = F.silu(self.norm2(self.conv2(y)))
        y = self.norm3(self.conv3(self.knobs(y)))
        return y + x if y.shape == x.shape and self.conv2.stride == (1, 1) else y


@wrong("squeezed to a quarter of the middle")
class QuarterOfTheMiddle(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, middle // 4)
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("expands where expand is 1")
class AlwaysExpands(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1)
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("an ordinary convolution in the middle")
class NotDepthwise(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("no squeeze-and-excite")
class WithoutSqueeze(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = nn.Identity()
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("the stride is forgotten")
class WithoutStride(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("an activation after the projection", passes="visible")
class ActivatesTheEnd(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("no shortcut", passes="visible")
class WithoutShortcut(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = False

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("a shortcut with a stride of 2 too", passes="visible")
class AlwaysAdds(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("the stride in the first convolution", passes="visible")
class StrideTooEarly(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1, stride) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride if expand == 1 else 1, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("squeeze-and-excite before the depthwise convolution", passes="visible")
class SqueezesTooEarly(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.depthwise(self.excite(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("the shortcut only where expand is above 1", passes="visible")
class ShortcutOfTheWide(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = stride == 1 and inputs == outputs and expand > 1

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("expands only where expand is above 2", passes="visible")
class ExpandsFromThree(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand if expand > 2 else inputs
        self.expand = conv_norm(inputs, middle, 1) if expand > 2 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("multiplies by the input", passes="visible")
class Multiplies(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x * y if self.shortcut else y


@wrong("expands by 4 by default", passes="visible")
class OtherExpansion(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=4):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("a stride of 2 by default", passes="visible")
class OtherStride(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=2, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut else y


@wrong("a shortcut wherever the shapes agree, whatever the stride", passes="visible")
class BySize(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x + y if self.shortcut and x.shape == y.shape else y


@wrong("the shortcut is cut off from the gradient", passes="visible")
class DetachedShortcut(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.project(self.excite(self.depthwise(self.expand(x))))
        return x.detach() + y if self.shortcut else y


@right
class SumsInPlace(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, expand=6):
        super().__init__()
        middle = inputs * expand
        self.expand = conv_norm(inputs, middle, 1) if expand > 1 else nn.Identity()
        self.depthwise = conv_norm(middle, middle, kernel, stride, groups=middle)
        self.excite = SqueezeExcite(middle, max(1, inputs // 4))
        self.project = conv_norm(middle, outputs, 1, activation=False)
        self.way = nn.Sequential(self.expand, self.depthwise, self.excite, self.project)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.way(x)
        if self.shortcut:
            y += x
        return y
