"""How a network computes while it is trained: what is chosen, and that a student's network notices nothing."""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn

from helpers.data import BatchSource
from helpers.numerics import Numerics, Precision, choose_numerics
from helpers.train import fit
from tests.helpers.conftest import make_set

CPU = torch.device("cpu")


class Flattens(nn.Module):
    """A small network that flattens its maps in one of the ways that people write."""

    def __init__(self, channels: int, how: str) -> None:
        super().__init__()
        self.conv, self.pool = nn.Conv2d(channels, 4, 3, padding=1), nn.MaxPool2d(2)
        self.fc, self.how = nn.Linear(36, 3), how

    def forward(self, x: Tensor) -> Tensor:
        maps = self.pool(torch.relu(self.conv(x)))
        n = len(maps)
        if self.how == "view":
            return self.fc(maps.view(n, -1))
        if self.how == "view_as":
            return self.fc(maps.view_as(torch.empty(n, 36)))
        if self.how == "as_strided":
            return self.fc(maps.as_strided((n, 36), (36, 1)))
        return self.fc(torch.flatten(maps, 1))


def processor(monkeypatch: pytest.MonkeyPatch, amx: bool) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": amx})


class TestChoice:
    @pytest.mark.parametrize(
        ("layer", "batch_size", "amx", "expected"),
        [
            (nn.Conv2d(1, 4, 3), 100, True, "bfloat16, channels_last"),
            (nn.Conv2d(1, 4, 3), 100, False, "float32, channels_last"),
            (nn.Conv2d(1, 4, 3), 10, True, "float32, channels_last"),
            (nn.Conv2d(4, 4, 3, groups=4), 100, True, "float32, channels_last"),
            (nn.Linear(4, 4), 100, True, "float32, contiguous"),
        ],
    )
    def test_network_batch_and_processor_decide(
        self, layer: nn.Module, batch_size: int, amx: bool, expected: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        processor(monkeypatch, amx)
        assert str(choose_numerics(nn.Sequential(layer), CPU, batch_size)) == expected

    @pytest.mark.parametrize("precision", ["float32", "bfloat16"])
    def test_a_caller_may_say_otherwise(self, precision: Precision) -> None:
        data = make_set(n=40, side=6)
        model = Flattens(1, "flatten")
        history = fit(model, data, epochs=1, batch_size=40, precision=precision, progress=False)
        assert history.numerics == f"{precision}, channels_last"


@pytest.mark.parametrize("channels", [1, 3])
class TestNetwork:
    @pytest.mark.parametrize("how", ["view", "view_as", "as_strided"])
    def test_it_may_flatten_as_it_likes(self, channels: int, how: str) -> None:
        data = make_set(n=40, channels=channels)
        model = Flattens(channels, how)
        usual = copy.deepcopy(model)
        usual.how = "flatten"
        for one in (model, usual):
            fit(one, data, epochs=2, batch_size=8, seed=1, precision="float32", progress=False)
        assert all(torch.equal(one, other) for one, other in zip(model.parameters(), usual.parameters(), strict=True))

    @pytest.mark.parametrize("precision", ["float32", "bfloat16"])
    def test_its_weights_keep_dtype_and_layout(self, channels: int, precision: Precision) -> None:
        data = make_set(n=40, channels=channels)
        model = Flattens(channels, "view")
        before = {name: (value.dtype, value.stride()) for name, value in model.state_dict().items()}
        fit(model, data, epochs=1, batch_size=8, precision=precision, progress=False)
        assert {name: (value.dtype, value.stride()) for name, value in model.state_dict().items()} == before
        assert model(data.normalised()).dtype == torch.float32

    @pytest.mark.parametrize("precision", ["float32", "bfloat16"])
    def test_it_learns_as_with_a_loop_of_its_own(self, channels: int, precision: Precision) -> None:
        data = make_set(n=40, channels=channels)
        model = Flattens(channels, "view")
        twin = copy.deepcopy(model)
        fit(model, data, epochs=3, batch_size=40, lr=0.1, schedule="constant", precision=precision, progress=False)
        optimizer = torch.optim.SGD(twin.parameters(), 0.1, 0.9, nesterov=True)
        for _ in range(3):
            optimizer.zero_grad()
            nn.functional.cross_entropy(twin(data.normalised()), data.labels).backward()
            optimizer.step()
        rtol, atol = (1e-4, 1e-5) if precision == "float32" else (0.02, 0.01)
        for one, other in zip(model.parameters(), twin.parameters(), strict=True):
            torch.testing.assert_close(one, other, rtol=rtol, atol=atol)

    def test_equal_seeds_give_equal_weights(self, channels: int) -> None:
        data = make_set(n=40, channels=channels)
        start, ends = Flattens(channels, "view"), []
        for _ in range(2):
            model = copy.deepcopy(start)
            fit(model, data, epochs=2, batch_size=32, flip=True, seed=3, precision="bfloat16", progress=False)
            ends.append(torch.cat([weight.detach().flatten() for weight in model.parameters()]))
        assert torch.equal(*ends)


def test_pytorch_is_as_before_after_a_training_even_one_that_failed() -> None:
    data, x = make_set(n=40), torch.zeros(2, 3, 4, 5).to(memory_format=torch.channels_last)
    fit(Flattens(1, "view"), data, epochs=1, progress=False)
    with pytest.raises(ValueError, match="has shape"):
        fit(nn.Conv2d(1, 4, 3), data, epochs=1, progress=False)
    assert x.as_strided((2, 60), (60, 1)).data_ptr() == x.data_ptr()
    with pytest.raises(RuntimeError, match="view size"):
        x.view(2, -1)


def test_two_threads_may_train() -> None:
    data = make_set(n=40)
    with ThreadPoolExecutor(2) as pool:
        trainings = [
            pool.submit(fit, Flattens(1, "view"), data, epochs=60, batch_size=4, progress=False) for _ in range(2)
        ]
    assert all(len(training.result().train_loss) == 60 for training in trainings)


def test_a_view_of_what_is_not_contiguous_still_raises() -> None:
    x = torch.zeros(2, 3, 4, 5).transpose(2, 3)
    with Numerics(CPU, channels_last=True, bfloat16=False).applied(), pytest.raises(RuntimeError, match="view size"):
        x.view(2, -1)


def test_a_network_that_bfloat16_breaks_is_told_how_to_do_without() -> None:
    class UsesNumpy(Flattens):
        def forward(self, x: Tensor) -> Tensor:
            self.seen = self.conv(x).detach().numpy()
            return super().forward(x)

    data = make_set(n=40)
    with pytest.raises(TypeError, match="BFloat16") as caught:
        fit(UsesNumpy(1, "view"), data, epochs=1, precision="bfloat16", progress=False)
    assert 'precision="float32"' in caught.value.__notes__[0]
    fit(UsesNumpy(1, "view"), data, epochs=1, precision="float32", progress=False)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("channels_last", [False, True])
def test_batches_are_the_normalised_images(channels: int, channels_last: bool) -> None:
    data = make_set(n=9, channels=channels)
    index = torch.tensor([4, 0, 8])
    source = BatchSource(data, channels_last, mirrored=True)
    (images, labels), (mirrored, same) = source.draw(torch.cat((index, index + 9)), batch_size=3)
    assert torch.equal(images, data.normalised(index))
    assert torch.equal(labels, data.labels[index])
    assert images.is_contiguous(memory_format=torch.channels_last if channels_last else torch.contiguous_format)
    assert torch.equal(mirrored, data.normalised(index).flip(3))
    assert torch.equal(same, labels)
