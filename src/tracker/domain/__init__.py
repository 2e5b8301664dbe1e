"""Pure rules of the field: no network, files, database, clock, pandas or Streamlit. Imports only ``tracker.errors``."""
