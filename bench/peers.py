"""The frontier, and what else is asked of it, by NegMAS and by moocore, from utilities that are ready.

Run by `cargo xtask bench peers`, which reads what this prints: fields parted by tabs.
`versions` lists what is installed; `negmas FILE PARTIES` and `moocore FILE PARTIES` measure one of them on a
file of doubles, a row for each outcome and a column for each party. Without a deal everyone has zero.
"""

import platform
import sys
import time
from importlib.metadata import version
from statistics import median

import numpy as np

LONG_ENOUGH_SECONDS = 1.0
MOST_RUNS = 1000


class NoDeal:
    """A party, as far as NegMAS asks when frontier and ranges are given."""

    reserved_value = 0.0


def by_negmas(points):
    """Frontier, Nash and egalitarian point, each by the function that NegMAS recommends."""
    from negmas.preferences.ops import kalai_points, nash_points, pareto_frontier_numpy

    parties = [NoDeal()] * points.shape[1]
    ranges = [(0.0, float(best)) for best in points.max(axis=0)]

    def run():
        frontier = list(map(tuple, points[pareto_frontier_numpy(points)].tolist()))
        nash = nash_points(parties, frontier, ranges=ranges)
        egalitarian = kalai_points(parties, frontier, ranges=ranges)
        return frontier, nash[0][0], egalitarian[0][0]

    seconds, (frontier, nash, egalitarian) = timed(run)
    return seconds, np.array(frontier), np.prod(nash), min(egalitarian)


def by_moocore(points):
    """The filter alone. It minimises, so that signs are turned before; what is asked of the frontier is not timed."""
    import moocore

    turned = np.ascontiguousarray(-points)
    seconds, kept = timed(lambda: moocore.is_nondominated(turned))
    frontier = points[kept]
    return seconds, frontier, frontier.prod(axis=1).max(), frontier.min(axis=1).max()


def timed(run):
    """The middle one of several times, after a run that is not counted."""
    result = run()
    times = []
    begin = time.perf_counter()
    while not times or (time.perf_counter() - begin < LONG_ENOUGH_SECONDS and len(times) < MOST_RUNS):
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return median(times), result


def kilobytes():
    """The most memory this process has had, where the system tells."""
    try:
        with open("/proc/self/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0


def main(words):
    if words == ["versions"]:
        for package in ("negmas", "moocore", "numpy"):
            print(f"{package}=={version(package)}")
        print(f"Python {platform.python_version()}")
        return
    program, path, n_parties = words
    points = np.fromfile(path, dtype="<f8").reshape(-1, int(n_parties))
    measured = {"negmas": by_negmas, "moocore": by_moocore}[program]
    seconds, frontier, nash, egalitarian = measured(points)
    print(seconds, len(frontier), frontier.sum(), nash, egalitarian, kilobytes(), sep="\t")


main(sys.argv[1:])
