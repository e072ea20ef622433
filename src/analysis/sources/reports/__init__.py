"""Reader of inspection reports as PDF or text.

`pages` reads the pages of a file, `cover` reads what a report says of itself (`single_inspection`, `ilacs` and `jtai`
know the layouts), `location` finds the area, and `rows` makes rows for the curated tables.
"""
