from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "chengxin.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
