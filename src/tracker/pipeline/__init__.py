"""From sources to store: harvest, decide, classify, write, report. Imports domain, sources, store, settings, errors."""
