"""Reading cuts into Programs, and telling two Programs apart."""
