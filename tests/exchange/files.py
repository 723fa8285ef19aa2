"""A small strategy file, and ways to change it; places are named by the words that stand there."""

from pathlib import Path
from typing import Any

from django.core.management import call_command

SMALL = """\
format: 1
documents:
  - number: "007"
    title: Mallilan strategia
municipality:
  key: mallila
  name: {fi: Mallila, sv: Mallby, en: Mallila}
units:
  - key: palvelualue
    name: Palvelualue
    kind: service_area
    aliases: [palv.alue]
    source: 007:1
  - key: tietohallinto
    name: {fi: Tietohallinto, sv: Dataförvaltningen}
    kind: unit
    parent: palvelualue
    source: 007:2-3
  - key: palvelualueet
    name: Palvelualueet
    kind: group
    members_kind: service_area
    source: 007:4
budget_lines:
  - key: kehittaminen
    name: Kehittäminen
    source: 007:5
projects:
  - key: datahanke
    name: Datahanke
    aliases: [Data]
    start_year: 2019
    end_year: 2021
    budget_line: kehittaminen
    source: 007:6
strategy:
  key: mallilan-strategia
  name: Mallilan strategia
  status: adopted
  start_year: 2020
  end_year: 2030
  decided_on: 2019-12
  source: 007:7-90
  periods:
    - {key: "2020", name: "2020", start_year: 2020, end_year: 2020}
    - {key: 2021-2030, name: 2021–2030, start_year: 2021, end_year: 2030}
  calendar:
    - {kind: annual_report, month: 6, day: 30, body: Valtuusto, stated: false, basis: Kuntalaki 113 §}
  parts:
    - {key: tilanne, kind: situation, name: Tilanne, text: Väki vähenee., source: 007:8}
  values:
    - {key: avoimuus, name: Avoimuus, source: 007:9}
  events:
    - {key: kysely, kind: survey, name: Kysely, start: 2019-04-10, end: 2019-05-01, participants: 12, source: 007:9}
  follow_up:
    - {key: valtuusto, text: Kerran vuodessa, per_year: 1, source: 007:9}
  themes:
    - key: toiminta
      kind: teema
      name: Sujuva toiminta
      source: 007:10
      success_factors:
        - {key: yhteistyo, number: 1, name: Yhteistyö, source: 007:11}
      goals:
        - key: palvelut
          number: 1
          name: Palvelut kehittyvät
          keywords: asiakaslupaus
          source: 007:12
          items:
            - key: tiekartta
              name: Tiekartta
              keywords: digistrategia, palvelupolku
              lead: tietohallinto
              source: 007:13
              plans:
                - period: "2020"
                  text: Laaditaan tiekartta.
                  due: 2020-11
                  units: [tietohallinto, palvelualueet]
                  projects: [datahanke]
                  budget_lines: [kehittaminen]
                  source: 007:14
                  steps:
                    - {key: kysely, text: Kysely, due: 2020-06, source: 007:15}
                    - {key: luonnos, text: Luonnos, unit: palvelualue, source: 007:16}
                - period: 2021-2030
                  text: Tiekartta otetaan käyttöön.
                  source: 007:17
          indicators:
            - key: tyytyvaisyys
              name: Tyytyväisyys
              perspective: effectiveness
              unit_of_measure: "%"
              source: 007:18
              values:
                - {year: 2019, kind: TP, value: 71.5, source: 007:19}
                - {year: 2019, kind: TA, value: 70, source: 007:19}
                - {position: 3, kind: estimate, value: -4, source: 007:19, doubt: Vuosi puuttuu.}
                - {year: 2020, kind: TP, no_data: true, source: 007:19}
              targets:
                - {op: ge, value: 75, by_year: 2021, standing: agreed, source: 007:20}
                - {op: none, standing: proposed, source: 007:20}
        - key: talous
          number: 2
          name: Talous on tasapainossa
          source: 007:21
  programmes:
    - {key: ohjelma, name: Ohjelma, status: in_force, end_year: 2025, themes: [toiminta], source: 007:22}
"""
ENTRIES = 40
"""How many rows SMALL makes."""


def edited(*replacements: tuple[str, str], base: str = SMALL) -> str:
    """Return `base` with every (old, new) replaced; each old must be there exactly once."""
    for old, new in replacements:
        assert base.count(old) == 1, (old, base.count(old))
        base = base.replace(old, new)
    return base


def written(folder: Path, content: str | bytes = SMALL, name: str = "mallila.yaml") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def load(*paths: Path, **options: Any) -> None:
    """Load files as the command does, speaking English."""
    call_command("load_strategies", *paths, **{"language": "en", "verbosity": 0} | options)
