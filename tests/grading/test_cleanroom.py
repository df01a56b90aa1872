"""Checks in the clean room: ordinary source code works, and nothing that a student's process does earns points."""

from __future__ import annotations

import gc
import os
import random
import socket
import textwrap
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from helpers.grading.cleanroom.client import CleanRoom, Verdict
from helpers.grading.cleanroom.dispatcher_client import DispatcherClient
from helpers.grading.cleanroom.pickler import Pickler
from helpers.grading.cleanroom.room import CellRunner, run_cell, serve
from helpers.notebooks.errors import OurFault
from tests.grading.rooms import SETUP, kernel, room, serving

pytestmark = pytest.mark.slow

NAMES: dict[str, Any] = {"__name__": "__main__"}
run_cell(SETUP, NAMES)


def check(student: str, *cells: str, timeout: float = 60) -> Verdict:
    """Run check cells on a notebook with the student's code, and return the last verdict."""
    student = f"import torch\nfrom torch import nn\nimport numpy as np\n{textwrap.dedent(student)}"
    with room(student, NAMES) as inside:
        verdicts = [inside.run(textwrap.dedent(cell), True, timeout) for cell in cells]
    return verdicts[-1]


def passes(student: str, *cells: str) -> None:
    verdict = check(student, *cells)
    assert verdict.passed, verdict.message


def fails(student: str, *cells: str, timeout: float = 60) -> str:
    verdict = check(student, *cells, timeout=timeout)
    assert not verdict.passed
    assert verdict.points is None
    return verdict.message


IDENTITY = "def f(*things): return things[0] if len(things) == 1 else things"


# Names and verdicts


def test_names_come_from_the_check_then_the_set_up_then_python_then_the_student() -> None:
    student = "own = 1\nrandom = 2\nlen = 3\nmine = 4"
    passes(student, "own = 'own'\nassert own == 'own' and random.random and len([]) == 0 and mine == 4")


def test_students_names_work_in_functions_and_comprehensions() -> None:
    passes("n = 3", "def f(): return [n for _ in range(n)]\nassert f() == [3, 3, 3]")


def test_a_message_names_a_missing_name() -> None:
    message = fails("", 'with question("K1"): call(area, 3).gives(9)')
    assert (
        message
        == "K1: `area` is not defined. Run the answer cell: it must end without an error. Keep the name as it is."
    )


def test_an_unwritten_answer_is_not_done_yet() -> None:
    student = "def area(n): raise NotImplementedError('not done yet')"
    assert fails(student, 'with question("K1"): call(area, 3).gives(9)') == "K1 is not done yet."


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise NotImplementedError", "K1: `size`, which it uses, is not done yet."),
        ("return [][n]", "K1: area(3) raised IndexError in `size`: list index out of range"),
        ("return nowhere", "K1: area(3) raised NameError in `size`: name 'nowhere' is not defined"),
    ],
)
def test_an_error_in_another_student_function_is_reported_with_its_name(body: str, words: str) -> None:
    student = f"def size(n): {body}\ndef area(n): return size(n) ** 2"
    assert fails(student, 'with question("K1"): call(area, 3).gives(9)') == words
    own = fails(student, 'with question("K1"): call(size, 3).gives(3)')
    assert "`" not in own


def test_a_students_lambda_is_called_by_its_variable() -> None:
    student = "area = lambda n: n"
    assert fails(student, 'with question("K1"): call(area, 3).gives(9)') == "K1: area(3): expected 9, got 3."


@pytest.mark.parametrize("trail", ['["x", "y " * 9]', '["x", 5, {}]', "None", '["x", "\x1b[31m"]', '["x", "y" * 9999]'])
def test_a_forged_function_name_does_not_get_into_a_message(trail: str) -> None:
    student = f"""
        import helpers.grading.cleanroom.failures as failures
        failures.trail = lambda error: {trail}
        def f(): raise ValueError("no")
    """
    message = fails(student, 'with question("K1"): call(f).gives(9)')
    assert message.startswith(("K1: f() raised ValueError", "The notebook's process answered nonsense"))
    assert len(message) < 200
    assert " y" not in message
    assert "\x1b" not in message


def test_a_checks_names_do_not_reach_the_next_cell() -> None:
    assert "`n` is not defined" in fails("", "n = 1", 'with question("K1"): value("n", n).equals(1)')


def test_a_set_up_cells_names_stay() -> None:
    with room("", NAMES) as inside:
        inside.run("n = 1", False, 60)
        assert inside.run("assert n == 1", True, 60).passed


@pytest.mark.parametrize(
    ("last", "points"),
    [
        ("2", 2.0),
        ("1.5", 1.5),
        ("torch.tensor(0.5)", 0.5),
        ("np.float64(2)", 2.0),
        ("float('nan')", "nan"),
        ("True", None),
        ("'2'", None),
        ("n = 2", None),
    ],
)
def test_the_last_expression_gives_the_points(last: str, points: Any) -> None:
    assert str(check("", last).points) == str(points)


def test_what_a_cell_prints_is_in_the_verdict() -> None:
    verdict = check("def f(): print('the student'); return 1", 'with question("K1"): call(f).gives(1)')
    assert verdict == Verdict(True, None, "", "", "K1: 1 check passed.\n")


def test_a_syntax_error_in_a_check_fails() -> None:
    assert "SyntaxError" in fails("", "assert (")


# Data


