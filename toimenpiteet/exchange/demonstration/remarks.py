"""What the demonstration's people write. Nothing in it tells of a real city's work."""

from toimenpiteet.answers import Unknown

PROGRESS = (
    "Työ etenee suunnitellusti. Seuraava välitarkastelu on johtoryhmässä.",
    "Ensimmäinen luonnos on valmis ja lähti kommenteille palvelualueille.",
    "Tilanne käytiin läpi yksikön kokouksessa. Aikataulu pitää.",
    "Kokeilu alkoi kahdessa yksikössä. Kokemukset kootaan ennen laajentamista.",
    "Osa palvelualueista ei ole vielä vastannut. Muuten edetään sovitusti.",
    "Tekijöitä on vähän, mutta tärkeimmät vaiheet ehditään tehdä.",
    "Yhteinen työpaja pidettiin, ja mukana oli väkeä joka palvelualueelta.",
    "Hankinnan valmistelu alkoi. Tarjouspyyntö lähtee ensi kuussa.",
    "Ohjeet päivitettiin ja julkaistiin intrassa.",
    "Palaute on ollut myönteistä, joten jatketaan samaan tapaan.",
    "Työnjaosta sovittiin: me kokoamme tiedot ja palvelualueet täydentävät.",
    "Seurannan tiedot on koottu tilinpäätöstä varten.",
    "Aikataulu lipsuu noin kuukauden, koska päätös siirtyi seuraavaan kokoukseen.",
    "Uusi työntekijä aloitti, ja työ pääsee taas vauhtiin.",
    "Koulutus pidettiin. Osallistujia oli enemmän kuin odotettiin.",
)
DIRECTOR = (
    "Tämä nostetaan esiin seuraavassa johtoryhmässä.",
    "Hyvä eteneminen. Kirjatkaa tulokset tilinpäätöstä varten.",
    "Muistakaa merkitä tehdyt osatoimenpiteet ennen määräpäivää.",
    "Miten muut palvelualueet ovat tässä mukana?",
)
PAUSE = (
    "Odotetaan talousarvion päätöstä ja jatketaan sen jälkeen.",
    "Järjestelmän toimittaja vaihtuu, ja työ seisoo kilpailutuksen ajan.",
    "Tehtävä on täyttämättä. Jatketaan, kun tekijä on löytynyt.",
    "Lainsäädännön muutos on kesken, ja sisältö riippuu siitä.",
)
PROPOSE = (
    "Kaikki osatoimenpiteet on tehty, ja tulokset on esitelty johtoryhmälle.",
    "Tavoite saavutettiin, ja toiminta on nyt osa tavallista työtä.",
    "Malli on käytössä, ja ohjeet löytyvät intrasta.",
    "Työ on tehty loppuun. Vaikutuksia seurataan mittareilla.",
    "Valmista tuli. Jatkokehitys kuuluu seuraavan kauden suunnitelmaan.",
)
SEND_BACK = (
    "Lisätkää vielä, miten tulosta on mitattu.",
    "Kertokaa, miten palvelualueet ovat ottaneet mallin käyttöön, ja ehdottakaa uudelleen.",
)
PROPOSE_AGAIN = (
    "Lisättiin mittarit ja palvelualueiden vastaukset.",
    "Käyttöönotto on nyt varmistettu jokaisella palvelualueella.",
)
CARRY_OVER = (
    "Työ jäi kesken ja jatkuu kauden 2021–2030 suunnitelmassa.",
    "Keskeneräiset osatoimenpiteet hoidetaan seuraavalla kaudella.",
    "Vuosi 2020 ei riittänyt. Jatketaan uudella kaudella samoin vastuin.",
)
DISCONTINUE = (
    "Tarve poistui, kun organisaatio muuttui.",
    "Sisältö yhdistettiin toiseen toimenpiteeseen, joten tätä ei jatketa erikseen.",
)
REOPEN = ("Seurannassa selvisi, ettei käyttöönotto kata kaikkia palvelualueita. Jatketaan vielä.",)
APPROVE = ("", "", "Kiitos, hyvin tehty.", "Hyväksytään. Tulokset kootaan tilinpäätökseen.")
# What is answered in rounds, by the light: what was done; with amber and red also the cause and the next step.
GREEN = (
    "Osatoimenpiteet etenevät sovitussa järjestyksessä, ja seuraava valmistuu ennen kesää.",
    "Malli on käytössä kolmessa yksikössä. Loput ottavat sen käyttöön vuodenvaihteessa.",
    "Työ on aikataulussa. Johtoryhmä käsitteli välitulokset ja oli tyytyväinen.",
    "Koulutukset on pidetty, ja ohjeet ovat kaikkien käytössä.",
)
AMBER = (
    ("Hankinta saatiin valmiiksi, mutta käyttöönotto siirtyy.", "Toimittaja myöhästyi.", "Käyttöönotosta sovitaan."),
    ("Selvitys on puolivalmis.", "Tekijöitä on vähemmän kuin suunniteltiin.", "Työ jaetaan kahden yksikön kesken."),
    ("Kokeilu jatkuu, tulokset jäävät niukoiksi.", "Osallistujia tuli vähän.", "Kokeilu uusitaan laajempana."),
)
RED = (
    ("Työ on seisonut koko vuoden puoliskon.", "Tehtävään ei ole rahaa.", "Rahoitus tuodaan talousarvioon."),
    ("Kilpailutus keskeytyi.", "Yksikään tarjous ei kelvannut.", "Kilpailutetaan uudelleen keväällä."),
)
# What cannot be assessed, the reason, and after how many days it will be known (0: nobody knows).
UNKNOWN = (
    (
        "Ei voida vielä arvioida: kyselyn tulokset valmistuvat vasta seuraavalla puolivuotisjaksolla.",
        Unknown.FIGURE_LATER,
        150,
    ),
    (
        "Ei voida arvioida: laskentatapa vaihtui, eivätkä luvut ole vertailukelpoisia edelliseen vuoteen.",
        Unknown.METHOD_CHANGED,
        0,
    ),
    (
        "Ei voida arvioida: asiaa ei mitata vielä. Mittaus alkaa, kun uusi järjestelmä on käytössä.",
        Unknown.NOT_MEASURED,
        240,
    ),
)
RETURNED = (
    "Lisätkää, montako yksikköä on mukana ja mistä tulokset löytyvät.",
    "Kertokaa vielä, kuka päättää seuraavasta askelesta ja milloin.",
)
RETURNED_LAST = "Kertokaa vielä, mistä luvut tulevat; vastausta ei voi hyväksyä ilman lähdettä."
# After the lock, and before sending.
EXCEPTED = "Vastauksen tieto osoittautui vanhentuneeksi; korjataan ennen kaupunginhallituksen kokousta"
WHY_CORRECTED = "Toimittaja ilmoitti viivästyksestä vasta lukituksen jälkeen"
CORRECTED = (
    "Käyttöönotto ei ehdi ilmoitettuun aikaan.",
    "Toimittaja ilmoitti viivästyksestä.",
    "Uusi aikataulu sovitaan toimittajan kanssa.",
)
EXCEPTED_NOW = "Vastaus jäi antamatta sairausloman takia; annetaan tarkastuslautakuntaa varten"
# Light, then the words so far.
DRAFTS = (
    ("on_track", "Kokosin kevään tulokset; johtaja täydentää vielä luvut.", ""),
    ("at_risk", "Kilpailutus on kesken.", "Tarjouksia saatiin vain yksi."),
)
MOVED = "Kaupunginhallituksen kokous siirtyi, joten raportti lukitaan myöhemmin"
EARLY = "Avataan hyvissä ajoin, jotta vuodenvaihteen kiireessä ei tarvitse vastata"
LOCKED = "Vastaukset on käyty läpi, ja raportti menee kaupunginhallitukselle"
DECIDED = "Kaupunginhallituksen päätös kirjattu raporttiin"
FIXED_FI = "Esittelyaineistoa: raportin tilanteet, sanat ja päätökset ovat keksittyjä."
FIXED_SV = "Demonstrationsmaterial: lägen, ord och beslut i rapporten är påhittade."
RETENTION = "10 vuotta (esittelyn keksitty peruste)"
# Invented indicators of the goals that bind.
MEASURED = (
    ("Esittelymittari: kokeilut, jotka jäivät käyttöön", "Demonstrationsmätare: försök som blev bestående"),
    ("Esittelymittari: palveluihin tyytyväiset", "Demonstrationsmätare: nöjda med tjänsterna"),
)
INVENTED = "Esittelyaineiston keksitty kysely"
FIGURES = "Vuoden luvut valmistuivat"
REGISTER = "ESITTELY/12/00.01.02/%(year)s"
PUBLISHED = "Kaupunginhallitus on käsitellyt raportin"

