"""Each implemented code has its three clips: it fires, it must not, the view is blocked. What is missing is named."""

import pytest

from models.domain.errors import UsageError
from models.domain.rules import PLANNED, RULES
from sample_videos.manifest import SAMPLES, VERDICTS, read_manifest
from sample_videos.studio.truth import read_truth


def gaps(manifest, codes, samples):
    """(what is missing and not owed, what is owed and there, what is said of codes that are none)."""
    missing, stale = [], []
    for code in codes:
        for verdict in VERDICTS:
            clips = manifest.codes.get(code, {}).get(verdict, ())
            wrong = [problem for clip in clips if (problem := off(samples / clip, code, verdict))]
            owed = verdict in manifest.owed.get(code, ())
            missing += [f"{code} / {verdict}: {problem}" for problem in wrong]
            if not clips and not owed:
                missing.append(f"{code} / {verdict}: no clip, and none owed")
            if clips and owed:
                stale.append(f"{code} / {verdict}: {', '.join(clips)}")
    strange = sorted((manifest.codes.keys() | manifest.owed.keys()) - set(codes) - set(PLANNED))
    return missing, stale, strange


def off(clip, code, verdict):
    """Why the clip does not show that; nothing when it does."""
    if not (clip / "site.yaml").is_file() or not (clip / "truth.json").is_file():
        return f"{clip.name} is no clip (site.yaml, truth.json)"
    told = [one for one in read_truth(clip / "truth.json").expected if (one.code, one.verdict) == (code, verdict)]
    return "" if told else f"the truth of {clip.name} expects nothing of the kind"


def test_every_implemented_code_has_its_three_clips_or_owes_them_in_the_open():
    missing, stale, strange = gaps(read_manifest(), sorted(RULES), SAMPLES)
    assert not missing, "clips missing:\n" + "\n".join(missing)
    assert not stale, "owed in manifest.yaml although there is a clip:\n" + "\n".join(stale)
    assert not strange, f"codes of no rule in manifest.yaml: {strange}"


def test_a_missing_clip_is_named_and_one_that_came_is_no_longer_owed(tmp_path):
    file = tmp_path / "manifest.yaml"
    file.write_text("codes: {a.b: {fires: x}}\nowed: {a.b: [fires, blind], no.code: [fires]}\n", encoding="utf-8")
    missing, stale, strange = gaps(read_manifest(file), ["a.b"], tmp_path)
    assert missing == ["a.b / fires: x is no clip (site.yaml, truth.json)", "a.b / must_not: no clip, and none owed"]
    assert stale == ["a.b / fires: x"]
    assert strange == ["no.code"]


@pytest.mark.parametrize("text", ["codes: {a.b: {fires: {x: 1}}}", "codes: {a.b: {never: x}}", "clips: []", "codes: ["])
def test_a_manifest_that_is_off_is_refused_by_name(text, tmp_path):
    file = tmp_path / "manifest.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="manifest of the samples") as refused:
        read_manifest(file)
    assert str(file) in str(refused.value)
