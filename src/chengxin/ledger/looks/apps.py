from django.apps import AppConfig


class LooksConfig(AppConfig):
    """This will hold the log of looks, which lives in a database of its own (alias ``looks``)."""

    name = "chengxin.ledger.looks"
    label = "looks"
    default_auto_field = "django.db.models.BigAutoField"
