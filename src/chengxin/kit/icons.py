"""Line icons of the house, drawn on a grid of 24. Always beside a word, never alone with meaning."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "search": "M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14M16.2 16.2L21 21",
    "copy": "M9 9h11v11H9zM5 15H4V4h11v1",
    "check": "M4 12.5l5 5L20 6.5",
    "cross": "M6 6l12 12M18 6L6 18",
    "clock": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7.5V12l3.2 2",
    "download": "M12 4v11M7.5 11L12 15.5L16.5 11M4 20h16",
    "upload": "M12 16V5M7.5 9L12 4.5L16.5 9M4 20h16",
    "document": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "user": "M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8M4.5 20.5c.8-4 4-5.5 7.5-5.5s6.7 1.5 7.5 5.5",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "moon": "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
    "language": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18",
    "alert": "M12 4L22 20H2zM12 10v4.5M12 17.2v.3",
    "info": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 11v5.5M12 7.6v.4",
    "shield": "M12 3l8 3v6c0 5-3.5 8-8 9.5C7.5 20 4 17 4 12V6zM8.5 12l2.5 2.5l4.5-5",
    "chain": "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1"
    "M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
    "home": "M4 11l8-7l8 7v9h-5v-6H9v6H4z",
    "inbox": "M4 13l3-8h10l3 8v6H4zM4 13h5l1 3h4l1-3h5",
    "back": "M15 5l-7 7l7 7",
    "next": "M9 5l7 7l-7 7",
    "link": "M7 17L17 7M9 7h8v8",
    "edit": "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
    "scale": "M12 4v16M7 20h10M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z",
    "eye": "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12"
    "M12 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6",
    "chart": "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
    "drop": "M12 3.5c4 4.5 6 7.5 6 10.5a6 6 0 0 1-12 0c0-3 2-6 6-10.5z",
    "table": "M4 5h16v14H4zM4 10h16M10 10v9",
    "print": "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
    "repair": "M4 12a8 8 0 0 1 13.5-5.8L20 8.5M20 4v4.5h-4.5M20 12a8 8 0 0 1-13.5 5.8L4 15.5M4 20v-4.5h4.5",
    "logout": "M14 4H5v16h9M10 12h11M17.5 8.5L21 12l-3.5 3.5",
}


def icon(name: str) -> SafeString:
    """This will draw one icon in the colour of its text; screen readers skip it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>',
        mark_safe(PATHS[name]),  # noqa: S308 -- a constant of this file
    )
