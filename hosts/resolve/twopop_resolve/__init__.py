"""A bridge to a host application."""
