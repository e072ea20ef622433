"""Bad input for every reader: each mutant of a release is refused with file, place and rule, or changes nothing.

`python -m attacks.readers` (with `tests`, `tests/sources` and `tests/passages` on the path) makes whole releases from
the curated tables, so that it needs no download; where ANALYSIS_SOURCES names a folder with the releases, it takes some
of them, too. Each mutant goes the way of `analysis import`: it is read, merged and, where it would change something,
written to a copy of `data/raw`, which must then obey every rule. A sample goes through the command itself.
"""

from __future__ import annotations

import argparse
import collections
import csv
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.passages import list_passages
from analysis.schema import check
from analysis.sources import catalogue, merge
from analysis.sources.reading import Reading
from attacks import projects, releases
from attacks.mutants import ROWS, SAME, VALUE, Mutant, mutants
from attacks.projects import RAW
from attacks.releases import Base

LONGEST_SECONDS = 30
LONGEST_MESSAGE = 20_000

OUTCOMES = ("refused", "refused on writing", "harmless", "shown as removed", "another value", "missed")
"""What became of a mutant.

`shown as removed`: a whole file with fewer rows, each of which the import lists as removed; `another value`: a whole
file that says something else, which no reader can know to be wrong.
"""


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant, and what was said."""

    kind: str
    said: str


class Late(BaseException):
    """A reader that does not come to an end."""


@contextmanager
def _in_time() -> Iterator[None]:
    def late(*_: object) -> None:
        raise Late

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(LONGEST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def put(files: releases.Files, place: Path) -> list[Path]:
    """Write the files of a mutant into a folder of their own, and give their paths."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    return [place / name for name in files]


class Attack:
    """Runs mutants of one base against its reader."""

    def __init__(self, base: Base, folder: Path) -> None:
        self.base, self.folder = base, folder
        self.raw = folder / "raw"
        shutil.copytree(RAW, self.raw, dirs_exist_ok=True)
        self.before = projects.tree(self.raw)
        self.sound = self._read(put(base.files, folder / "files"))
        assert not (base.whole and merge.merge(self.sound, base.tables)), f"{base.source}: the base changes the tables"

    def _read(self, paths: list[Path]) -> Reading:
        return catalogue.read(self.base.source, paths, self.base.tables, lambda what, done, total: None)

    def run(self, mutant: Mutant) -> Outcome:
        """Give the reader a mutant, and say what became of it."""
        files = mutant.files()
        paths = put(files, self.folder / "files")
        changed = [name for name, content in files.items() if self.base.files.get(name) != content]
        try:
            with _in_time():
                return self._judge(mutant, paths)
        except AnalysisError as error:
            together = self.base.source == "authorities"
            return _refusal("refused", str(error), [Path(n).stem for n in (files if together else changed)])
        except Late:
            return Outcome("missed", f"no end within {LONGEST_SECONDS} seconds")
        except Exception:
            return Outcome("missed", traceback.format_exc(limit=-4))

    def _judge(self, mutant: Mutant, paths: list[Path]) -> Outcome:
        reading = self._read(paths)
        if self.base.kind in ("text", "pdf") and paths:
            _try_passages(paths[0])
        if _rows(reading) == _rows(self.sound):
            return Outcome("harmless", "")
        is_part = mutant.may == ROWS and _is_part(reading, self.sound)
        if not self.base.whole and not is_part and mutant.may != VALUE:
            return Outcome("missed", "read as something else")
        merged = merge.merge(reading, self.base.tables)
        if not merged:
            return Outcome("harmless", "other rows, and the tables stay as they are")
        stopped = self._write(merged)
        if stopped:
            return stopped
        if mutant.may == VALUE:
            return Outcome("another value", _changes(merged))
        removed = any(change.removed for change in merged.changes.values())
        other = any(change.added or change.changed for change in merged.changes.values())
        shown = removed and not other if self.base.whole else is_part
        return Outcome("shown as removed" if mutant.may == ROWS and shown else "missed", _changes(merged))

    def _write(self, merged: merge.Merge) -> Outcome | None:
        """Write what a mutant changes, and put the tables back; nothing where it was written and obeys every rule."""
        try:
            merge.write(merged, self.raw)
        except AnalysisError as error:
            untouched = projects.tree(self.raw) == self.before
            return Outcome("refused on writing" if untouched else "missed", str(error))
        faults = check.check(self.raw).faults
        shutil.rmtree(self.raw)
        shutil.copytree(RAW, self.raw)
        return Outcome("missed", f"written, against a rule: {faults[0]}") if faults else None


