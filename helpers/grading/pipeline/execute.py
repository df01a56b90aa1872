"""Run a submission: the student's cells in a boxed kernel, the checks in the clean room.

cell                      student's kernel (boxed)      clean room (trusted)
set-up, locked            runs                          runs
answer, student's own     runs                          -
check                     -                             runs; calls what the kernel defines
the lab's, without marks  runs if a cell needs it       -
"""

from __future__ import annotations

import asyncio
import json
import signal
from dataclasses import replace
from time import monotonic
from typing import Any

import nbformat
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_solution
from traitlets import Bool, Integer

from helpers.grading.cleanroom.client import CleanRoom, Verdict
from helpers.grading.intake import LeftOut
from helpers.grading.kernels.provisioner import DRAWS, SandboxKernelManager, SandboxProvisioner
from helpers.grading.pipeline.evidence import Evidence, evidence_of, show, show_not_run, show_undrawn
from helpers.grading.pipeline.lending import Lender
from helpers.notebooks.causes import cause_in, with_cause
from helpers.notebooks.cells import is_check, is_placeholder, is_setup, question_of

__all__ = ["ExecuteSubmission"]

SHOWN = {  # messages that a graded notebook keeps something of; widgets would not live on in it
    "clear_output",
    "display_data",
    "error",
    "execute_input",
    "execute_result",
    "status",
    "stream",
    "update_display_data",
}
SETTLE_SECONDS = 10  # that a kernel gets to answer after an interrupt


