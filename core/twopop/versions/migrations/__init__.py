"""The steps by which a catalogue came to its present tables, in Alembic's layout.

A new step is a file in ``versions/`` whose ``revision`` is the next number as four digits and whose ``down_revision``
is the one before; raise ``SCHEMA_NUMBER`` in ``tables.py`` with it. Steps are never changed once released: they spell
out their tables themselves and import nothing from twopop.
"""
