"""Pages are drawn by a child, kept by content, given up when they take too long, and gone with the original."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import page_drawing, sandbox
from kb import drawn_pages, originals
from kb.errors import NotFound, Unavailable
from tests.ingest.samples import assembled, pdf, written
from tests.ingest.test_sandbox import children

pytestmark = pytest.mark.integration
PASSAGE = "退出华北市场的决定由董事会作出。"


@pytest.fixture(autouse=True)
def fresh(home: Path) -> Iterator[None]:
    sandbox.close()
    yield
    sandbox.close()


@pytest.fixture
def original(home: Path, tmp_path: Path) -> str:
    return originals.store(pdf(tmp_path / "a.pdf", [[(60, 80, 14, PASSAGE)], [(60, 90, 14, PASSAGE)]])).sha256


def test_a_page_is_drawn_once_by_a_child_and_kept(original: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = page_drawing.draw(original, 1, PASSAGE)
    assert drawn.startswith(b"\x89PNG")
    assert len(children()) == 1
    assert page_drawing.draw(original, 1) != drawn  # another passage, another picture
    monkeypatch.setattr(sandbox, "draw", None)
    assert page_drawing.draw(original, 1, PASSAGE) == drawn
    kept = sorted(drawn_pages.folder().glob("??/*/*"))
    assert [path.parent.name for path in kept] == [original] * 2
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)


def test_there_is_no_page_beyond_the_last(original: str) -> None:
    with pytest.raises(NotFound):
        page_drawing.draw(original, 3)


def test_what_is_no_pdf_is_said_to_be_broken(home: Path, tmp_path: Path) -> None:
    stored = originals.store(written(tmp_path / "a.pdf", b"%PDF-1.7\n" + b"\x00" * 400))
    with pytest.raises(Unavailable) as refused:
        page_drawing.draw(stored.sha256, 1)
    assert refused.value.slug == "page.broken"


def test_a_page_that_hangs_is_given_up_and_not_tried_again_at_once(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_drawing, "_SECONDS", 1.0)
    monkeypatch.setattr(sandbox, "_GRACE_SECONDS", 0.0)
    stored = originals.store(endless(tmp_path / "a.pdf"))
    for most in (6.0, 0.2):
        began = time.monotonic()
        with pytest.raises(Unavailable) as refused:
            page_drawing.draw(stored.sha256, 1)
        assert refused.value.slug == "page.broken"
        assert time.monotonic() - began < most
    assert children() == []
    monkeypatch.setattr(page_drawing, "_SECONDS_REFUSED", -1.0)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        page_drawing.draw(stored.sha256, 1)
    assert time.monotonic() - began > 0.5


def endless(path: Path) -> Path:
    """A page that fills the same square so often that drawing it takes far longer than anyone waits."""
    square, often = b"0 0 3000 3000 re f " * 2000, b"/F Do " * 20_000
    return written(path, assembled([
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 3000 3000] /Contents 4 0 R "
        b"/Resources << /XObject << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(often), often),
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 3000 3000] /Length %d >>\nstream\n%s\nendstream"
        % (len(square), square),
    ]))  # fmt: skip


def test_pages_go_with_the_original(original: str) -> None:
    page_drawing.draw(original, 1)
    drawn_pages.forget(original)
    assert not list(drawn_pages.folder().glob("??/*/*"))


def test_a_page_drawn_while_the_document_is_deleted_is_not_kept(
    original: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = sandbox.draw

    def slowly(*given: object) -> None:
        drawing(*given)  # type: ignore[arg-type]
        originals.path_of(original).unlink()

    monkeypatch.setattr(sandbox, "draw", slowly)
    page_drawing.draw(original, 1)
    assert not list(drawn_pages.folder().glob("??/*/*"))


def test_the_kept_pages_are_bounded(original: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page_drawing.draw(original, 1)
    (first,) = drawn_pages.folder().glob("??/*/*")
    monkeypatch.setattr(drawn_pages, "MOST_BYTES", int(first.stat().st_size * 1.5))
    page_drawing.draw(original, 2)
    assert not first.exists()
    assert len(list(drawn_pages.folder().glob("??/*/*"))) == 1


def test_a_few_are_drawn_at_a_time(original: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_drawing, "_SECONDS_TO_WAIT", 0.1)
    for _ in range(page_drawing._AT_ONCE):
        page_drawing._turn.acquire()
    try:
        with pytest.raises(Unavailable) as refused:
            page_drawing.draw(original, 1)
    finally:
        for _ in range(page_drawing._AT_ONCE):
            page_drawing._turn.release()
    assert refused.value.slug == "page.busy"
