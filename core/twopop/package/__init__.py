"""Manifests and receipts on disk."""
