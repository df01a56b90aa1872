"""T-alexnet: the network built from its table."""

from helpers.grading.answers import right, wrong

EXERCISE = "t-alexnet-net"
NAME = "alexnet"


@right
def with_a_loop(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    net, inputs = [], 3
    rows = [(11, 4, 0, True), (5, 1, 2, True), (3, 1, 1, False), (3, 1, 1, False), (3, 1, 1, True)]
    for outputs, (kernel, stride, padding, pooled) in zip(channels, rows, strict=True):
        net += [nn.Conv2d(inputs, outputs, kernel, stride, padding), nn.ReLU()]
        if pooled:
            net.append(nn.MaxPool2d(3, 2))
        inputs = outputs
    net += [nn.Flatten(), nn.Linear(inputs * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*net, nn.Linear(hidden, classes))


@right
def with_dropout_and_pooling_before_relu(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    a, b, c, d, e = channels
    pool = nn.MaxPool2d(kernel_size=3, stride=2)
    features = nn.Sequential(
        nn.Conv2d(3, a, 11, stride=4),
        pool,
        nn.ReLU(inplace=True),
        nn.Conv2d(a, b, 5, padding="same"),
        pool,
        nn.ReLU(inplace=True),
        nn.Conv2d(b, c, 3, padding="same"),
        nn.ReLU(inplace=True),
        nn.Conv2d(c, d, 3, padding="same"),
        nn.ReLU(inplace=True),
        nn.Conv2d(d, e, 3, padding="same"),
        pool,
        nn.ReLU(inplace=True),
    )
    fully = [nn.Dropout(), nn.Linear(e * 6 * 6, hidden), nn.ReLU(), nn.Dropout(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(features, nn.Flatten(), nn.Sequential(*fully, nn.Linear(hidden, classes)))


@wrong("channels of its own, whatever is passed in")
def fixed_channels(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = 9, 25, 38, 38, 25
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("no padding in the second layer")
def no_padding(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("stride 2 in the first layer")
def small_stride(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("the last pooling is missing")
def no_last_pool(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("one fully connected layer less")
def two_fully_connected(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("conv4 leads to as many maps as conv5")
def maps_exchanged(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, _, c5 = channels
    c4 = c5
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("conv2 sees half of the maps, as in 2012")
def two_groups(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2, groups=2 if c1 % 2 == c2 % 2 == 0 else 1), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1, bias=False), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("ReLU after the last layer too", passes="visible")
def relu_at_the_end(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes), nn.ReLU())


@wrong("softmax at the end", passes="visible")
def softmax_at_the_end(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes), nn.Softmax(1))


@wrong("no ReLU after the last convolution", passes="visible")
def no_relu(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("no ReLU between the fully connected layers", passes="visible")
def no_relu_between(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden)]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("pooling 2×2, as in LeNet", passes="visible")
def small_pooling(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(2, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("average pooling", passes="visible")
def average_pooling(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.AvgPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.AvgPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.AvgPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("torchvision's channels, if nothing is said", passes="visible")
def torchvisions_channels(channels=(64, 192, 384, 256, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("fewer hidden numbers, if nothing is said", passes="visible")
def small_hidden(channels=(96, 256, 384, 384, 256), hidden=1024, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("ten classes, if nothing is said", passes="visible")
def ten_classes(channels=(96, 256, 384, 384, 256), hidden=4096, classes=10):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(hidden, classes))


@wrong("a class of its own, not nn.Sequential")
def own_class(channels=(96, 256, 384, 384, 256), hidden=4096, classes=1000):
    c1, c2, c3, c4, c5 = channels
    layers = [nn.Conv2d(3, c1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c1, c2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(c2, c3, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c3, c4, 3, padding=1), nn.ReLU()]
    layers += [nn.Conv2d(c4, c5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    layers += [nn.Linear(c5 * 36, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
    layers.append(nn.Linear(hidden, classes))

    class AlexNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList(layers)

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    return AlexNet()
