"""Bodies that come in pieces, without a length: put together before anybody reads them (RFC 9112, 7.1)."""

from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
_IN_MEMORY = 1024 * 1024
_PIECE = 64 * 1024


def whole_bodies(application: Application, *, most: int) -> Application:
    """Django reads as much as the length says, and nothing where none is said; so it is said here.

    A body of more than `most` bytes is answered with 413, without a word of it being looked at.
    """

    def served(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "chunked" not in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            return application(environ, start_response)
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
            size = _copied(environ["wsgi.input"], body, most)
            if size > most:
                start_response("413 Content Too Large", [("Content-Length", "0"), ("Connection", "close")])
                return [b""]
            body.seek(0)
            whole = {**environ, "wsgi.input": body, "CONTENT_LENGTH": str(size)}
            # what streams an answer has read the body by then
            return application(whole, start_response)

    return served


def _copied(source: Any, body: Any, most: int) -> int:
    size = 0
    while size <= most and (piece := source.read(_PIECE)):
        body.write(piece)
        size += len(piece)
    return size
