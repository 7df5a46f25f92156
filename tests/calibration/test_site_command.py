"""`guiwei site init` and `guiwei site check` as a person runs them."""

import stat
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from calibration import load_secrets, load_site, new_site_text
from calibration.new_site import NewSource, site_id
from guiwei.site_command import app
from models.domain.errors import SiteError, SourceError, UsageError
from models.domain.rules import PLANNED, RULES
from models.domain.site import SourceKind
from tests.calibration.showroom import GOOD, write_site
from tests.media import write_video
from tests.rtsp import serving, why_not

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_videos/c_waiting_s32"
PASSWORD = "p:ss/w@rd#1"
MISSING = why_not()


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "200"})


def done(*arguments):
    result = run(*arguments)
    assert result.exception is None, result.exception
    return result.output


def refused(kind, *arguments):
    result = run(*arguments)
    assert isinstance(result.exception, kind), result.exception
    return result.exception


class TestInit:
    def test_from_a_video_it_writes_a_site_of_that_picture_that_loads(self, tmp_path):
        (tmp_path / "video").mkdir()
        video = write_video(tmp_path / "video/来访.mp4", 10)
        output = done("init", tmp_path / "my site", "--from", video)
        site = load_site(tmp_path / "my site")
        camera = site.cameras["cam1"]
        assert camera.size_px == (160, 96)
        assert Path(camera.source.address).samefile(video)
        assert site.zones["hall"].regions[0].polygon == ((0, 0), (160, 0), (160, 96), (0, 96))
        assert site.id == "my-site"
        assert (dict(site.rules), site.switched_off) == ({}, frozenset())
        assert "guiwei site check" in output
        assert "guiwei replay" in output
        assert "../video/来访.mp4" in (tmp_path / "my site/site.yaml").read_text(encoding="utf-8")
        assert {f.name for f in (tmp_path / "my site").iterdir()} == {"site.yaml"}, "no picture of anybody is kept"

    def test_the_sample_is_looked_at(self, tmp_path):
        done("init", tmp_path / "s", "--from", SAMPLE / "recording.mp4")
        assert load_site(tmp_path / "s").cameras["cam1"].size_px == (1280, 720)

    def test_without_a_video_it_writes_a_template(self, tmp_path):
        done("init", tmp_path / "案场")
        site = load_site(tmp_path / "案场")
        assert (site.id, site.name.zh) == ("site", "案场")
        assert site.cameras["cam1"].source.address == str(tmp_path / "案场/recording.mp4")

    def test_what_is_there_already_is_never_touched(self, tmp_path):
        write_site(tmp_path)
        error = refused(UsageError, "init", tmp_path)
        assert "site.yaml" in error.where
        assert error.next_step
        assert (tmp_path / "site.yaml").read_text(encoding="utf-8") == GOOD

    @pytest.mark.parametrize("content", [b"", b"not a video at all", None])
    def test_what_is_no_video_leaves_nothing_behind(self, tmp_path, content):
        video = tmp_path / "x.mp4"
        if content is not None:
            video.write_bytes(content)
        refused(SourceError, "init", tmp_path / "s", "--from", video)
        assert not (tmp_path / "s").exists()

    @pytest.mark.parametrize("url", ["http://example.com/a.mp4", "file:///etc/passwd", "rtsp://", "rtsp://u:pw@/x"])
    def test_other_addresses_are_refused_before_anything_is_opened(self, tmp_path, url):
        error = refused(UsageError, "init", tmp_path / "s", "--from", url)
        assert "pw" not in str(error)
        assert not (tmp_path / "s").exists()

    def test_a_camera_that_does_not_answer_leaves_nothing_behind_and_no_password(self, tmp_path):
        error = refused(SourceError, "init", tmp_path / "s", "--from", "rtsp://viewer:hunter2@127.0.0.1:1/cam")
        assert "hunter2" not in str(error) + repr(error.args)
        assert not (tmp_path / "s").exists()

    def test_a_folder_that_cannot_be_made_is_told(self, tmp_path):
        (tmp_path / "file").write_text("x")
        error = refused(SiteError, "init", tmp_path / "file" / "s")
        assert error.next_step

    def test_a_name_of_a_secret_is_checked(self, tmp_path):
        url = "rtsp://127.0.0.1:1/cam"
        error = refused(UsageError, "init", tmp_path / "s", "--from", url, "--user", "u", "--secret", "Not This!")
        assert error.expected

    @pytest.mark.rtsp
    @pytest.mark.skipif(MISSING is not None, reason=str(MISSING))
    def test_a_camera_with_a_password_is_looked_at_and_its_password_kept_apart(self, tmp_path):
        clip = write_video(tmp_path / "clip.mp4", 60)
        quoted = PASSWORD.replace("#", "%23")
        with serving(clip, "--user", "viewer", "--password", PASSWORD) as server:
            address = server.address.replace("rtsp://", f"rtsp://viewer:{quoted}@")
            output = done("init", tmp_path / "s", "--from", address)
        site = load_site(tmp_path / "s")
        source = site.cameras["cam1"].source
        assert (source.kind, source.address, source.user) == (SourceKind.RTSP, server.address, "viewer")
        assert site.cameras["cam1"].size_px == (160, 96)
        secrets_file = tmp_path / "s/secrets.yaml"
        assert load_secrets(tmp_path / "s", {})[source.secret] == PASSWORD
        assert stat.S_IMODE(secrets_file.stat().st_mode) == 0o600
        assert PASSWORD not in output + (tmp_path / "s/site.yaml").read_text(encoding="utf-8")
        assert "guiwei live" in output

    @pytest.mark.rtsp
    @pytest.mark.skipif(MISSING is not None, reason=str(MISSING))
    def test_a_password_may_be_named_and_come_from_the_environment(self, tmp_path, monkeypatch):
        monkeypatch.setenv("GUIWEI_SECRET_HALL", PASSWORD)
        clip = write_video(tmp_path / "clip.mp4", 60)
        with serving(clip, "--user", "viewer", "--password", PASSWORD) as server:
            done("init", tmp_path / "s", "--from", server.address, "--user", "viewer", "--secret", "hall")
        source = load_site(tmp_path / "s").cameras["cam1"].source
        assert (source.user, source.secret) == ("viewer", "hall")
        assert not (tmp_path / "s/secrets.yaml").exists()


