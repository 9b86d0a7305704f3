"""Probing media, rendering segments, keeping and assembling them."""