def _try_passages(path: Path) -> None:
    try:
        list_passages(path)
    except AnalysisError:
        return


def _rows(reading: Reading) -> list[tuple[str, list[tuple[object, ...]]]]:
    return [(c.table, c.rows.drop("source_id", "report_sha256", strict=False).rows()) for c in reading.contributions]


def _is_part(reading: Reading, sound: Reading) -> bool:
    """Whether a reading has no row that the sound one has not."""
    known = {table: set(rows) for table, rows in _rows(sound)}
    return all(set(rows) <= known[table] for table, rows in _rows(reading))


def _changes(merged: merge.Merge) -> str:
    changed = {name: change for name, change in merged.changes.items() if change}
    return "written: " + "; ".join(f"{name} {change}"[:300] for name, change in changed.items())


def _refusal(kind: str, said: str, files: list[str]) -> Outcome:
    if files and not any(name in said for name in files):
        return Outcome("missed", f"the message names no file: {said}")
    if len(said) > LONGEST_MESSAGE:
        return Outcome("missed", f"the message has {len(said):,} characters")
    return Outcome(kind, said)


def bases(folder: Path) -> list[Base]:
    """A release of every source, made from the curated tables."""
    tables = merge.read_raw(RAW)
    coded = releases.coded(tables, folder)
    return [
        *releases.authorities(tables),
        releases.outcomes(tables, folder, "ods", 12),
        releases.outcomes(tables, folder, "xlsx", None),
        releases.assessments(tables),
        releases.children(tables),
        releases.neighbours(tables),
        releases.registry(tables),
        *releases.reports(tables, folder),
        coded,
        releases.coded_book(coded, folder),
    ]


REAL = {
    "assessments": ("csv", "official/c3_*.csv"),
    "children": ("csv", "official/ons_*.csv"),
    "neighbours": ("csv", "official/sn_model*.csv"),
    "cqc-reviews": ("csv", "cqc/cqc_reviews.csv"),
}


def real_bases(folder: Path) -> list[Base]:
    """The published releases themselves, where they are to hand."""
    tables = merge.read_raw(RAW)
    found = []
    for source, (kind, pattern) in REAL.items():
        for path in folder.glob(pattern):
            content = path.read_bytes()
            if content.endswith(b"\n"):
                cells = list(csv.reader(content.decode("utf-8-sig").splitlines()))
                found.append(Base(source, kind, {path.name: content}, path.name, tables, whole=True, cells=cells))
    for path in [*sorted(folder.glob("reports/text/*.txt"))[:2], *sorted(folder.glob("reports/pdf/*.pdf"))[:1]]:
        kind = "text" if path.suffix == ".txt" else "pdf"
        pages = (folder / "reports" / "text" / f"{path.stem}.txt").read_text("utf-8").split("\f")
        found.append(Base("reports", kind, {path.name: path.read_bytes()}, path.name, tables, pages=pages))
    return found


def by_command(base: Base, sample: Iterable[Mutant], folder: Path) -> Iterator[tuple[Mutant, Outcome]]:
    """Give mutants to the command line, with --write where the tables hold all of it, on a copy of the project."""
    home, place = folder / "home", folder / "given"
    write = ["--write"] if base.whole else []
    for mutant in sample:
        for used in (home, place):
            shutil.rmtree(used, ignore_errors=True)
        projects.copy(home)
        paths = put(mutant.files(), place)
        before = projects.tree(home)
        try:
            done = projects.run(home, "import", base.source, *write, *map(str, paths), patience=LONGEST_SECONDS * 4)
        except subprocess.TimeoutExpired as late:
            yield mutant, Outcome("missed", str(late))
        else:
            yield mutant, _of_command(mutant, done, untouched=projects.tree(home) == before)


