"""The people of the demonstration: invented, and saying so in their names."""

from dataclasses import dataclass

from toimenpiteet.workflow import Role

DOMAIN = "esittely.example"
PASSWORD = "kokeile-vapaasti-2030"  # noqa: S105  # everybody's, and printed by `manage.py demo --list`
MUNICIPALITIES = ("kuopio", "kokkola")


@dataclass(frozen=True)
class Person:
    """One person; `unit` is the key of their unit, empty for a role in the municipality."""

    municipality: str
    role: Role
    unit: str
    name: str
    mailbox: str
    language: str = "fi"

    @property
    def email(self) -> str:
        """Return the address with which the person signs in."""
        return f"{self.mailbox}@{DOMAIN}"

    @property
    def full_name(self) -> str:
        """Return the name as everybody sees it."""
        said = {"fi": "esittely", "sv": "demonstration", "en": "demonstration"}[self.language]
        return f"{self.name} ({said})"


def _kuopio(role: Role, unit: str, name: str, mailbox: str, language: str = "fi") -> Person:
    return Person("kuopio", role, unit, name, mailbox, language)


def _kokkola(role: Role, unit: str, name: str, mailbox: str, language: str = "fi") -> Person:
    return Person("kokkola", role, unit, name, f"{mailbox}.kokkola", language)


CAST: tuple[Person, ...] = (
    _kuopio(Role.DIRECTOR, "", "Seija Strategiajohtaja", "strategiajohtaja"),
    _kuopio(Role.MANAGER, "strategia-ja-kehittaminen", "Stiina Strategia", "strategia"),
    _kuopio(Role.MANAGER, "tietohallinto", "Tiina Tietohallinto", "tietohallinto"),
    _kuopio(Role.MANAGER, "talous-ja-omistajaohjaus", "Taneli Talous", "talous"),
    _kuopio(Role.MANAGER, "markkinointi-ja-viestinta", "Ville Viestintä", "viestinta"),
    _kuopio(Role.MANAGER, "tyonantajapalvelu", "Tyyne Työnantaja", "tyonantajapalvelu"),
    _kuopio(Role.MANAGER, "tilapalvelut", "Tilda Tilapalvelu", "tilapalvelut"),
    _kuopio(Role.MANAGER, "kaupunkiympariston-palvelualue", "Päivi Palvelualue", "kaupunkiymparisto"),
    _kuopio(Role.MANAGER, "hyvinvoinnin-edistamisen-palvelualue", "Hilkka Hyvinvointi", "hyvinvointi"),
    _kuopio(Role.MANAGER, "perusturvan-palvelualue", "Pertti Perusturva", "perusturva"),
    _kuopio(Role.MANAGER, "terveydenhuollon-palvelualue", "Terhi Terveydenhuolto", "terveydenhuolto"),
    _kuopio(Role.MANAGER, "elinvoima-ja-konsernipalvelu", "Elina Elinvoima", "elinvoima"),
    _kuopio(Role.CONTRIBUTOR, "tietohallinto", "Toni Tekijä", "tekija"),
    _kuopio(Role.CONTRIBUTOR, "tyonantajapalvelu", "Outi Osaaja", "osaaja"),
    _kuopio(Role.VIEWER, "", "Tarja Tarkastaja", "tarkastaja"),
    _kuopio(Role.VIEWER, "", "Victor Visitor", "visitor", "en"),
    _kuopio(Role.ADMIN, "", "Yrjö Ylläpitäjä", "yllapitaja"),
    _kokkola(Role.DIRECTOR, "", "Kirsi Kaupunkistrategia", "strategiajohtaja"),
    _kokkola(Role.MANAGER, "sivistystoimi", "Barbro Bildning", "bildning", "sv"),
    _kokkola(Role.MANAGER, "elinkeinot-ja-kaupunkikehitys", "Kaino Kaupunkikehitys", "kaupunkikehitys"),
    _kokkola(Role.VIEWER, "", "Arvo Arvioija", "arvioija"),
    _kokkola(Role.ADMIN, "", "Asta Asetus", "yllapitaja"),
)
