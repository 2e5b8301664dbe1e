"""The ``tracker`` program: finds the command, runs it, and turns every error into one sentence and an exit code.

A command is a module of :mod:`tracker.commands` with ``HELP`` (one line), ``add_arguments(parser)`` and
``run(arguments) -> exit code``. Only the command that was called is imported, so that the start stays quick.
"""

from __future__ import annotations

import argparse
import logging
import os
import pkgutil
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import NoReturn, Protocol, cast

from tracker import __version__, commands
from tracker.errors import TrackerError
from tracker.threads import is_harvesting

UNEXPECTED = 1
# What a shell reports for a program that a signal ended: 128 + its number.
INTERRUPTED = 128 + signal.SIGINT
READER_LEFT = 141  # 128 + SIGPIPE, which Windows does not name


class Command(Protocol):
    """What a module of :mod:`tracker.commands` offers."""

    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; returns the exit code."""
        ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code of the contract (0 well, 1 unexpected, 2 usage, 3 short refresh, 4 running).

    Without *argv* this is the process's own end: it does not wait for a request that is still under way.
    """
    code = _run(list(sys.argv[1:] if argv is None else argv))
    if argv is None and is_harvesting():
        _leave_at_once(code)
    return code


def _run(words: list[str]) -> int:
    _log_to_stderr()
    try:
        arguments = build_parser(words).parse_args(words)
        code = cast(Command, arguments.command).run(arguments)
        sys.stdout.flush()
    except TrackerError as error:
        return _complain(str(error), error.exit_code)
    except BrokenPipeError:
        _drop_stdout()
        return READER_LEFT
    except KeyboardInterrupt:
        return _complain("Stopped.", INTERRUPTED)
    except Exception as error:  # the edge: whatever was not foreseen still ends in one line
        return _complain(f"An unexpected error stopped the command: {type(error).__name__}: {error}", UNEXPECTED)
    return code


def command_names() -> list[str]:
    """The commands there are, in alphabetical order, found without importing them."""
    return sorted(module.name for module in pkgutil.iter_modules(commands.__path__) if not module.name.startswith("_"))


def build_parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser for *words*: with the one command they call, or with all where they call none that is known."""
    parser = argparse.ArgumentParser(prog="tracker", description="A living, auditable tracker of the literature on LLMs in mental health.")
    parser.add_argument("--version", action="version", version=f"tracker {__version__}")
    known = command_names()
    called = next((word for word in words if not word.startswith("-")), None)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in [called] if called in known else known:
        command = cast(Command, import_module(f"tracker.commands.{name}"))
        subparser = subparsers.add_parser(name, help=command.HELP, description=command.HELP)
        subparser.set_defaults(command=command)
        command.add_arguments(subparser)
    return parser


def _log_to_stderr() -> None:
    """Our own log from INFO on, that of libraries from WARNING on."""
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(message)s", level=logging.WARNING)
    logging.getLogger("tracker").setLevel(logging.INFO)


def _complain(message: str, code: int) -> int:
    print(f"tracker: {message}", file=sys.stderr)
    return code


def _leave_at_once(code: int) -> NoReturn:
    """End without the interpreter's own tidying: with threads in the midst of a request, that aborts the process (CPython 3.11)."""
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _drop_stdout() -> None:
    """Send what is still buffered nowhere: whoever read stdout has left (``| head``), and flushing at exit would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
