from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "sala.access"
    label = "access"
