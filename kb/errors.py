"""The five kinds of refusal this product knows.

    KbError
     ├── NotFound      the thing is not there, or this viewer may not know that it is   (web: 404)
     ├── NotAllowed    the viewer is known and may not do this to a thing they can see  (web: 403)
     ├── Conflict      somebody else was first, or the state does not permit it         (web: 409)
     ├── Invalid       what was sent cannot be accepted; the message says what to do    (web: 422)
     └── Unavailable   a part we need does not answer; trying again may help            (web: 503)

Every error carries a slug (``document.encrypted``) and a Chinese message that says what to do; the web layer
translates the message with the slug's parameters. ``kb`` knows no status codes.
"""

from __future__ import annotations


class KbError(Exception):
    """A refusal with a stable slug and a sentence for people.

    ``slug`` is ``<noun>.<what>``. ``message`` is a Chinese msgid that may hold ``{name}`` placeholders, filled from
    ``params`` after translation.
    """

    def __init__(self, slug: str, message: str, **params: object) -> None:
        super().__init__(slug)
        self.slug = slug
        self.message = message
        self.params = params

    def __str__(self) -> str:
        """The Chinese sentence with its parameters filled in."""
        return self.message.format(**self.params)


class NotFound(KbError):
    """The thing is not there, or this viewer may not know that it is."""


class NotAllowed(KbError):
    """The viewer may not do this."""


class Conflict(KbError):
    """The state of the thing does not permit it."""


class Invalid(KbError):
    """What was sent cannot be accepted."""


class Unavailable(KbError):
    """A part that is needed does not answer."""
