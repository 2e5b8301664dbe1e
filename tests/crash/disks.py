"""Disks of their own for a test: a small one that fills up, one that turns read-only, one whose power is cut.

The small one is memory (tmpfs), which a user may mount in a namespace of their own; the others are a file with ext4 in it, which only
root may mount. A program that uses them is started with :func:`alone`, so that its mounts end with it.
"""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOMY = 64 << 20  # bytes: nothing here needs as much
_IMAGE = 32 << 20
_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN of linux/ext4.h
_NO_FLUSH = 2  # EXT4_GOING_FLAGS_NOLOGFLUSH: what is in memory is lost, as without power


@cache
def alone() -> tuple[str, ...] | None:
    """What to put before a program's command so that it may mount, for itself only; ``None`` where that is not allowed."""
    words = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--mount", "--map-root-user")
    return words if _succeeds(*words, "mount", "-t", "tmpfs", "tmpfs", "/mnt") else None


@cache
def may_mount_files() -> bool:
    """Whether a file can be a disk here: needs root, and a kernel with loop devices and ext4."""
    image = "f=$(mktemp) && truncate -s 16M $f && mkfs.ext4 -q $f && mount -o loop $f /mnt; code=$?; rm -f $f; exit $code"
    return alone() is not None and os.geteuid() == 0 and _succeeds("unshare", "--mount", "sh", "-c", image)


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _mount(*words: str | Path) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)


@contextmanager
def memory_disk(folder: Path) -> Iterator[None]:
    """*folder* is a disk with room enough; see :func:`leave_room` and :func:`make_read_only`."""
    _mount("-t", "tmpfs", "-o", f"size={ROOMY}", "tmpfs", folder)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def leave_room(folder: Path, kilobytes: int) -> None:
    """Let the memory disk *folder* take this much more, in blocks of 4 kB, and no byte beyond."""
    disk = os.statvfs(folder)
    used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
    _mount("-o", f"remount,size={max(used + (kilobytes << 10), disk.f_frsize)}", folder)


def make_read_only(folder: Path) -> None:
    """Let the memory disk *folder* take nothing more; no file in it may be open for writing."""
    _mount("-o", "remount,ro", folder)


def mend(folder: Path) -> None:
    """Give the memory disk *folder* its room back."""
    _mount("-o", f"remount,rw,size={ROOMY}", folder)


@contextmanager
def file_disk(folder: Path) -> Iterator[None]:
    """*folder* is a disk with a file system that survives its faults; see :func:`fail` and :func:`cut_power`."""
    image = folder.with_suffix(".image")
    with image.open("wb") as file:
        file.truncate(_IMAGE)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    _mount("-o", "loop", image, folder)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)
        image.unlink()


def flush(folder: Path) -> None:
    """Let the file disk *folder* keep for good all that was written to it."""
    subprocess.run(["sync", "--file-system", folder], check=True)


def fail(folder: Path) -> None:
    """Keep what has been written to the file disk *folder*, and let it take nothing more, open files included: as after a fault of it."""
    flush(folder)
    _mount("-o", "remount,abort", folder)


def cut_power(folder: Path) -> None:
    """Lose everything that the file disk *folder* was not told to keep for good (``fsync``)."""
    disk = os.open(folder, os.O_RDONLY)
    try:
        fcntl.ioctl(disk, _SHUTDOWN, struct.pack("I", _NO_FLUSH))
    finally:
        os.close(disk)


def start_again(folder: Path) -> None:
    """The file disk *folder* after a restart of the machine."""
    image = folder.with_suffix(".image")
    subprocess.run(["umount", folder], check=True)
    _mount("-o", "loop", image, folder)
