"""A Slack workspace on this machine: Web API and Socket Mode, as they are on the wire."""
