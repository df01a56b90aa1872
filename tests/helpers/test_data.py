"""Sources of images, what happens if they are missing, and what an image set does."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import os
import pickle
import tarfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from helpers.data import DataError, ImageSet, batches, hidden_images, load
from helpers.datasets import download, files, sources
from tests.helpers.conftest import make_set

REAL_DATA = os.environ.get("CNN_LABS_DATA")
needs_real_data = pytest.mark.skipif(not REAL_DATA, reason="CNN_LABS_DATA names no folder with the real data")


def idx(array: np.ndarray) -> bytes:
    """Return an array of bytes as an IDX file."""
    return bytes((0, 0, 8, array.ndim)) + np.array(array.shape, ">u4").tobytes() + array.astype(np.uint8).tobytes()


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def small_mnist() -> dict[str, bytes]:
    """Return the four files of a small MNIST by name, unpacked."""
    rng = np.random.default_rng(0)
    files = {}
    for split, n in (("train", 20), ("t10k", 8)):
        files[f"{split}-images-idx3-ubyte"] = idx(rng.integers(0, 256, (n, 28, 28)))
        files[f"{split}-labels-idx1-ubyte"] = idx(np.arange(n) % 10)
    return files


def small_cifar10() -> dict[str, bytes]:
    """Return the six batches of a small CIFAR-10 by name."""
    pixels = small_pixels()
    return {name: batch(pixels[name], labels=[i] * 4) for i, name in enumerate(pixels)}


def small_pixels() -> dict[str, bytes]:
    """Return the pixels of four images for each of CIFAR-10's batches."""
    rng = np.random.default_rng(1)
    return {name: rng.bytes(4 * 3072) for name in (*(f"data_batch_{k}" for k in range(1, 6)), "test_batch")}


def batch(pixels: bytes, labels: list[int]) -> bytes:
    """Return a batch of CIFAR-10, with what Python 2 wrote around labels and pixels; 1,000 labels are a group there."""
    groups = b"e(".join(bytes(x for label in part for x in (ord("K"), label)) for part in (labels[:3], labels[3:]))
    head = b"\x80\x02}q\x01(U\x06labelsq\x04]q\x05(" + groups + b"eU\x04dataq\x06cnumpy.core.multiarray\n"
    return head + b"K\x00tb\x89T" + len(pixels).to_bytes(4, "little") + pixels + b"tbU\tfilenamesq\x0c]q\ru."


