"""What the demonstration's people write. Nothing in it tells of a real city's work."""

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
    "Muistakaa merkitä tehdyt osatoimet ennen määräpäivää.",
    "Miten muut palvelualueet ovat tässä mukana?",
)
TAKEN_OVER = (
    "Vuoden 2020 tilanne kirjataan järjestelmään jälkikäteen.",
    "Tiedot siirretty aiemmasta seurantataulukosta.",
)
PAUSE = (
    "Odotetaan talousarvion päätöstä ja jatketaan sen jälkeen.",
    "Järjestelmän toimittaja vaihtuu, ja työ seisoo kilpailutuksen ajan.",
    "Tehtävä on täyttämättä. Jatketaan, kun tekijä on löytynyt.",
    "Lainsäädännön muutos on kesken, ja sisältö riippuu siitä.",
)
PROPOSE = (
    "Kaikki osatoimet on tehty, ja tulokset on esitelty johtoryhmälle.",
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
    "Keskeneräiset osatoimet hoidetaan seuraavalla kaudella.",
    "Vuosi 2020 ei riittänyt. Jatketaan uudella kaudella samoin vastuin.",
)
DISCONTINUE = (
    "Tarve poistui, kun organisaatio muuttui.",
    "Sisältö yhdistettiin toiseen toimenpiteeseen, joten tätä ei jatketa erikseen.",
)
REOPEN = ("Seurannassa selvisi, ettei käyttöönotto kata kaikkia palvelualueita. Jatketaan vielä.",)
APPROVE = ("", "", "Kiitos, hyvin tehty.", "Hyväksytään. Tulokset kootaan tilinpäätökseen.")
