"""Long-running attempts to break what the project promises; `python -m attacks.<topic>` runs one."""
