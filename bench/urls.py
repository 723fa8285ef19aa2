"""The addresses of the floors."""

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import DefaultRouter

from bench import floors

router = DefaultRouter()
router.register("items", floors.Items)
router.register("items-in-full", floors.ItemsInFull, basename="items-in-full")

urlpatterns: list[URLPattern | URLResolver] = [
    path("page/", floors.page),
    path("pair/<int:number>/", floors.pair),
    path("", include(router.urls)),
]