# Changes of plans: cause and effect.
LATER = (
    ("Hankinnasta valitettiin markkinaoikeuteen.", "Käyttöönotto siirtyy puoli vuotta; kustannukset eivät kasva."),
    ("Valtionavustus myönnettiin vuotta myöhemmin kuin haettiin.", "Työ alkaa vasta avustuksen tultua."),
    ("Toimittaja ei ehdi sovittuun määräaikaan.", "Koulutukset siirtyvät syksylle."),
    ("Kaavasta valitettiin, ja päätöstä odotetaan.", "Rakentaminen alkaa vuotta myöhemmin kuin sovittiin."),
)
WIDER = ("Myös tytäryhtiöt haluavat mukaan.", "Työ koskee jatkossa myös tytäryhtiöitä.")
NARROWER = ("Kolmas osapuoli vetäytyi.", "Kokeilu tehdään yhdellä palvelualueella kahden sijasta.")
NO_MORE = ("Palvelu siirtyi hyvinvointialueelle.", "Kaupunki ei enää vastaa asiasta, eikä työtä kannata jatkaa.")
GRANTED = "Perustelu on ymmärrettävä. Uudesta määräajasta pidetään kiinni."
REFUSED = "Tytäryhtiöt ovat omassa ohjelmassaan. Jatketaan sovitulla sisällöllä."
TO_BOARD = "Asia on kaupunginhallituksen päätettävä."
BY_BOARD = "Hyväksyttiin esityksen mukaan."
BOARD = "Kaupunginhallitus"
# Title and address, or title, name of a file and what stands in it; for everybody or not.
LINKS = (
    ("Kyselyn tulokset", "https://tulokset.esittely.example/kysely", True),
    ("Johtoryhmän muistio", "https://intra.esittely.example/johtoryhma/muistiot", False),
    ("Julkaistu ohje", "https://intra.esittely.example/ohjeet", False),
)
FILES = (
    ("Koulutuksiin osallistuneet", "osallistujat.csv", "Kuukausi;Osallistujia\nHuhti;18\nTouko;31\nKesä;24\n", True),
    ("Työpajan yhteenveto", "tyopaja.txt", "Työpaja: 24 osallistujaa, kolme kehitettävää asiaa.\n", False),
)