@pytest.mark.parametrize(
    "value",
    [
        "[1, 2.5, 'x', None, (True,), {1: b'2'}, {3}, slice(1, 2), 10**30, 1 + 2j]",
        "np.arange(6).reshape(2, 3).T",
        "np.float32(2)",
        "torch.arange(6.0).view(2, 3).t()",
        "[torch.ones(2, dtype=torch.float16), torch.Size([1]), torch.int64, torch.device('cpu')]",
    ],
)
def test_data_return_unchanged(value: str) -> None:
    passes(IDENTITY, f'with question("K1"): call(f, {value}).gives({value})')


def test_a_tensor_keeps_its_memory_layout() -> None:
    passes("def f(t): return t.stride()", "assert f(torch.ones(2, 3).t()) == (1, 3)")


def test_an_object_passed_twice_is_one_object_in_the_kernel() -> None:
    passes("def f(a, b): return a is b", "t, l = torch.ones(2), []\nassert f(t, t) and f(l, l) and not f(l, [])")


def test_a_random_generator_can_be_passed() -> None:
    student = "def f(g): return torch.rand(3, generator=g)"
    passes(
        student,
        "g = lambda: torch.Generator().manual_seed(1)\nassert torch.equal(f(g()), torch.rand(3, generator=g()))",
    )


def test_a_data_set_can_be_passed() -> None:
    student = "def f(loader): return [int(y.sum()) for x, y in loader]"
    loader = (
        "torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(5, 2), torch.arange(5)), batch_size=3)"
    )
    passes(student, f"assert f({loader}) == [3, 7]")


def test_a_checks_class_can_be_passed() -> None:
    cell = """
        class Square:
            def __init__(self, n): self.n = n
            def area(self): return self.n**2
        assert f(Square) == 9
    """
    passes("def f(shape): return shape(3).area()", cell)


SPY = """
    import helpers.grading.cleanroom.dispatcher as dispatcher
    sent = []
    class Spy(dispatcher.Unpickler):
        def __init__(self, dispatcher, text, *rest):
            sent.append(text)
            super().__init__(dispatcher, text, *rest)
    dispatcher.Unpickler = Spy
    def use(thing, *args): return thing(*args)
    def revealing(): return [text for text in sent if b"secret" in text.lower() or b"<cell>" in text]
"""
SECRETS = {
    "a network": """
        class SecretNet(nn.Module):
            '''Secret'''
            secret_note: int
            def __init__(self, n: "SecretNet") -> None:
                '''Secret'''
                super().__init__()
                self.fc = nn.Linear(n, n)
            def forward(self, x, *rest, scale=2):
                '''Secret'''
                secret = self.fc(x) * scale
                def secret_step(y):
                    '''Secret'''
                    return y + sum(secret_one * 0 for secret_one in [y])
                return secret_step(secret)
        secret_net = SecretNet(3)
        assert torch.equal(use(secret_net, torch.ones(3)), secret_net(torch.ones(3)))
    """,
    "a function": "def secret_rule(x): return x + 1\nassert use(secret_rule, 1) == 2",
    "a lambda": "secret = lambda secret_x: secret_x + 1\nassert use(secret, 1) == 2",
    "a partial": """
        from functools import partial
        def secret_sum(x, y): return x + y
        assert use(partial(secret_sum, y=1), 1) == 2
    """,
    "a callable": """
        class SecretRule:
            def __call__(self, x): return x + 1
        assert use(SecretRule(), 1) == 2
    """,
    "a class": """
        class SecretPoint:
            '''Secret'''
            def __init__(self, x): self.x = x
            def twice(self): return [self.x for secret in range(2)]
        assert use(SecretPoint, 3).twice() == [3, 3] and use(SecretPoint, 3).x == 3
    """,
    "a data class": """
        from dataclasses import dataclass
        @dataclass
        class SecretPoint:
            x: int
        assert use(SecretPoint, 3).x == 3
    """,
    "an enumeration": """
        import enum
        class Secret(enum.Enum):
            ONE = 1
        assert use(Secret, 1).name == "ONE"
    """,
    "a network with a hook": """
        net = nn.Linear(2, 2)
        def secret_hook(module, args, result): return result * 0 + 7
        net.register_forward_hook(secret_hook)
        assert use(net, torch.ones(2)).tolist() == [7, 7]
    """,
    "an error": """
        def secret_rule(x): raise ValueError("no")
        call(use, secret_rule, 1).raises(ValueError)
    """,
}


@pytest.mark.parametrize("cell", SECRETS.values(), ids=SECRETS)
def test_nothing_that_describes_the_check_is_sent(cell: str) -> None:
    passes(SPY, f"{textwrap.dedent(cell)}\nassert revealing() == [], revealing()")


def test_a_network_of_a_checks_class_reveals_only_what_it_computes() -> None:
    student = """
        import inspect
        def tell(net):
            for thing in (type(net), type(net).forward):
                try: inspect.getsource(thing)
                except (OSError, TypeError): continue
                return "its source"
            code = type(net).forward.__code__
            names = type(net).__name__, type(net).__qualname__, type(net).forward.__qualname__, code.co_name
            lines = code.co_filename, code.co_firstlineno, {line for _, _, line in code.co_lines()}
            return names, lines, type(net).forward.__annotations__, type(net).forward.__doc__, repr(net)
        def run(net):
            try: net(torch.ones(1))
            except RuntimeError as error: return error.__traceback__.tb_next is not None
    """
    cell = """
        class TwiceByMistake(nn.Module):
            def forward(self, x: Tensor) -> Tensor:
                '''Runs twice.'''
                raise RuntimeError
        names, lines, notes, doc, shown = tell(TwiceByMistake())
        assert names == ("Module", "Module", "function", "function") and shown == "Module()"
        assert lines[:2] == ("", 1) and lines[2] <= {None} and notes == {} and doc is None
        assert run(TwiceByMistake())
    """
    passes(student, cell)


