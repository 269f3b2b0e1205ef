from django.apps import AppConfig


class FacesConfig(AppConfig):
    name = "chengxin.faces"
    label = "faces"
