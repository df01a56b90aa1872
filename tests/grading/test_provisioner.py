"""Kernels in the sandbox, as Jupyter's own tools start them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from helpers.grading.commands.autograde import _logging_to
from helpers.grading.kernels import provisioner as provisioner_module
from helpers.grading.kernels.provisioner import (
    KERNEL_NAME,
    ROOM_MEMORY,
    SandboxKernelManager,
    SandboxProvisioner,
    install_kernelspec,
)
from helpers.grading.kernels.zygote import shared
from helpers.grading.sandbox.box import SandboxError

pytestmark = pytest.mark.slow


def client(
    *sources: str, folder: Path | None = None, config: Config | None = None, timeout: int = 60
) -> NotebookClient:
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    return NotebookClient(
        notebook,
        kernel_manager_class=SandboxKernelManager,
        resources={"metadata": {"path": str(folder or "")}},
        timeout=timeout,
        shutdown_kernel="immediate",
        config=config or Config(),
    )


def provisioner_of(notebook_client: NotebookClient) -> SandboxProvisioner:
    """Return the provisioner of a client's running kernel."""
    assert notebook_client.km
    assert isinstance(notebook_client.km.provisioner, SandboxProvisioner)
    return notebook_client.km.provisioner


def results(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what each cell shows: its result, or what it printed."""
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    return [output.get("text") or output.data["text/plain"] for output in outputs]


def remains(folder: Path) -> list[Path]:
    """Return what kernels have left in the zygote's folder, except for the images that all of them may see."""
    return [path for path in folder.iterdir() if path.suffix != ".npy"]


@pytest.fixture(autouse=True)
def _nothing_remains() -> Iterator[None]:
    """Make sure that no kernel leaves sockets or folders, however it ended."""
    yield
    assert remains(shared().folder) == []


def test_a_notebook_runs_boxed() -> None:
    ran = client("2 + 3", "import os; os.getpid(), os.getcwd()", "print('seen')", "!echo from a shell").execute()
    assert results(ran) == ["5", "(1, '/student')", "seen\n", "from a shell\r\n"]


def test_a_labs_typical_code_works() -> None:
    ran = client(
        "import torch; from torch import nn; x = torch.randn(4, 1, 8, 8)",
        "net = nn.Conv2d(1, 2, 3); loss = net(x).square().sum(); loss.backward(); net.weight.grad.shape",
        "set_ = torch.utils.data.TensorDataset(x); len(list(torch.utils.data.DataLoader(set_, 2, num_workers=2)))",
        "import matplotlib.pyplot as plt; _ = plt.plot([1, 2])",
    ).execute()
    assert results(ran)[:2] == ["torch.Size([2, 1, 3, 3])", "2"]
    assert "image/png" in ran.cells[3].outputs[0].data


def test_the_shell_that_was_made_before_the_fork_is_the_kernels_own() -> None:
    ran = client(
        "import __main__; shell = get_ipython(); type(shell).__name__, vars(__main__) is globals(), In[1][:15]",
        "shell.kernel.shell is shell.parent.shell is shell, shell.execution_count",
        "import os; shell.home_dir == os.environ['HOME'], str(_dh[0]) == os.getcwd(), os.environ['PAGER']",
        "from pathlib import Path; Path(shell.profile_dir.location).is_relative_to(Path.home())",
        "display(1)",
    ).execute()
    expected = ["('ZMQInteractiveShell', True, 'import __main__')", "(True, 3)", "(True, True, 'cat')", "True", "1"]
    assert results(ran) == expected


def test_a_clean_room_has_no_shell() -> None:
    notebook_client = client()
    with notebook_client.setup_kernel():
        room = provisioner_of(notebook_client).clean_room()
        traces = "{'__IPYTHON__', 'display', 'get_ipython'} & {*dir(builtins)} or {'ps1', 'ps2', 'ps3'} & {*dir(sys)}"
        verdict = room.run(
            f"import IPython, builtins, sys\nassert not IPython.get_ipython()\nassert not ({traces}), {traces}",
            graded=True,
            timeout=60,
        )
        room.close()
    assert verdict.passed, verdict.message


def test_torch_compile_changes_nothing() -> None:
    net = "import torch; net = torch.nn.ReLU(); torch.compile(net) is net"
    assert results(client(net).execute()) == ["True"]


def test_each_kernel_draws_its_own_random_numbers() -> None:
    draw = "import random, numpy; random.random(), numpy.random.rand()"
    assert results(client(draw).execute()) != results(client(draw).execute())


def test_a_submission_sees_copies_of_its_files_but_no_notebook(tmp_path: Path) -> None:
    (tmp_path / "lab.ipynb").write_text("the hidden tests")
    (tmp_path / "weights").write_text("mine")
    look = "import os; from pathlib import Path; [name for name in os.listdir() if not name.startswith('.')]"
    ran = client(look, "Path('weights').write_text('new'); Path('more').touch()", look, folder=tmp_path).execute()
    assert results(ran)[0] == "['weights']"
    assert "'more'" in results(ran)[1]
    assert sorted(os.listdir(tmp_path)) == ["lab.ipynb", "weights"]
    assert (tmp_path / "weights").read_text() == "mine"


def test_kernels_at_the_same_time_share_no_files() -> None:
    def files_seen(number: int) -> list[str]:
        write = f"from pathlib import Path; Path('/tmp/mark{number}').touch()"
        return results(client(write, "[path.name for path in Path('/tmp').glob('mark*')]").execute())

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(files_seen, range(8))) == [[f"['mark{number}']"] for number in range(8)]


