"""Settings of the floors: a bare project over the product's tables, without middleware and with DRF as it comes."""

from toimenpiteet.config.settings import *  # noqa: F403  # settings are made of settings

INSTALLED_APPS = [
    "modeltranslation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "simple_history",
    "rest_framework",
    "toimenpiteet",
]
for _tuned in ("server_side_binding", "prepare_threshold"):
    DATABASES["default"].get("OPTIONS", {}).pop(_tuned, None)  # noqa: F405  # as above
MIDDLEWARE = []
ROOT_URLCONF = "bench.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
REST_FRAMEWORK = {
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 25,
}
USE_I18N = False
