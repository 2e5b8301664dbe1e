"""Where records live. Everything outside opens a store with :func:`open_store` and speaks to :class:`~tracker.store.base.Store`."""

from tracker.store.opening import open_store

__all__ = ["open_store"]
