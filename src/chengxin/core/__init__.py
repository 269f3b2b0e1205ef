"""What every room may use: errors, days and periods, identifiers, money, canonical JSON, hashes. No Django."""
