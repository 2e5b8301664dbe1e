"""Requests, answers, and how a body is read: whole, bounded, decompressed here.

Decompression is done here and not by the library: so a small answer cannot become an endless one, and compressed bytes that
are broken, cut off or not announced are faults instead of text.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests

from tracker.sources.faults import FaultKind, TransientError

MAX_BODY_BYTES = 100_000_000  # a page of 2,000 arXiv entries has 5 MB, 200 PubMed records with their references up to 20
CHUNK_BYTES = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask. ``form`` makes it a POST; it may hold a key, ``url`` and ``label`` (for messages) never do."""

    url: str
    label: str
    form: Mapping[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: a complete body, decompressed, with its media type in lower case. ``url`` is short and safe to show."""

    url: str
    status: int
    content_type: str
    body: bytes = field(repr=False)


def read_body(response: requests.Response) -> bytes:
    """The complete body, decompressed here so that its size is bounded. Raises ``TransientError`` for a broken or endless one."""
    chunks, size = [], 0
    while chunk := response.raw.read1(CHUNK_BYTES, decode_content=False):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise TransientError(FaultKind.BROKEN, f"sends more than {MAX_BODY_BYTES // 1_000_000} MB")
    return _decompressed(b"".join(chunks), response.headers.get("Content-Encoding", "").strip().lower())


def _decompressed(body: bytes, encoding: str) -> bytes:
    if encoding in ("", "identity"):
        if body.startswith(_GZIP_MAGIC):
            raise TransientError(FaultKind.BROKEN, "sends compressed bytes and does not say so")
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise TransientError(FaultKind.BROKEN, f"sends an encoding nobody asked for ({encoding!r})")
    unzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        plain = unzip.decompress(body, MAX_BODY_BYTES)
    except zlib.error as error:
        raise TransientError(FaultKind.BROKEN, "sends broken compressed bytes") from error
    if not unzip.eof:
        raise TransientError(FaultKind.BROKEN, "sends compressed bytes that are cut off or far too many")
    return plain


def classify_failure(error: Exception) -> tuple[FaultKind, str]:
    """What kind of fault an exception of the network libraries is, and half a sentence on it without any of its text."""
    causes = " ".join(type(cause).__name__ for cause in _causes(error))
    if "SSLCertVerificationError" in causes:
        return FaultKind.UNREACHABLE, "shows a certificate that cannot be trusted"
    if "NameResolutionError" in causes:
        return FaultKind.UNREACHABLE, "cannot be found (no network, or a wrong name)"
    if "ProxyError" in causes:
        return FaultKind.UNREACHABLE, "cannot be reached through the proxy"
    if "ConnectTimeout" in causes:
        return FaultKind.UNREACHABLE, "does not answer"
    if "NewConnectionError" in causes:
        return FaultKind.UNREACHABLE, "refuses the connection or is out of reach"
    if "ReadTimeout" in causes:
        return FaultKind.BROKEN, "fell silent"
    if "IncompleteRead" in causes:
        return FaultKind.BROKEN, "cut its answer short"
    return FaultKind.BROKEN, "broke the connection"


def _causes(error: BaseException) -> list[BaseException]:
    """*error* and everything it was raised from or wraps."""
    found: list[BaseException] = []
    queue: list[object] = [error]
    while queue:
        one = queue.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            queue += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found
