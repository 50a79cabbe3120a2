"""A lesson as a SCORM 1.2 package, which Moodle, Canvas and other learning platforms import and get results from.

The package has the lesson's files, a page for students instead of the main page, and a manifest and scripts that
report to the platform what was watched and answered. The manifest's XML schemas are not included: their licence
forbids copies, and platforms have them. So the manifest gives no schema locations, which XML allows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

from edgeglow.film.paths import unwritable_error
from edgeglow.lesson.lesson_data import Edition, Lesson
from edgeglow.lesson.zip_archive import relative_files, write_zip

MANIFEST = "imsmanifest.xml"
PARTS = ("platform.js", "scorm.js", "scorm.css")  # additional assets of the page
SCRIPTS = ("assets/platform.js", "assets/scorm.js")
TEMPLATE = "scorm.html"
LAUNCH = "index.html"
LEFT_OUT = ("embed/",)  # pages for other sites, which report nothing to a platform
MASTERY = 60  # per cent of the questions answered right at the first try
LONGEST_TITLE = 200  # characters, by the schema

PACKAGING = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
SCORM = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
METADATA = "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"
XML = "http://www.w3.org/XML/1998/namespace"
PREFIXES = {"": PACKAGING, "adlcp": SCORM, "imsmd": METADATA}


@dataclass(frozen=True)
class Scoring:
    """Rules for the platform's score.

    ``mastery`` is the percentage of right first answers that passes. ``by_chapter`` makes each chapter an activity of
    its own, which is completed and scored separately.
    """

    mastery: int = MASTERY
    by_chapter: bool = False


def write_scorm(lesson: Lesson, folder: Path, target: Path, scoring: Scoring | None = None) -> Path:
    """Write the lesson whose files lie in ``folder`` as a SCORM package, a zip.

    Raises EdgeglowError when it cannot be written.
    """
    from edgeglow.lesson.web_page import page_of, words_of

    scoring = scoring or Scoring()
    unsaved = {edition.language: words_of(edition)["unsaved"] for edition in lesson.editions}
    pages = pages_of(lesson, scoring)
    try:
        inside: dict[str, Path | bytes] = {
            name: path for name, path in relative_files(folder).items() if not name.startswith(LEFT_OUT)
        }
        inside.pop(LAUNCH, None)
        for name, part in pages.items():
            page = page_of(part, folder, template=TEMPLATE, scripts=SCRIPTS, unsaved=unsaved)
            inside[name] = page.encode()
        for name in PARTS:
            inside[f"assets/{name}"] = files("edgeglow.lesson").joinpath("assets", "scorm", name).read_bytes()
        inside[MANIFEST] = manifest(lesson, inside, scoring)
        return write_zip(inside, target)
    except OSError as error:
        raise unwritable_error(target, error) from error


def pages_of(lesson: Lesson, scoring: Scoring) -> Mapping[str, Lesson]:
    """Return the pages of a package by file name: one of all chapters, or one for each chapter."""
    if not scoring.by_chapter:
        return {LAUNCH: lesson}
    return {
        f"{clip.slug}.html": replace(
            lesson,
            editions=tuple(
                replace(edition, title=edition.clips[number].title, clips=(edition.clips[number],))
                for edition in lesson.editions
            ),
        )
        for number, clip in enumerate(lesson.editions[0].clips)
    }


def manifest(lesson: Lesson, names: Iterable[str], scoring: Scoring | None = None) -> bytes:
    """Return the package's manifest as XML, with an item for each page; ``names`` are the package's files."""
    scoring = scoring or Scoring()
    for prefix, address in PREFIXES.items():
        ElementTree.register_namespace(prefix, address)
    root = ElementTree.Element(f"{{{PACKAGING}}}manifest", identifier=_identifier(lesson, scoring), version="1.0")
    about = _add(root, "metadata")
    _add(about, "schema", "ADL SCORM")
    _add(about, "schemaversion", "1.2")
    _describe(about, lesson.editions)
    organizations = _add(root, "organizations", default="lesson")
    organization = _add(organizations, "organization", identifier="lesson")
    _add(organization, "title", _title(lesson.editions[0]))
    resources = _add(root, "resources")
    pages = pages_of(lesson, scoring)
    is_shared = len(pages) > 1
    shared = set(names) - {MANIFEST, *pages}
    for place, part in pages.items():
        page = Path(place).stem
        item = _add(organization, "item", identifier=f"item-{page}", identifierref=f"page-{page}", isvisible="true")
        _add(item, "title", _title(part.editions[0]))
        if any(clip.questions for clip in part.editions[0].clips):
            _add(item, f"{{{SCORM}}}masteryscore", str(scoring.mastery))
        resource = _resource(resources, f"page-{page}", "sco", place)
        _list(resource, {place} if is_shared else {place, *shared})
        if is_shared:
            _add(resource, "dependency", identifierref="shared")
    if is_shared:
        _list(_resource(resources, "shared", "asset"), shared)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _resource(parent: ElementTree.Element, identifier: str, kind: str, href: str = "") -> ElementTree.Element:
    """Add a resource of a ``kind``: "sco", which an item opens, or "asset", which other resources need."""
    resource = _add(parent, "resource", identifier=identifier, type="webcontent")
    if href:
        resource.set("href", quote(href))
    resource.set(f"{{{SCORM}}}scormtype", kind)
    return resource


def _list(resource: ElementTree.Element, names: Iterable[str]) -> None:
    for name in sorted(names):
        _add(resource, "file", href=quote(name))


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    full = name if name.startswith("{") else f"{{{PACKAGING}}}{name}"
    child = ElementTree.SubElement(parent, full, attributes)
    child.text = text or None
    return child


def _describe(about: ElementTree.Element, editions: Iterable[Edition]) -> None:
    """Add title, languages and claims for the platform's catalogue."""

    def add(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
        return _add(parent, f"{{{METADATA}}}{name}", text)

    editions = tuple(editions)
    general = add(add(about, "lom"), "general")
    titles = add(general, "title")
    for edition in editions:
        add(titles, "langstring", edition.title).set(f"{{{XML}}}lang", edition.language)
    for edition in editions:
        add(general, "language", edition.language)
    description = add(general, "description")
    for edition in editions:
        claims = " ".join(clip.claim for clip in edition.clips)
        add(description, "langstring", claims).set(f"{{{XML}}}lang", edition.language)


def _title(edition: Edition) -> str:
    return edition.title[:LONGEST_TITLE]


def _identifier(lesson: Lesson, scoring: Scoring) -> str:
    """Return an identifier that differs for other runs, languages, chapters, questions, or scoring by chapter."""
    parts = [lesson.run, *["by chapter"] * scoring.by_chapter]
    for edition in lesson.editions:
        for clip in edition.clips:
            parts += [edition.language, clip.slug, *(question.beat for question in clip.questions)]
    return f"edgeglow-{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}"
