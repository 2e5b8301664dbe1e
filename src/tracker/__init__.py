"""Mental-Health LLM Tracker: the literature on large language models in mental health, live and auditable.

In a notebook: :func:`open_papers` and :func:`classify` (see :mod:`tracker.api`). Layers, imports pointing one way (enforced by
``tests/test_layers.py``): ``domain`` (pure) ← ``sources`` and ``store`` ← ``pipeline`` ← ``views`` ← ``app.py`` and ``pages/``. ``cli``
and ``api`` may import anything and nothing imports them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.api import Found, Papers, classify, open_papers

__version__ = "0.1.0"
__all__ = ["Found", "Papers", "__version__", "classify", "open_papers"]


def __getattr__(name: str) -> Any:
    """The notebook's names, imported when first asked for: the command line does not wait for pandas and plotly."""
    if name in __all__:
        from tracker import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
