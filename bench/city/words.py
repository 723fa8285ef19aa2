"""What is written in the invented city's plan. Nothing in it tells of a real city."""

FIRST_NAMES = (
    "Aino", "Alvar", "Anni", "Armas", "Eero", "Eila", "Elsa", "Esko", "Hanna", "Heikki", "Helvi", "Hilja", "Iida",
    "Ilmari", "Inkeri", "Jalmari", "Jorma", "Kaarina", "Kalle", "Kerttu", "Lauri", "Leena", "Lempi", "Maija", "Martti",
    "Meeri", "Niilo", "Oiva", "Oona", "Paavo", "Pihla", "Raili", "Reino", "Saimi", "Sulo", "Taimi", "Tauno", "Toini",
    "Urho", "Väinö",
)  # fmt: skip
# With these endings nobody is called: the people are seen to be invented.
SURNAMES = (
    "Haapamalli", "Halavamalli", "Jalavamalli", "Katajamalli", "Kaislamalli", "Koivumalli", "Kuusimalli",
    "Lehmusmalli", "Leppämalli", "Pajumalli", "Pihlajamalli", "Raitamalli", "Saarnimalli", "Tammimalli",
    "Vaahteramalli",
)  # fmt: skip

SERVICE_AREAS = (
    "Elinvoiman palvelualue",
    "Hyvinvoinnin palvelualue",
    "Kaupunkiympäristön palvelualue",
    "Kasvun ja oppimisen palvelualue",
    "Kulttuurin ja liikunnan palvelualue",
    "Konsernipalvelut",
)
UNITS = (
    "Yrityspalvelut", "Työllisyyspalvelut", "Matkailupalvelut", "Maahanmuuttopalvelut", "Tapahtumapalvelut",
    "Innovaatiopalvelut", "Satamapalvelut",
    "Ehkäisevä työ", "Perhepalvelut", "Nuorisopalvelut", "Ikääntyneiden palvelut", "Vammaispalvelut",
    "Osallisuuspalvelut", "Terveyden edistäminen",
    "Kaavoitus", "Kadut ja puistot", "Rakennusvalvonta", "Joukkoliikenne", "Ympäristönsuojelu", "Tilapalvelut",
    "Vesihuolto",
    "Varhaiskasvatus", "Perusopetus", "Lukiokoulutus", "Ammatillinen koulutus", "Oppilashuolto",
    "Aikuiskoulutus", "Kouluruokailu",
    "Kirjastopalvelut", "Museopalvelut", "Liikuntapalvelut", "Orkesteri", "Teatteri", "Kansalaisopisto",
    "Avustukset",
    "Talouspalvelut", "Henkilöstöpalvelut", "Tietohallinto", "Viestintä", "Hankinnat", "Lakipalvelut", "Arkisto",
)  # fmt: skip
BODIES = ("Kaupunginhallitus", "Hyvinvointilautakunta", "Ympäristölautakunta", "Sivistyslautakunta")
ROLES = ("Esimiehet", "Hankepäälliköt")
FORMER = ("Tilakeskus", "Tietotekniikkakeskus", "Hankintatoimi")