# What becomes of goals: the grounds, by outcome.
GROUNDS = {
    "achieved": (
        "Toimenpiteet on tehty, ja mittarit ovat tavoitetasolla.",
        "Tulokset näkyvät kyselyssä ja tunnusluvuissa.",
    ),
    "partly": (
        "Osa toimenpiteistä on valmiina, mutta vaikutus ei vielä näy mittareissa.",
        "Kaksi kolmesta osa-alueesta eteni; viimeinen siirtyy seuraavaan vuoteen.",
    ),
    "not_achieved": ("Työ on kesken, eikä tavoitetasoon päästä tämän vuoden aikana.",),
    "not_assessed": ("Mittarin tuorein luku valmistuu vasta keväällä.",),
}
RESULTS = ("Tulosten kooste", "https://tulokset.esittely.example/tavoitteet", True)
# Decisions that the reports follow up: what was decided, and what has been done when it is carried out.
FOLLOWED = (
    (
        "Johtoryhmä selvittää, miten vaiti olevat vastuutahot vastaavat",
        "Yksiköiden kanssa on sovittu vastaajista.",
    ),
    ("Punaisten toimenpiteiden rahoitus tuodaan talousarvion käsittelyyn", "Rahoitus on talousarviossa."),
    ("Mittarit, joilta puuttuu tavoitetaso, käydään läpi", "Tavoitetasot on sovittu."),
)
RECOMMENDED = ("Sitovien tavoitteiden mittareille nimetään vastuutaho", "Vastuutahot on nimetty.")
AUDITORS = "Tarkastuslautakunta"
