"""`guiwei studio render | spoil | prove | sheet`: sample clips whose truth is known.

Only `render` needs Blender, and only for passes that are not in the cache; it then starts the studio's own environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from guiwei.language_option import Speech, Spoken
from models.domain.errors import SourceError
from models.texts import Language, both, text
from sample_videos.studio.gallery import clips_of, write_sheet
from sample_videos.studio.proof import SOLE_M, Proof, prove
from sample_videos.studio.render import Order, render
from sample_videos.studio.renewal import renew
from sample_videos.studio.shot import read_shot
from sample_videos.studio.spoil import read_spoil, spoil
from sample_videos.studio.truth import TRUTH_FILE, read_truth
from sample_videos.studio.workshop import ROOT, Workshop

app = typer.Typer(help=both("studio.help.app"), no_args_is_help=True)

SAMPLES = ROOT / "sample_videos"
GEOMETRY_P95_PX = 1.5
"""Issue 4: labels and ChArUco corners within 1.5 px (p95) of what the truth projects."""

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help=both("studio.help.out"))]
Report = Callable[[str, int, int], None]


@app.command("render")
def render_shot(
    shot: Annotated[Path, typer.Argument(metavar="SHOT.yaml", help=both("studio.help.shot"), show_default=False)],
    out: Out,
    seed: Annotated[int, typer.Option(help=both("studio.help.seed"))] = 1,
    cache: Annotated[Path | None, typer.Option(metavar="DIR", help=both("studio.help.cache"))] = None,
    preview: Annotated[bool, typer.Option("--preview", help=both("studio.help.preview"))] = False,
    language: Spoken = Speech.ZH,
) -> None:
    """渲染一份拍摄单：录像、真值、现场文件夹 / Render a shot: recording, truth, site folder."""
    order = Order(read_shot(shot), seed, out, cache or Path(".guiwei") / "studio", Workshop.here(), preview)
    with _headway(language.value) as report:
        render(order, report)
    _tell(out, language.value)


@app.command("spoil")
def spoil_clip(
    file: Annotated[
        Path, typer.Argument(metavar="SPOIL.yaml", help=both("studio.help.spoil_file"), show_default=False)
    ],
    out: Out,
    samples: Annotated[Path, typer.Option(metavar="DIR", help=both("studio.help.samples"))] = SAMPLES,
    language: Spoken = Speech.ZH,
) -> None:
    """给已有样片加扰动，不重新渲染 / Spoil a finished clip; nothing is rendered anew."""
    told = read_spoil(file)
    with _headway(language.value) as report:
        spoil(samples / told.of, told, out, report)
    _tell(out, language.value)


@app.command("prove")
def prove_clips(
    clips: Annotated[list[Path], typer.Argument(metavar="CLIP...", help=both("studio.help.clips"), show_default=False)],
    language: Spoken = Speech.ZH,
) -> None:
    """核对画面与真值：标签、棋盘角点、鞋底 / Prove pictures against truth: labels, ChArUco corners, soles."""
    table = Table()
    for column in (
        "clip",
        "labels",
        "labels_p95",
        "corners",
        "corners_p95",
        "tops",
        "tops_p95",
        "soles",
        "soles_worst",
    ):
        table.add_column(text(f"studio.column.{column}", language.value))
    off = []
    for clip in clips:
        proof = prove(clip)
        labels, corners = Proof.p95(proof.labels_px), Proof.p95(proof.corners_px)
        tops = Proof.p95(proof.tops_px)
        worst = max((abs(s) for s in proof.soles_m), default=None)
        counts = (
            len(proof.labels_px),
            labels,
            len(proof.corners_px),
            corners,
            len(proof.tops_px),
            tops,
            len(proof.soles_m),
        )
        cells = ["—" if v is None else f"{v:.2f}" if isinstance(v, float) else str(v) for v in counts]
        table.add_row(proof.clip, *cells, "—" if worst is None else f"{1000 * worst:.1f}")
        if max(labels or 0.0, corners or 0.0) > GEOMETRY_P95_PX or (worst or 0.0) > SOLE_M:
            off.append(proof.clip)
    Console().print(table)
    if off:
        raise SourceError(
            both("studio.proof.off"),
            where=", ".join(off),
            expected=f"p95 <= {GEOMETRY_P95_PX} px, soles <= {1000 * SOLE_M:.0f} mm",
        )


@app.command("sites")
def site_files(
    samples: Annotated[Path, typer.Option(metavar="DIR", help=both("studio.help.samples"))] = SAMPLES,
    language: Spoken = Speech.ZH,
) -> None:
    """按拍摄单重写样片的 site.yaml 与应有事件，不重新渲染 / The clips' site files and expected incidents anew."""
    for clip in clips_of(samples):
        for file in renew(clip, samples / "shots"):
            Console(soft_wrap=True).print(text("studio.site", language.value, file=file), markup=False)


@app.command("sheet")
def contact_sheet(
    samples: Annotated[Path, typer.Option(metavar="DIR", help=both("studio.help.samples"))] = SAMPLES,
    page: Annotated[Path, typer.Option(metavar="FILE", help=both("studio.help.page"))] = ROOT / "docs" / "samples.md",
    language: Spoken = Speech.ZH,
) -> None:
    """所有样片的总览页 / The contact sheet of all sample clips."""
    written = write_sheet(samples, page, page.parent / "pictures" / "samples")
    Console(soft_wrap=True).print(text("studio.sheet", language.value, page=written), markup=False)


@contextmanager
def _headway(language: Language) -> Iterator[Report]:
    """Takes (camera, frames done, frames in all)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks = {}

        def report(camera: str, done: int, total: int) -> None:
            if camera not in tasks:
                tasks[camera] = bar.add_task(text("studio.rendering", language, camera=camera), total=total)
            bar.update(tasks[camera], completed=done)

        yield report


def _tell(out: Path, language: Language) -> None:
    console, truth = Console(soft_wrap=True), read_truth(out / TRUTH_FILE)
    for camera in truth.cameras.values():
        size = f"{(out / camera.file).stat().st_size / 1e6:.2f}"
        kb = (out / TRUTH_FILE).stat().st_size // 1000
        told = text("studio.done", language, clip=truth.clip, file=camera.file, size_mb=size, truth_kb=kb)
        console.print(told, markup=False)
    for one in truth.expected:
        subject = one.subject or "*"
        told = text("studio.expected", language, code=one.code, verdict=one.verdict, subject=subject, why=one.why)
        console.print(told, markup=False)
