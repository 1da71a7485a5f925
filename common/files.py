"""Uploaded files: checked by what is in them, kept outside the web root, given out only as an attachment.

Who may have a file is the business of the room that keeps the row about it: it fetches the row through
`visible_to(user)`, and only then asks for the answer here.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unicodedata import category
from uuid import uuid4

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from common.refusals import Unfit

Upload = UploadedFile[Any]
MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
_ENDS = 2048  # bytes at either end in which a kind is recognised


@dataclass(frozen=True)
class Kind:
    """A kind of files: how it is named, and how it is recognised by its first and last bytes."""

    media_type: str
    suffixes: tuple[str, ...]
    is_it: Callable[[bytes, bytes], bool]


PDF = Kind("application/pdf", (".pdf",), lambda head, tail: head.startswith(b"%PDF-") and b"%%EOF" in tail)
PNG = Kind(
    "image/png",
    (".png",),
    lambda head, tail: head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR" and b"IEND" in tail[-12:],
)
JPEG = Kind(
    "image/jpeg",
    (".jpg", ".jpeg"),
    lambda head, tail: head.startswith(b"\xff\xd8\xff") and tail.rstrip(b"\0").endswith(b"\xff\xd9"),
)
DOCUMENTS = (PDF, PNG, JPEG)


@dataclass(frozen=True)
class Stored:
    """A file that lies in the storage: its name there, its name for people, and what it is."""

    stored_as: str
    file_name: str
    media_type: str
    size: int
    sha256: str


def store(upload: Upload, *, folder: str, kinds: tuple[Kind, ...] = DOCUMENTS, most_bytes: int = MOST_BYTES) -> Stored:
    """Keep an uploaded file under a name of our own; `Unfit` (field `file`) when it is empty, too large or disguised."""
    size = upload.size or 0
    if not size:
        raise Unfit(_("This file is empty."), field="file")
    if size > most_bytes:
        sentence = _("This file has %(size)s; at most %(most)s are taken.")
        raise Unfit(
            sentence % {"size": filesizeformat(size), "most": filesizeformat(most_bytes)},
            field="file",
        )
    kind = recognised(upload, kinds)
    name = clean_name(upload.name or "", kind)
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    stored_as = default_storage.save(f"{folder}/{uuid4()}{kind.suffixes[0]}", upload)
    return Stored(stored_as, name, kind.media_type, size, digest.hexdigest())


def recognised(upload: Upload, kinds: tuple[Kind, ...]) -> Kind:
    """What a file is by its bytes; its name must say the same."""
    head, tail = _ends(upload)
    kind = next((kind for kind in kinds if kind.is_it(head, tail)), None)
    names = ", ".join(suffix.removeprefix(".").upper() for one in kinds for suffix in one.suffixes[-1:])
    if kind is None:
        raise Unfit(_("This is no file of these kinds: %(kinds)s.") % {"kinds": names}, field="file")
    if not (upload.name or "").lower().endswith(kind.suffixes):
        sentence = _(
            "The name of this file does not fit what is in it (%(kind)s). Please save it anew under its right name."
        )
        raise Unfit(sentence % {"kind": kind.suffixes[-1].removeprefix(".").upper()}, field="file")
    return kind


def _ends(upload: Upload) -> tuple[bytes, bytes]:
    upload.seek(0)
    head = upload.read(_ENDS)
    upload.seek(max(0, (upload.size or 0) - _ENDS))
    tail = upload.read(_ENDS)
    upload.seek(0)
    return bytes(head), bytes(tail)


def clean_name(name: str, kind: Kind) -> str:
    """The last part of a file's name, without control characters, short enough to be kept."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(letter for letter in bare if category(letter)[0] != "C").strip()
    stem = plain.rsplit(".", 1)[0][:150].strip() or "file"
    return f"{stem}{kind.suffixes[0]}"


def answer(stored_as: str, *, file_name: str, media_type: str) -> FileResponse:
    """The file as an attachment that no browser opens in place or guesses about."""
    response = FileResponse(
        default_storage.open(stored_as, "rb"), as_attachment=True, filename=file_name, content_type=media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
