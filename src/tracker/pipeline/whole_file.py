"""Files that appear only when they are whole: whoever reads them never sees half of one, not even after a power cut.

A file system may give a file its name before its content is on the disk (ext4 by default within seconds, others at will), so the
content is brought there first, and then the name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from tracker.errors import ConfigurationError


@contextmanager
def open_whole(path: Path) -> Iterator[BinaryIO]:
    """A binary stream that takes the name *path* when the block ends well; else what was there stays and nothing is left behind.

    Raises ``ConfigurationError`` if the file cannot be written (no such folder, no permission, a full disk).
    """
    try:
        with replacing(path) as stream:
            yield stream
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}); name a file in a folder you may write to.") from error


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """:func:`open_whole` for who has words of their own for ``OSError``."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        with part.open("rb+") as written:  # opened anew: what wraps the stream may have closed it
            os.fsync(written.fileno())
        part.replace(path)
        _keep_names(path.parent)
    finally:
        with suppress(OSError):
            part.unlink()


def _keep_names(folder: Path) -> None:
    """Bring the names of *folder* to the disk. Where a folder cannot be opened (Windows), the system does so in its own time."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
