"""The one tree of errors. Each has an id, a sentence and a hint, in Chinese and in English.

::

    ChengxinError
    ├── InputError        what came in cannot be taken: says what, where and how to mend it   (400)
    │   ├── FileRefused       a whole file: wrong type, encoding, truncated, a bomb, no header …
    │   └── RowRefused        one row of it
    ├── DeclarationError  a YAML or SQL of the house is wrong: carries file and line
    ├── RefusedByLaw      the step is not lawful: names the article                            (409)
    ├── ConflictError     it was done already, or something else came first                    (409)
    ├── DeniedError       the one who asks may not                                             (403)
    │   └── StaleProof        it is long ago that the one who asks proved who it is
    ├── MissingError      there is no such thing                                               (404)
    └── HouseFault        our own fault: a hash that differs, a missing file                   (500)

Raise with the words that fill the sentence: ``raise FileRefused("file.header_missing", columns="…")``.
The sentences stand in ``core/sentences/*.yml`` under their id: ``zh``, ``en``, ``hint_zh``, ``hint_en``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal

Language = Literal["zh", "en"]


@cache
def sentences() -> dict[str, dict[str, str]]:
    """This will read every sentence of the house once: ``{id: {zh, en, hint_zh, hint_en}}``."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, dict[str, str]] = {}
    for path in sorted((Path(__file__).parent / "sentences").glob("*.yml")):
        for key, texts in loader(path.read_text("utf-8")).get_single_data().items():
            if key in loaded:
                raise ValueError(f"{path.name}: the sentence {key} is drawn twice")
            loaded[key] = texts
    return loaded


class ChengxinError(Exception):
    """The root. ``status`` is the HTTP status a door answers with."""

    status: ClassVar[int] = 500

    def __init__(self, sentence_id: str, **words: Any) -> None:
        self.id = sentence_id
        self.words = words
        super().__init__(self.sentence("en"))

    def sentence(self, language: Language = "zh") -> str:
        """This will say what is wrong, in one sentence."""
        return self._say(language)

    def hint(self, language: Language = "zh") -> str:
        """This will say how to mend it."""
        return self._say(f"hint_{language}")

    def _say(self, field: str) -> str:
        return sentences()[self.id][field].format(**self.words)

    def as_dict(self) -> dict[str, Any]:
        """This will give ``{id, zh, en, hint_zh, hint_en}`` for ``--json`` and problem bodies."""
        return {
            "id": self.id,
            "zh": self.sentence("zh"),
            "en": self.sentence("en"),
            "hint_zh": self.hint("zh"),
            "hint_en": self.hint("en"),
        }


class InputError(ChengxinError):
    status = 400


class FileRefused(InputError):
    """A whole file cannot be taken; nothing of it was."""


class RowRefused(InputError):
    """One row cannot be taken; the others go on."""


class DeclarationError(ChengxinError):
    """A declaration of the house is wrong. ``file`` and ``line`` are said before the sentence."""

    def sentence(self, language: Language = "zh") -> str:
        """This will say where, and what is wrong."""
        place = f"{self.words['file']}:{self.words['line']}: " if "line" in self.words else ""
        return place + super().sentence(language)


class RefusedByLaw(ChengxinError):
    status = 409


class ConflictError(ChengxinError):
    status = 409


class DeniedError(ChengxinError):
    status = 403


class StaleProof(DeniedError):
    """A binding step, and the last proof of who sits there is too old. The desk asks for one and goes on."""


class MissingError(ChengxinError):
    status = 404


class TooManyError(ChengxinError):
    """More was asked than the caller may ask just now; ``wait`` among the words says for how many seconds."""

    status = 429


class HouseFault(ChengxinError):
    """Our own fault. The person sees a reference number; the log sees the rest."""
