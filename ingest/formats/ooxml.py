"""What Word, PowerPoint and Excel files share: the parts in the zip, and namespaces that need no prefix table."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import Any

from lxml import etree

from ingest.formats import limits

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True)
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def local(element: Any) -> str:
    """The element's name without its namespace; empty for what is no element."""
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""


@cache
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def attribute(element: Any, name: str) -> str:
    """The attribute ``name`` whatever its namespace; empty when absent (strict and transitional files differ)."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def child(element: Any, name: str) -> Any:
    """The first child called ``name``, or None."""
    for found in element if element is not None else ():
        if local(found) == name:
            return found
    return None


def descend(element: Any, *names: str) -> Any:
    """The child of the child … called ``names``, or None where one is missing."""
    for name in names:
        element = child(element, name)
        if element is None:
            return None
    return element


def all_named(element: Any, name: str) -> Iterator[Any]:
    """Every descendant called ``name``, in document order."""
    return (found for found in element.iter() if local(found) == name)


def parsed(content: bytes) -> Any:
    """The root element of an XML part's bytes, None when they are no XML."""
    try:
        return etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError:
        return None


class Package:
    """The parts of an Office file, parsed when asked for. A part that is missing or broken is None."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {name.lower(): name for name in archive.namelist()}

    def part(self, name: str) -> Any:
        """The root element of the part ``name`` (``word/document.xml``), None when there is none."""
        stored = self._names.get(name.lstrip("/").lower())
        return None if stored is None else parsed(self._archive.read(stored))

    def content(self, name: str) -> bytes | None:
        """The bytes of the part ``name``; None when there is no such part, or it is beyond ``limits.PICTURE_BYTES``."""
        stored = self._names.get(name.lstrip("/").lower())
        if stored is None or self._archive.getinfo(stored).file_size > limits.PICTURE_BYTES:
            return None
        return self._archive.read(stored)

    def resolver(self, name: str) -> Callable[[str], tuple[str, bytes | None] | None]:
        """For the part ``name``: relationship id → (part name, its bytes, None beyond ``limits.PICTURE_BYTES``).

        The function answers None for an id that leads nowhere inside the file.
        """
        links = self.related(name)

        def resolve(link: str) -> tuple[str, bytes | None] | None:
            stored = self._names.get(links.get(link, "").lower())
            if stored is None:
                return None
            return stored, self.content(stored)

        return resolve

    def related(self, name: str) -> dict[str, str]:
        """Relationship id → part name, for the part ``name``; targets outside the file are left out."""
        folder, _, stem = name.rpartition("/")
        root = self.part(f"{folder}/_rels/{stem}.rels")
        if root is None:
            return {}
        return {
            link.get("Id"): posixpath.normpath(posixpath.join("/", folder, link.get("Target", ""))).lstrip("/")
            for link in root
            if link.get("TargetMode") != "External" and link.get("Id")
        }

    def related_of_type(self, name: str, ending: str) -> list[str]:
        """The part names that ``name`` is related to by a type that ends in ``ending`` (``/comments``)."""
        folder, _, stem = name.rpartition("/")
        root = self.part(f"{folder}/_rels/{stem}.rels")
        wanted = [] if root is None else [link for link in root if link.get("Type", "").endswith(ending)]
        targets = self.related(name)
        return [targets[link.get("Id")] for link in wanted if link.get("Id") in targets]

    @cached_property
    def main(self) -> str:
        """The name of the main part, as the package says; empty when it does not."""
        found = self.related_of_type("", "/officeDocument")
        return found[0] if found else ""

    @cached_property
    def properties(self) -> dict[str, str]:
        """``title``, ``author`` and ``date`` (ISO) from the core properties, those that are set."""
        root = self.part("docProps/core.xml")
        names = {"title": "title", "creator": "author", "created": "date"}
        if root is None:
            return {}
        return {names[local(e)]: e.text.strip() for e in root if local(e) in names and e.text and e.text.strip()}


def relation(element: Any, name: str = "id") -> str:
    """The relationship id an element refers to by ``r:id`` (or another name), empty for none."""
    return str(element.get(f"{_R}{name}") or attribute(element, name))