def test_an_object_that_cannot_be_passed_is_reported() -> None:
    assert "a check cannot pass this to the student's code" in fails(IDENTITY, "f(i for i in range(3))")
    assert "would draw on a copy" in fails(IDENTITY, "import matplotlib.pyplot as plt\nf(plt.figure())")


def test_a_checks_tensor_does_not_change() -> None:
    passes("def f(t): return t.zero_().sum()", "t = torch.ones(3)\nassert f(t) == 0 and t.sum() == 3")


def test_changed_arguments_are_reported_on_request() -> None:
    cell = 'with question("K1"): call(f, 1, torch.ones(3)).gives(3.0).keeps_arguments()'
    passes("def f(n, t): return float(t.sum())", cell)
    assert "changed its argument number 2" in fails("def f(n, t): s = float(t.sum()); t.zero_(); return s", cell)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("t.requires_grad_()", "changed requires_grad of"),
        ("t.requires_grad_(); t.sum().backward(); t.requires_grad_(False)", "left a gradient in"),
        ("t.data = t.data.clone()", "put other memory into"),
    ],
)
def test_changed_attributes_of_an_argument_are_reported(body: str, words: str) -> None:
    cell = 'with question("K1"): call(f, 1, torch.ones(3)).gives(3.0).keeps_arguments()'
    assert f"{words} its argument number 2" in fails(f"def f(n, t): {body}; return 3.0", cell)


def test_shared_memory_in_the_kernel_is_detected() -> None:
    new = 'with question("K1"): call(f, torch.ones(3)).is_new()'
    shared = 'with question("K1"): call(f, torch.ones(3)).shares_memory_with(1)'
    view, copy = "def f(t): return [t[1:], t.numpy()]", "def f(t): return t.clone()"
    passes(view, shared)
    passes(copy, new)
    assert "shares memory with argument 1" in fails(view, new)
    assert "got a copy" in fails(copy, shared)
    itself = 'with question("K1"): call(f, torch.ones(3)).gives_back(1)'
    passes("def f(t): return t", itself)
    assert "expected argument 1 itself" in fails(view, itself)


@pytest.mark.parametrize("switch", ["set_grad_enabled(False)", "set_default_dtype(torch.float64)"])
def test_a_setting_that_a_call_leaves_changed_is_detected(switch: str) -> None:
    student = f"def f(): torch.{switch}\ndef g(): return torch.is_grad_enabled(), torch.ones(1).dtype"
    cell = """
        with question("K1"): call(g).gives((True, torch.float32))
        try: call(f).gives(None)
        finally: assert g() == (True, torch.float32)
    """
    assert " leaves " in fails(student, cell)


def test_a_nested_call_does_not_hide_the_traces_of_the_outer_call() -> None:
    student = "def f(t, again): return again() if again else t"
    cell = 'with question("K1"): call(f, torch.ones(3), lambda: f(torch.zeros(3), None)).is_new().keeps_arguments()'
    passes(student, cell)


def test_forged_traces_earn_nothing() -> None:
    student = """
        import helpers.grading.cleanroom.dispatcher as dispatcher
        forge = lambda self: {"changes": [[1, "x"]], "shared": [[]], "same": [[]], "switched": []}
        dispatcher.Traces.seen = property(forge, lambda self, seen: None)
        def f(t): return t
    """
    for what in ("keeps_arguments()", "shares_memory_with(1)", "gives_back(1)"):
        assert "K1: " in fails(student, f'with question("K1"): call(f, torch.ones(3)).{what}')


def test_a_librarys_class_without_a_module_can_be_passed() -> None:
    cell = (
        "import safetensors\nassert f(safetensors.safe_open) is not None and f(safetensors.safe_open) == 'safetensors'"
    )
    passes("import safetensors\ndef f(kind): return 'safetensors' if kind is safetensors.safe_open else None", cell)


def test_pytorchs_operations_in_the_kernel_are_detected() -> None:
    cell = 'with question("L2"): call(f, torch.ones(3)).gives(torch.ones(3)).without("relu", hint="Compare.")'
    assert fails("def f(x): return x.relu()", cell) == ("L2: f(tensor([1, 1, 1])) uses relu of PyTorch. Compare.")
    passes("def f(x): return torch.where(x > 0, x, 0)", cell)
    passes("f = nn.Identity()", cell)


def test_a_loop_in_the_kernel_is_detected() -> None:
    cell = 'with question("K1"): call(f, torch.ones(3)).gives(torch.tensor(3.)).without_loop(torch.ones(30))'
    assert "that is a loop" in fails("def f(x): return sum(one for one in x)", cell)
    passes("def f(x): return x.sum()", cell)


def test_output_in_the_kernel_is_captured() -> None:
    cell = 'with question("K1"): call(f, 3).printed().equals("3\\n")'
    passes("def f(n): print(n)", cell)
    assert "what f(3) prints: expected" in fails("def f(n): print(n + 1)", cell)


def test_an_arguments_final_value_is_returned_on_request() -> None:
    cell = 'with question("K1"): call(f, torch.ones(3)).leaves(torch.zeros(3))'
    passes("def f(t): t.zero_()", cell)
    assert "its argument number 1 after the call" in fails("def f(t): t = torch.zeros(3)", cell)


def test_a_callback_may_be_among_the_arguments_that_are_compared() -> None:
    cell = 'with question("K1"): call(f, torch.ones(3), lambda t: t.sum()).gives(torch.tensor(3.0)).keeps_arguments()'
    passes("def f(t, rule): return rule(t)", cell)
    assert "changed its argument number 1" in fails("def f(t, rule): s = rule(t); t.zero_(); return s", cell)


