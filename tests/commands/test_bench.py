"""``tracker bench corpus``: a database of synthetic papers where the person says."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tracker import cli
from tracker.store.opening import open_store


def test_corpus_is_written_to_the_database_named(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The tracker's own database is left alone; a second time the command refuses with code 2."""
    path = data_folder / "corpus.db"

    codes = [cli.main(["bench", "corpus", "30", "-o", str(path)]) for _ in range(2)]

    with closing(open_store(f"sqlite:///{path}")) as store:
        assert store.count_records() == 30
    assert codes == [0, 2]
    assert not (data_folder / "tracker.db").exists()
    out, err = capsys.readouterr()
    assert out == f"30 synthetic records written to {path}\n"
    assert "already holds records" in err


@pytest.mark.parametrize("count", ["0", "-5", "many", "1.5"])
def test_corpus_size_is_a_whole_number(data_folder: Path, count: str) -> None:
    """Anything else is a usage error."""
    with pytest.raises(SystemExit) as end:
        cli.main(["bench", "corpus", count, "-o", str(data_folder / "corpus.db")])

    assert end.value.code == 2
