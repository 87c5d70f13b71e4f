"""The bot as a process of its own, the playground as Slack and model on the other side of the wire."""
