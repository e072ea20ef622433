"""How inspectors found English local areas protecting children from sexual exploitation.

`analysis.open()` gives the curated tables as a DuckDB connection. Transforms are in `analysis.cohorts`,
`analysis.progress`, `analysis.weaknesses` and `analysis.assessments`; charts in `analysis.charts`, and which frame goes
to which in `analysis.catalogue`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.database import open  # noqa: A004

__all__ = ["open"]


def __getattr__(name: str) -> Any:
    """Import what is heavy only when it is asked for."""
    if name == "open":
        from analysis.database import open as open_database

        return open_database
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
