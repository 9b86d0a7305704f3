"""Mixing by role, measuring loudness, encoding."""
