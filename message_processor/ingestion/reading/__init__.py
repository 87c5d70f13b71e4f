"""What runs in the child process that reads one foreign file: `python -m message_processor.ingestion.reading`."""
