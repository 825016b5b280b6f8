"""The picture of `bench growth`: what each event costs while a ledger grows, beside SQLite."""

from pathlib import Path
from typing import TYPE_CHECKING

from .options import Options

if TYPE_CHECKING:
    from .large import Curve

NAME = "performance-growth.svg"
PANELS = (
    ("rates", "events a second (log)"),
    ("peaks", "MiB of memory at most"),
    ("beyond", "bytes an event beside its block"),
)


def draw(ours: "Curve", sqlite: "Curve", options: Options) -> Path:
    """Draw both curves; the file."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.fonttype"] = "none"  # text stays text
    matplotlib.rcParams["svg.hashsalt"] = NAME  # the same figures give the same bytes
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, len(PANELS), figsize=(12, 3.5), layout="constrained")
    for panel, (what, label) in zip(panels, PANELS, strict=True):
        for name, curve in (("lineseal", ours), ("SQLite", sqlite)):
            millions = [events / 1e6 for events in curve.events]
            panel.plot(millions, getattr(curve, what), label=name, marker=".")
        panel.set(title=label, xlabel="million events")
        panel.grid(visible=True, alpha=0.3)
    panels[0].set(yscale="log")
    for panel in panels[1:]:
        panel.set(ylim=(0, None))
    panels[0].legend()
    options.draw.mkdir(parents=True, exist_ok=True)
    path = options.draw / NAME
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return path
