"""An order becomes a plan, a run, a receipt: the only place that knows the whole way."""