def test_the_checks_settings_of_pytorch_apply_to_a_call() -> None:
    student = """
        torch.set_grad_enabled(False)
        def f(): return torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.ones(1).dtype
    """
    cell = """
        assert f() == (True, False, torch.float32)
        with torch.no_grad(): assert f() == (False, False, torch.float32)
        with torch.inference_mode(): assert f() == (False, True, torch.float32)
        torch.set_default_dtype(torch.float64)
        try: assert f()[2] == torch.float64
        finally: torch.set_default_dtype(torch.float32)
    """
    passes(student, cell)


@pytest.mark.parametrize(
    ("seed", "draw"),
    [
        ("torch.manual_seed(1)", "torch.rand(())"),
        ("np.random.seed(1)", "np.random.rand()"),
        ("random.seed(1)", "random.random()"),
    ],
)
def test_a_seed_set_by_the_check_applies_to_a_call(seed: str, draw: str) -> None:
    exec(seed, {"torch": torch, "np": np, "random": random})  # as a set-up cell may have done
    passes(
        f"import random\ndef f(): return float({draw})",
        f"{seed}\na = f()\n{seed}\nb, c = f(), f()\n{seed}\nassert a == b != c and a == float({draw})",
    )


# Exceptions


def test_an_exception_arrives_as_its_nearest_built_in_base() -> None:
    student = """
        class Odd(ValueError): pass
        def f(kind): raise {"value": ValueError, "odd": Odd, "key": KeyError, "stop": StopIteration}[kind]("why")
    """
    cell = """
        for kind, expected in (("value", ValueError), ("odd", ValueError), ("key", KeyError)):
            call(f, kind).raises(expected)
        with question("K1"): call(f, "odd").gives(1)
    """
    assert fails(student, cell) == "K1: f('odd') raised Odd: why"


@pytest.mark.parametrize("ending", ["SystemExit(0)", "KeyboardInterrupt()", "GeneratorExit()"])
def test_an_exit_is_an_ordinary_exception(ending: str) -> None:
    cell = 'with question("K1"): call(f).gives(1)'
    assert "K1: f() raised" in fails(f"def f(): raise {ending}", cell)
    passes(f"def f(): raise {ending}\ndef g(): return 1", "try: f()\nexcept Exception: pass\nassert g() == 1")


@pytest.mark.parametrize("problem", ["def __str__(self): raise KeyboardInterrupt", "name = {3}", "__module__ = {3}"])
def test_an_exception_that_cannot_be_printed_is_still_an_exception(problem: str) -> None:
    student = f"class Odd(NameError):\n    {problem}\ndef f(): raise Odd"
    assert fails(student, "call(f).gives(1)").startswith("f() raised Odd")


def test_a_network_that_the_student_breaks_fails_the_check() -> None:
    student = "def f(net): net._parameters['weight'] = 3"
    message = fails(student, 'with question("K1"): call(f, nn.Linear(2, 1)).gives(1)')
    assert message.startswith("K1: f(a Linear) ")


def test_endless_recursion_is_an_exception() -> None:
    passes("def f(): return f()", "call(f).raises(RecursionError)")


# Handles


STATEFUL = """
    class Counter:
        size = 3
        def __init__(self): self.n = 0
        def up(self): self.n += 1; return self
        def __len__(self): return self.n
        def __getitem__(self, i): return [10, 20, 30][i]
        def __contains__(self, item): return item == 10
    def numbers():
        yield torch.ones(2)
        yield 3
"""


def test_a_handle_forwards_operations_to_its_object() -> None:
    cell = """
        c = Counter()
        assert c.size == 3 and not c and c.up() == c and c.up() is c and len(c) == 2
        assert c[1] == 20 and list(c) == [10, 20, 30] and 10 in c and 7 not in c
        c.size = 5
        assert c.size == 5 and hasattr(c, "n") and not hasattr(c, "missing")
        first, second = numbers()
        assert torch.equal(first, torch.ones(2)) and second == 3
        import copy
        d = copy.deepcopy(c)
        assert d != c and len(d.up()) == 3 and len(c) == 2
        assert type(c).__name__ == "Counter" and Counter.__name__ == "Counter"
        assert repr(c) == "<the student's Counter>" and not callable(c) and callable(Counter)
    """
    passes(STATEFUL, cell)


def test_a_handle_returns_to_the_kernel_as_its_object() -> None:
    passes(f"{IDENTITY}\nclass A: pass\na = A()\ndef g(x): return x is a", "assert g(a) and g(f(a)) and f(a) is a")


def test_objects_without_handles_are_released() -> None:
    student = """
        import gc, weakref
        class A: pass
        made = weakref.WeakSet()
        def f(): a = A(); made.add(a); return a
        def left(): gc.collect(); return len(made)
    """
    passes(student, "kept = f()\nfor _ in range(5): f()\nassert left() == 1", "assert left() == 0")


def test_isinstance_accepts_a_handle_for_its_claimed_pytorch_class() -> None:
    student = """
        class Net(nn.Linear): pass
        net = Net(2, 3)
        class T: pass
        T.__module__, T.__qualname__ = "torch", "Tensor"
        t = T()
    """
    cell = """
        assert isinstance(net, nn.Module) and isinstance(net, nn.Linear) and net.in_features == 2
        assert not isinstance(t, Tensor) and not isinstance(t, nn.Module)
    """
    passes(student, cell)


def test_a_students_claim_imports_no_module() -> None:
    import sys

    student = "class A: pass\nA.__module__, A.__qualname__ = 'torch.utils.tensorboard', 'SummaryWriter'\na = A()"
    passes(student, "isinstance(a, nn.Module)")
    assert "torch.utils.tensorboard" not in sys.modules


