"""Reads and checks every declaration, seals bundles, and says file:line and what to write instead. No Django."""
