"""Data arrive unchanged; anything else is a WireError without harm."""

from __future__ import annotations

import contextlib
import enum
import json
import math
import socket
import struct
import threading
from collections import OrderedDict, defaultdict, namedtuple
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.grading.cleanroom.frames import MOST_TEXT, WireError, read_text, receive, send
from helpers.grading.cleanroom.wire import Packer, Unpacker


class Colour(enum.IntEnum):
    RED = 1


Point = namedtuple("Point", "x y")


def transferred(value: Any) -> Any:
    """Pack and unpack a value."""
    packer = Packer()
    text = packer.text({"v": packer.tree(value)})
    return Unpacker([np.array(np.asarray(buffer)) for buffer in map(_array, packer.buffers)]).value(
        read_text(text)["v"]
    )


def _array(buffer: Any) -> Any:
    return np.frombuffer(buffer, np.uint8) if len(memoryview(buffer)) else np.empty(0, np.uint8)


PLAIN = [
    None,
    True,
    0,
    -(2**63),
    2**63,
    -(10**6000),
    1.5,
    -0.0,
    math.inf,
    1 + 2j,
    "words, ünï and \ud800",
    b"\x00\xff",
    b"",
    [1, [2, (3,)], {}],
    (1, "two"),
    {"a": [1], (2, 3): None, 1.5: {4}},
    {1, 2},
    frozenset({"x"}),
    slice(1, None, 2),
    range(3, 9, 2),
    Ellipsis,
    torch.Size([2, 3]),
    torch.bfloat16,
    torch.device("cuda:1"),
    np.float64(2.5),
    np.bool_(True),
    np.str_("text"),
]


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: type(value).__name__)
def test_plain_data_arrive_unchanged(value: Any) -> None:
    arrived = transferred(value)
    assert type(arrived) is type(value)
    assert arrived == value
    assert isinstance(value, int) or str(arrived) == str(value)  # -0.0 too


def test_nan_arrives_as_nan() -> None:
    assert math.isnan(transferred(math.nan))


@pytest.mark.parametrize(
    ("value", "base"),
    [
        (OrderedDict(a=1), {"a": 1}),
        (defaultdict(int, a=1), {"a": 1}),
        (Point(1, 2), (1, 2)),
        (Colour.RED, 1),
        (bytearray(b"x"), b"x"),
    ],
)
def test_a_subclass_of_data_arrives_as_its_base(value: Any, base: Any) -> None:
    assert type(transferred(value)) is type(base)
    assert transferred(value) == base


DTYPES = (torch.bool, torch.uint8, torch.int64, torch.float16, torch.bfloat16, torch.float64, torch.complex64)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (1, 3), (2, 3, 4)], ids=str)
def test_a_tensor_arrives_with_values_dtype_and_shape(dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    tensor = torch.randint(0, 2, shape).to(dtype)
    arrived = transferred(tensor)
    assert (arrived.dtype, arrived.shape) == (tensor.dtype, tensor.shape)
    assert torch.equal(arrived, tensor)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6).view(2, 3).t(),
        torch.arange(24).view(2, 3, 4).permute(2, 0, 1),
        torch.arange(20)[::3],
        torch.arange(3).expand(4, 3),
        torch.arange(12).view(3, 4)[:, 1:3],
        torch.tensor([1 + 2j, 3 - 1j]).conj(),
        torch.arange(12).view(3, 1, 4)[:1, :, 2:3],
        torch.nn.Parameter(torch.ones(2)).detach(),
    ],
)
def test_a_tensor_that_is_not_contiguous_keeps_its_values(tensor: torch.Tensor) -> None:
    assert torch.equal(transferred(tensor), tensor.resolve_conj())


def test_a_transposed_tensor_stays_transposed() -> None:
    assert transferred(torch.ones(2, 3).t()).stride() == (1, 3)


def test_a_tensor_on_the_device_meta_has_no_values() -> None:
    assert transferred(torch.empty(2, 3, device="meta")).shape == (2, 3)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3).T,
        np.array(2, np.uint8),
        np.empty((0, 3), np.int16),
        np.array(["a", "bcd"]),
        np.array([True]),
    ],
    ids=lambda array: f"{array.dtype}-{array.shape}",
)
def test_an_array_arrives_with_values_dtype_and_shape(array: Any) -> None:
    arrived = transferred(array)
    assert (arrived.dtype, arrived.shape) == (array.dtype, array.shape)
    assert np.array_equal(arrived, array)


def test_arrays_and_tensors_arrive_writable() -> None:
    transferred(np.zeros(3))[0] = 1
    transferred(torch.zeros(3)).add_(1)


@pytest.mark.parametrize(
    "value",
    [object(), print, np.array([object()]), torch.eye(2).to_sparse()],
    ids=["an object", "a function", "an array of objects", "a sparse tensor"],
)
def test_objects_that_are_no_data_are_refused(value: Any) -> None:
    with pytest.raises(WireError, match="no plain data"):
        transferred(value)


def test_a_list_that_contains_itself_is_not_sent() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(WireError, match="nested too deeply, or contains itself"):
        transferred(endless)


