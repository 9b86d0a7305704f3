"""The parts of ``bench_engine.py``: measuring, the spot that is delivered, and what a plain script would do."""
