"""The demo company 凛川冷链: its files, the people who may see them, and how both were made."""