class ExecuteSubmission(Execute):
    """nbgrader's Execute, but no check ever enters the student's process.

    The run ends whatever the student's code does: if a kernel dies or does not stop, the cells after it do not run.
    `resources["evidence"]` holds what each check has shown, by grade id.
    """

    total_timeout = Integer(1200, help="Seconds that a whole submission may take.").tag(config=True)
    lend = Bool(True, help="If an answer uses earlier ones that are wrong, check it with right ones.").tag(config=True)
    pictures = Bool(False, help="Run also what nobody marks or needs, and draw every figure.").tag(config=True)
    output_limit = Integer(2_000_000, help="Bytes of output that are kept of a submission.").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        # The student's cells run in the box, whatever kernel a notebook names and whether or not it is installed.
        super().__init__(kernel_manager_class=SandboxKernelManager, **kwargs)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run the notebook.

        Raises:
            SandboxError: if the sandbox lacks a protection.
            OurFault: if something failed that the student has no power over.
        """
        NotebookClient.__init__(self, nb, km)  # as nbconvert does for each notebook
        self.reset_execution_trackers()
        self.resources = resources
        self._end = monotonic() + self.total_timeout
        self._checks_end = self._end + self._longest_cell()
        self._room_for_output = self.output_limit
        self._stopped = ""  # why the student's kernel has ended
        self._not_set_up = ""  # why right answers may fail their checks
        self._too_late = ""  # why cells did not run
        self._left_out = LeftOut() if self.pictures else resources.get("left_out", LeftOut())
        self._lender = Lender(resources.get("lendable", {}) if self.lend else {})
        evidence: dict[str, Evidence] = {}
        resources["evidence"] = evidence
        with self.setup_kernel(withheld=resources.get("withheld", ()), imports=resources.get("imports", ())):
            self.kc.iopub_channel.worth_reading = self.kc.shell_channel.worth_reading = self.output_limit
            room = self._clean_room()
            answer: NotebookNode | None = None
            for index, cell in enumerate(nb.cells):
                if is_check(cell):
                    evidence[cell.metadata.nbgrader.grade_id] = self._grade(cell, answer, room)
                elif cell.id in self._left_out.cells:
                    show_not_run(cell)
                elif cell.cell_type == "code" and cell.source.strip():
                    self._run(cell, index)
                    if is_solution(cell):
                        answer = cell
                        self._lender.take(cell.metadata.nbgrader.grade_id, cell.source)
                    if is_setup(cell) and not self._stopped:
                        self._set_up(cell, room)
            room.close()
            self.km.provisioner.check_zygote()
        return nb, resources

    def _grade(self, cell: NotebookNode, answer: NotebookNode | None, room: CleanRoom) -> Evidence:
        """Run a check of an answer, once more on loan if it fails, and write into its cell what became of it."""
        verdict = self._check(cell, room)
        if answer is not None and not verdict.passed:
            verdict = replace(verdict, message=with_cause(verdict.message, cause_in(answer)))
            verdict = self._check_on_loan(cell, answer, room, verdict)
        evidence = evidence_of(verdict, float(cell.metadata.nbgrader.points))
        show(cell, verdict, evidence)
        return evidence

    def _clean_room(self) -> CleanRoom:
        provisioner: SandboxProvisioner = self.km.provisioner
        self.resources["boxed"] = provisioner.boxed
        return provisioner.clean_room(self.resources.get("names"), self.resources.get("seed"))

    def _check(self, cell: NotebookNode, room: CleanRoom) -> Verdict:
        if self._stopped:
            return _not_run(self._stopped)
        if self._left_for_checks() <= 0:
            return _not_run(f"This check did not run: {self._too_late or 'those before it took too long'}.")
        verdict = room.run(cell.source, graded=True, timeout=self._left_for_checks())
        late = self._too_late and f"[Cells above did not run: {self._too_late}.]"
        reasons = [reason for reason in (self._not_set_up, late) if reason]
        return verdict if verdict.passed else replace(verdict, message=" ".join([verdict.message, *reasons]))

    def _check_on_loan(self, cell: NotebookNode, answer: NotebookNode, room: CleanRoom, verdict: Verdict) -> Verdict:
        """Repeat a failed check with right answers in place of the wrong ones that this answer uses, if any."""
        name, loan = answer.metadata.nbgrader.grade_id, None
        if not is_placeholder(answer) and not self._stopped and self._left_for_checks() > 0:
            loan = self._lender.loan(name, cell.source)
        if loan:
            again = room.run(cell.source, graded=True, timeout=self._left_for_checks(), loan=loan)
            if again.passed:
                return replace(again, note=" ".join(filter(None, (loan.words, again.note))))
            verdict = replace(verdict, remark=again.remark)
            if again.error == "CheckError":  # what is left to correct is this answer's own
                verdict = replace(again, message=f"{again.message} {loan.words}")
        self._lender.note_wrong(name, question_of(cell.source) or name)
        return verdict

    def _set_up(self, cell: NotebookNode, room: CleanRoom) -> None:
        """Run a locked cell in the clean room. If it fails there, the student is told: it is not their fault."""
        if self._left_for_checks() <= 0:
            return
        verdict = room.run(cell.source, graded=False, timeout=self._left_for_checks())
        if not verdict.passed and not self._not_set_up:
            self._not_set_up = f"[A locked cell failed where the checks run: {verdict.message} Tell your instructor.]"

    def _run(self, cell: NotebookNode, index: int) -> None:
        """Run a cell in the student's kernel. Whatever goes wrong there becomes the cell's result, no exception."""
        if not self._stopped and self._left() <= 0:
            self._too_late = f"this notebook takes longer than {self.total_timeout} seconds"
        elif not self._stopped:
            draws = cell.id not in self._left_out.figures
            self.kc.session.metadata = {DRAWS: draws}
            try:
                self.execute_cell(cell, index, store_history=True)
                if not draws:
                    show_undrawn(cell)
                if not _can_be_kept(cell):
                    cell.execution_count = None
                    cell.outputs = [_error("OutputError", "What this cell showed is nothing that a notebook can hold.")]
                return
            except DeadKernelError:
                why = self.km.provisioner.why or "the notebook's process ended"
                self._stopped = f"Nothing ran from here on: {why} in {_name(cell)}."
            except CellTimeoutError:
                if self._answers():
                    cell.outputs.append(_error("CellTimeoutError", "This cell took too long."))
                    return
                self._stopped = f"Nothing ran from here on: {_name(cell)} took too long and could not be stopped."
            except Exception as error:  # a hostile kernel may send anything
                self._stopped = f"Nothing ran from here on: the kernel's answer made no sense ({type(error).__name__})."
        cell.outputs = [_error("NotRun", self._stopped or f"Nothing ran from here on: {self._too_late}.")]

    def _answers(self) -> bool:
        """Whether the kernel is ready for another cell: it may just have had much to say."""
        try:
            run_sync(self.kc.kernel_info)(reply=True, timeout=SETTLE_SECONDS)
        except Exception:  # silent, dead, or talking nonsense
            return False
        return True

    def _longest_cell(self) -> float:
        """Seconds that a cell may take."""
        return self.timeout if self.timeout and self.timeout > 0 else self.total_timeout

    def _left(self) -> float:
        """Seconds for the student's next cell: none once the submission's time is over."""
        return min(self._longest_cell(), self._end - monotonic())

    def _left_for_checks(self) -> float:
        """Seconds for the next check. Checks may go on a cell's time longer: answers that came in time are marked."""
        return min(self._longest_cell(), self._checks_end - monotonic())

    async def _async_check_alive(self) -> None:
        if self.kc is None:
            raise asyncio.CancelledError  # nbclient's watch outlives a cell that ended by a senseless message
        await super()._async_check_alive()

    async def _async_handle_timeout(self, timeout: float, cell: NotebookNode | None = None) -> dict[str, Any]:
        """Interrupt the cell by a signal: a message might wait for ever, if the kernel has spoilt its own sockets."""
        await self.km.provisioner.send_signal(signal.SIGINT)
        words = f"This cell took longer than {timeout:.0f} seconds."
        return {"content": {"status": "error", **_error("CellTimeoutError", words)}}

    def _get_timeout(self, cell: NotebookNode | None) -> float:
        return self._left()

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Keep a message's output as long as there is room for it."""
        if msg["msg_type"] not in SHOWN:
            return None
        if msg["msg_type"] != "status":
            if msg["size"] > self._room_for_output:
                if self._room_for_output:
                    notice = f"\n[Output beyond {self.output_limit:,} bytes is left out.]\n"
                    cell.outputs.append(new_output("stream", name="stdout", text=notice))
                self._room_for_output = 0
                return None
            self._room_for_output -= msg["size"]
        return super().process_message(msg, cell, cell_index)


def _can_be_kept(cell: NotebookNode) -> bool:
    """Whether a file that others open may hold a cell's outputs: a hostile kernel may have sent anything."""
    if not cell.outputs and type(cell.execution_count) is int and 0 <= cell.execution_count < 1 << 31:
        return True
    try:
        nbformat.validate(cell, ref="code_cell", version=4, version_minor=5)
        json.dumps(cell.outputs, ensure_ascii=False).encode()
    except Exception:
        return False
    return True


def _name(cell: NotebookNode) -> str:
    """Name a cell that ended everything: the student knows an answer's cell by its id."""
    return f"the answer cell {cell.metadata.nbgrader.grade_id}" if is_solution(cell) else "a cell above"


def _not_run(why: str) -> Verdict:
    return Verdict(passed=False, points=None, error="NotRun", message=why, output="")


def _error(name: str, words: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=words, traceback=[words])
