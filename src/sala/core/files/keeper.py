"""Starts the children that open files, as forks of itself, so that their libraries are loaded once and not for each file.

It opens no file of others: it imports the module of a task, and everything else happens in the fork. It ends with the
process that started it, or when nothing was asked of it for a while.

Asked by one message for each task: the name of the task, with four descriptors: the file of the request, the files for
the answer and for errors, and a socket. On the socket it tells the number of the child, and later its exit code; below
zero, the signal that ended it. Both are four bytes, signed.
"""

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
import traceback
from importlib.abc import MetaPathFinder
from types import FrameType

from sala.core.files import inside

IDLE = 120  # seconds
DESCRIPTORS = 4


class Keeper:
    def __init__(self, control: socket.socket):
        self.control = control
        self.running: dict[int, socket.socket] = {}
        self.woken, self.waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, _nothing)
        signal.set_wakeup_fd(self.waker)

    def run(self) -> None:
        """Serve until the other side closes, or nothing was asked for a while."""
        while True:
            ready, _writable, _failed = select.select([self.control.fileno(), self.woken], [], [], IDLE)
            if not ready and not self.running:
                return
            if self.woken in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.woken, 4096)
                self._tell_ended()
            if self.control.fileno() in ready and not self._take():
                for child in self.running:
                    os.killpg(child, signal.SIGKILL)
                return

    def _take(self) -> bool:
        """Begin one task. Returns whether there may be another."""
        task, given, _flags, _address = socket.recv_fds(self.control, 1000, DESCRIPTORS)
        if not task:
            return False
        request, answer, errors, teller = given
        with contextlib.suppress(Exception):  # the fork meets the same, and tells it
            importlib.import_module(task.decode().partition(":")[0] if task.startswith(b"sala.") else "sala")
        gc.freeze()  # what is loaded stays: forks need not look through it, which would copy it
        child = os.fork()
        if child == 0:
            self._become_child(request, answer, errors, teller)
        with contextlib.suppress(OSError):
            os.setpgid(child, child)  # by both, whoever comes first
        for descriptor in (request, answer, errors):
            os.close(descriptor)
        self.running[child] = socket.socket(fileno=teller)
        self._tell(self.running[child], child)
        return True

    def _become_child(self, request: int, answer: int, errors: int, teller: int) -> None:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setpgid(0, 0)
            for number, descriptor in enumerate((request, answer, errors)):
                os.dup2(descriptor, number)
                os.close(descriptor)
            for descriptor in (teller, self.woken, self.waker):
                os.close(descriptor)
            for other in (self.control, *self.running.values()):
                other.close()
            inside.main()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _tell_ended(self) -> None:
        while self.running:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            teller = self.running.pop(child)
            self._tell(teller, os.waitstatus_to_exitcode(status))
            teller.close()

    def _tell(self, teller: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError):  # who asked has gone
            teller.send(number.to_bytes(4, "big", signed=True))


class _Refused(MetaPathFinder):
    """pyarrow loads pandas where it finds it, for half a second and memory. No task uses it."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """A signal only wakes the loop."""


if __name__ == "__main__":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    sys.meta_path.insert(0, _Refused())
    Keeper(socket.socket(fileno=int(sys.argv[1]))).run()