def test_a_figure_can_be_checked_by_its_handle() -> None:
    student = """
        import matplotlib
        matplotlib.use("agg")
        import matplotlib.pyplot as plt
        def draw():
            figure, axes = plt.subplots()
            axes.plot([1, 2], [3.0, 4.0], label="a")
            axes.set_xlabel("epoch")
            return figure
    """
    cell = """
        axes = draw().axes[0]
        assert [float(y) for y in axes.get_lines()[0].get_ydata()] == [3, 4]
        assert axes.get_legend() is None and axes.get_xlabel() == "epoch"
    """
    passes(student, cell)


# Callbacks


def test_a_checks_function_is_called_back() -> None:
    cell = """
        seen = []
        class Add:
            def __init__(self, n): self.n = n
            def __call__(self, x): return x + self.n
            def plus(self, x, *, twice=False): return x + self.n * (1 + twice)
        assert twice(lambda x: x + 1, 3) == 5 and twice(Add(2), 3) == 7 and twice(Add(2).plus, 3) == 7
        twice(seen.append, 1)
        assert seen == [1, None]
        assert twice(torch.neg, torch.ones(1)) == 1
    """
    passes("def twice(f, x): return f(f(x))", cell)


def test_networks_stay_alive_during_pickling() -> None:
    """Otherwise another tensor might get the `id` of one of their parameters."""
    here, there = socket.socketpair()
    with here, there:
        client, net = DispatcherClient(here), torch.nn.Linear(2, 2)
        client.mirror(net)
        pickler, reference = Pickler(client), weakref.ref(net)
        del net
        gc.collect()
        assert reference() is not None
        del pickler
        gc.collect()
        assert reference() is None


def test_a_checks_function_returns_as_itself() -> None:
    cell = """
        def square(x): return x**2
        assert f(square) is square and f(1, [square]) == (1, [square])
        with question("K1"): call(total, [square], torch.ones(2)).gives(2.0).keeps_arguments()
    """
    passes(f"{IDENTITY}\ndef total(functions, x): return float(sum(g(x).sum() for g in functions))", cell)
    student = "def total(functions, x): x.zero_(); functions.pop(); return 2.0"
    assert "changed its argument number 1" in fails(f"{IDENTITY}\n{student}", cell)


def test_a_callback_may_call_the_student_again() -> None:
    passes(
        "def f(g, n): return g(n) + 1\ndef h(n): return 10 * n",
        "assert f(lambda n: h(n) if n else f(lambda m: 5, 0), 2) == 21",
    )


def test_operations_of_the_protocol_do_not_count_as_the_students() -> None:
    cell = 'with question("K1"): call(f, lambda x: x.mT, torch.ones(2, 3)).without("NumPy", "as_strided", "unfold")'
    passes("def f(g, x): return g(x.T)", cell)
    assert "uses NumPy" in fails("import numpy as np\ndef f(g, x): return g(torch.tensor(np.asarray(x)))", cell)


def test_endless_mutual_calls_end() -> None:
    assert "call each other without end" in fails("def f(g): return g()", "def g(): return f(g)\nf(g)")


def test_an_exception_in_a_callback_reaches_the_students_code() -> None:
    student = "def f(g):\n    try: g()\n    except KeyError as e: return str(e)"
    passes(student, "def g(): raise KeyError('why')\nassert f(g) == \"'why'\"")


def test_the_students_gradient_flows_through_a_callback() -> None:
    student = """
        def descend(f, x, steps):
            x = x.clone().requires_grad_()
            for _ in range(steps):
                f(x).backward()
                with torch.no_grad(): x -= 0.25 * x.grad
                x.grad = None
            return x.detach()
    """
    passes(
        student, "assert torch.equal(descend(lambda x: ((x - 3) ** 2).sum(), torch.zeros(2), 1), torch.full((2,), 1.5))"
    )


def test_a_callback_does_not_work_after_its_check() -> None:
    student = "kept = []\ndef f(g): kept.append(g); return g()\ndef later(): return kept[0]()"
    passes(student, "assert f(lambda: 1) == 1 and later() == 1")
    fails(student, "f(lambda: 1)", "later()")


# Gradients


def test_a_gradient_flows_back_to_the_checks_tensor() -> None:
    cell = """
        x, y = torch.tensor([1.0, 2.0], requires_grad=True), torch.ones(2, requires_grad=True)
        (3 * f(2 * x, y)).sum().backward()
        assert x.grad.tolist() == [24.0, 48.0] and y.grad.tolist() == [12.0, 48.0]
    """
    passes("def f(x, y): return x * x * y", cell)


def test_gradients_flow_through_a_chain_of_calls_and_several_results() -> None:
    student = "def f(x): return x * 2, x + 1, 7\ndef g(a, b): return a * b"
    cell = """
        x = torch.tensor(3.0, requires_grad=True)
        a, b, n = f(x)
        g(a, b).backward()
        assert x.grad == 2 * (3 + 1) + 6 and n == 7
    """
    passes(student, cell)


def test_a_returned_argument_keeps_its_gradient() -> None:
    passes(
        "def f(x): return x",
        "x = torch.ones(2, requires_grad=True)\nf(x).sum().backward()\nassert x.grad.tolist() == [1, 1]",
    )


def test_the_students_parameters_accumulate_gradients() -> None:
    student = "net = nn.Linear(2, 1)"
    cell = """
        loss = net(torch.ones(3, 2)).sum()
        assert loss.requires_grad and not loss.is_leaf
        loss.backward()
        weight = next(net.parameters())
        assert weight.is_leaf and weight.requires_grad and weight.grad.tolist() == [[3.0, 3.0]]
    """
    passes(student, cell)


