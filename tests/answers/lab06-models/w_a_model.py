"""W-A, W-B, W-C: three models, one class."""

from helpers.grading.answers import right, wrong

EXERCISE = "w-a-model"
NAME = "CNNModel"


@right
class WithALayerForEachStep(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        inputs = fc_inputs(side, side, padding)
        zeros = {"same": 2, "valid": 0}[padding]
        kinds = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}
        if pooling not in kinds:
            raise ValueError(f"no pooling {pooling}")
        self.cnn1 = nn.Conv2d(in_channels=1, out_channels=16, kernel_size=5, stride=1, padding=zeros)
        self.relu1 = nn.ReLU()
        self.pool1 = kinds[pooling](kernel_size=2)
        self.cnn2 = nn.Conv2d(in_channels=16, out_channels=32, kernel_size=5, stride=1, padding=zeros)
        self.relu2 = nn.ReLU()
        self.pool2 = kinds[pooling](kernel_size=2)
        self.fc1 = nn.Linear(inputs, 10)

    def forward(self, x):
        out = self.pool1(self.relu1(self.cnn1(x)))
        out = self.pool2(self.relu2(self.cnn2(out)))
        return self.fc1(out.view(out.size(0), -1))


@right
class WithFunctions(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        self.pool = {"max": F.max_pool2d, "average": F.avg_pool2d}.get(pooling)
        if self.pool is None:
            raise ValueError(f"pooling must be max or average, not {pooling}")
        inputs = fc_inputs(side, side, padding)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=2 * (padding == "same"))
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=2 * (padding == "same"))
        self.fc1 = nn.Linear(inputs, 10)

    def forward(self, x):
        for conv in (self.cnn1, self.cnn2):
            x = self.pool(conv(x).clamp(min=0), 2)
        return self.fc1(x.reshape(len(x), -1))


@right
class MaxPoolingBeforeReLU(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        if pooling not in ("max", "average"):
            raise ValueError(pooling)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding)
        self.pool = nn.MaxPool2d(2) if pooling == "max" else nn.AvgPool2d(2)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)

    def forward(self, x):
        if isinstance(self.pool, nn.MaxPool2d):  # the maximum and ReLU may change places
            x = F.relu(self.pool(self.cnn1(x)))
            x = F.relu(self.pool(self.cnn2(x)))
            return self.fc1(x.flatten(1))
        x = self.pool(F.relu(self.cnn1(x)))
        x = self.pool(F.relu(self.cnn2(x)))
        return self.fc1(x.flatten(1))


@wrong("always same padding")
class AlwaysSame(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        if pooling not in ("max", "average"):
            raise ValueError(pooling)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=2)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=2)
        self.pool = nn.MaxPool2d(2) if pooling == "max" else nn.AvgPool2d(2)
        self.fc1 = nn.Linear(fc_inputs(side, side, "same"), 10)

    def forward(self, x):
        x = self.pool(F.relu(self.cnn1(x)))
        x = self.pool(F.relu(self.cnn2(x)))
        return self.fc1(torch.flatten(x, 1))


@wrong("other names")
class OtherNames(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        if pooling not in ("max", "average"):
            raise ValueError(pooling)
        self.conv1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.conv2 = nn.Conv2d(16, 32, 5, padding=padding)
        self.pool = nn.MaxPool2d(2) if pooling == "max" else nn.AvgPool2d(2)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        return self.fc1(torch.flatten(x, 1))


@wrong("ReLU learns nothing, but this one does: PReLU")
class PReLUModel(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        if pooling not in ("max", "average"):
            raise ValueError(pooling)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding)
        self.pool = nn.MaxPool2d(2) if pooling == "max" else nn.AvgPool2d(2)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)
        self.act = nn.PReLU()

    def forward(self, x):
        x = self.pool(self.act(self.cnn1(x)))
        x = self.pool(self.act(self.cnn2(x)))
        return self.fc1(torch.flatten(x, 1))


@wrong("flattens the batch too")
class FlattensTheBatch(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        if pooling not in ("max", "average"):
            raise ValueError(pooling)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding)
        self.pool = nn.MaxPool2d(2) if pooling == "max" else nn.AvgPool2d(2)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)

    def forward(self, x):
        x = self.pool(F.relu(self.cnn1(x)))
        x = self.pool(F.relu(self.cnn2(x)))
        return self.fc1(torch.flatten(x))


@wrong("no bias in the convolutions")
class NoBias(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        if pooling not in ("max", "average"):
            raise ValueError(pooling)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding, bias=False)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding, bias=False)
        self.pool = nn.MaxPool2d(2) if pooling == "max" else nn.AvgPool2d(2)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)

    def forward(self, x):
        x = self.pool(F.relu(self.cnn1(x)))
        x = self.pool(F.relu(self.cnn2(x)))
        return self.fc1(torch.flatten(x, 1))


