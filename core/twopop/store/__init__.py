"""The store: rendered segments and mixes, kept under the hash of what they were made from, shared by whoever wants."""

from twopop.store.entries import SCHEMA, Entry, Store

__all__ = ["SCHEMA", "Entry", "Store"]
