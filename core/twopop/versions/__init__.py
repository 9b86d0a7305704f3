"""Which version a deliverable is: the catalogue and the rule for the next number."""
