"""The built-in plugins: thin glue from hooks to the folders beside."""