def test_a_detached_result_requires_no_gradient() -> None:
    passes("def f(x): return x.detach() * 2", "assert not f(torch.ones(2, requires_grad=True)).requires_grad")


def test_gradients_of_the_wrong_shape_fail() -> None:
    student = """
        import helpers.grading.cleanroom.gradients as g
        g.Graphs.backward = lambda self, number, gradient: [torch.ones(5)]
        def f(x): return x * 2
    """
    fails(student, "x = torch.ones(2, requires_grad=True)\nf(x).sum().backward()")


# A check's networks and optimizers


TRAINING = """
    def make(net): return torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    def step(net, optimizer, x):
        optimizer.zero_grad()
        loss = net(x).square().mean()
        loss.backward()
        optimizer.step()
        net.eval()
        return loss.item()
"""
STEPS = """
    import copy
    x = torch.randn(4, 3)
    net = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    mirror = copy.deepcopy(net)
    {optimizer}
    own = torch.optim.SGD(mirror.parameters(), lr=0.1, momentum=0.9)
    for _ in range(3):
        own.zero_grad()
        loss = mirror(x).square().mean()
        loss.backward()
        own.step()
        assert abs(step({arguments}) - loss.item()) < 1e-6
        assert not net.training and not net[1].training
        net.train()
    for name, tensor in net.state_dict().items():
        torch.testing.assert_close(tensor, mirror.state_dict()[name])
    torch.testing.assert_close(net[0].weight.grad, mirror[0].weight.grad)
"""


@pytest.mark.parametrize(
    "optimizer", ["optimizer = make(net)", "optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)"]
)
def test_a_checks_network_is_trained_through_its_mirror(optimizer: str) -> None:
    passes(TRAINING, STEPS.format(optimizer=optimizer, arguments="may_change(net), optimizer, x"))


SPOIL = """
    def zero(net):
        with torch.no_grad():
            for tensor in net.state_dict().values(): tensor.zero_()
    def turn(net): net.eval().requires_grad_(False)
    def push(net): net(torch.ones(2, 3)).sum().backward()
    def fail(net): zero(net); raise ValueError
    def rebuild(net): net[0] = nn.Linear(3, 2)
    def forge(net):
        import helpers.grading.cleanroom.dispatcher as s
        named = list(net.named_parameters())
        zeros = [((what, name), torch.zeros_like(p)) for what in ("value", "grad") for name, p in named]
        s.Dispatcher._changes = lambda self, reply: reply.tree([(number, zeros) for number in self._agreed])
    def seen(net): return [float(t.sum()) for t in net.state_dict().values()], net.training, net[0].weight.grad is None
"""


@pytest.mark.parametrize("way", ["zero", "turn", "push", "fail", "rebuild", "forge"])
def test_student_code_cannot_change_a_checks_network(way: str) -> None:
    cell = f"""
        import contextlib, copy
        net = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
        same, x = copy.deepcopy(net), torch.randn(4, 3)
        with contextlib.suppress(ValueError): {way}(net)
        assert net.training and all(p.requires_grad and p.grad is None for p in net.parameters())
        assert torch.equal(net(x), same(x))
    """
    passes(SPOIL, cell)


@pytest.mark.parametrize("way", ["zero", "turn", "push", "fail"])
def test_changes_to_a_mirror_are_undone_before_the_next_call(way: str) -> None:
    cell = f"""
        import contextlib
        net = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
        before = seen(net)
        with contextlib.suppress(ValueError): {way}(net)
        assert seen(net) == before
        with contextlib.suppress(ValueError): {way}(may_change(net))
        assert seen(net) != before
    """
    passes(SPOIL, cell)


def test_a_backward_pass_works_after_the_mirror_has_changed() -> None:
    cell = """
        net, x = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)), torch.randn(4, 3)
        losses = [f(net, x) for _ in range(2)]
        losses[0].backward()
        assert net[0].weight.grad is None and int(net[1].num_batches_tracked) == 0
        f(may_change(net), x).backward()
        assert net[0].weight.grad is not None and int(net[1].num_batches_tracked) == 1
    """
    passes("def f(net, x): return (net(x) * torch.arange(8.0).view(4, 2)).sum()", cell)


def test_a_checks_optimizer_changes_only_if_it_may() -> None:
    cell = """
        optimizer = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=0.5)
        f(optimizer)
        assert optimizer.param_groups[0]["lr"] == 0.5
        f(may_change(optimizer))
        assert optimizer.param_groups[0]["lr"] == 7
    """
    passes("def f(optimizer): optimizer.param_groups[0]['lr'] = 7", cell)


def test_an_optimizer_may_be_passed_before_its_network() -> None:
    student = TRAINING.replace("def step(net, optimizer, x)", "def step(optimizer, net, x)")
    optimizer = "optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)"
    passes(student, STEPS.format(optimizer=optimizer, arguments="optimizer, may_change(net), x"))


def test_a_mirror_follows_the_checks_network() -> None:
    cell = """
        net = nn.Linear(2, 2, bias=False)
        f(net)
        with torch.no_grad(): net.weight.fill_(2)
        assert f(net) == 8
        net.weight.data.fill_(3)
        net.weight.requires_grad = False
        assert f(net.eval()) == 112
        net.extra = nn.Linear(1, 1)
        assert f(net) == 1012 + 100
    """
    student = """
        def f(net):
            total = float(net.weight.sum()) + 100 * (not net.training) * (not net.weight.requires_grad)
            return total + 1000 * hasattr(net, "extra")
    """
    passes(student, cell)


