"""Let nbval compare all that an output holds, also what it passes over by itself: kind, metadata and PNG."""

from nbval.plugin import IPyNbFile


def pytest_itemcollected(item):
    if isinstance(item.parent, IPyNbFile):
        # nbval counts no executions; tests/test_notebooks.py holds the stored counts against the order of the cells.
        item.parent.skip_compare = ("execution_count", "traceback")
