from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "chengxin.kit"
    label = "kit"
