"""What a deliverable is called: templates, rules for safe names, collisions."""