@wrong("always maximum pooling", passes="visible")
class AlwaysMax(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        if pooling not in ("max", "average"):
            raise ValueError(pooling)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)

    def forward(self, x):
        x = self.pool(F.relu(self.cnn1(x)))
        x = self.pool(F.relu(self.cnn2(x)))
        return self.fc1(torch.flatten(x, 1))


@wrong("average only the second time", passes="visible")
class AverageOnce(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        if pooling not in ("max", "average"):
            raise ValueError(pooling)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding)
        self.pool = nn.MaxPool2d(2) if pooling == "max" else nn.AvgPool2d(2)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.cnn1(x)), 2)
        x = self.pool(F.relu(self.cnn2(x)))
        return self.fc1(torch.flatten(x, 1))


@wrong("maximum and average exchanged", passes="visible")
class Exchanged(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        if pooling not in ("max", "average"):
            raise ValueError(pooling)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding)
        self.pool = nn.AvgPool2d(2) if pooling == "max" else nn.MaxPool2d(2)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)

    def forward(self, x):
        x = self.pool(F.relu(self.cnn1(x)))
        x = self.pool(F.relu(self.cnn2(x)))
        return self.fc1(torch.flatten(x, 1))


@wrong("average pooling before ReLU", passes="visible")
class ReLULast(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        if pooling not in ("max", "average"):
            raise ValueError(pooling)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding)
        self.pool = nn.MaxPool2d(2) if pooling == "max" else nn.AvgPool2d(2)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)

    def forward(self, x):
        x = F.relu(self.pool(self.cnn1(x)))
        x = F.relu(self.pool(self.cnn2(x)))
        return self.fc1(torch.flatten(x, 1))


@wrong("the width of fc1 is typed", passes="visible")
class TypedWidth(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        if pooling not in ("max", "average"):
            raise ValueError(pooling)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding)
        self.pool = nn.MaxPool2d(2) if pooling == "max" else nn.AvgPool2d(2)
        self.fc1 = nn.Linear(32 * 7 * 7 if padding == "same" else 32 * 4 * 4, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.cnn1(x)))
        x = self.pool(F.relu(self.cnn2(x)))
        return self.fc1(torch.flatten(x, 1))


@wrong("softmax at the end", passes="visible")
class WithSoftmax(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        if pooling not in ("max", "average"):
            raise ValueError(pooling)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding)
        self.pool = nn.MaxPool2d(2) if pooling == "max" else nn.AvgPool2d(2)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)

    def forward(self, x):
        x = self.pool(F.relu(self.cnn1(x)))
        x = self.pool(F.relu(self.cnn2(x)))
        return self.fc1(torch.flatten(x, 1)).softmax(1)


@wrong("no ReLU after the second convolution", passes="visible")
class OneReLU(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        if pooling not in ("max", "average"):
            raise ValueError(pooling)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding)
        self.pool = nn.MaxPool2d(2) if pooling == "max" else nn.AvgPool2d(2)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)

    def forward(self, x):
        x = self.pool(F.relu(self.cnn1(x)))
        x = self.pool(self.cnn2(x))
        return self.fc1(torch.flatten(x, 1))


@wrong("takes every other word for average", passes="visible")
class AnyWord(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding)
        self.pool = nn.MaxPool2d(2) if pooling == "max" else nn.AvgPool2d(2)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)

    def forward(self, x):
        x = self.pool(F.relu(self.cnn1(x)))
        x = self.pool(F.relu(self.cnn2(x)))
        return self.fc1(torch.flatten(x, 1))


@wrong("the layers are made in another order")
class LastLayerFirst(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        self.pool = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}.get(pooling)
        if self.pool is None:
            raise ValueError(pooling)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding)

    def forward(self, x):
        for layer in (self.cnn1, self.cnn2):
            x = self.pool(2)(F.relu(layer(x)))
        return self.fc1(x.flatten(1))


@wrong("probabilities once the network is in evaluation mode", passes="visible")
class SoftmaxInUse(nn.Module):
    def __init__(self, padding="same", pooling="max", side=28):
        super().__init__()
        self.pool = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}.get(pooling)
        if self.pool is None:
            raise ValueError(pooling)
        self.cnn1 = nn.Conv2d(1, 16, 5, padding=padding)
        self.cnn2 = nn.Conv2d(16, 32, 5, padding=padding)
        self.fc1 = nn.Linear(fc_inputs(side, side, padding), 10)

    def forward(self, x):
        for layer in (self.cnn1, self.cnn2):
            x = self.pool(2)(F.relu(layer(x)))
        x = self.fc1(x.flatten(1))
        return x if self.training else x.softmax(1)
