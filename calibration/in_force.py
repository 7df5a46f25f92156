"""What is in force at a site, as tables of plain text, and what cannot be judged there and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from calibration.camera_secrets import missing_secrets
from calibration.energy_remarks import energy_remarks
from calibration.view import CameraView
from models.domain.rules import PLANNED, RULES, RuleSpec
from models.domain.site import Camera, Name, Post, Region, Site, Source, SourceKind, Zone
from models.texts import Language, text


@dataclass(frozen=True, slots=True)
class Table:
    """A title, headings and rows of the same length."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that limits what can be judged; `key` names its text."""

    key: str
    places: Mapping[str, str]

    def told(self, language: Language) -> str:
        return text(self.key, language, **self.places)


def tables(site: Site, language: Language) -> list[Table]:
    """Site, cameras, zones, entrances, posts, uniforms and rules in force."""
    return [
        _table("site", [_site_row(site, language)], language),
        _table("cameras", [_camera_row(c, language) for c in site.cameras.values()], language),
        _table("zones", [_zone_row(z, language) for z in site.zones.values()], language),
        _table(
            "entrances",
            [(e.id, e.zone, e.camera or text("site.check.floor", language)) for e in site.entrances],
            language,
        ),
        _table("posts", [_post_row(p, language) for p in site.posts.values()], language),
        _table(
            "uniforms",
            [
                (
                    u.name,
                    "L* {:g}  a* {:g}  b* {:g}".format(*u.lab),
                    f"± {u.tolerance:g}",
                    text(f"site.check.{u.part}", language),
                )
                for u in site.uniforms
            ],
            language,
        ),
        _table("rules", [row for rule in RULES.values() for row in _rule_rows(site, rule, language)], language),
    ]


def remarks(site: Site, secrets: Mapping[str, str]) -> list[Remark]:
    """What cannot be judged, or only roughly, and what will not open; in the order in which it matters."""
    return [
        *_source_remarks(site, secrets),
        *_role_remarks(site),
        *_floor_remarks(site),
        *_unseen_remarks(site),
        *([] if site.entrances else [Remark("site.remark.no_entrance", {})]),
        *([] if site.posts else [Remark("site.remark.no_post", {})]),
        *(Remark("site.remark.switched_off", {"rule": code}) for code in sorted(site.switched_off)),
        *(Remark(key, places) for key, places in energy_remarks(site)),
        Remark("site.remark.planned", {"rules": ", ".join(PLANNED)}),
    ]


def _source_remarks(site: Site, secrets: Mapping[str, str]) -> Iterator[Remark]:
    for name, secret in missing_secrets(site, secrets):
        yield Remark("site.remark.missing_secret", {"camera": name, "secret": secret, "variable": secret.upper()})
    for camera in site.cameras.values():
        for source in _sources(camera):
            if source.kind is SourceKind.FILE and not Path(source.address).is_file():
                yield Remark("site.remark.no_file", {"camera": camera.id, "file": Path(source.address).name})
        if camera.source.kind is SourceKind.FILE and camera.source.start_utc_us is None:
            yield Remark("site.remark.no_start", {"camera": camera.id})


def _role_remarks(site: Site) -> Iterator[Remark]:
    counter = any(post.behind_counter for post in site.posts.values())
    if not site.uniforms:
        yield Remark("site.remark.counter_only" if counter else "site.remark.no_uniform", {})


def _floor_remarks(site: Site) -> Iterator[Remark]:
    for camera in site.cameras.values():
        if not camera.floor_points:
            yield Remark("site.remark.no_floor_points", {"camera": camera.id})
        elif camera.lens is None:
            yield Remark("site.remark.no_lens", {"camera": camera.id})


def _unseen_remarks(site: Site) -> Iterator[Remark]:
    """Cameras that see no zone; zones and posts that no camera sees."""
    views = [CameraView(camera, step_px=8) for camera in site.cameras.values()]
    for view in views:
        if not any(view.mask(region).any() for zone in site.zones.values() for region in zone.regions):
            yield Remark("site.remark.no_zone", {"camera": view.id})
    places: list[Zone | Post] = [*site.zones.values(), *site.posts.values()]
    for place in places:
        if not any(view.mask(region).any() for view in views for region in place.regions):
            yield Remark("site.remark.unseen", {"place": place.id})


def _table(key: str, rows: Iterable[tuple[str, ...]], language: Language) -> Table:
    headings = tuple(text(f"site.table.{key}.headings", language).split("|"))
    return Table(text(f"site.table.{key}", language), headings, tuple(rows))


def _site_row(site: Site, language: Language) -> tuple[str, ...]:
    seasons = ", ".join(f"{s.id} {s.starts[0]:02}-{s.starts[1]:02} +{s.open_shift_min} min" for s in site.seasons)
    return site.id, _said(site.name, language), site.time_zone, seasons, site.version


def _camera_row(camera: Camera, language: Language) -> tuple[str, ...]:
    plane = camera.ground_plane()
    floor = (
        text("site.check.taught", language, count=len(camera.floor_points), residual=f"{plane.residual_m * 1000:.0f}")
        if plane
        else text("site.check.none", language)
    )
    return (
        camera.id,
        _said(camera.name, language),
        "\n".join(_address(source) for source in _sources(camera)),
        "{}x{}".format(*camera.size_px),
        f"{camera.analysis_fps:g}",
        floor,
        f"{len(camera.privacy_masks)} / {len(camera.static_person_masks)}",
    )


def _zone_row(zone: Zone, language: Language) -> tuple[str, ...]:
    kind, lighting = text(f"site.zone.{zone.kind}", language), text(f"site.lighting.{zone.lighting}", language)
    return zone.id, _said(zone.name, language), kind, lighting, _places(zone.regions, language)


def _post_row(post: Post, language: Language) -> tuple[str, ...]:
    duty = ", ".join(
        f"{w.opens:%H:%M}-{'24:00' if f'{w.closes:%H:%M}' == '00:00' else f'{w.closes:%H:%M}'}" for w in post.duty
    )
    return (
        post.id,
        _said(post.name, language),
        post.zone,
        str(post.required_count),
        duty or text("site.check.always", language),
        text("site.check.yes" if post.behind_counter else "site.check.no", language),
        post.rota_position,
        _places(post.regions, language),
    )


def _rule_rows(site: Site, rule: RuleSpec, language: Language) -> Iterator[tuple[str, ...]]:
    name = text(f"rule.{rule.code}.name", language)
    if rule.code in site.switched_off:
        yield f"{rule.code}\n{name}", text("site.check.off", language), "", ""
        return
    changed = site.rules.get(rule.code, {})
    values = rule.settings(changed)
    heads = [rule.code, name] if len(rule.parameters) > 1 else [f"{rule.code}\n{name}"]
    for i, parameter in enumerate(rule.parameters):
        source = text("site.check.site_file", language) if parameter.name in changed else parameter.source
        value = f"{values[parameter.name]:g} {parameter.unit}"
        yield heads[i] if i < len(heads) else "", parameter.name, value, source


def _sources(camera: Camera) -> tuple[Source, ...]:
    return (camera.source, camera.sub_source) if camera.sub_source else (camera.source,)


def _address(source: Source) -> str:
    if source.kind is SourceKind.FILE:
        return Path(source.address).name
    return f"{source.address} ({source.transport}{f', {source.user} / {source.secret}' if source.user else ''})"


def _places(regions: tuple[Region, ...], language: Language) -> str:
    return ", ".join(dict.fromkeys(r.camera or text("site.check.floor", language) for r in regions))


def _said(name: Name, language: Language) -> str:
    return name.zh if language == "zh" else name.en
