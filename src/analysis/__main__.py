"""`python -m analysis` is the same as `analysis`."""

from analysis.cli import main

main()
