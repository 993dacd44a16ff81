"""A corpus of one digest and two translations that keeps every rule but that on size; the person and the words are invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.strings import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

SECTIONS = 12
SENTENCES = {
    "en": "Vale says that the old robot arm in the harbour needed {n} new parts in every season.",
    "zh": "Vale 说，港口里的旧机械臂每个季节都需要 {n} 个新零件。",
    "es": "Vale dice que el viejo brazo robótico del puerto necesitaba {n} piezas nuevas en cada temporada.",
}
HEADINGS = {
    "en": "How did Nora Vale mend robot arms in year {n}?",
    "zh": "Nora Vale 在第 {n} 年怎样修理机械臂？",
    "es": "¿Cómo reparaba Nora Vale los brazos robóticos en el año {n}?",
}
ENGLISH, CHINESE, SPANISH = "nora-vale-2019.md", "nora-vale-2019-zh.md", "nora-vale-2019-es.md"
_QUESTIONS = """\
[nora-vale-2019]
asks = ["how do I learn to mend robot arms?", "is it worth working in a harbour?"]
asks_es = ["¿Cómo puedo aprender a reparar brazos robóticos?"]
does_not_know = "How much does a harbour pay for a new robot arm?"
"""
_SOURCES = """\
[[source]]
id = "robot-letter-nora-vale"
kind = "interview"
title = "Nora Vale mends robot arms"
url = "https://example.org/2019/05/nora-vale"
published = 2019-05-04
language = "en"
people = [
  { name = "Nora Vale", role = "interviewee", position = "Robot technician" },
  { name = "Ida Moss", role = "interviewer", position = "Editor" },
]
"""


def write_corpus(folder: Path) -> Path:
    """Write the corpus to `folder`, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, language in ((ENGLISH, "en"), (CHINESE, "zh"), (SPANISH, "es")):
        (folder / name).write_text(_digest(language), encoding="utf-8")
    names = "\n".join(f'{language} = "robots {language}"' for language in LANGUAGES)
    (folder / "topics.toml").write_text(f"[projects]\n{names}\n", encoding="utf-8")
    (folder / "questions.toml").write_text(_QUESTIONS, encoding="utf-8")
    (folder / "sources.toml").write_text(_SOURCES, encoding="utf-8")
    (folder / "README.md").write_text(
        "| digest | original |\n|---|---|\n| `nora-vale-2019` | an interview |\n", encoding="utf-8"
    )
    return folder


def _digest(language: str) -> str:
    name = "nora-vale-2019" if language == "en" else f"nora-vale-2019-{language}"
    link = "" if language == "en" else "translation_of: nora-vale-2019\n"
    body = "".join(_section(language, n) for n in range(1, SECTIONS + 1))
    return (
        f'---\nid: {name}\nkind: digest\ntitle: "Nora Vale: robot arms"\nperson: Nora Vale\nposition: Robot technician\n'
        "aliases: [Vale]\nperson_role: interviewee\ninterviewer: Ida Moss\npublication: Robot Letter\n"
        "url: https://example.org/2019/05/nora-vale\npublished: 2019-05-04\n"
        f"language: {language}\n{link}machine_translated: false\ntopics: [projects]\nlicence: CC-BY-4.0\n"
        f"retrieved: 2020-01-02\n---\n\n# Nora Vale: robot arms\n{body}"
    )


def _section(language: str, n: int) -> str:
    sentences = (SENTENCES[language].format(n=10 * n + k) for k in range(1, 4))
    between = "" if language == "zh" else " "
    return f"\n## {HEADINGS[language].format(n=n)}\n\n{between.join(sentences)}\n"
