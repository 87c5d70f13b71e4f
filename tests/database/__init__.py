"""The store: one suite for its interface, and one for what stands behind it."""
