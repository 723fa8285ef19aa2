"""The addresses of the keepers' pages. A kind of row stands in them by its Finnish word: /yllapito/tavoite/12/."""

from django.urls import path, register_converter

from toimenpiteet.web.edit import logo, order, pages
from toimenpiteet.web.edit.editables import BY_WORD, EDITABLES, Editable
from toimenpiteet.web.people import people, stand_ins
from toimenpiteet.web.units import ending


class EditableConverter:
    """A kind of row's Finnish word; templates name the kind of row in English: {% url 'edit' 'goal' 12 %}."""

    regex = "[a-z]+"

    def to_python(self, value: str) -> Editable:
        """Return the kind of row; a word that is none makes a 404."""
        if value not in BY_WORD:
            raise ValueError(value)
        return BY_WORD[value]

    def to_url(self, value: Editable | str) -> str:
        """Return the kind of row's word."""
        editable = value if isinstance(value, Editable) else EDITABLES.get(value)
        if editable is None:
            raise ValueError(value)
        return editable.word


register_converter(EditableConverter, "editable")

urlpatterns = [
    path("", pages.index, name="edit-index"),
    path("henkilot/", people.people, name="people"),
    path("henkilot/kutsu/", people.invite, name="person-invite"),
    path("henkilot/<int:pk>/", people.person, name="person"),
    path("henkilot/<int:pk>/rooli/", people.grant, name="person-role"),
    path("henkilot/<int:pk>/rooli/<slug:kind>/<int:role>/", people.end_role, name="person-role-end"),
    path("henkilot/<int:pk>/kutsu/", people.invite_again, name="person-invite-again"),
    path("henkilot/<int:pk>/sulje/", people.close, name="person-close"),
    path("henkilot/<int:pk>/sijainen/", stand_ins.add, name="person-stand-in-add"),
    path("henkilot/<int:pk>/sijainen/<int:grant>/", stand_ins.edit, name="person-stand-in"),
    path("henkilot/<int:pk>/sijainen/<int:grant>/paata/", stand_ins.end, name="person-stand-in-end"),
    path("kunta/<int:pk>/logo/", logo.logo, name="edit-logo"),
    path("vastuutaho/<int:pk>/nimi/", ending.rename, name="unit-rename"),
    path("vastuutaho/<int:pk>/paata/", ending.end, name="unit-end"),
    path("vastuutaho/<int:pk>/peru/", ending.take_back, name="unit-take-back"),
    path("<editable:editable>/<int:pk>/", pages.edit, name="edit"),
    path("<editable:editable>/<int:pk>/siirra/", pages.move, name="edit-move"),
    path("<editable:editable>/<int:pk>/poista/", pages.remove, name="edit-remove"),
    path("<editable:editable>/uusi/<int:above>/", pages.add, name="edit-add"),
    path("<editable:editable>/jarjestys/<int:above>/", order.order, name="edit-order"),
]
