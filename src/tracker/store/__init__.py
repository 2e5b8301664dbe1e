"""Where records are kept. Imports ``tracker.domain`` and ``tracker.errors`` only; :mod:`tracker.store.base` is the contract."""