def fill(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


class Server(ThreadingHTTPServer):
    """Serves a few files on 127.0.0.1, and can break off in the middle of one."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.breaks_off = False
        self.together: threading.Barrier | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        name = self.path.lstrip("/")
        self.server.requests.append(name)
        if self.server.together is not None:
            self.server.together.wait(timeout=30)
        content = self.server.files.get(name)
        if content is None:
            self.send_error(403)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if self.server.breaks_off else content)

    def log_message(self, *_: object) -> None:
        """Print nothing: stderr must stay empty."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, no_data: Path) -> Iterator[Server]:
    """Replace the real mirrors by one with a small MNIST and a small CIFAR-10."""
    from torchvision.datasets import CIFAR10, MNIST  # here, because the import takes seconds

    with Server() as mirror:
        packed = {f"{name}.gz": gzip.compress(content) for name, content in small_mnist().items()}
        monkeypatch.setattr(MNIST, "mirrors", [mirror.url])
        monkeypatch.setattr(MNIST, "resources", [(name, md5(content)) for name, content in packed.items()])
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as tar:
            for name, content in small_cifar10().items():
                member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        monkeypatch.setattr(CIFAR10, "url", f"{mirror.url}cifar.tar.gz")
        monkeypatch.setattr(CIFAR10, "tgz_md5", md5(archive.getvalue()))
        mirror.files = {**packed, "cifar.tar.gz": archive.getvalue()}
        thread = threading.Thread(target=mirror.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield mirror
        mirror.shutdown()
        thread.join()


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, no_data: Path) -> None:
    monkeypatch.setenv("CNN_LABS_OFFLINE", "1")


def all_files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


class TestImageSet:
    def test_normalised_images_have_mean_zero_and_deviation_one(self) -> None:
        data = make_set(channels=3)
        pixels = data.images.double() / 255
        mean, std = pixels.mean((0, 2, 3)), pixels.std((0, 2, 3))
        own = ImageSet(
            "cifar10", data.images, data.labels, data.classes, tuple(mean.tolist()), tuple(std.tolist()), "folder"
        )
        normalised = own.normalised()
        assert normalised.dtype == torch.float32
        torch.testing.assert_close(normalised.mean((0, 2, 3)), torch.zeros(3), atol=1e-5, rtol=0)
        torch.testing.assert_close(normalised.std((0, 2, 3)), torch.ones(3), atol=1e-5, rtol=0)

    @pytest.mark.parametrize("index", [slice(2, 5), [2, 3, 4], torch.tensor([2, 3, 4])])
    def test_index_picks_images_with_their_labels(self, index: object) -> None:
        data = make_set()
        part = data[index]  # type: ignore[index]
        assert torch.equal(part.images, data.images[2:5])
        assert torch.equal(part.labels, data.labels[2:5])
        assert torch.equal(part.normalised(), data.normalised(index))  # type: ignore[arg-type]

    def test_a_number_as_index_is_refused_with_advice(self) -> None:
        with pytest.raises(TypeError, match=r"\[3:4\]"):
            make_set()[3]  # type: ignore[index]

    def test_normalising_leaves_the_bytes_alone(self) -> None:
        data = make_set()
        before = data.images.clone()
        data.normalised()
        data.normalised(slice(0, 3))
        assert torch.equal(data.images, before)

    def test_only_a_stand_in_is_marked(self) -> None:
        assert make_set().title("LeNet") == "LeNet"
        marked = make_set(source="stand-in")
        assert marked.is_stand_in
        assert marked.title("LeNet") == "LeNet (stand-in data)"
        assert "stand-in data" in repr(marked)
        assert "\n" not in repr(marked)

    def test_images_and_labels_must_fit(self) -> None:
        images = torch.zeros(4, 1, 6, 6, dtype=torch.uint8)
        with pytest.raises(ValueError, match="one an image"):
            ImageSet("mnist", images, torch.zeros(3, dtype=torch.int64), ("a",), (0.1,), (0.3,), "folder")
        with pytest.raises(ValueError, match="uint8"):
            ImageSet("mnist", images.float(), torch.zeros(4, dtype=torch.int64), ("a",), (0.1,), (0.3,), "folder")


class TestBatches:
    def test_every_image_comes_once_and_the_last_batch_is_short(self) -> None:
        data = make_set(n=25)
        drawn = list(batches(data, 10))
        assert [len(labels) for _, labels in drawn] == [10, 10, 5]
        expected = sorted(data.normalised().flatten(1).sum(1).tolist())
        assert sorted(torch.cat([x for x, _ in drawn]).flatten(1).sum(1).tolist()) == pytest.approx(expected)

    def test_images_keep_their_labels(self) -> None:
        data = make_set()
        images = torch.cat([x for x, _ in batches(data, 7)])
        brightest_row = images.mean((1, 3)).argmax(1)
        rerun = torch.Generator().manual_seed(3)
        for x, labels in batches(data, 7, generator=rerun):
            assert torch.equal(x.mean((1, 3)).argmax(1), labels)
        assert torch.equal(brightest_row.bincount(), data.labels.bincount())

    def test_the_generator_decides_the_order(self) -> None:
        data = make_set()
        order = [
            torch.cat([y for _, y in batches(data, 8, generator=torch.Generator().manual_seed(s))]) for s in (1, 1, 2)
        ]
        assert torch.equal(order[0], order[1])
        assert not torch.equal(order[0], order[2])

    def test_without_shuffling_the_order_is_that_of_the_set(self) -> None:
        data = make_set()
        assert torch.equal(torch.cat([y for _, y in batches(data, 8, shuffle=False)]), data.labels)

    def test_batch_size_must_be_positive(self) -> None:
        with pytest.raises(ValueError, match="batch_size is 0"):
            next(batches(make_set(), 0))


class TestLoad:
    def test_unknown_name_lists_the_choices(self) -> None:
        with pytest.raises(ValueError, match="'mnist', 'cifar10'"):
            load("minst")

    def test_size_must_be_positive(self) -> None:
        with pytest.raises(ValueError, match="size is 0"):
            load("mnist", size=0)

    def test_size_takes_images_from_the_front_and_keeps_mean_and_std(
        self, monkeypatch: pytest.MonkeyPatch, no_data: Path
    ) -> None:
        monkeypatch.setenv("CNN_LABS_OFFLINE", "1")
        whole, part = load("mnist"), load("mnist", size=50)
        assert torch.equal(part.images, whole.images[:50])
        assert (part.mean, part.std) == (whole.mean, whole.std)
        assert len(load("mnist", size=10**6)) == len(whole)


class TestFolder:
    @pytest.mark.parametrize("packed", [False, True])
    def test_mnist_packed_or_not(
        self, monkeypatch: pytest.MonkeyPatch, no_data: Path, tmp_path: Path, packed: bool
    ) -> None:
        whole = small_mnist()
        stored = {f"{name}.gz": gzip.compress(content) for name, content in whole.items()} if packed else whole
        fill(tmp_path / "data" / "MNIST" / "raw", stored)
        monkeypatch.setenv("CNN_LABS_DATA", str(tmp_path / "data"))
        test = load("mnist", train=False)
        assert test.source == "folder"
        assert test.labels.tolist() == [0, 1, 2, 3, 5, 6, 7]  # every fifth is kept for marking
        hidden = hidden_images("mnist")
        assert hidden.labels.tolist() == [4]
        both = torch.cat([test.images[:4], hidden.images, test.images[4:]])
        assert both.shape == (8, 1, 28, 28)
        assert both.numpy().tobytes() == whole["t10k-images-idx3-ubyte"][16:]

    def test_cifar10(self, monkeypatch: pytest.MonkeyPatch, no_data: Path, tmp_path: Path) -> None:
        fill(tmp_path / "data" / "cifar-10-batches-py", small_cifar10())
        monkeypatch.setenv("CNN_LABS_DATA", str(tmp_path / "data"))
        train = load("cifar10")
        assert train.images.shape == (20, 3, 32, 32)
        assert train.labels.tolist() == sorted([0, 1, 2, 3, 4] * 4)
        *pixels, _ = small_pixels().values()
        assert train.images.numpy().tobytes() == b"".join(pixels)

    @pytest.mark.parametrize("name", ["mnist", "cifar10"])
    def test_a_few_images_are_those_in_front(
        self, monkeypatch: pytest.MonkeyPatch, no_data: Path, tmp_path: Path, name: str
    ) -> None:
        fill(tmp_path / "data" / "MNIST" / "raw", small_mnist())
        fill(tmp_path / "data" / "cifar-10-batches-py", small_cifar10())
        monkeypatch.setenv("CNN_LABS_DATA", str(tmp_path / "data"))
        for train in (True, False):
            whole = load(name, train)
            for size in range(1, len(whole) + 2):
                part = load(name, train, size)
                assert torch.equal(part.images, whole.images[:size])
                assert torch.equal(part.labels, whole.labels[:size])
        whole = hidden_images(name, every=2)
        for size in range(1, len(whole) + 2):
            assert torch.equal(hidden_images(name, size, every=2).images, whole.images[:size])

    @pytest.mark.parametrize(("make", "problem"), [(False, "is no folder"), (True, "is empty")])
    def test_a_folder_without_data_ends_the_search(
        self, monkeypatch: pytest.MonkeyPatch, no_data: Path, tmp_path: Path, make: bool, problem: str
    ) -> None:
        folder = tmp_path / "data"
        if make:
            folder.mkdir()
        monkeypatch.setenv("CNN_LABS_DATA", str(folder))
        with pytest.raises(DataError, match=problem) as error:
            load("mnist")
        assert str(folder) in str(error.value)
        assert "unset CNN_LABS_DATA" in str(error.value)

    def test_a_folder_with_the_other_data_set(
        self, monkeypatch: pytest.MonkeyPatch, no_data: Path, tmp_path: Path
    ) -> None:
        fill(tmp_path / "data" / "MNIST" / "raw", small_mnist())
        monkeypatch.setenv("CNN_LABS_DATA", str(tmp_path / "data"))
        with pytest.raises(DataError, match="CIFAR-10's training files"):
            load("cifar10")

    @pytest.mark.parametrize("packed", [False, True])
    @pytest.mark.parametrize("keep", [0, 10, 5000])
    def test_a_truncated_mnist_file_is_named(
        self, monkeypatch: pytest.MonkeyPatch, no_data: Path, tmp_path: Path, keep: int, packed: bool
    ) -> None:
        raw = fill(tmp_path / "data" / "MNIST" / "raw", small_mnist())
        path = raw / "train-images-idx3-ubyte"
        whole = path.read_bytes()
        path.unlink()
        path = path.with_suffix(".gz") if packed else path
        path.write_bytes(gzip.compress(whole)[:keep] if packed else whole[:keep])
        monkeypatch.setenv("CNN_LABS_DATA", str(tmp_path / "data"))
        with pytest.raises(DataError, match="is broken") as error:
            load("mnist")
        assert str(path) in str(error.value)
        assert "Delete the file" in str(error.value)

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"", "does not start like a batch"),
            (batch(b"pixels of four images", [1, 2, 3, 4]), "4 labels, and another number of images"),
            (batch(bytes(4 * 3072), [1, 2, 3, 4])[:5000], "ends too early"),
        ],
    )
    def test_a_broken_cifar10_batch_is_named(
        self, monkeypatch: pytest.MonkeyPatch, no_data: Path, tmp_path: Path, content: bytes, problem: str
    ) -> None:
        folder = fill(tmp_path / "data" / "cifar-10-batches-py", small_cifar10())
        (folder / "data_batch_3").write_bytes(content)
        monkeypatch.setenv("CNN_LABS_DATA", str(tmp_path / "data"))
        with pytest.raises(DataError, match=f"data_batch_3 is broken: .*{problem}"):
            load("cifar10")

    def test_a_cifar10_batch_is_never_unpickled(
        self, monkeypatch: pytest.MonkeyPatch, no_data: Path, tmp_path: Path
    ) -> None:
        folder = fill(tmp_path / "data" / "cifar-10-batches-py", small_cifar10())
        trap = pickle.dumps(Trap(tmp_path / "sprung"))
        (folder / "data_batch_3").write_bytes(trap.removesuffix(b".") + small_cifar10()["data_batch_3"])
        (folder / "data_batch_4").write_bytes(trap)
        monkeypatch.setenv("CNN_LABS_DATA", str(tmp_path / "data"))
        with pytest.raises(DataError, match="data_batch_4 is broken"):
            load("cifar10")
        assert not (tmp_path / "sprung").exists()


