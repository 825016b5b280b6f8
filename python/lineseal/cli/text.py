"""Text from a ledger, made harmless for a terminal. May use nothing.

Whoever writes into a ledger chooses names and values; shown raw they could move the cursor,
recolour the screen or reverse the reading direction. JSON output needs none of this: it is ASCII.
"""

import unicodedata

# Control, format (bidi overrides, zero width), surrogate, line and paragraph separator, unassigned.
HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co"}


def safe(value: object) -> str:
    r"""`value` as one line of text in which nothing controls the terminal: ESC becomes `\x1b`."""
    text = str(value)
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_escaped, text))


def short(value: object, width: int = 60) -> str:
    """`safe(value)`, cut to `width` characters with an ellipsis where it is longer."""
    text = safe(value)
    return text if len(text) <= width else text[: width - 1] + "…"


def _escaped(character: str) -> str:
    if unicodedata.category(character) not in HARMFUL:
        return character
    return character.encode("unicode_escape").decode("ascii")
