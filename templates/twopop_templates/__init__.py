"""Templates that come with twopop: plugin scaffold, reports."""