class Trap:
    """Unpickling it makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self.path,)


class TestHidden:
    @pytest.mark.parametrize("name", ["mnist", "cifar10"])
    def test_hidden_and_open_images_are_all_images_and_share_none(self, offline: None, name: str) -> None:
        seen, hidden = load(name, train=False), hidden_images(name)
        assert len(hidden) == (len(seen) + len(hidden)) // 5
        assert len(hidden_images(name, every=2)) == (len(seen) + len(hidden)) // 2
        assert len(hidden_images(name, size=10)) == 10
        both = [{image.numpy().tobytes() for image in part.images} for part in (seen, hidden)]
        assert not both[0] & both[1]

    def test_a_folder_with_only_the_open_part_has_no_hidden_images(
        self, monkeypatch: pytest.MonkeyPatch, no_data: Path, tmp_path: Path
    ) -> None:
        raw = fill(tmp_path / "data" / "MNIST" / "raw", small_mnist())
        monkeypatch.setenv("CNN_LABS_DATA", str(tmp_path / "data"))
        whole = load("mnist", train=False)
        files.write_open(tmp_path / "data" / "mnist-open-test.npy", whole.images.numpy(), whole.labels.numpy())
        (raw / "t10k-images-idx3-ubyte").unlink()
        assert torch.equal(load("mnist", train=False).images, whole.images)
        with pytest.raises(DataError, match="MNIST's test files"):
            hidden_images("mnist")

    @pytest.fixture
    def own(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, offline: None) -> Path:
        """Make an instructor's own images: for class k two grey pictures of brightness 20 k, one of them not square."""
        monkeypatch.setenv("CNN_LABS_HIDDEN", str(tmp_path / "own"))
        folder = tmp_path / "own" / "cifar10"
        for k, name in enumerate(sources.KINDS["cifar10"].classes):
            (folder / name).mkdir(parents=True)
            Image.new("RGBA", (90, 40), (20 * k,) * 3).save(folder / name / "a.PNG")
            Image.new("L", (32, 32), 20 * k).save(folder / name / "b.jpg")
            (folder / name / "notes.txt").write_text("not a picture")
            (folder / name / "._b.jpg").write_text("what macOS adds")
        (folder / ".ipynb_checkpoints").mkdir()
        return folder

    def test_own_images_replace_test_images(self, own: Path) -> None:
        own_set = hidden_images("cifar10", every=2)
        assert own_set.images.shape == (20, 3, 32, 32)
        assert (own_set.images.float().mean((1, 2, 3)) - 20 * own_set.labels).abs().max() < 2
        assert own_set.labels.bincount().tolist() == [2] * 10
        assert own_set.labels[:10].unique().numel() > 3  # in a random order
        assert torch.equal(hidden_images("cifar10").labels, own_set.labels)  # and always the same
        assert hidden_images("mnist").is_stand_in  # there are none of these

    def test_a_class_without_pictures_a_strange_folder_and_a_broken_file_are_named(self, own: Path) -> None:
        (own / "cat").rename(own / "kitten")
        with pytest.raises(DataError, match="kitten is no class"):
            hidden_images("cifar10")
        (own / "kitten").rename(own.parent / "kitten")
        with pytest.raises(DataError, match="no pictures for cat"):
            hidden_images("cifar10")
        (own.parent / "kitten").rename(own / "cat")
        (own / "cat" / "c.png").write_text("broken")
        with pytest.raises(DataError, match=r"c\.png is no picture"):
            hidden_images("cifar10")


