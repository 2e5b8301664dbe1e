"""Tries to make the tracker lose a paper, or say that all is well when it is not.

    python bench/torture kills|faults|time --server STANDIN.py [--queries FILE] [--rounds 20] [--seed 1]
    python bench/torture refreshes [--rounds 200] [--seed 1]
    python bench/torture crashes [--rounds 40]
    python bench/torture years [--rounds 1000] [--minutes 10] [--seed 1]

``STANDIN.py`` is a test server that answers like arXiv and E-utilities (``--port``, ``--pace``, ``--until DAY``) and prints a
line once it is ready. Exit status 1 if anything was lost.

kills   a refresh killed with SIGKILL at a random moment, then a normal one: the database must be that of an undisturbed run,
        and no record of a page that had been stored may be asked for again.
faults  a random plan of faults before, between and after good answers: everything arrives, or exit code 3.
time    a week, a month and a year go by: each refresh finds exactly what a fresh harvest of that day has more, and the end
        is equal to a fresh harvest.
refreshes  many in a row on one database at full speed, two of five killed, at two tiny services of our own: no lock stays, no
        record goes, no table but the limited list of jobs outgrows a fresh database.
crashes  a refresh, a migration, a reclassification, loading a snapshot and a correction, each killed at statements, commits and
        renamings spread over its course, run on disks with 0 to 1,024 kB left, on one that is read-only or becomes so, on one whose
        power is cut, and beside a writer that holds on. The disks need root; what cannot be mounted is said and left out.
years   one refresh a simulated day in one process, random faults and a clock that is wrong at times: every fault mends itself, the
        age of the data is said as it is, and memory, handles, log and database do not grow but with the data.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from crashes import crashes
from proxy import FAULTS, Proxy
from refreshes import refreshes
from world import Facts, Tracker, serving
from years import years

LATENCY_SECONDS = 0.4
FIRST_DAY = date(2025, 6, 1)
STEPS = (timedelta(0), timedelta(days=7), timedelta(days=31), timedelta(days=365))


def main() -> int:
    """Run what was asked for; 1 if the tracker lost something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("kills", "faults", "time", "refreshes", "crashes", "years"))
    parser.add_argument("--server", type=Path, metavar="STANDIN.py", help="needed by kills, faults and time")
    parser.add_argument("--rounds", type=int, default=20, help="or simulated days")
    parser.add_argument("--minutes", type=float, default=10.0, help="years ends after so many, whatever --rounds says")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--queries", type=Path, default=Tracker.queries, metavar="FILE", help="what to ask for, for kills, faults and time")
    arguments = parser.parse_args()
    Tracker.queries = arguments.queries
    if arguments.server is None and arguments.what not in ("refreshes", "crashes", "years"):
        parser.error(f"{arguments.what} needs --server")
    chance = random.Random(arguments.seed)
    endless = partial(years, minutes=arguments.minutes)
    acts = {"kills": kills, "faults": faults, "time": travel, "refreshes": refreshes, "crashes": crashes, "years": endless}
    act = acts[arguments.what]
    losses = act(arguments.server, arguments.rounds, chance)
    for loss in losses:
        print(f"LOST    {loss}")
    print(f"{len(losses)} losses")
    return 1 if losses else 0


def kills(server: Path, rounds: int, chance: random.Random) -> list[str]:
    """Kill, refresh, compare."""
    losses: list[str] = []
    with serving(server) as proxy:
        whole, seconds = undisturbed(proxy)
        shared = twice(proxy)
        for number in range(rounds):
            proxy.reset()
            proxy.delay_seconds = LATENCY_SECONDS
            tracker = Tracker(proxy)
            moment = chance.uniform(0.3, seconds)
            process = tracker.start()
            time.sleep(moment)
            process.kill()
            process.communicate()
            stored, count = tracker.stored_of_unfinished(), len(tracker.facts())
            proxy.reset()
            code, _ = tracker.refresh()
            again = (stored - shared) & set().union(*(request.keys for request in proxy.requests))
            print(f"round {number + 1}: killed after {moment:.1f} s at {count} records, {len(again)} of them came again; exit {code}")
            if code or tracker.facts() != whole:
                losses.append(f"round {number + 1}: exit {code}, {difference(tracker.facts(), whole)}")
            if again:
                losses.append(f"round {number + 1}: {len(again)} stored records were asked for again")
            tracker.remove()
    return losses


