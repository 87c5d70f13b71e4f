"""The bot under PM2: its own daemon, folder and database, with the playground as Slack and the model."""
