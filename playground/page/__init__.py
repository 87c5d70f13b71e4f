"""The workspace in a browser: rendered on the server, pushed over one WebSocket."""
