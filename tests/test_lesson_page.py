"""The pages of a lesson as they are written: valid HTML whose links lead somewhere, in every language."""

from __future__ import annotations

import re
import tomllib
from base64 import b64decode
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest

from edgeglow.lesson import web_page as pages
from edgeglow.lesson.lesson_data import Lesson
from edgeglow.lesson.single_file import write_single_file
from edgeglow.lesson.web_page import page_of

pytest_plugins = ("browser",)

ASSETS = Path(pages.__file__).parent / "assets"


def html_of(folder: Path) -> list[Path]:
    return [folder / "index.html", *sorted((folder / "embed").iterdir()), folder.parent / "lesson.html"]


def parsed(path: Path) -> Element:
    """The elements of a page. Raises html5lib's ParseError where it is no valid HTML."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(path.read_text(encoding="utf-8"))
    return tree


def test_every_page_is_valid_html(made: tuple[Lesson, Path]) -> None:
    lesson, folder = made
    found = html_of(folder)
    assert len(found) == 2 + sum(len(edition.clips) for edition in lesson.editions)
    for path in found:
        assert len(list(parsed(path).iter())) > 30


@pytest.mark.parametrize("bad", ["<p>a</div>", "<a <b>", "<!doctype html><p id=a id=b>", "<table><p></table>"])
def test_a_mistake_in_html_would_be_found(tmp_path: Path, bad: str) -> None:
    (tmp_path / "bad.html").write_text(f"<!doctype html><title>x</title>{bad}", encoding="utf-8")
    with pytest.raises(html5lib.html5parser.ParseError):
        parsed(tmp_path / "bad.html")


def test_ids_are_unique_and_all_that_is_named_is_there(made: tuple[Lesson, Path]) -> None:
    for path in html_of(made[1]):
        tree = parsed(path)
        ids = [one.attrib["id"] for one in tree.iter() if "id" in one.attrib]
        assert len(ids) == len(set(ids)), path.name
        named = [
            name
            for one in tree.iter()
            for kind in ("aria-labelledby", "aria-describedby", "aria-controls", "for")
            for name in one.attrib.get(kind, "").split()
        ]
        assert named
        assert set(named) <= set(ids), path.name


def test_every_link_and_source_leads_to_a_file_of_the_pack(made: tuple[Lesson, Path]) -> None:
    folder = made[1]
    reached = set()
    for path in html_of(folder)[:-1]:
        tree = parsed(path)
        ids = {one.attrib.get("id") for one in tree.iter()}
        for one in tree.iter():
            for kind in ("src", "href", "poster", "data-loop"):
                if kind not in one.attrib or one.attrib[kind].startswith("data:"):
                    continue
                address = urlsplit(one.attrib[kind])
                assert not address.scheme and not address.netloc, address
                if address.path:
                    target = (path.parent / unquote(address.path)).resolve()
                    assert target.is_file(), f"{path.name}: {address.path}"
                    reached.add(target)
                else:
                    assert address.fragment in ids
    assert reached >= {one.resolve() for one in folder.rglob("*") if one.is_file()}  # and nothing lies idle


def test_the_page_in_one_file_holds_every_file_once(made: tuple[Lesson, Path]) -> None:
    lesson, folder = made
    tree = parsed(folder.parent / "lesson.html")
    blocks = [one for one in tree.iter("script") if "data-path" in one.attrib]
    held = {one.attrib["data-path"]: b64decode(one.text or "", validate=True) for one in blocks}
    assert len(held) == len(blocks)
    for name, content in held.items():
        assert content == (folder / name).read_bytes()
    wanted = {value for one in tree.iter() for kind, value in one.attrib.items() if kind.startswith("data-held-")}
    assert wanted <= set(held)
    assert {str(clip.media.mp4.path) for edition in lesson.editions for clip in edition.clips} <= set(held)
    assert not [one for one in tree.iter() if "href" in one.attrib and one.attrib["href"][:1] not in ("#", "d")]


def test_large_files_are_held_whole(made: tuple[Lesson, Path], tmp_path: Path) -> None:
    """They are read in pieces, whose letters follow each other without a gap."""
    lesson, folder = made
    first, *others = lesson.editions
    clip, *rest = first.clips
    large = replace(clip.media, mp4=replace(clip.media.mp4, path=PurePosixPath("large.mp4")))
    content = bytes(range(256)) * 8000 + b"end"
    first = replace(first, clips=(replace(clip, media=large), *rest))
    lesson = replace(lesson, editions=(first, *others))
    for source in folder.rglob("*"):
        if source.is_file():
            copy = tmp_path / source.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
    (tmp_path / "large.mp4").write_bytes(content)
    text = write_single_file(lesson, tmp_path, tmp_path / "one.html").read_text(encoding="utf-8")
    found = re.search(r'data-path="large\.mp4"[^>]*>([^<]*)<', text)
    assert found and b64decode(found[1], validate=True) == content


def test_scripts_and_styles_are_the_policys(made: tuple[Lesson, Path]) -> None:
    """Nothing may be loaded from elsewhere, and nothing runs that stands in an attribute."""
    for path in html_of(made[1]):
        tree = parsed(path)
        (policy,) = [one.attrib["content"] for one in tree.iter("meta") if "http-equiv" in one.attrib]
        assert policy.startswith("default-src 'none'")
        assert "http" not in policy and "unsafe" not in policy and "*" not in policy
        assert not [name for one in tree.iter() for name in one.attrib if name.startswith("on") or name == "style"]


def test_scripts_that_others_add_come_first(made: tuple[Lesson, Path]) -> None:
    text = page_of(*made, scripts=("assets/scorm.js",))
    assert text.index('src="assets/scorm.js"') < text.index('src="assets/question.js"')


def test_no_script_of_ours_asks_the_network_for_anything() -> None:
    for path in [*ASSETS.glob("*.js"), *ASSETS.glob("*.css"), *ASSETS.glob("templates/*")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|fetch\(|XMLHttpRequest|sendBeacon|WebSocket|@import|url\(", text), path.name


def test_every_asset_is_installed_with_the_package() -> None:
    project = tomllib.loads((ASSETS.parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["edgeglow.lesson"]
    held = {path for pattern in patterns for path in ASSETS.parent.glob(pattern)}
    assets = [path for path in ASSETS.rglob("*") if path.is_file()]
    assert len(assets) > 20
    assert [path.name for path in assets if path not in held] == []