def test_a_network_and_its_parameters_return_as_themselves() -> None:
    student = "def f(net): return net\ndef g(net): return list(net.parameters())"
    passes(student, "net = nn.Linear(2, 1)\nassert f(net) is net and g(net)[0] is net.weight")


def test_a_mirror_with_a_changed_structure_belongs_to_the_student() -> None:
    student = "def f(net):\n    net[0] = nn.Linear(2, 5)\n    return net"
    cell = """
        net = nn.Sequential(nn.Linear(2, 1))
        new = f(net)
        assert new is not net and new(torch.ones(1, 2)).shape == (1, 5)
        assert net(torch.ones(1, 2)).shape == (1, 1)
        assert f(net) is new
    """
    passes(student, cell)


def test_a_network_on_the_meta_device_can_be_passed_repeatedly() -> None:
    student = "def f(net, x): return tuple(net(x).shape), sum(p.numel() for p in net.parameters())"
    passes(
        student,
        """
        net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)).to("meta")
        for n in (1, 2):
            assert f(net, torch.zeros(n, 3, 7, 7, device="meta")) == ((n, 8, 5, 5), 240)
        """,
    )


def test_a_network_of_a_checks_class_can_be_passed() -> None:
    cell = """
        class Double(nn.Module):
            def forward(self, x): return F.relu(2 * x)
        assert f(nn.Sequential(Double(), nn.Flatten()), torch.ones(1, 1)) == 2
    """
    passes("def f(net, x): return float(net(x))", cell)


def test_forged_updates_must_fit_the_network() -> None:
    student = """
        import helpers.grading.cleanroom.dispatcher as s
        s.Dispatcher._changes = lambda self, reply: reply.tree([(1, [(("value", "weight"), torch.ones(9, 9))])])
        def f(net): return 1
    """
    passes(student, "net = nn.Linear(2, 1)\nf(may_change(net))\nassert net.weight.shape == (1, 2)")


# Lies


LIAR = """
    class Liar:
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        def __lt__(self, other): return True
        __le__ = __gt__ = __ge__ = __lt__
        def __sub__(self, other): return 0.0
        __rsub__ = __add__ = __radd__ = __mul__ = __sub__
        def __abs__(self): return 0.0
        def __bool__(self): return True
        def __float__(self): return 1.0
        def __int__(self): return 1
        def __index__(self): return 1
        def __array__(self, *a, **k): return np.ones(3)
        def __torch_function__(self, *a, **k): return True
        @property
        def __class__(self): return torch.Tensor
        shape, dtype, device, requires_grad = torch.Size([3]), torch.float32, torch.device("cpu"), False
        def detach(self): return self
        def __hash__(self): return 1
    def f(*args): return Liar()
    x = Liar()
"""


@pytest.mark.parametrize(
    "claim",
    [
        "call(f).gives(3)",
        'call(f).gives("3")',
        "call(f).gives([1, 2])",
        "call(f).gives(torch.ones(3))",
        "call(f).gives(np.ones(3))",
        "call(f).gives({})",
        "call(f).has(shape=(3,))",
        "call(f).raises(ValueError)",
        "assert f() == 3",
        "assert 3 == x",
        "assert abs(x - 0.5) < 0.1",
        "assert x > 1",
        "torch.testing.assert_close(f(), torch.ones(3))",
        "assert torch.equal(x, torch.ones(3))",
        "assert torch.allclose(f(), torch.ones(3))",
        "np.testing.assert_allclose(x, np.ones(3))",
        "assert isinstance(x, torch.Tensor)",
        "assert float(x) == 1",
        "assert x in [1, 2, 3]",
        "assert torch.ones(3)[x] == 1",
        "assert max(x, 0) != 0",
    ],
)
def test_a_lying_object_earns_nothing(claim: str) -> None:
    fails(LIAR, claim)


SABOTAGE = """
    import builtins, json, pickle, sys, unittest.mock
    import helpers.checks, helpers.checking.compare, helpers.grading.cleanroom.wire
    torch.testing.assert_close = torch.allclose = torch.equal = lambda *a, **k: True
    torch.Tensor.__eq__ = lambda *a: True
    helpers.checks.question.__exit__ = lambda *a: True
    helpers.checking.compare.difference = lambda *a, **k: ""
    builtins.abs = builtins.max = lambda *a: 0
    builtins.AssertionError = ValueError
    def f(x): return 3
"""


def test_a_sabotaged_process_changes_no_verdict() -> None:
    fails(SABOTAGE, 'with question("K1"): call(f, 1).gives(4)')
    passes(SABOTAGE, 'with question("K1"): call(f, 1).gives(3)')


NONSENSE = [
    b"no frame",
    b"LABS\x01\0\0\0" + b"\xff" * 8,
    b"LABS\x01\0\0\0\x02\0\0\0\0\0\0\0{}",
    b'LABS\x01\0\0\0\x08\0\0\0\0\0\0\0{"done":',
    b'LABS\x01\0\0\0\x18\0\0\0\0\0\0\0{"done":{"eval":["1+1"]}}'[:40],
    b'LABS\x01\0\0\0\x10\0\0\0\0\0\0\0{"changes":[[1]]}'[:32],
    b'LABS\x01\0\0\0\x0e\0\0\0\0\0\0\0{"callback":7}',
    b'LABS\x01\0\0\0\x0c\0\0\0\0\0\0\0{"failed":1}',
]


