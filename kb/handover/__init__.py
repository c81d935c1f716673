"""What a leaver owes and how it is handed over."""
