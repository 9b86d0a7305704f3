"""Checks on plans and files."""