THEMES = (
    "Elinvoimainen ja kasvava",
    "Hyvinvoiva ja osallinen",
    "Kestävä ja toimiva ympäristö",
    "Oppiva ja uudistuva",
    "Tasapainoinen talous",
    "Osaava henkilöstö",
)
GOALS = (
    "Palvelut löytyvät helposti",
    "Yritysten määrä kasvaa",
    "Asukkaat osallistuvat päätöksiin",
    "Päästöt vähenevät",
    "Nuorten hyvinvointi paranee",
    "Ikääntyneet asuvat kotona pidempään",
    "Henkilöstön työkyky vahvistuu",
    "Tilat ovat tehokkaassa käytössä",
    "Hankinnat tehdään suunnitelmallisesti",
    "Tieto ohjaa johtamista",
    "Kulkeminen on sujuvaa",
    "Osaajat jäävät kaupunkiin",
)
VERBS = (
    "Laaditaan", "Otetaan käyttöön", "Uudistetaan", "Arvioidaan", "Kokeillaan", "Vakiinnutetaan", "Selvitetään",
    "Kehitetään", "Päivitetään", "Yhtenäistetään", "Kilpailutetaan", "Kootaan",
)  # fmt: skip
THINGS = (
    "palveluverkon suunnitelma", "asiakaspalautteen malli", "digitaalinen asiointi", "henkilöstösuunnitelma",
    "energiatehokkuusohjelma", "kumppanuussopimukset", "osallistuva budjetointi", "tiedolla johtamisen malli",
    "hankintojen vuosikello", "sähköinen ajanvaraus", "perehdyttämisen ohjelma", "vapaaehtoistyön verkosto",
    "lähiluonnon hoitosuunnitelma", "kävelyn ja pyöräilyn ohjelma", "oppimisympäristöjen malli",
    "varhaisen tuen toimintatapa", "yritysneuvonnan palvelulupaus", "tapahtumien yhteinen kalenteri",
    "tilojen yhteiskäytön periaatteet", "viestinnän toimintamalli",
)  # fmt: skip
WHERE = (
    "kaikilla palvelualueilla", "keskustassa", "lähipalveluissa", "kouluissa", "kirjastoissa", "konsernissa",
    "yhdessä järjestöjen kanssa", "yritysten kanssa", "kuntayhtymän kanssa", "kylillä", "verkossa", "hankkeissa",
)  # fmt: skip
SENTENCES = (
    "Nykytila kartoitetaan ja tulokset käydään läpi johtoryhmässä.",
    "Työlle nimetään vastuuhenkilö jokaiselta palvelualueelta.",
    "Kokeilu toteutetaan kahdessa yksikössä ennen laajentamista.",
    "Kustannukset arvioidaan osana talousarvion valmistelua.",
    "Asukkailta ja henkilöstöltä kerätään palautetta kahdesti vuodessa.",
    "Vaikutuksia seurataan sovituilla mittareilla.",
    "Toimintatapa kuvataan ja otetaan osaksi perehdytystä.",
    "Tulokset raportoidaan tilinpäätöksen yhteydessä.",
    "Yhteistyöstä sovitaan kumppaneiden kanssa kirjallisesti.",
    "Ratkaisu hankitaan yhteishankintana muiden kaupunkien kanssa.",
    "Viestintä suunnitellaan yhdessä palvelualueiden kanssa.",
    "Henkilöstö koulutetaan ennen käyttöönottoa.",
)
STEPS = (
    "Nykytilan kartoitus", "Työryhmän asettaminen", "Kysely asiakkaille", "Kysely henkilöstölle",
    "Luonnos kommenteille",
    "Käsittely johtoryhmässä", "Käsittely lautakunnassa", "Kokeilun suunnittelu", "Kokeilun toteutus",
    "Kokeilun arviointi", "Hankinnan valmistelu", "Hankintapäätös", "Käyttöönotto", "Henkilöstön koulutus",
    "Viestintä asukkaille", "Tulosten kokoaminen", "Mittareiden valinta", "Toimintamallin kuvaus",
)  # fmt: skip
PROJECTS = ("Sujuva arki", "Vihreä väylä", "Yhdessä vahva", "Digiloikka", "Kasvun paikka", "Tuki ajoissa", "Avoin data")
CAUSES = ("Tekijöitä on liian vähän.", "Päätös siirtyi.", "Toimittaja myöhästyi.", "Rahoitus on auki.")
NEXT_STEPS = ("Sovitaan uusi aikataulu.", "Haetaan sijainen.", "Viedään asia johtoryhmään.")
SWEDISH = ("Planen för servicenätet", "Digitala ärenden", "Programmet för cykling", "Modellen för kundrespons")
