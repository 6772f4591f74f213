from django.apps import AppConfig


class ConcessionsConfig(AppConfig):
    name = "sala.concessions"
    label = "concessions"
    default_auto_field = "django.db.models.BigAutoField"
