"""Mental-Health LLM Tracker: the literature on large language models in mental health, live and auditable.

Layers, imports pointing one way (enforced by ``tests/test_layers.py``): ``domain`` (pure) ← ``sources`` and ``store`` ←
``pipeline`` ← ``views`` ← ``app.py`` and ``pages/``. ``cli`` may import anything and nothing imports it.
"""

__version__ = "0.1.0"
