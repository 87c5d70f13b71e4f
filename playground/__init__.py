"""A Slack workspace and a model on this machine, as they are on the wire: for newcomers, tests and benchmarks."""
