"""Keeps the log of looks, and nothing else, in the database ``looks``."""

from __future__ import annotations

from typing import Any

from django.db import models


class LooksRouter:
    """This will send the app ``looks`` to its own database and every other app to ``default``."""

    def db_for_read(self, model: type[models.Model], **_hints: Any) -> str:
        return "looks" if model._meta.app_label == "looks" else "default"

    db_for_write = db_for_read

    def allow_relation(self, one: models.Model, other: models.Model, **_hints: Any) -> bool:
        return (one._meta.app_label == "looks") == (other._meta.app_label == "looks")

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return (db == "looks") == (app_label == "looks")
