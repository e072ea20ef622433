"""Kill `analysis build` at many moments: what is there afterwards must be the old or the new, whole.

`python -m attacks.kills --kills 200 --seed 1` builds a tiny project over and over, each time with the other of two
versions of the tables, and kills it:

- at any moment of its run,
- at the moment when all is written and takes its place,
- before each change that it makes to the project's files from then on, and before some of the others; also as where
  the system cannot exchange two folders at one stroke.

The tiny project has all tables, but one chart and two areas, and nothing is drawn: what checks, writes, locks and
replaces is the code of the product. `--real N` kills N builds of the whole project. After each kill, data/processed and
exports are compared with what whole builds made; after some, the next build must succeed and leave nothing but what it
built. Needs a system that can fork.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from attacks import command, events, projects

Prepare = Callable[[], Callable[[], None] | None]
"""Something to do in a build's process before it begins; may give something to do at its end."""

PATIENCE = 600.0
"""Seconds after which a build is held to hang."""
LIFE_AFTER_DEATH = 30.0
"""Seconds that the second process of a killed build may live on: one that still loads modules ends after that."""
TORN = "torn"


class Build:
    """A build in a process group of its own, forked where all modules are loaded, or started as the command is."""

    def __init__(self, home: Path, *, tiny: bool, prepare: Prepare = lambda: None) -> None:
        """Start it."""
        self.said = tempfile.TemporaryFile()  # noqa: SIM115
        self.began = time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None
        self._status: int | None = None
        if tiny:
            self.pid = os.fork()
            if not self.pid:
                self._become(home, prepare)
        else:
            self._process = subprocess.Popen(  # noqa: S603
                projects.command("build"),
                env=projects.environment(home),
                stdout=self.said,
                stderr=self.said,
                start_new_session=True,
            )
            self.pid = self._process.pid

    def _become(self, home: Path, prepare: Prepare) -> None:
        status = 1
        finish = None
        try:
            os.setsid()
            for stream in (1, 2):
                os.dup2(self.said.fileno(), stream)
            os.environ["ANALYSIS_HOME"] = str(home)
            sys.argv = ["analysis", "build"]
            finish = prepare()
            from analysis import cli

            cli.main()
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        finally:
            if finish:
                finish()
            sys.stdout.flush()
            os._exit(status)

    def ended(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        if self._process:
            return self._process.poll()
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = os.waitstatus_to_exitcode(status) if pid else None
        return self._status

    def wait(self, until: Callable[[], bool] = lambda: False, patience: float = PATIENCE) -> int | None:
        """Wait for its end, or for something to be so."""
        while (status := self.ended()) is None and not until():
            if time.monotonic() - self.began > patience:
                os.killpg(self.pid, signal.SIGKILL)
                raise TimeoutError("the build hangs")
            time.sleep(0.003)
        return status

    def survivors(self) -> float:
        """Seconds until the last process of its group was gone."""
        start = time.monotonic()
        while time.monotonic() - start < 6 * LIFE_AFTER_DEATH:
            try:
                os.killpg(self.pid, 0)
            except ProcessLookupError:
                break
            time.sleep(0.01)
        return time.monotonic() - start

    def words(self) -> str:
        """What it said so far."""
        self.said.seek(0)
        return self.said.read().decode()


class Kills:
    """The kills of one run, and what they left."""

    def __init__(self, versions: projects.Versions, *, tiny: bool, follow_every: int, dice: random.Random) -> None:
        """Begin with whole builds of the first version."""
        self.versions, self.tiny, self.follow_every, self.dice = versions, tiny, follow_every, dice
        self.home = versions.home
        self.found: Counter[str] = Counter()
        self.missed: list[str] = []
        self.lived_on: list[float] = []
        self.lasted: list[float] = []

    def kill(self, kind: str, end: Callable[[Build], None], prepare: Prepare = lambda: None) -> int | None:
        """Start a build of the other version, end it, and look at what stands there; give its exit status."""
        before = self.versions.standing()
        new = 1 - before[1] if before[1] is not None else 0
        self.versions.use(new)
        build = Build(self.home, tiny=self.tiny, prepare=prepare)
        end(build)
        status = build.wait()
        self.found[f"tried: {kind}"] += 1
        self.found["killed" if status == -signal.SIGKILL else "had ended before" if status == 0 else "other end"] += 1
        if status == 0:
            self.lasted.append(time.monotonic() - build.began)
        if status not in (0, -signal.SIGKILL):
            self.missed.append(f"{kind}: ended with {status}: {build.words()}")
        after = self.versions.standing()
        left = "both new" if after == (new, new) else TORN if status == 0 else self._left(before, new, after, kind)
        self.found[left] += 1
        if left == TORN:
            self.missed.append(f"{kind}: ended with {status}, stood {before}, was to be {new}, stands {after}")
        lived = build.survivors()
        self.lived_on.append(lived)
        if lived > LIFE_AFTER_DEATH:
            self.missed.append(f"{kind}: the second process lived on for {lived:.0f} s")
        if "Traceback" in build.words():
            self.found["the second process printed a traceback"] += 1
        if None in after or len(self.lived_on) % self.follow_every == 0:
            self.follow()
        return status

    def _left(self, before: projects.Standing, new: int, after: projects.Standing, kind: str) -> str:
        """What a build that was cut off left."""
        if after == before:
            return "both old"
        if after == (new, before[1]):
            return "processed new and exports old, each whole"
        folders = (self.home / "data" / "processed", self.home / "exports")
        there = tuple(folder.exists() for folder in folders)
        away = {(None, before[1]): (False, True), (new, None): (True, False)}
        if "two renames" in kind and away.get(after) == there:
            return "two renames only: away until the next command"
        return TORN

    def follow(self) -> None:
        """Build once more with no hand at it: it succeeds, both folders are whole, and nothing else is left."""
        new = self.dice.randrange(2)
        self.versions.use(new)
        if projects.litter(self.home):
            self.found["leavings that the next build had to clear"] += 1
        build = Build(self.home, tiny=self.tiny)
        status = build.wait()
        self.lasted.append(time.monotonic() - build.began)
        self.found["next builds"] += 1
        left = projects.litter(self.home)
        if status != 0 or self.versions.standing() != (new, new) or left:
            self.missed.append(f"the next build ended with {status}, stands {self.versions.standing()}, left {left}")

    def at_random(self) -> None:
        """At any moment; at times the whole group at once."""
        longest = 1.05 * statistics.median(self.lasted[-5:])
        moment = self.dice.uniform(0, longest)
        group = self.dice.random() < 0.25

        def end(build: Build) -> None:
            build.wait(until=lambda: time.monotonic() - build.began > moment)
            _kill(build, group)

        self.kill(
            "random moment, whole group" if group else "random moment, the command alone", end, self._second_process()
        )

    def at_the_swap(self) -> None:
        """Within a hundredth of a second or so after all is written."""
        delay = self.dice.expovariate(1 / 0.015)

        def end(build: Build) -> None:
            build.wait(until=lambda: any(self.home.glob(".exports-analysis-new-*/manifest.json")))
            written = time.monotonic()
            build.wait(until=lambda: time.monotonic() - written > delay)
            _kill(build, False)

        self.kill("as all takes its place", end)

    def at_event(self, number: int, two_renames: bool) -> None:
        """Before one change to the project's files."""

        def prepare() -> None:
            _watch(self.home, number, two_renames)

        kind = "before a change" + (", two renames" if two_renames else "")
        if self.kill(kind, lambda build: None, prepare) != -signal.SIGKILL:
            self.missed.append(f"{kind}: the build made fewer than {number}")

    def events(self, two_renames: bool) -> list[str]:
        """The changes that a build makes."""
        listed = self.home / "events.txt"

        def prepare() -> Callable[[], None]:
            watched = _watch(self.home, 0, two_renames)

            def finish() -> None:
                listed.write_text("\n".join(watched.seen), "utf-8")

            return finish

        build = Build(self.home, tiny=True, prepare=prepare)
        if build.wait():
            raise RuntimeError(build.words())
        self.lasted.append(time.monotonic() - build.began)
        seen = listed.read_text("utf-8").splitlines()
        listed.unlink()
        return seen

    def _second_process(self) -> Prepare:
        """Half of the builds have a second process write areas."""
        processes = self.dice.choice((1, 2))
        return (lambda: command.write_areas_by(processes)) if self.tiny else lambda: None


def _watch(home: Path, at: int, two_renames: bool) -> events.Events:
    command.write_areas_by(1)
    if two_renames:
        events.without_exchange()
    else:
        events.watch_exchanges()
    return events.Events(home, at, events.kill)


def _kill(build: Build, group: bool) -> None:
    try:
        (os.killpg if group else os.kill)(build.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _load() -> None:
    """Load what a build needs, so that a forked one need not; nothing is computed, so that no thread runs yet."""
    command.make_tiny()
    command.write_areas_by(2)
    from analysis import building, cli, cohorts  # noqa: F401
    from analysis.catalogue import method  # noqa: F401


def attack(home: Path, kills: int, *, tiny: bool, seed: int, follow_every: int) -> Kills:
    """Kill so many builds.

    Args:
        home: an empty folder.
        kills: how many.
        tiny: builds of the tiny project.
        seed: of the dice.
        follow_every: after how many kills the next build must succeed; it always must where one folder is away.
    """
    dice = random.Random(seed)  # noqa: S311
    if tiny:
        _load()
    lasted: list[float] = []

    def build(project: Path) -> None:
        whole = Build(project, tiny=tiny)
        if whole.wait():
            raise RuntimeError(whole.words())
        lasted.append(time.monotonic() - whole.began)

    versions = projects.Versions(home / "home", projects.two_versions(home, build))
    made = Kills(versions, tiny=tiny, follow_every=follow_every, dice=dice)
    made.lasted += lasted
    acts: list[Callable[[], None]] = []
    if tiny:
        for two_renames in (False, True):
            changes = made.events(two_renames)
            last = max(number for number, change in enumerate(changes, start=1) if "/manifest.json" in change)
            numbers = list(range(last, len(changes) + 1))
            others = dice.sample(range(1, last), min(last - 1, max(1, kills // 20)))
            acts += [lambda n=n, t=two_renames: made.at_event(n, t) for n in [*numbers, *others]]  # type: ignore[misc]
    acts = dice.sample(acts, min(len(acts), (kills + 1) // 2))
    while len(acts) < kills:
        acts.append(made.at_random if dice.random() < 0.65 else made.at_the_swap)
    dice.shuffle(acts)
    for number in projects.each(range(len(acts)), "kills" if tiny else "kills of the whole project"):
        acts[number]()
    made.follow()
    return made


def main() -> None:
    """Run the attack."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="of builds of the tiny project")
    parser.add_argument("--real", type=int, default=0, help="of builds of the whole project")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--follow-every", type=int, default=5, help="kills after which the next build must succeed")
    given = parser.parse_args()
    whole = True
    for tiny, kills in ((True, given.kills), (False, given.real)):
        if not kills:
            continue
        with tempfile.TemporaryDirectory() as folder:
            made = attack(Path(folder), kills, tiny=tiny, seed=given.seed, follow_every=given.follow_every)
        found = [
            *projects.counted(made.found),
            f"second processes were gone within {max(made.lived_on):.2f} s "
            f"(median {statistics.median(made.lived_on):.2f} s)",
        ]
        title = f"Kills of builds of the {'tiny' if tiny else 'whole'} project, seed {given.seed}"
        whole = projects.report(title, found, made.missed) and whole
    sys.exit(not whole)


if __name__ == "__main__":
    main()
