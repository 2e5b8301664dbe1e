"""The dashboard: ``streamlit run app.py``. Routes to the pages in ``pages/``; everything else is in ``tracker.views``."""

from tracker.views import shell

shell.route()
