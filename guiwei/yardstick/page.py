"""The report as one HTML file: no script, no address outside it, every picture inside it.

A figure that counts misses or false alarms is a link to their pictures.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib import resources

from guiwei.yardstick.evaluation import Evaluated
from guiwei.yardstick.figures import SLIPS_AT
from guiwei.yardstick.floors import Step
from guiwei.yardstick.plots import calibration_png
from guiwei.yardstick.sample import Slip, SlipKind
from guiwei.yardstick.scoring import ClipScore
from guiwei.yardstick.stages import STAGES
from guiwei.yardstick.stills import Still
from guiwei.yardstick.summary import number, percent
from models.domain.rules import PLANNED
from models.texts import Language, catalogue, text

Cells = Sequence[str]
SEVERE = {SlipKind.MISS: "miss", SlipKind.FALSE_ALARM: "false"}


def page(done: Evaluated, steps: Sequence[Step], language: Language) -> str:
    """The whole document. steps: the floors beside the figures; empty where none were asked for."""
    writer = _Writer(done, language)
    parts = [
        writer.head(),
        writer.summary(steps),
        writer.codes(),
        writer.quantities(),
        writer.tracking(),
        writer.calibration(),
        writer.slips(),
        writer.expectations(),
        writer.floors(steps),
        writer.stages(),
        "</main></body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


class _Writer:
    def __init__(self, done: Evaluated, language: Language) -> None:
        self._done, self._report, self._language = done, done.report, language
        self._pictured = _by_anchor(done.stills)

    def _t(self, key: str, **places: object) -> str:
        return escape(text(f"eval.page.{key}", self._language, **places))

    def head(self) -> str:
        style = resources.files("guiwei.yardstick").joinpath("page.css").read_text(encoding="utf-8")
        lang = "zh-CN" if self._language == "zh" else "en"
        return (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{self._t('title')}</title><style>{style}</style></head><body><main>"
            f"<h1>{self._t('title')}</h1>"
        )

    def summary(self, steps: Sequence[Step]) -> str:
        clips, stages = self._report["clips"], self._report["stages"]
        missed, false = sum(c["n_missed"] for c in clips), sum(c["n_false"] for c in clips)
        hit = sum(c["n_hit"] for c in clips)
        fell = sum(step.fell for step in steps)
        tiles = [
            (str(len(clips)), self._t("clips"), ""),
            (f"{hit} / {hit + missed}", self._t("found"), "bad" if missed else "good"),
            (str(false), self._t("false"), "bad" if false else "good"),
            (number(stages["film_s"]) + " s", self._t("film"), ""),
            (number(stages["wall_s"]) + " s", self._t("wall"), ""),
        ]
        if steps:
            tiles.append((str(fell), self._t("fell"), "bad" if fell else "good"))
        return (
            '<section class="tiles">'
            + "".join(
                f'<div class="tile {kind}"><b>{value}</b><span>{label}</span></div>' for value, label, kind in tiles
            )
            + "</section>"
        )

    def codes(self) -> str:
        heads = (
            "code",
            "n_truth",
            "n_found",
            "missed",
            "false",
            "precision",
            "recall",
            "late",
            "must_not",
            "blind",
            "blind_share",
        )
        rows, waiting = [], []
        for code, one in self._report["codes"].items():
            if not one["implemented"]:
                waiting.append((code, one["n_truth"]))
                continue
            rows.append(
                (
                    self._code(code),
                    str(one["n_truth"]),
                    str(one["n_found"]),
                    self._counted(one["n_missed"], SlipKind.MISS, code),
                    self._counted(one["n_false"], SlipKind.FALSE_ALARM, code),
                    number(one["precision"]),
                    number(one["recall"]),
                    _late(one["time_error_s"]),
                    _of(one["n_must_not_kept"], one["n_must_not"]),
                    _blind(one),
                    number(one["blind_share"]),
                )
            )
        table = self._table(heads, rows)
        named = ", ".join(
            f"<code>{escape(code)}</code>" + (f" ({self._t('would', n=n)})" if n else "") for code, n in waiting
        )
        later = f'<p class="later"><b>{self._t("not_implemented")}</b> {named}</p>' if waiting else ""
        return self._section("codes", table + later)

    def _code(self, code: str) -> str:
        key = f"rule.{code}.name"
        name = escape(text(key, self._language)) if key in catalogue() else ""
        return f"{_name(code)}<small>{name}</small>"

    def _counted(self, count: int, kind: SlipKind, what: str) -> str:
        anchor = _anchor(kind, what)
        return f'<a class="bad" href="#{anchor}">{count}</a>' if count and anchor in self._pictured else str(count)

    def quantities(self) -> str:
        errors, shares = [], []
        for name, one in self._report["quantities"].items():
            if "right" in one:
                each = (percent(one[word]) for word in ("right", "wrong", "unknown"))
                shares.append((_name(name), str(one["n"]), *each))
            else:
                what = next((slip for slip, quantity in SLIPS_AT.items() if quantity == name), "")
                errors.append(
                    (
                        _name(name),
                        str(one["n"]),
                        *(number(one[key]) for key in ("median", "p95", "max", "bias")),
                        percent(one["within_2_sigma"]),
                        self._counted(one.get("n_missed", 0), SlipKind.MISS, what),
                        self._counted(one.get("n_false", 0), SlipKind.FALSE_ALARM, what),
                    )
                )
        heads = ("quantity", "n", "median", "p95", "max", "bias", "within", "missed", "false")
        body = self._table(heads, errors) if errors else ""
        body += self._table(("quantity", "n", "right", "wrong", "unknown"), shares) if shares else ""
        return self._section("quantities", body) if body else ""

    def tracking(self) -> str:
        named = {**self._report["tracking"]["sequences"]}
        for clip in self._report["clips"]:
            named |= clip["tracking"]
        heads = ("sequence", "hota", "deta", "assa", "idf1", "mota", "id_switches", "n_boxes")
        rows = [
            (
                _name(name),
                *(number(one[key]) for key in heads[1:6]),
                str(one["id_switches"]),
                str(one["n_boxes"]),
            )
            for name, one in named.items()
        ]
        return self._section("tracking", self._table(heads, rows)) if rows else ""

    def calibration(self) -> str:
        drawn = calibration_png(self._done.scores, self._language)
        if drawn is None:
            return ""
        return self._section(
            "calibration", f'<img class="plot" alt="{self._t("calibration")}" src="{_data(drawn, "png")}">'
        )

    def slips(self) -> str:
        if not self._done.stills:
            return ""
        groups = []
        for anchor, each in self._pictured.items():
            slip = each[0].slip
            title = f"{self._t(str(slip.kind))}: {escape(slip.what)}"
            groups.append(f'<h3 id="{anchor}" class="{SEVERE[slip.kind]}">{title} ({len(each)})</h3><div class="wall">')
            groups += [self._figure(still) for still in each]
            groups.append("</div>")
        return self._section("slips", "".join(groups))

    def _figure(self, still: Still) -> str:
        slip = still.slip
        shown = (
            f'<img alt="" src="{_data(still.jpeg, "jpeg")}">'
            if still.jpeg
            else f'<p class="none">{self._t("no_picture")}</p>'
        )
        where = f"{escape(slip.spot.clip)} · {escape(slip.spot.camera)} · {slip.spot.t_s:.1f} s"
        subject = f" · {escape(slip.spot.subject)}" if slip.spot.subject else ""
        return f"<figure>{shown}<figcaption><b>{where}{subject}</b><br>{escape(slip.why)}</figcaption></figure>"

    def expectations(self) -> str:
        """Every clip with what was expected of it and what came."""
        rows: list[Cells] = []
        for score in self._done.scores:
            rows += self._clip_rows(score)
        return self._section(
            "expectations", self._table(("clip", "code", "verdict", "subject", "outcome", "why"), rows)
        )

    def _clip_rows(self, score: ClipScore) -> Iterable[Cells]:
        name, matches = escape(score.name), score.matches

        def row(code: str, verdict: str, subject: str | None, outcome: str, why: str) -> Cells:
            return name, f"<code>{escape(code)}</code>", verdict, escape(subject or ""), outcome, escape(why)

        for hit in matches.hits:
            late = f"{self._t('hit')} ({hit.late_s:+.1f} s)"
            yield row(
                hit.expected.code,
                self._t("fires"),
                hit.expected.subject,
                f'<span class="good">{late}</span>',
                hit.expected.why,
            )
        for one in matches.missed:
            outcome = self._t("not_implemented_short") if one.code in PLANNED else self._linked(SlipKind.MISS, one.code)
            yield row(one.code, self._t("fires"), one.subject, outcome, one.why)
        for one, kept, told in matches.silent:
            said = "" if told is None else " · " + self._t("told" if told else "not_told")
            outcome = (
                f'<span class="good">{self._t("kept")}</span>{said}'
                if kept
                else self._linked(SlipKind.FALSE_ALARM, one.code) + said
            )
            yield row(one.code, self._t(one.verdict), one.subject, outcome, one.why)

    def _linked(self, kind: SlipKind, what: str) -> str:
        return f'<a class="bad" href="#{_anchor(kind, what)}">{self._t(str(kind))}</a>'

    def floors(self, steps: Sequence[Step]) -> str:
        rows = [
            (
                _name(step.figure),
                number(step.floor.value),
                number(step.floor.margin),
                number(step.found),
                f'<span class="{"bad" if step.fell else "good"}">{self._t("fallen" if step.fell else "holds")}</span>',
            )
            for step in sorted(steps, key=lambda one: not one.fell)
            if step.floor is not None
        ]
        heads = ("figure", "floor", "margin", "now", "outcome")
        return self._section("floors", self._table(heads, rows)) if rows else ""

    def stages(self) -> str:
        stages = self._report["stages"]
        rows = [
            (
                escape(text(f"eval.stage.{stage}", self._language)),
                number(stages["seconds"][stage]),
                number(stages["for_a_second_of_film"][stage]),
            )
            for stage in STAGES
        ]
        note = f"<p>{self._t('stages_note')}</p>"
        return self._section("stages", self._table(("stage", "seconds", "per_second"), rows) + note)

    def _section(self, key: str, body: str) -> str:
        return f'<section><h2 id="{key}">{self._t(key)}</h2><p>{self._t(f"{key}.note")}</p>{body}</section>'

    def _table(self, heads: Sequence[str], rows: Iterable[Cells]) -> str:
        head = "".join(f"<th>{self._t('col.' + name)}</th>" for name in heads)
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _by_anchor(stills: Sequence[Still]) -> Mapping[str, list[Still]]:
    found: dict[str, list[Still]] = {}
    for still in sorted(stills, key=lambda one: (one.slip.kind != SlipKind.MISS, one.slip.what)):
        found.setdefault(_anchor_of(still.slip), []).append(still)
    return found


def _anchor_of(slip: Slip) -> str:
    return _anchor(slip.kind, slip.what)


def _anchor(kind: SlipKind, what: str) -> str:
    return f"{SEVERE[kind]}-{re.sub('[^a-z0-9]+', '-', what.lower())}"


def _data(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _of(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else "–"


def _name(name: str) -> str:
    """A code or figure that may break after its dots, strokes and underscores: a telephone is narrow."""
    return "<code>" + re.sub("([._/])", r"\1<wbr>", escape(name)) + "</code>"


def _blind(one: Mapping[str, int]) -> str:
    whole = one["n_blind"]
    return f"{_of(one['n_blind_kept'], whole)} · {_of(one['n_blind_told'], whole)}" if whole else "–"


def _late(error_s: Mapping[str, float | None]) -> str:
    return "–" if error_s["median"] is None else f"{number(error_s['median'])} / {number(error_s['p95'])}"
