"""Long-running attempts to break a promise; each module runs alone, and a small part of it as a test."""