INVALID: list[Any] = [
    {"tensor": [0, "float32", [10**12], [0], "cpu", {}]},
    {"tensor": [0, "float32", [-1, -1], [0, 1], "cpu", {}]},
    {"tensor": [0, "float32", [1], [5], "cpu", {}]},
    {"tensor": [0, "float32", [1.0], [0], "cpu", {}]},
    {"tensor": [7, "float32", [1], [0], "cpu", {}]},
    {"tensor": [-1, "float32", [1], [0], "cpu", {}]},
    {"tensor": [0, "load", [1], [0], "cpu", {}]},
    {"tensor": [0, "float32", [1], [0], "cuda:99", {}]},
    {"tensor": [0, "float32", [1], [0], "cpu", {"graph": 1}]},
    {"tensor": 3},
    {"array": [0, "O", [1]]},
    {"array": [0, "<f4", [2**40]]},
    {"array": [0, "i4,i4", [1]]},
    {"scalar": [0, "<f4", [9]]},
    {"dict": [[1]]},
    {"dict": [[[1], 2]]},
    {"set": [[1]]},
    {"tuple": "abc"},
    {"range": [1, 2, 0]},
    {"device": "nowhere"},
    {"dtype": "load"},
    {"int": "zz"},
    {"handle": [1, [], "", True]},
    {"shared": [1, ""]},
    {"eval": "1"},
    {},
    {"tuple": [], "list": []},
]


@pytest.mark.parametrize("tree", INVALID, ids=json.dumps)
def test_an_invalid_tree_is_a_wire_error(tree: Any) -> None:
    with pytest.raises(WireError):
        Unpacker([np.zeros(4, np.uint8)]).value(tree)


@pytest.mark.parametrize(
    "large",
    [
        {"range": [0, 20_000_000, 1]},
        {"range": [0, 10**30, 1]},
        {"tensor": [0, "uint8", [1] * 2_000_000, [], "cpu", {}]},
        {"tensor": [0, "uint8", [], [0] * 2_000_000, "cpu", {}]},
        {"tensor": [None, "uint8", [1] * 2_000_000, [], "meta", {}]},
        {"array": [0, "<U400000000", [0]]},
        {"array": [0, "<i8", [0] * 2_000_000]},
        {"array": [0, "x" * 10_000_000, [0]]},
        {"int": "f" * 10_000_000},
    ],
    ids=lambda large: next(iter(large)),
)
def test_a_small_tree_of_a_huge_value_is_a_short_wire_error(large: Any) -> None:
    with pytest.raises(WireError) as refused:
        Unpacker([np.empty(0, np.uint8)]).value(large)
    assert len(str(refused.value)) < 500


def test_a_byte_that_is_no_bool_arrives_as_true() -> None:
    two = [np.full(1, 2, np.uint8)]
    assert torch.equal(Unpacker(two).value({"tensor": [0, "bool", [1], [0], "cpu", {}]}), torch.tensor([True]))
    assert Unpacker(two).value({"array": [0, "|b1", [1]]}).view(np.uint8).tolist() == [1]


def test_deeply_nested_data_are_a_wire_error() -> None:
    nested: Any = 1
    for _ in range(500):
        nested = {"tuple": [nested]}
    with pytest.raises(WireError, match="nested too deeply"):
        Unpacker([]).value(nested)
    with pytest.raises(WireError, match="no JSON"):
        read_text(b"[" * 100_000)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: (
        st.lists(inside, max_size=6)
        | st.dictionaries(
            st.sampled_from(["tensor", "array", "dict", "set", "tuple", "range", "scalar", "size", "slice"]),
            inside,
            max_size=1,
        )
    ),
    max_leaves=20,
)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_any_tree_is_a_value_or_a_wire_error(tree: Any) -> None:
    with contextlib.suppress(WireError):
        Unpacker([np.zeros(8, np.uint8)]).value(tree)


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_message_or_a_wire_error(text: bytes) -> None:
    with contextlib.suppress(WireError):
        read_text(text)


@given(st.binary(max_size=80) | st.binary(max_size=60).map(lambda rest: b"LABS\x01\0\0\0" + rest))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_frame_or_an_error(sent: bytes) -> None:
    here, other = socket.socketpair()
    with here, other:
        other.sendall(sent)
        other.close()
        with contextlib.suppress(WireError, EOFError):
            receive(here, most=1 << 20)


@pytest.mark.parametrize(
    "header",
    [
        struct.pack("<4sBxxxII", b"PICK", 1, 2, 0),
        struct.pack("<4sBxxxII", b"LABS", 2, 2, 0),
        struct.pack("<4sBxxxII", b"LABS", 1, MOST_TEXT + 1, 0),
        struct.pack("<4sBxxxII", b"LABS", 1, 2, 2**32 - 1),
        struct.pack("<4sBxxxIIQ", b"LABS", 1, 2, 1, 2**63),
    ],
)
def test_an_invalid_header_is_refused_before_the_body_is_read(header: bytes) -> None:
    here, other = socket.socketpair()
    with here, other:
        other.sendall(header)  # the connection stays open, so that waiting for the body would hang
        with pytest.raises(WireError):
            receive(here)


def test_a_frame_arrives_complete() -> None:
    here, other = socket.socketpair()
    buffers: list[Any] = [np.arange(10**6, dtype=np.uint8), b"", memoryview(b"abc")]
    with here, other:
        sender = threading.Thread(target=send, args=(other, b"text", buffers))
        sender.start()
        text, arrived = receive(here)
        sender.join()
    assert text == b"text"
    assert [bytes(buffer) for buffer in arrived] == [bytes(buffer) for buffer in buffers]


def test_receive_raises_a_timeout_error_at_the_deadline() -> None:
    here, other = socket.socketpair()
    with here, other, pytest.raises(TimeoutError):
        receive(here, deadline=0.0)
