"""Training and measuring: that it learns, counts correctly, can be repeated, and changes nothing it should not."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.data import ImageSet
from helpers.train import evaluate, fit
from tests.helpers.conftest import make_set


def linear(data: ImageSet) -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(data.images[0].numel(), len(data.classes)))


class Oracle(nn.Module):
    """Answers with the class it reads from the images: the brightest row; and counts what it is shown."""

    def __init__(self, classes: int, shift: int = 0) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(5.0))
        self.classes, self.shift = classes, shift
        self.seen: list[Tensor] = []

    def forward(self, images: Tensor) -> Tensor:
        self.seen.append(images.detach().clone())
        row = (images.mean((1, 3)).argmax(1) + self.shift) % self.classes
        return self.scale * F.one_hot(row, self.classes)


def weights(model: nn.Module) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


class TestFit:
    def test_it_learns(self) -> None:
        data = make_set(n=90)
        torch.manual_seed(0)
        history = fit(linear(data), data, make_set(n=60), epochs=10, batch_size=10, seed=0, progress=False)
        assert history.train_loss[-1] < history.train_loss[0] / 2
        assert history.test_accuracy[-1] == 1

    def test_one_entry_an_epoch(self) -> None:
        data = make_set()
        history = fit(linear(data), data, data, epochs=3, progress=False)
        lists = (history.train_loss, history.train_accuracy, history.test_loss, history.test_accuracy, history.seconds)
        assert [len(entries) for entries in lists] == [3] * 5
        assert fit(linear(data), data, epochs=2, progress=False).test_loss == []

    def test_every_image_is_used_once_an_epoch_and_in_another_order(self) -> None:
        data = make_set(n=25)
        model = Oracle(3)
        fit(model, data, epochs=2, batch_size=10, lr=0.0, seed=0, progress=False)
        assert [len(images) for images in model.seen] == [10, 10, 5] * 2
        first, second = (torch.cat(part).flatten(1).sum(1) for part in (model.seen[:3], model.seen[3:]))
        torch.testing.assert_close(first.sort().values, data.normalised().flatten(1).sum(1).sort().values)
        torch.testing.assert_close(first.sort().values, second.sort().values)
        assert not torch.equal(first, second)

    def test_figures_are_means_over_images_not_over_batches(self) -> None:
        data = make_set(n=25)
        model = linear(data)
        expected = evaluate(model, data)
        history = fit(model, data, epochs=1, batch_size=10, lr=0.0, progress=False)  # nothing moves
        assert history.train_loss[0] == pytest.approx(expected.loss, rel=1e-5)
        assert history.train_accuracy[0] == pytest.approx(expected.accuracy)

    @pytest.mark.parametrize("schedule", ["onecycle", "constant"])
    def test_equal_seeds_give_equal_weights(self, schedule: str) -> None:
        data = make_set()
        model = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(36, 3))
        start = {name: value.clone() for name, value in model.state_dict().items()}
        ends = []
        for seed in (7, 7, 8):
            model.load_state_dict(start)
            fit(model, data, epochs=2, batch_size=8, flip=True, schedule=schedule, seed=seed, progress=False)  # type: ignore[arg-type]
            ends.append(weights(model))
        assert torch.equal(ends[0], ends[1])
        assert not torch.equal(ends[0], ends[2])

    def test_a_constant_rate_is_sgd_with_its_settings(self) -> None:
        data = make_set(n=12)
        model = linear(data)
        twin = linear(data)
        twin.load_state_dict(model.state_dict())
        settings = {"lr": 0.03, "momentum": 0.8, "weight_decay": 0.01, "nesterov": False}
        fit(model, data, epochs=3, batch_size=12, schedule="constant", progress=False, **settings)  # type: ignore[arg-type]
        optimizer = torch.optim.SGD(twin.parameters(), **settings)  # type: ignore[arg-type]
        for _ in range(3):
            optimizer.zero_grad()
            F.cross_entropy(twin(data.normalised()), data.labels).backward()
            optimizer.step()
        torch.testing.assert_close(weights(model), weights(twin))

    def test_one_cycle_rises_and_falls(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rates: list[float] = []
        step = torch.optim.SGD.step

        def spy(self: torch.optim.SGD, closure: None = None) -> float | None:
            rates.append(self.param_groups[0]["lr"])
            return step(self, closure)

        monkeypatch.setattr(torch.optim.SGD, "step", spy)
        data = make_set(n=30)
        fit(linear(data), data, epochs=10, batch_size=10, lr=0.2, progress=False)
        peak = rates.index(max(rates))
        assert len(rates) == 30
        assert max(rates) == pytest.approx(0.2, rel=0.05)
        assert rates[: peak + 1] == sorted(rates[: peak + 1])
        assert rates[peak:] == sorted(rates[peak:], reverse=True)
        assert rates[-1] > 0

    def test_flip_mirrors_each_image_in_every_other_epoch(self) -> None:
        data = make_set(n=8)
        model = Oracle(3)
        fit(model, data, epochs=2, batch_size=8, lr=0.0, flip=True, seed=0, progress=False)
        plain = [image.numpy().tobytes() for image in data.normalised()]
        mirrored = [image.flip(2).contiguous().numpy().tobytes() for image in data.normalised()]
        first, second = ({image.contiguous().numpy().tobytes() for image in seen} for seen in model.seen)
        for one, other in zip(plain, mirrored, strict=True):
            assert (one in first) != (one in second)
            assert (other in first) != (other in second)

    def test_no_epochs_leave_the_weights_alone(self) -> None:
        data = make_set()
        model = linear(data)
        before = weights(model).clone()
        assert fit(model, data, data, epochs=0, progress=False).train_loss == []
        assert torch.equal(weights(model), before)

    def test_a_single_step_moves_the_weights(self) -> None:
        data = make_set(n=10)
        model = linear(data)
        before = weights(model).clone()
        fit(model, data, epochs=1, batch_size=10, progress=False)
        assert (weights(model) - before).abs().max() > 1e-3

    def test_progress_is_a_line_an_epoch_on_stdout(self, capfd: pytest.CaptureFixture[str]) -> None:
        data = make_set()
        fit(linear(data), data, data, epochs=2)
        output = capfd.readouterr()
        assert output.out.count("epoch 1/2: ") == output.out.count("epoch 2/2: ") == 1
        assert output.err == ""  # nbgrader gives no points to a cell that writes there
        fit(linear(data), data, epochs=1, progress=False)
        assert capfd.readouterr().out == ""

    def test_a_stand_in_shows_in_the_title(self) -> None:
        data = make_set(source="stand-in")
        assert fit(linear(data), data, epochs=0, progress=False).title == "Sequential on MNIST (stand-in data)"

    @pytest.mark.parametrize("wrong", [{"epochs": -1}, {"batch_size": 0}, {"schedule": "cosine"}])
    def test_a_setting_out_of_range_is_named(self, wrong: dict[str, object]) -> None:
        data = make_set()
        with pytest.raises(ValueError, match=next(iter(wrong))):
            fit(linear(data), data, **{"epochs": 1, "progress": False, **wrong})  # type: ignore[arg-type]

    def test_two_devices_are_refused(self) -> None:
        data = make_set()
        with pytest.raises(ValueError, match=r"model is on meta.*images are on cpu"):
            fit(linear(data).to("meta"), data, epochs=1, progress=False)

    def test_an_output_of_another_shape_is_named(self) -> None:
        data = make_set()
        model = nn.Sequential(nn.Flatten(), nn.Linear(36, 7))
        with pytest.raises(ValueError, match=r"\(30, 7\), but \(30, 3\)"):
            fit(model, data, epochs=1, progress=False)


class TestEvaluate:
    def test_a_right_and_a_shifted_model(self) -> None:
        data = make_set(n=30)
        right, wrong = evaluate(Oracle(3), data), evaluate(Oracle(3, shift=1), data)
        assert (right.accuracy, wrong.accuracy) == (1, 0)
        assert torch.equal(right.confusion, 10 * torch.eye(3, dtype=torch.int64))
        # A row is a true class: with every prediction one too high, class 0 lands in column 1.
        assert torch.equal(wrong.confusion, 10 * torch.eye(3, dtype=torch.int64).roll(1, dims=1))
        assert torch.equal(wrong.predictions, (data.labels + 1) % 3)
        assert right.loss == pytest.approx(math.log(1 + 2 * math.exp(-5)), rel=1e-4)

    def test_accuracy_on_each_class(self) -> None:
        data = make_set(n=30)
        relabelled = ImageSet(
            "mnist", data.images, torch.where(torch.arange(30) < 15, data.labels, 0), (*data.classes, "none"),
            data.mean, data.std, "folder",
        )  # fmt: skip
        result = evaluate(Oracle(4), relabelled)
        labels, guesses = relabelled.labels, data.labels
        for k in range(3):
            assert result.per_class[k] == pytest.approx((guesses[labels == k] == k).double().mean().item())
        assert result.per_class[3].isnan()
        assert result.accuracy == pytest.approx((labels == guesses).double().mean().item())

    def test_the_batch_size_does_not_matter(self) -> None:
        data = make_set(n=25)
        model = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(36), nn.Dropout(0.5), nn.Linear(36, 3))
        one, many = evaluate(model, data, batch_size=7), evaluate(model, data, batch_size=1000)
        assert one.loss == pytest.approx(many.loss, rel=1e-5)
        assert torch.equal(one.predictions, many.predictions)

    def test_nothing_about_the_model_changes(self) -> None:
        data = make_set()
        model = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(36), nn.Dropout(0.5), nn.Linear(36, 3)).train()
        model[1].eval()  # frozen by the caller
        before = {name: value.clone() for name, value in model.state_dict().items()}
        evaluate(model, data)
        assert [module.training for module in model] == [True, False, True, True]
        assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
        assert all(parameter.grad is None for parameter in model.parameters())

    def test_the_mode_is_restored_after_an_error(self) -> None:
        model = nn.Sequential(nn.Flatten(), nn.Linear(36, 7)).train()
        with pytest.raises(ValueError, match="a logit for each class"):
            evaluate(model, make_set())
        assert model.training

    def test_an_empty_set_is_refused(self) -> None:
        data = make_set()
        with pytest.raises(ValueError, match="empty"):
            evaluate(linear(data), data[:0])