def test_a_dead_kernel_is_noticed_and_others_live_on() -> None:
    with client("'alive'").setup_kernel(), pytest.raises(DeadKernelError):
        client("import os; os._exit(3)").execute()


def test_an_endless_loop_is_interrupted() -> None:
    loop = client("while True: pass", "'alive'", timeout=1)
    loop.interrupt_on_timeout = True
    loop.allow_errors = True
    ran = loop.execute()
    assert ran.cells[0].outputs[0].ename == "KeyboardInterrupt"
    assert ran.cells[1].outputs[0].data["text/plain"] == "'alive'"


def test_a_loop_that_cannot_be_interrupted_is_killed() -> None:
    endless = "while True:\n    try:\n        while True: pass\n    except KeyboardInterrupt: pass"
    with pytest.raises(CellTimeoutError):
        client(endless, timeout=1).execute()


def test_starts_and_ends_of_processes_are_logged(tmp_path: Path) -> None:
    with _logging_to(tmp_path / "log"), pytest.raises(DeadKernelError):
        client("import os; os._exit(3)").execute()
    log = (tmp_path / "log").read_text()
    (pid,) = re.findall(r"INFO pid (\d+): started, runs helpers\.grading\.kernels\.kernel:run", log)
    assert f"INFO pid {pid}: ended with exit code 3" in log


def test_the_limit_that_stopped_a_kernel_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "helpers.grading")
    bomb = "import os, signal\nfor _ in range(3):\n    if os.fork() == 0:\n        x = bytes(400 << 20); signal.pause()"
    notebook_client = client(f"{bomb}\nsignal.pause()", config=Config(SandboxProvisioner={"memory": 1200}))
    with notebook_client.setup_kernel():
        with pytest.raises(DeadKernelError):
            notebook_client.execute_cell(notebook_client.nb.cells[0], 0)
        assert provisioner_of(notebook_client).why == "it used more than 1200 MiB of memory"
        assert "ended with exit code -9: it used more than 1200 MiB of memory" in caplog.text


def test_the_clean_room_asks_the_kernel() -> None:
    notebook_client = client()
    with notebook_client.setup_kernel():
        notebook_client.nb.cells.append(new_code_cell("def double(n): return 2 * n"))
        notebook_client.execute_cell(notebook_client.nb.cells[0], 0)
        provisioner = provisioner_of(notebook_client)
        assert provisioner.boxed
        room = provisioner.clean_room()
        assert room.run("assert double(21) == 42", graded=True, timeout=60).passed
        assert not room.run("assert double(21) == 43", graded=True, timeout=60).passed
        with pytest.raises(RuntimeError, match="has its clean room already"):
            provisioner.clean_room()
        room.close()


def test_the_clean_room_has_a_memory_limit() -> None:
    notebook_client = client()
    with notebook_client.setup_kernel():
        room = provisioner_of(notebook_client).clean_room()
        verdict = room.run(f"len(bytearray({ROOM_MEMORY + (256 << 20)}))", graded=True, timeout=60)
        room.close()
    assert (verdict.passed, verdict.error) == (False, "MemoryError")


def test_only_a_few_environment_variables_are_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADEBOOK_PASSWORD", "secret")
    monkeypatch.setenv("CNN_LABS_DATA", "/data")
    monkeypatch.setenv("GOMP_SPINCOUNT", "0")
    names = ("GRADEBOOK_PASSWORD", "CNN_LABS_DATA", "GOMP_SPINCOUNT")
    (shown,) = results(client(f"import os; [os.environ.get(n) for n in {names}]").execute())
    assert shown == "[None, '/data', '0']"


def test_without_a_protection_no_kernel_starts_and_no_file_remains(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Poor:
        folder = tmp_path

        def fork(self, *_: object, **__: object) -> None:
            raise SandboxError("the sandbox lacks its pid namespace", "pid namespace")

    monkeypatch.setattr(provisioner_module, "shared", Poor)
    with pytest.raises(SandboxError, match="pid namespace"):
        client("1").execute()
    assert remains(tmp_path) == []


def test_the_instructor_can_grade_without_a_sandbox(tmp_path: Path) -> None:
    where = "import os; f'{os.getcwd()} {os.getuid()}'"
    notebook_client = client(where, folder=tmp_path, config=Config(SandboxProvisioner={"unsafe": True}))
    with notebook_client.setup_kernel():
        assert not provisioner_of(notebook_client).boxed
        notebook_client.execute_cell(notebook_client.nb.cells[0], 0)
    assert results(notebook_client.nb) == [f"'{tmp_path} {os.getuid()}'"]


def test_a_folder_too_long_for_sockets_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(provisioner_module, "shared", lambda: SimpleNamespace(folder=long))
    with pytest.raises(ValueError, match="too long for the name of a socket"):
        client("1").execute()
    assert os.listdir(long) == []


def test_papermill_finds_the_kernel_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import papermill  # here, because the import takes a second

    monkeypatch.setattr("sys.prefix", str(tmp_path))
    assert install_kernelspec() == str(tmp_path / "share" / "jupyter" / "kernels" / KERNEL_NAME)
    monkeypatch.undo()
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    nbformat.write(new_notebook(cells=[new_code_cell("import os; os.getpid()")]), tmp_path / "in.ipynb")
    papermill.execute_notebook(
        tmp_path / "in.ipynb", tmp_path / "out.ipynb", kernel_name=KERNEL_NAME, progress_bar=False
    )
    assert results(nbformat.read(tmp_path / "out.ipynb", as_version=4)) == ["1"]
