"""Spark on this machine alone, started once and only when a test asks for it."""

from __future__ import annotations

import os
import shutil
from functools import cache
from importlib.util import find_spec
from typing import Any

INSTALLED = find_spec("pyspark") is not None
"""Whether the extra `spark` is installed."""

_SMALL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    # Plans of a few rows each are compiled once and thrown away: compiling them better does not pay.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@cache
def session() -> Any:
    """The Spark session of all tests, with two threads; one of Spark Connect where `SPARK_REMOTE` names a server."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise RuntimeError("Spark needs Java 17 or later, and there is none; install a Java runtime.")
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    if "SPARK_REMOTE" not in os.environ:
        builder = builder.master("local[2]")
    for name, value in _SMALL.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
