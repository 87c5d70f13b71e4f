"""The benchmark runs; how fast anything is, is not judged here."""
