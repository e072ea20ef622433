"""Readers of official releases and report texts: one module a release; labels decide, never positions."""