class TestNewSiteText:
    def test_its_examples_load_once_their_comment_signs_are_taken_away(self, tmp_path):
        content = new_site_text("hall", (640, 480), NewSource(file="a.mp4"))
        lines = content.splitlines()
        keys = ("floor_points", "static_person_masks", "entrances", "posts", "roles", "rules")
        starts = [i for i, line in enumerate(lines) if line.strip("# ").rstrip(":") in keys]
        assert len(starts) == len(keys)
        for start in starts:
            for i in range(start, len(lines)):
                if not lines[i].lstrip().startswith("# "):
                    break
                lines[i] = lines[i].replace("# ", "", 1)
        site = load_site(write_site(tmp_path, "\n".join(lines)))
        assert len(site.cameras["cam1"].floor_points) == 4
        assert set(site.posts) == {"reception"}
        assert site.switched_off == {"greeter.post_unattended"}
        assert site.uniforms[0].part == "top"
        assert site.entrances[0].camera == "cam1"

    @pytest.mark.parametrize(
        "name", ['a "b"', "a: b #c", "back\\slash", "{x}", "*y", "- z", "案场", "off", "12", "null", ""]
    )
    def test_any_folder_name_and_file_name_can_stand_in_it(self, tmp_path, name):
        content = new_site_text(name, (640, 480), NewSource(file=f"{name}.mp4"))
        site = load_site(write_site(tmp_path, content))
        assert site.name.zh == (name or "site")
        assert Path(site.cameras["cam1"].source.address).name == f"{name}.mp4"

    @pytest.mark.parametrize(
        ("name", "id_"), [("My Site 2", "my-site-2"), ("案场", "site"), ("--a--", "a"), ("x" * 99, "x" * 64)]
    )
    def test_ids_keep_what_ids_may_hold(self, name, id_):
        assert site_id(name) == id_

    def test_every_comment_is_said_in_both_languages(self):
        comments = [line for line in new_site_text("x").splitlines() if line.lstrip().startswith("# ")]
        chinese = [line for line in comments if any("\u4e00" <= c <= "\u9fff" for c in line)]
        assert len(chinese) >= 7
        assert len(comments) - len(chinese) >= 7