@pytest.mark.parametrize("nonsense", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_from_the_kernel_fails_this_check_and_later_ones(nonsense: bytes) -> None:
    def work(channel: socket.socket) -> None:
        channel.recv(1 << 16)
        channel.sendall(nonsense)
        channel.shutdown(socket.SHUT_WR)
        channel.recv(1 << 16)

    with kernel(work) as channel:
        inside = CellRunner(DispatcherClient(channel), NAMES)
        first = inside.run("call(f).raises(Exception)", True, 60)
        again = inside.run("try: g()\nexcept Exception: pass", True, 60)
    for verdict in first, again:
        assert not verdict.passed
        assert verdict.message.startswith("The notebook's process ")


def test_a_kernel_that_sends_endlessly_fails_the_check() -> None:
    student = "import itertools\ntensors = itertools.repeat(__import__('torch').zeros(1000))"
    with kernel(serving(student, {})) as channel:
        inside = CellRunner(DispatcherClient(channel, most=100_000), NAMES)
        assert "too large" in inside.run("list(tensors)", True, 60).message
        assert "too large" in inside.run("next(iter(tensors))", True, 60).message


def test_a_kernel_that_ends_fails_the_check() -> None:
    student = "import os\ndef f(): os._exit(0)"
    assert fails(student, "call(f).raises(Exception)") == "The notebook's process ended before the check did."
    assert "ended before" in fails(student, "try: f()\nexcept Exception: pass", "g()")


def test_a_silent_kernel_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.grading.cleanroom.dispatcher_client.GRACE", 0.1)
    student = textwrap.dedent("""
        import signal, threading
        def f():
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            threading.Event().wait(60)
    """)
    with kernel(serving(student, {})) as channel:
        inside = CellRunner(DispatcherClient(channel), NAMES)
        assert "no longer answers" in inside.run("call(f).raises(Exception)", True, 0.2).message
        assert "no longer answers" in inside.run("f", True, 60).message


def test_slow_code_is_stopped_and_the_next_check_runs() -> None:
    student = textwrap.dedent("""
        def f():
            while True:
                try:
                    while True: pass
                except Exception: pass
        def g(): return 1
    """)
    with room(student, NAMES) as inside:
        assert inside.run("assert g() == 1", True, 60).passed  # the kernel is there
        assert inside.run("call(f).raises(Exception)", True, 1).message == "Your code took too long."
        assert inside.run("assert g() == 1", True, 60).passed


def test_a_patched_dispatcher_changes_only_the_students_answers() -> None:
    student = """
        import gc
        from helpers.grading.cleanroom.dispatcher import Dispatcher
        dispatcher = next(thing for thing in gc.get_objects() if isinstance(thing, Dispatcher))
        dispatcher._look_up = lambda name: 7
    """
    fails(student, 'with question("K1"): value("x", x).equals(8)')
    passes(student, 'with question("K1"): value("x", x).equals(7)')


# The clean room as a process


@pytest.fixture
def clean_room() -> Iterator[CleanRoom]:
    """Give a clean room in its own process, with a kernel."""
    student = "import os\ndef f(): return 1\ndef leave(): os._exit(0)"
    with kernel(serving(student, {})) as channel, kernel(lambda control: serve(control, channel)) as control:
        channel.close()
        clean = CleanRoom(control, lambda: "")
        yield clean
        clean.close()


def test_cells_run_in_order_in_the_clean_room(clean_room: CleanRoom) -> None:
    assert clean_room.run("import os\nn = 2", graded=False, timeout=60).passed
    verdict = clean_room.run(f"assert os.getpid() != {os.getpid()}\nprint(f() + n)\nf() + n", graded=True, timeout=60)
    assert verdict == Verdict(True, 3.0, "", "", "3\n")
    assert clean_room.run("f(", graded=True, timeout=60).error == "SyntaxError"
    assert not clean_room.run("leave()", graded=True, timeout=60).passed


def test_a_clean_room_that_ends_gives_no_verdict(clean_room: CleanRoom) -> None:
    with pytest.raises(OurFault, match="has ended"):
        clean_room.run("import os\nos._exit(0)", graded=True, timeout=60)


def test_a_clean_room_that_exceeds_a_limit_gives_a_verdict(clean_room: CleanRoom) -> None:
    clean_room._limit = lambda: "it used more than 1 MiB of memory"
    ended = clean_room.run("import os\nos._exit(0)", graded=True, timeout=60)
    assert (ended.passed, ended.error) == (False, "LimitError")
    assert ended.message == "The process that runs the checks ended: it used more than 1 MiB of memory."
    assert "did not run" in clean_room.run("1", graded=True, timeout=60).message


def test_a_slow_check_gives_a_verdict(clean_room: CleanRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.grading.cleanroom.client.GRACE", 0.1)
    late = clean_room.run("import signal\nsignal.sigtimedwait([], 5)", graded=True, timeout=0.1)
    assert (late.passed, late.message) == (False, "The check took longer than 0.1 seconds.")
    assert "took too long" in clean_room.run("1", graded=True, timeout=60).message


def test_a_clean_room_ends_when_the_grading_process_hangs_up() -> None:
    there, control = socket.socketpair()
    channel, dispatcher = socket.socketpair()
    with there, channel, dispatcher:
        CleanRoom(control, lambda: "").close()
        serve(there, channel)


def test_only_names_that_answers_define_are_asked_for() -> None:
    with kernel(serving("f = 1\nload = 2", {})) as channel:
        inside = CellRunner(DispatcherClient(channel), names={"f"})
        assert inside.run("f", graded=True, timeout=20).points == 1
        verdict = inside.run("load", graded=True, timeout=20)
    assert (verdict.passed, verdict.message) == (False, "NameError: name 'load' is not defined")


def test_messages_to_students_are_short_and_plain() -> None:
    with room("", {}) as inside:
        verdict = inside.run("raise ValueError('\\x1b[2J' + 'x' * 10**6)", graded=True, timeout=20)
    assert len(verdict.message) == 2000
    assert "\x1b" not in verdict.message