class TestDownload:
    @pytest.mark.parametrize("name", ["mnist", "cifar10"])
    def test_it_comes_from_the_mirror_once_and_then_from_the_cache(
        self, server: Server, capfd: pytest.CaptureFixture[str], name: str
    ) -> None:
        first = load(name)
        asked = len(server.requests)
        second, test = load(name), load(name, train=False)
        assert [first.source, second.source, test.source] == ["download", "cache", "cache"]
        assert torch.equal(first.images, second.images)
        assert len(server.requests) == asked
        assert capfd.readouterr().err == ""  # nbgrader gives no points to a cell that writes there

    def test_only_the_files_are_left(self, server: Server, no_data: Path) -> None:
        load("mnist")
        load("cifar10")
        assert all_files(no_data) == {*small_mnist(), *small_cifar10()}

    def test_the_next_mirror_is_tried(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", [f"{server.url}nothing-here/", server.url])
        assert load("mnist").source == "download"

    def test_a_wrong_checksum_is_an_error_and_leaves_nothing(self, server: Server, no_data: Path) -> None:
        server.files["cifar.tar.gz"] += b"\0"
        with pytest.raises(DataError, match=r"MD5 of cifar\.tar\.gz"):
            load("cifar10")
        assert all_files(no_data) == set()

    def test_a_broken_connection_leaves_nothing_and_gives_the_stand_in(self, server: Server, no_data: Path) -> None:
        server.breaks_off = True
        assert load("cifar10", size=1).is_stand_in
        assert all_files(no_data) == set()

    def test_a_failure_is_remembered(self, server: Server) -> None:
        server.files.clear()
        assert load("mnist").is_stand_in
        asked = len(server.requests)
        assert load("mnist", train=False).is_stand_in
        assert len(server.requests) == asked > 0

    def test_offline_asks_nobody(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CNN_LABS_OFFLINE", "1")
        assert load("mnist").is_stand_in
        assert server.requests == []

    def test_an_unwritable_cache_is_named(
        self, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        file = tmp_path / "a-file"
        file.touch()
        monkeypatch.setenv("XDG_CACHE_HOME", str(file))
        with pytest.raises(DataError, match="cannot be written") as error:
            load("mnist")
        assert str(file) in str(error.value)

    def test_a_full_disk_is_named_and_leaves_nothing(
        self, server: Server, monkeypatch: pytest.MonkeyPatch, no_data: Path
    ) -> None:
        def full(*_: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(Path, "write_bytes", full)
        with pytest.raises(DataError, match=os.strerror(errno.ENOSPC)):
            load("mnist")
        assert all_files(no_data) == set()

    def test_two_may_fetch_at_once(self, server: Server, no_data: Path) -> None:
        server.together = threading.Barrier(2)  # each answer waits for the other's request
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(download.fetch_cifar10, [no_data, no_data]))
        assert all_files(no_data) == set(small_cifar10())
        assert load("cifar10").source == "cache"


@pytest.mark.usefixtures("offline")
class TestStandIns:
    @pytest.mark.parametrize(
        ("name", "shape", "sizes"), [("mnist", (1, 28, 28), (1437, 288)), ("cifar10", (3, 32, 32), (5000, 800))]
    )
    def test_sizes_and_classes(self, name: str, shape: tuple[int, ...], sizes: tuple[int, int]) -> None:
        for train, size in zip((True, False), sizes, strict=True):
            data = load(name, train)
            assert data.images.shape == (size, *shape)
            assert len(data.classes) == 10
            counts = data.labels.bincount(minlength=10)
            assert counts.min() > 0.7 * size / 10  # stratified, but for the images that are kept for marking
            assert data[:100].labels.unique().numel() == 10  # and in a random order

    @pytest.mark.parametrize("name", ["mnist", "cifar10"])
    def test_mean_and_std_are_those_of_the_training_split(self, name: str) -> None:
        train, test = load(name), load(name, train=False)
        normalised = train.normalised()
        torch.testing.assert_close(normalised.mean((0, 2, 3)), torch.zeros(len(train.mean)), atol=1e-3, rtol=0)
        torch.testing.assert_close(normalised.std((0, 2, 3)), torch.ones(len(train.std)), atol=1e-3, rtol=0)
        assert (test.mean, test.std) == (train.mean, train.std)

    @pytest.mark.parametrize("name", ["mnist", "cifar10"])
    def test_no_test_image_is_a_training_image(self, name: str) -> None:
        train, test = ({image.numpy().tobytes() for image in load(name, split).images} for split in (True, False))
        assert not train & test

    def test_a_digit_is_in_the_middle_as_in_mnist(self) -> None:
        images = load("mnist").images
        border = torch.ones(28, 28, dtype=torch.bool)
        border[4:-4, 4:-4] = False
        assert images[:, 0, border].max() == 0
        assert images.max() == 255

    def test_it_is_announced_once_on_stdout(self, capfd: pytest.CaptureFixture[str]) -> None:
        load("mnist")
        load("mnist", train=False)
        output = capfd.readouterr()
        assert output.out.count("stand-in data") == 1
        assert "CNN_LABS_OFFLINE is 1" in output.out
        assert output.err == ""

    def test_a_change_in_place_does_not_reach_the_next_load(self) -> None:
        load("mnist").images.zero_()
        assert load("mnist").images.any()


@needs_real_data
class TestRealData:
    @pytest.mark.parametrize(
        ("name", "train", "size"),
        [("mnist", True, 60000), ("mnist", False, 8000), ("cifar10", True, 50000), ("cifar10", False, 8000)],
    )
    def test_sizes_labels_and_figures(self, name: str, train: bool, size: int) -> None:
        data = load(name, train)
        assert (len(data), data.source, len(data.classes)) == (size, "folder", 10)
        assert data.labels.unique().tolist() == list(range(10))
        if train:
            pixels = data.images.double() / 255
            assert pixels.mean((0, 2, 3)).tolist() == pytest.approx(data.mean, abs=5e-5)
            assert pixels.std((0, 2, 3)).tolist() == pytest.approx(data.std, abs=5e-5)

    def test_the_same_as_torchvision(self) -> None:
        from torchvision.datasets import CIFAR10

        assert REAL_DATA is not None
        hidden = np.arange(10_000) % 5 == 4
        test, train = CIFAR10(REAL_DATA, train=False), CIFAR10(REAL_DATA, train=True)
        for ours, theirs, mask in (
            (load("cifar10"), train, slice(None)),
            (load("cifar10", train=False), test, ~hidden),
            (hidden_images("cifar10"), test, hidden),
        ):
            assert np.array_equal(ours.images.permute(0, 2, 3, 1).numpy(), theirs.data[mask])
            assert ours.labels.tolist() == np.array(theirs.targets)[mask].tolist()
