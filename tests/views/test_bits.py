"""Bit masks by block: they say what lists of rows say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tracker.views.bits import Layout, count_bits

NUMBERS = arrays.arrays(np.int64, st.integers(0, 300), elements=st.sampled_from([-(2**40), -3, 0, 7, 8]))


@given(NUMBERS, st.data())
def test_blocks_have_as_many_bits_as_rows_were_packed(numbers: np.ndarray, data: st.DataObject) -> None:
    """Of a mask and of a list of the same rows alike, whatever the sizes of the blocks; an AND is an intersection."""
    mask = data.draw(arrays.arrays(np.bool_, len(numbers)))
    other = data.draw(arrays.arrays(np.bool_, len(numbers)))
    layout = Layout.of(numbers)

    packed, listed = layout.pack(mask), layout.pack(np.flatnonzero(other).astype(np.int32))

    counted = layout.count_blocks([packed, packed & listed])
    assert layout.blocks.tolist() == sorted(set(numbers.tolist()))
    assert counted[0].tolist() == [int(mask[numbers == block].sum()) for block in layout.blocks]
    assert counted[1].tolist() == [int((mask & other)[numbers == block].sum()) for block in layout.blocks]
    assert (count_bits(listed), count_bits(layout.nothing)) == (int(other.sum()), 0)


def test_each_block_begins_a_word() -> None:
    """65 rows of one block and one of the next take three words."""
    layout = Layout.of(np.array([1] * 65 + [2]))

    assert (len(layout.nothing), layout.starts.tolist()) == (3, [0, 2])
