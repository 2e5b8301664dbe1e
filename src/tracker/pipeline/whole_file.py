"""Files that appear only when they are whole: whoever reads them never sees half of one."""

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
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        part.replace(path)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}); name a file in a folder you may write to.") from error
    finally:
        with suppress(OSError):
            part.unlink()
