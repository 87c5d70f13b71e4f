"""Releases so far."""

RELEASES = {
    "0.1.0": "602927ffe1582ad28cd7e80fc208249cd7d55111",
    "0.2.0": "8107dac58c4a7b14696eeb7491cb217b46fe0a80",
}
"""Versions and their commits: a clone may have come without the tags."""
