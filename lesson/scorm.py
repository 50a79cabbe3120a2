"""A lesson as a SCORM 1.2 package: what Moodle, Canvas and other learning platforms take, and report to.

The package is the pack and two more files: a manifest, and a script that tells the platform what was watched and
answered. The schemas of the manifest are not in it: they may not be copied here, and platforms have their own. For
that reason it names no place where they lie, which XML leaves open.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

from film.places import unwritable
from lesson.archive import files_in, zipped
from lesson.material import Edition, Lesson

MANIFEST = "imsmanifest.xml"
ADAPTER = "assets/scorm.js"
LAUNCH = "index.html"
MASTERY = 60  # per cent of the questions answered right at the first try
LONGEST_TITLE = 200  # characters, says the schema

PACKAGING = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
SCORM = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
METADATA = "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"
XML = "http://www.w3.org/XML/1998/namespace"
PREFIXES = {"": PACKAGING, "adlcp": SCORM, "imsmd": METADATA}


def write_scorm(lesson: Lesson, folder: Path, target: Path) -> Path:
    """Write the lesson whose files lie in ``folder`` as a SCORM package, a zip. The folder stays as it is.

    Raises EdgeglowError when it cannot be written.
    """
    from lesson.page import write_page

    try:
        with tempfile.TemporaryDirectory(prefix=".scorm-", dir=target.parent) as name:
            draft = Path(name)
            _lend(folder, draft)
            write_page(lesson, draft, scripts=(ADAPTER,))
            (draft / ADAPTER).parent.mkdir(exist_ok=True)
            (draft / ADAPTER).write_bytes(
                files("lesson").joinpath("assets", "scorm", "scorm.js").read_bytes()
            )
            inside: dict[str, Path | bytes] = {**files_in(folder), **files_in(draft)}
            inside[MANIFEST] = manifest(lesson, inside)
            return zipped(inside, target)
    except OSError as error:
        raise unwritable(target, error) from error


def _lend(folder: Path, draft: Path) -> None:
    """Let the page that is written into ``draft`` find the clips, without copying them where links can be made."""
    try:
        os.symlink(folder.absolute() / "clips", draft / "clips", target_is_directory=True)
    except (OSError, NotImplementedError):  # Windows lets only some make links
        shutil.copytree(folder / "clips", draft / "clips")


def manifest(lesson: Lesson, names: Iterable[str]) -> bytes:
    """What is in the package, as XML: one item to learn from, the page, which needs the files ``names``."""
    for prefix, address in PREFIXES.items():
        ElementTree.register_namespace(prefix, address)
    first = lesson.editions[0]
    root = ElementTree.Element(f"{{{PACKAGING}}}manifest", identifier=_identifier(lesson), version="1.0")
    about = _add(root, "metadata")
    _add(about, "schema", "ADL SCORM")
    _add(about, "schemaversion", "1.2")
    _describe(about, lesson.editions)
    organizations = _add(root, "organizations", default="lesson")
    organization = _add(organizations, "organization", identifier="lesson")
    _add(organization, "title", _title(first))
    item = _add(organization, "item", identifier="item", identifierref="page", isvisible="true")
    _add(item, "title", _title(first))
    if any(clip.questions for clip in first.clips):
        _add(item, f"{{{SCORM}}}masteryscore", str(MASTERY))
    resource = _add(_add(root, "resources"), "resource", identifier="page", type="webcontent", href=LAUNCH)
    resource.set(f"{{{SCORM}}}scormtype", "sco")
    for name in sorted(set(names) - {MANIFEST}):
        _add(resource, "file", href=quote(name))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    full = name if name.startswith("{") else f"{{{PACKAGING}}}{name}"
    child = ElementTree.SubElement(parent, full, attributes)
    child.text = text or None
    return child


def _describe(about: ElementTree.Element, editions: Iterable[Edition]) -> None:
    """Title, languages and claims, for the platform's catalogue."""

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


def _identifier(lesson: Lesson) -> str:
    """A name of its own for each lesson: of another run, in other languages, or of other chapters."""
    parts = [lesson.run]
    for edition in lesson.editions:
        for clip in edition.clips:
            parts += [edition.language, clip.slug, *(question.beat for question in clip.questions)]
    return f"edgeglow-{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}"