class TestCheck:
    @pytest.mark.parametrize(
        ("language", "words"), [("zh", ("站点文件", "接待台")), ("en", ("site file", "Reception"))]
    )
    def test_it_shows_what_is_in_force_and_where_each_threshold_comes_from(self, language, words):
        output = done("check", SAMPLE, "--language", language)
        for word in (*words, "20 s", "domain.md 2.3", "12", "08:30-17:30", "1280x720", load_site(SAMPLE).version):
            assert word in output
        for code, rule in RULES.items():
            assert code in output
            assert all(p.name in output for p in rule.parameters)

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_it_says_what_cannot_be_judged(self, tmp_path, language):
        done("init", tmp_path / "s")
        output = done("check", tmp_path / "s", "--language", language)
        said = output[output.index("cannot be judged" if language == "en" else "不能判断") :].replace("\n", "")
        words = {
            "en": ("not there yet", "No uniform", "body height", "No entrance line", "No posts", "no start"),
            "zh": ("不存在", "未设员工服装", "身高", "未设出入口线", "未设岗位", "未写开始时刻"),
        }[language]
        assert [w for w in words if w not in said] == []
        assert all(code in said for code in PLANNED)

    def test_it_says_which_secret_is_missing_and_what_no_camera_sees(self, tmp_path):
        content = GOOD.replace("[[2, 2], [4, 2], [4, 4]]", "[[-2, -2], [-4, -2], [-4, -4]]")
        output = done("check", write_site(tmp_path, content), "--language", "en")
        assert "GUIWEI_SECRET_DOOR_CAMERA" in output
        assert "office lies in no camera's picture" in output
        assert "wait.reception is switched off" in output

    def test_passwords_are_not_shown_and_a_readable_file_is_warned_of(self, tmp_path):
        folder = write_site(tmp_path)
        (folder / "secrets.yaml").write_text('door_camera: "hunter2"\n')
        (folder / "secrets.yaml").chmod(0o644)
        output = done("check", folder)
        assert "hunter2" not in output
        assert "chmod 600" in output
        assert "GUIWEI_SECRET_" not in output

    def test_a_wrong_file_is_told_and_leaves_with_3(self, tmp_path):
        error = refused(SiteError, "check", write_site(tmp_path, GOOD.replace("kind: office", "kind: washroom")))
        assert error.exit_code == 3
        assert "zones.office.kind" in str(error)

    def test_the_drawing_is_written_where_it_is_asked_for(self, tmp_path):
        done("check", SAMPLE, "--picture", tmp_path / "plan.png")
        assert (tmp_path / "plan.png").read_bytes().startswith(b"\x89PNG")


def test_the_samples_hold_what_their_recordings_show():
    for name in ("c_waiting_s32", "e_consult_s45"):
        site = load_site(ROOT / "sample_videos" / name)
        assert len(site.cameras["hall"].floor_points) >= 6
        assert len(site.cameras["hall"].static_person_masks) == 1
        assert site.posts["reception"].behind_counter
        assert Path(site.cameras["hall"].source.address).is_file()
        raw = yaml.safe_load((site.folder / "site.yaml").read_text(encoding="utf-8"))
        assert raw["site"]["id"] == site.id
