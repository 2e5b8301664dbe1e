"""Does long work in a helper process, so that it delays nothing else here.

feedparser takes a second for a page of 2,000 entries and holds the interpreter all the while: nothing else of this process,
storing the page before included, would get on. Labelling pages and reading a large index are alike. The helper is a plain child that
reads pickled calls from its standard input and writes pickled results to its standard output; it ends when the input does, so also when
this process is killed.

Only good results are taken from it. Whatever goes wrong there (it cannot be started, dies, hangs, the call raises) the same call
is made here, in this process: that is slower, and never another result.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any, ParamSpec, TypeVar

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

MOST_SECONDS = 60.0  # for one call; a page of 2,000 entries takes one to three
BEHIND = 19  # of 19: a helper that nobody waits for comes after everybody else
_LENGTH = struct.Struct(">Q")
_PACKAGES = str(Path(__file__).resolve().parents[1])
_NO_RESULT = object()


class Aside:
    """One helper process for calls one after the other. *modules* are imported while it starts, to be ready when the first comes.

    A call may take *seconds*; a helper that *yields* leaves the processor to whoever else wants it.
    """

    def __init__(
        self, modules: Iterable[str] = (), *, python: str | None = None, seconds: float = MOST_SECONDS, yields: bool = False
    ) -> None:
        self._modules, self._python = tuple(modules), python or sys.executable
        self._seconds, self._step_back = seconds, BEHIND if yields else 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the helper, which takes half a second, and do not wait for it."""
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([_PACKAGES, *filter(None, [os.environ.get("PYTHONPATH")])])}
        command = [self._python, "-c", f"from {__name__} import serve; serve({self._step_back})", *self._modules]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - no word of it comes from outside
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
            )
        except (OSError, ValueError) as error:  # no processes allowed, or none left; or this interpreter does not know its own name
            log.info("no helper process (%s): its work is done in this one", type(error).__name__)

    @property
    def is_running(self) -> bool:
        """Whether there is a helper, as far as known: a failure shows at the next call."""
        return self._process is not None

    def call(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """What ``function(*arguments, **named)`` returns or raises; *function* is one of a module, and pure."""
        result = self._ask((function, arguments, named))
        return function(*arguments, **named) if result is _NO_RESULT else result

    def try_call(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T | None:
        """What ``function(*arguments, **named)`` returns in the helper, ``None`` without one: for a function that leans on calls before."""
        result = self._ask((function, arguments, named))
        return None if result is _NO_RESULT else result

    def close(self) -> None:
        """End the helper; calls are made in this process from now on."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()  # it holds nothing that could be lost
        for pipe in (process.stdin, process.stdout):
            if pipe:
                _close(pipe)
        process.wait()

    def _ask(self, job: object) -> Any:
        process = self._process
        if process is None:
            return _NO_RESULT
        assert process.stdin
        assert process.stdout
        watch = threading.Timer(self._seconds, process.kill)
        watch.daemon = True
        watch.start()
        try:
            write_message(process.stdin, job)
            is_good, result = read_message(process.stdout)
        except Exception as error:  # however it failed: nothing that came of it is used
            if self._process is process:  # else it was ended on purpose meanwhile
                log.warning("a helper process failed (%s): its work is done in this one", type(error).__name__)
                self.close()
            return _NO_RESULT
        finally:
            watch.cancel()
        return result if is_good else _NO_RESULT


def serve(step_back: int = 0) -> None:
    """Be the helper: make the calls that come until no more can come. Ctrl-C is for the process that asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if step_back and hasattr(os, "nice"):  # Windows has none
        os.nice(step_back)
    for module in sys.argv[1:]:
        __import__(module)
    while True:
        try:
            function, arguments, named = read_message(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = (True, function(*arguments, **named))
        except Exception:  # whoever asked makes the call again and gets it first-hand
            answer = (False, None)
        write_message(sys.stdout.buffer, answer)
        del function, arguments, named, answer
        gc.collect()  # feedparser leaves cycles behind, 20 MB a page; whoever asked has its answer already


def write_message(stream: IO[bytes], message: object) -> None:
    """Send *message*: its length in eight bytes, then its pickle."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def read_message(stream: IO[bytes]) -> Any:
    """The next message, from a process of our own. Raises ``EOFError`` at the end, and where one is cut off."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    data = stream.read(_LENGTH.unpack(head)[0])
    return pickle.loads(data)  # noqa: S301 - from a pipe to our own child; a cut one raises


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:  # what was not sent yet has nowhere to go
        log.debug("the helper was gone already")
