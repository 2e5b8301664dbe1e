"""Services records come from. One file a source; imports ``tracker.domain`` and ``tracker.errors`` only."""
