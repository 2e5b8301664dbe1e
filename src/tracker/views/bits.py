"""Counts of labels by month from bit masks: 64 rows to a word, the rows of one month side by side.

A posting list costs what it finds, and is the better one for filters. Whoever counts every label over everything reads all of
them: as bits, a label of a million rows is 125 kB, and an AND and a count of set bits take some ten microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]  # one bit a row, in the order of a layout
Counts = NDArray[np.int64]

_BITS = 64


@dataclass(frozen=True)
class Layout:
    """Which row each bit stands for. Rows of one block stand together, and each block begins a word; what fills it up is never set.

    ``blocks`` are the blocks' numbers, ascending; ``starts`` the words they begin with; ``rows`` the row of each bit, of those that
    fill up the one after the last.
    """

    blocks: NDArray[np.int64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]
    row_count: int

    @classmethod
    def of(cls, numbers: NDArray[np.int64]) -> Layout:
        """The layout of rows of which each belongs to the block of its number."""
        blocks, block_of, sizes = np.unique(numbers, return_inverse=True, return_counts=True)
        lengths = -(-sizes // _BITS)  # in words
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64) if len(blocks) else np.zeros(0, np.int64)
        order = np.argsort(block_of, kind="stable")
        in_block = np.arange(len(numbers)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        rows = np.full(int(lengths.sum()) * _BITS, len(numbers), np.int64)
        rows[np.repeat(starts * _BITS, sizes) + in_block] = order
        return cls(blocks, starts, rows, len(numbers))

    @cached_property
    def nothing(self) -> Words:
        """No row."""
        return np.zeros(len(self.rows) // _BITS, np.uint64)

    def pack(self, rows: NDArray[np.bool_] | NDArray[np.int32]) -> Words:
        """Bits of *rows*: a mask over all of them, or their numbers."""
        mask = np.zeros(self.row_count + 1, np.bool_)  # one more: never set, for the bits that stand for no row
        if rows.dtype == np.bool_:
            mask[:-1] = rows
        else:
            mask[rows] = True
        return np.packbits(mask[self.rows]).view(np.uint64)

    def count_blocks(self, masks: Sequence[Words]) -> Counts:
        """How many bits each of *masks* has in each block: a row a mask, a column a block."""
        counts = np.zeros((len(masks), len(self.blocks)), np.int64)
        if len(self.blocks):
            for number, mask in enumerate(masks):
                counts[number] = np.add.reduceat(np.bitwise_count(mask), self.starts, dtype=np.int64)
        return counts


def count_bits(mask: Words) -> int:
    """How many bits are set."""
    return int(np.bitwise_count(mask).sum(dtype=np.int64))
