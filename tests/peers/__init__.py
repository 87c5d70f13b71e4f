"""The model side against OpenAI-compatible servers that other people wrote."""
