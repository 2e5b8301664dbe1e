"""What screens and exports show. Imports domain, store, pipeline, settings, errors; never sources.

Only ``shell`` and ``page`` import Streamlit: everything else works in a notebook.
"""