def twice(proxy: Proxy) -> set[str]:
    """What came more than once in a run without trouble: windows of arXiv's results share a minute."""
    came = Counter(key for request in proxy.requests for key in request.keys)
    return {key for key, times in came.items() if times > 1}


def undisturbed(proxy: Proxy) -> tuple[Facts, float]:
    """What a refresh without trouble stores, and how long it takes."""
    proxy.delay_seconds = LATENCY_SECONDS
    tracker, started = Tracker(proxy), time.monotonic()
    code, _ = tracker.refresh()
    seconds, facts = time.monotonic() - started, tracker.facts()
    assert code == 0, code
    tracker.remove()
    print(f"undisturbed: {len(facts)} records in {seconds:.1f} s")
    return facts, seconds


def faults(server: Path, rounds: int, chance: random.Random) -> list[str]:
    """Spoil answers at random."""
    losses: list[str] = []
    codes: Counter[int] = Counter()
    with serving(server) as proxy:
        whole, _ = undisturbed(proxy)
        for number in range(rounds):
            proxy.reset()
            share = chance.choice((0.2, 0.5, 0.8, 0.95))
            proxy.choose = lambda service, share=share: chance.choice(FAULTS[service]) if chance.random() < share else "ok"
            tracker = Tracker(proxy)
            code, report = tracker.refresh()
            codes[code] += 1
            had = Counter(request.fault for request in proxy.requests)
            states = {name: (one["state"], one["received"]) for name, one in report["sources"].items()}
            print(f"round {number + 1}: exit {code}, {states}, {len(tracker.facts())} records; {dict(had)}")
            if code == 0 and tracker.facts() != whole:
                losses.append(f"round {number + 1}: exit 0 with {difference(tracker.facts(), whole)}")
            if code == 3 and not all(one["error"] for one in report["sources"].values() if one["state"] in ("failed", "incomplete")):
                losses.append(f"round {number + 1}: exit 3 without a word")
            if code not in (0, 3):
                losses.append(f"round {number + 1}: exit {code}")
            proxy.reset()
            mended, _ = tracker.refresh()
            if mended or tracker.facts() != whole:
                losses.append(f"round {number + 1}: afterwards exit {mended}, {difference(tracker.facts(), whole)}")
            tracker.remove()
    print(f"exit codes: {dict(codes)}")
    return losses


def travel(server: Path, _: int, __: random.Random) -> list[str]:
    """Let time go by; the address stays the same throughout, so that the tracker sees one service."""
    losses: list[str] = []
    front = Proxy("127.0.0.1:9")
    tracker, before = Tracker(front), Facts()
    for step in STEPS:
        day = FIRST_DAY + step
        with serving(server, "--until", day.isoformat()) as proxy:
            front.upstream = proxy.upstream
            code, report = tracker.refresh()
            whole, facts = fresh_harvest(proxy), tracker.facts()
        kept = facts.keys() - whole.keys()  # a later version that the query no longer finds: known before, and rightly kept
        expected = {
            "new": len(whole.keys() - before.keys()),
            "changed": sum(before[key][0] != facts[key][0] for key in before if key in facts),
        }
        counted = {name: sum(one[name] for one in report["sources"].values()) for name in expected}
        requests = sum(one["requests"] for one in report["sources"].values())
        print(f"until {day}: {counted} of {expected}; {len(facts)} stored, {len(kept)} no longer found; {requests} requests, exit {code}")
        if code or counted != expected or not kept <= before.keys() or {key: facts[key] for key in facts if key not in kept} != whole:
            losses.append(f"until {day}: exit {code}, {difference(facts, whole)}")
        before = facts
    front.close()
    tracker.remove()
    return losses


def fresh_harvest(proxy: Proxy) -> Facts:
    """What a tracker that starts today stores."""
    tracker = Tracker(proxy)
    tracker.refresh()
    facts = tracker.facts()
    tracker.remove()
    return facts


def difference(facts: Facts, whole: Facts) -> str:
    """Where two sets of facts differ, in words."""
    missing, extra = sorted(whole.keys() - facts.keys()), sorted(facts.keys() - whole.keys())
    other = sorted(key for key in facts.keys() & whole.keys() if facts[key] != whole[key])
    return f"{len(missing)} missing {missing[:3]}, {len(extra)} too many {extra[:3]}, {len(other)} different {other[:3]}"


if __name__ == "__main__":
    sys.exit(main())
