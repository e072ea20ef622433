"""What the curated tables hold and the named rules that they obey."""
