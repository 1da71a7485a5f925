"""Uploaded files are taken for what is in them, kept under a name of our own, and given out as an attachment only."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from common import files
from common.refusals import Unfit

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 20 + b"\0\0\0\0IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF" + b"\0" * 30 + b"\xff\xd9"


@pytest.fixture(autouse=True)
def _place(settings: Any, tmp_path: Path) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    place = {"BACKEND": backend, "OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "default": place}


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("Zustimmung.pdf", PDF, "application/pdf"),
        ("scan.PNG", PNG, "image/png"),
        ("photo.jpeg", JPEG, "image/jpeg"),
        ("photo.jpg", JPEG, "image/jpeg"),
    ],
)
def test_a_file_is_kept_under_a_name_that_nobody_can_guess(name: str, content: bytes, media_type: str) -> None:
    stored = files.store(SimpleUploadedFile(name, content), folder="agreements")
    assert (stored.media_type, stored.size) == (media_type, len(content))
    assert stored.stored_as.startswith("agreements/")
    assert name.rsplit(".", 1)[0] not in stored.stored_as
    with default_storage.open(stored.stored_as) as kept:
        assert kept.read() == content


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.pdf", b"", "empty"),
        ("page.pdf", b"<html><script>alert(1)</script>%PDF-1.7 %%EOF", "of these kinds"),
        ("program.png", b"MZ\x90\0" + b"\0" * 100, "of these kinds"),
        ("cut-off.pdf", PDF[:-7], "of these kinds"),
        ("cut-off.png", PNG[:-8], "of these kinds"),
        ("picture.pdf", PNG, "does not fit"),
        ("agreement.exe", PDF, "does not fit"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "of these kinds"),
    ],
)
def test_a_disguised_file_is_refused_at_its_field(name: str, content: bytes, says: str) -> None:
    with pytest.raises(Unfit, match=says) as refusal:
        files.store(SimpleUploadedFile(name, content), folder="agreements")
    assert refusal.value.field == "file"
    assert refusal.value.status == 422


@pytest.mark.parametrize(
    ("language", "says"), [("en", "11.0\xa0MB; at most 10.0\xa0MB"), ("de", "11,0\xa0MB; höchstens 10,0\xa0MB")]
)
def test_a_file_of_eleven_megabytes_is_told_its_size(language: str, says: str) -> None:
    with override(language), pytest.raises(Unfit, match=says):
        files.store(SimpleUploadedFile("large.pdf", PDF + b" " * 11 * files.MEGABYTE), folder="agreements")


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\x\\brief.pdf", "brief.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        (".pdf", "file.pdf"),
        ("ü" * 300 + ".pdf", "ü" * 150 + ".pdf"),
        ("zu\u202estimmung.pdf", "zustimmung.pdf"),
    ],
)
def test_a_name_is_kept_without_places_and_control_characters(name: str, clean: str) -> None:
    assert files.clean_name(name, files.PDF) == clean


def test_a_file_is_given_out_as_an_attachment_that_no_browser_opens_in_place(db: None) -> None:
    stored = files.store(SimpleUploadedFile("Müller.pdf", PDF), folder="agreements")
    answer = files.answer(stored.stored_as, file_name=stored.file_name, media_type=stored.media_type)
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[arg-type]
    answer.close()
