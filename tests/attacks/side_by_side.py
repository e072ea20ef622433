"""Two builds and five readers at once: no lock error, no missing file, no mixed result.

`python -m attacks.side_by_side --rounds 3` starts two builds of one project at the same moment, again and again, while
data/raw changes between two versions in the project's own way of writing, and while five readers loop: over
`analysis.open()`, over data/processed/analysis.duckdb, over the Parquet files, over the site with every hash of its
manifest, and over its first page. Each result must be that of one version. Two readers go from file to file and do as a
person would who wants files of one build: that of Parquet files begins anew where the manifest is another one
afterwards than before, that of the site where a file is not the one of the manifest and the manifest has changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from attacks import projects

COUNTED = "SELECT count(*), string_agg(summary, '|' ORDER BY finding_id) FROM findings"


def opened(home: Path) -> str:
    """What `analysis.open()` gives of two tables that are read one after the other."""
    import analysis

    with analysis.open(home / "data" / "raw") as con:
        return _digest(con.sql(COUNTED).fetchall())


def database(home: Path) -> str:
    """What the database file gives of the same."""
    import duckdb

    with duckdb.connect(home / "data" / "processed" / "analysis.duckdb", read_only=True) as con:
        return _digest(con.sql(COUNTED).fetchall())


def parquet(home: Path) -> str:
    """What the Parquet files give of the same, all of one build."""
    import polars as pl

    folder = home / "data" / "processed"
    while True:
        before = (folder / "manifest.json").read_bytes()
        rows = pl.read_parquet(folder / "findings.parquet").sort("finding_id")
        others = pl.read_parquet(folder / "reported_findings.parquet")
        if (folder / "manifest.json").read_bytes() == before:
            if rows.height != others.height or rows["summary"].to_list() != _in_order(others):
                return "mixed"
            return _digest([(rows.height, "|".join(rows["summary"]))])


def _in_order(view: Any) -> list[str]:
    return list(view.sort("finding_id")["summary"])


def site(home: Path) -> str:
    """The version of the site whose every file is as its manifest says."""
    folder = home / "exports"
    while True:
        manifest = (folder / "manifest.json").read_bytes()
        listed = json.loads(manifest)
        wrong = [file for file in listed["files"] if _hash(folder / file["name"]) != file["sha256"]]
        if not wrong:
            return str(listed["data_version"])
        if (folder / "manifest.json").read_bytes() == manifest:
            return f"mixed: {wrong[0]['name']}"


def page(home: Path) -> str:
    """The version that the first page prints."""
    text = (home / "exports" / "index.html").read_text("utf-8")
    return text.split("ersion ", 1)[1].split("<", 1)[0].strip(" .")


READERS: list[Callable[[Path], str]] = [opened, database, parquet, site, page]


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(rows: list[Any]) -> str:
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:12]


def _loop(number: int, home: Path, known: set[str], stop: Any, found: Any) -> None:
    """Read until told to stop; count what was read, and what should not have been."""
    seen: Counter[str] = Counter()
    took = 0.0
    # A reader rests as long as it has read: builds that starve are not stopped more often, only later.
    while not stop.wait(max(0.1, took)):
        began = time.monotonic()
        try:
            result = READERS[number](home)
        except Exception as error:
            seen[f"{type(error).__name__}: {str(error)[:200]}"] += 1
            continue
        finally:
            took = time.monotonic() - began
        seen[result if result in known else f"neither version: {result[:100]}"] += 1
    found.put((number, dict(seen)))


def _import(findings: Any, raw: Path) -> None:
    """Write the findings in the project's own way, as an import does."""
    from analysis.sources import merge
    from analysis.sources.reading import Contribution, Reading

    merge.write(merge.merge(Reading([Contribution("findings", findings)], []), merge.read_raw(raw)), raw)


def _alternate(versions: list[Any], home: Path, stop: Any, found: Any) -> None:
    """Import one version and the other until told to stop."""
    written: Counter[str] = Counter()
    while not stop.is_set():
        began = time.monotonic()
        try:
            _import(versions[1 - written["imports"] % 2], home / "data" / "raw")
        except Exception as error:
            written[f"{type(error).__name__}: {str(error)[:200]}"] += 1
            continue
        written["imports"] += 1
        stop.wait(time.monotonic() - began)
    found.put((-1, dict(written)))


def attack(
    home: Path, built: Sequence[Path], rounds: int, *, tiny: bool, changing: bool
) -> tuple[dict[str, Counter[str]], list[str]]:
    """Run builds two at a time beside the readers.

    Args:
        home: the project, not yet there.
        built: what `projects.two_versions` gave.
        rounds: how often two builds are started.
        tiny: builds of the tiny project, of which a second process writes areas as it does of the whole one.
        changing: whether data/raw changes meanwhile.

    Returns:
        What each reader read, and what should not have been.
    """
    from analysis.sources import merge

    known = [{reader(one) for one in built} for reader in READERS]
    if any(len(results) != 2 for results in known):
        raise RuntimeError("the two versions do not differ, so that nothing could be told from them")
    versions = [merge.read_raw(one / "data" / "raw")["findings"] for one in built]
    shutil.copytree(built[0], home)
    context = multiprocessing.get_context("spawn")
    stop, found = context.Event(), context.Queue()
    workers = [context.Process(target=_loop, args=(n, home, known[n], stop, found)) for n in range(len(READERS))]
    if changing:
        workers.append(context.Process(target=_alternate, args=(versions, home, stop, found)))
    missed: list[str] = []
    for worker in workers:
        worker.start()
    waited = 0
    for _ in range(rounds):
        began = time.monotonic()
        builds = [
            subprocess.Popen(  # noqa: S603
                projects.command("build", tiny=tiny, options=[projects.TWO_PROCESSES]),
                env=projects.environment(home),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(2)
        ]
        for build in builds:
            said = build.communicate()[0]
            waited += "goes on when that one has ended" in said
            if build.returncode or "Traceback" in said:
                missed.append(f"a build ended with {build.returncode}: {said}")
        for folder in (home / "data" / "processed", home / "exports"):
            missed += [f"{folder.name}: {name} is not as the manifest says" for name in projects.wrong_hashes(folder)]
        print(f"two builds in {time.monotonic() - began:.0f} s", file=sys.stderr)
    stop.set()
    results: dict[str, Counter[str]] = {"builds that waited for the other": Counter({"": waited})}
    for _ in workers:
        number, seen = found.get()
        name = "imports" if number < 0 else READERS[number].__name__
        results[name] = Counter(seen)
        allowed = {"imports"} if number < 0 else known[number]
        missed += [f"{name}: {what}" for what in seen if what not in allowed]
    for worker in workers:
        worker.join()
    missed += [f"left behind: {name}" for name in projects.litter(home)]
    return results, missed


def main() -> None:
    """Run the attack."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="how often two builds are started at once")
    parser.add_argument("--whole", action="store_true", help="build the whole project, not the tiny one")
    given = parser.parse_args()
    ok = True
    with tempfile.TemporaryDirectory() as folder:
        built = projects.two_versions(Path(folder), partial(projects.build, tiny=not given.whole))
        for changing in (False, True):
            home = Path(folder) / f"home-{changing}"
            results, missed = attack(home, built, given.rounds, tiny=not given.whole, changing=changing)
            found = [
                f"{name}: " + ", ".join(f"{what} {count} times".strip() for what, count in seen.items())
                for name, seen in results.items()
            ]
            title = f"Two builds and five readers at once, data/raw {'changing' if changing else 'unchanged'}"
            ok = projects.report(title, found, missed) and ok
    sys.exit(not ok)


if __name__ == "__main__":
    main()
