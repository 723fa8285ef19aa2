"""The addresses of the keepers' pages. A noun stands in them by its Finnish word: /yllapito/tavoite/12/."""

from django.urls import path, register_converter

from toimenpiteet.web.keeping import order, pages, people, units
from toimenpiteet.web.keeping.nouns import BY_WORD, NOUNS, Noun
from toimenpiteet.web.views import stand_ins


class NounConverter:
    """A noun's Finnish word; templates name the noun in English: {% url 'keep' 'goal' 12 %}."""

    regex = "[a-z]+"

    def to_python(self, value: str) -> Noun:
        """Return the noun; a word that is none makes a 404."""
        if value not in BY_WORD:
            raise ValueError(value)
        return BY_WORD[value]

    def to_url(self, value: Noun | str) -> str:
        """Return the noun's word."""
        noun = value if isinstance(value, Noun) else NOUNS.get(value)
        if noun is None:
            raise ValueError(value)
        return noun.word


register_converter(NounConverter, "noun")

urlpatterns = [
    path("", pages.index, name="keeping"),
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
    path("vastuutaho/<int:pk>/nimi/", units.rename, name="unit-rename"),
    path("vastuutaho/<int:pk>/paata/", units.end, name="unit-end"),
    path("vastuutaho/<int:pk>/peru/", units.take_back, name="unit-take-back"),
    path("<noun:noun>/<int:pk>/", pages.edit, name="keep"),
    path("<noun:noun>/<int:pk>/siirra/", pages.move, name="keep-move"),
    path("<noun:noun>/<int:pk>/poista/", pages.remove, name="keep-remove"),
    path("<noun:noun>/uusi/<int:above>/", pages.add, name="keep-add"),
    path("<noun:noun>/jarjestys/<int:above>/", order.order, name="keep-order"),
]