def _of_command(mutant: Mutant, done: subprocess.CompletedProcess[str], *, untouched: bool) -> Outcome:
    if "Traceback" in done.stderr or done.returncode not in (0, 1):
        return Outcome("missed", done.stderr[-2000:])
    if done.returncode == 1:
        answered = untouched and done.stderr.startswith("analysis: ")
        return Outcome("refused" if answered else "missed", done.stderr[-2000:])
    if done.stderr:
        return Outcome("missed", f"words on standard error: {done.stderr[-2000:]}")
    if untouched:
        return Outcome("harmless", done.stdout[-500:])
    more = re.search(r"[1-9][\d,]* (added|cells changed)", done.stdout)
    written = {SAME: "missed", ROWS: "missed" if more else "shown as removed", VALUE: "another value"}
    return Outcome(written[mutant.may], done.stdout[-2000:])


def main(arguments: list[str] | None = None) -> int:
    """Run the attack; the exit status is 1 where a mutant was missed."""
    parser = argparse.ArgumentParser(prog="python -m attacks.readers", description=__doc__)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=4, help="how many mutants of each kind with a random place")
    parser.add_argument(
        "--commands", type=int, default=3, help="how many mutants of each release go through the command"
    )
    parser.add_argument("--real", type=int, default=12, help="how many mutants of each published release")
    parser.add_argument("--only", help="one source alone")
    parser.add_argument("--show", type=int, default=20, help="how many misses to print whole")
    given = parser.parse_args(arguments)
    counts: collections.Counter[tuple[str, str, str]] = collections.Counter()
    misses: list[str] = []
    started = time.monotonic()

    def take(what: str, mutant: Mutant, outcome: Outcome) -> None:
        counts[what, mutant.group, outcome.kind] += 1
        if outcome.kind == "missed":
            misses.append(f"{what}: {mutant.group}: {mutant.name}\n    {outcome.said}")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        real = Path(os.environ.get("ANALYSIS_SOURCES", "(not set)"))
        made = [(base, False) for base in bases(folder)] + [(base, True) for base in real_bases(real)]
        for base, published in made:
            if given.only and base.source != given.only:
                continue
            what = f"{base.source}, {base.kind}{' (published)' if published else ''}"
            attack = Attack(base, folder / "attack")
            rng = random.Random(given.seed)  # noqa: S311
            tried = list(mutants(base, given.seed, 1 if published else given.rounds))
            if published:
                tried = rng.sample(tried, min(given.real, len(tried)))
            for mutant in tried:
                take(what, mutant, attack.run(mutant))
            for mutant, outcome in by_command(base, rng.sample(tried, min(given.commands, len(tried))), folder):
                take(f"{base.source}, by command", mutant, outcome)
    _print(counts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{time.monotonic() - started:,.0f} seconds; at most {peak:,.0f} MB")
    for miss in misses[: given.show]:
        print("missed:", miss)
    return 1 if misses else 0


def _print(counts: collections.Counter[tuple[str, str, str]]) -> None:
    print(f"{'reader':<28}{'mutants':<14}{'tried':>7}" + "".join(f"{kind:>20}" for kind in OUTCOMES))
    for what, group in sorted({(what, group) for what, group, _ in counts}):
        numbers = [counts[what, group, kind] for kind in OUTCOMES]
        print(f"{what:<28}{group:<14}{sum(numbers):>7}" + "".join(f"{n:>20}" for n in numbers))
    numbers = [sum(n for (_, _, k), n in counts.items() if k == kind) for kind in OUTCOMES]
    print(f"{'all':<42}{sum(numbers):>7}" + "".join(f"{n:>20}" for n in numbers))


if __name__ == "__main__":
    sys.exit(main())
