"""Figures, health, signals and the playground's child process, each by itself."""
