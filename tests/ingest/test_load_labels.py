"""Speakers' labels: which are believed, and who asks. All texts are invented."""

from __future__ import annotations

import pytest

from ingest.blocks import Block, BlockKind
from ingest.load.labels import label_speakers
from ingest.load.names import is_name_like, matches, merge_people, stated_role
from ingest.load.roles import resolve_people
from ingest.values import Person, Role


def blocks(*texts: str) -> list[Block]:
    """Return a paragraph for each text."""
    return [Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts]


def speakers(*texts: str, people: tuple[Person, ...] = ()) -> list[str | None]:
    """Return the speaker found for each text."""
    return [block.speaker for block in label_speakers(blocks(*texts), people)]


ZORA = Person(name="Zora Quill", role=Role.INTERVIEWEE)
TALK = ("Ann: What do you bake?", "Zora: Bread.", "It rises.", "Ann: Why?", "Zora: I like it.")


def test_labels_that_recur_are_believed_and_cut() -> None:
    """A dialogue's labels become speakers; what follows a turn stays unlabelled."""
    found = label_speakers(blocks(*TALK), ())
    assert [block.speaker for block in found] == ["Ann", "Zora", None, "Ann", "Zora"]
    assert found[0].text == "What do you bake?"


def test_a_label_of_a_known_person_needs_no_partner() -> None:
    """Somebody named in the title is believed by part of the name."""
    assert speakers("Why?", "Zora: Bread.", "Why?", "Zora: Rolls.", people=(ZORA,)) == [None, "Zora", None, "Zora"]


def test_times_and_labels_alone_in_a_block() -> None:
    """Times in brackets become seconds; a label alone goes to the block after it."""
    found = label_speakers(
        blocks(
            "Ann Lee (00:00:03):",
            "Why?",
            "Zora Quill (00:01:04): Bread.",
            "[01:10] More.",
            "Ann Lee: [1:20] And?",
            "Zora Quill: So.",
        ),
        (),
    )
    assert [(block.speaker, block.second) for block in found] == [
        ("Ann Lee", 3.0),
        ("Zora Quill", 64.0),
        (None, 70.0),
        ("Ann Lee", 80.0),
        ("Zora Quill", None),
    ]


def test_full_width_colons_and_role_labels() -> None:
    """Chinese labels, and labels that name the role, are believed."""
    assert speakers("采访者：你为什么烤面包？", "佐拉：我喜欢。", "采访者：还有呢？", "佐拉：没有了。")[:2] == [
        "采访者",
        "佐拉",
    ]
    assert speakers("Q: Why bake?", "A: I like it.", "Q: And then?", "A: I eat.") == ["Q", "A", "Q", "A"]


def test_words_before_a_colon_are_no_labels_in_an_article() -> None:
    """Tips, notes and list-like leads are left alone, recurring or not."""
    texts = (
        "Tip: Knead it.",
        "Tip: Wait.",
        "Python: a snake.",
        "Note: Hot.",
        "Flour: we buy flour.",
        "Flour: white.",
        "https://a.example",
    )
    assert set(speakers(*texts)) == {None}


def test_late_guests_of_a_dialogue_are_believed_once() -> None:
    """In a dialogue a full name, a variant or a name the text mentions is believed at its first turn."""
    found = speakers(*TALK, "Bob Stone: Hello.", "Zora Quill: Bye.", "We asked Carl. Then Carl came.", "Carl: Hi.")
    assert found[5:] == ["Bob Stone", "Zora Quill", None, "Carl"]


def test_an_asker_alone_is_believed() -> None:
    """A single label whose turns are questions marks an interview."""
    assert speakers("瑞奇: 你为什么烤面包？", "我喜欢。", "瑞奇: 还有呢？", "没有了。") == ["瑞奇", None, "瑞奇", None]


def test_sources_of_quotations() -> None:
    """A quotation that ends in its source is attributed to it, for itself only."""
    quote = '"Bread is the oldest program that people run at home" — Ann Lee'
    block_quote = Block(kind=BlockKind.BLOCK_QUOTE, text="Bread is the oldest program of all. - Ann Lee")
    first, second = label_speakers([*blocks(quote), block_quote], ())
    assert (first.kind, first.speaker, first.text[-6:]) == (BlockKind.BLOCK_QUOTE, "Ann Lee", ' home"')
    assert (second.speaker, second.text) == ("Ann Lee", "Bread is the oldest program of all.")
    assert speakers('"Bread" is a word that I use - but seldom') == [None]
    assert speakers('"Bread is what I like to bake best of all" - bread') == [None]


def test_headings_of_a_record_are_no_turns() -> None:
    """Lines that name the interviewer, or head the record, are not speech."""
    lines = ("Interviewer: Ann Lee", "ZORA QUILL: An interview conducted by Ann Lee")
    assert speakers(*lines, *TALK, people=(ZORA,))[:2] == [None, None]


@pytest.mark.parametrize("label", ["Ann", "Ann van Lee", "Ann Lee, PhD", "阿德里安", "让·李", "BT_Hal", "Ann & Bob"])
def test_name_like(label: str) -> None:
    """Names of a few capitalised words or CJK characters."""
    assert is_name_like(label)


@pytest.mark.parametrize(
    "label", ["", "for example", "The Test", "我喜欢，面包", "one two three four five", "12 Monkeys", "ann lee", "提示"]
)
def test_not_name_like(label: str) -> None:
    """Phrases and lead words are no names."""
    assert not is_name_like(label)


def test_people_merge_by_name() -> None:
    """One person under several spellings becomes one entry with the fullest name; gaps are filled."""
    merged = merge_people(
        (
            Person(name="Ann", role=Role.UNKNOWN),
            Person(name="让·李", role=Role.INTERVIEWEE),
            Person(name="zoraquill", role=Role.INTERVIEWEE),
        ),
        (
            Person(name="Ann Fisher", role=Role.INTERVIEWER, position="Host"),
            Person(name="Ann Fischer", role=Role.INTERVIEWER),
            Person(name="让·黎", role=Role.INTERVIEWEE),
            Person(name="Zora Quill", role=Role.INTERVIEWEE),
        ),
    )
    assert [person.name for person in merged] == ["Ann Fisher", "让·李", "Zora Quill"]
    assert (merged[0].role, merged[0].position, merged[0].aliases) == (Role.INTERVIEWER, "Host", ("Ann", "Ann Fischer"))
    assert not matches("", ZORA)
    assert stated_role("答") is Role.INTERVIEWEE


def roles(*texts: str, people: tuple[Person, ...] = ()) -> dict[str, Role]:
    """Return the role found for each person."""
    found = resolve_people(label_speakers(blocks(*texts), people), people)
    return {person.name: person.role for person in found}


def test_who_asks_is_the_interviewer() -> None:
    """Roles follow the share of turns that end in a question."""
    assert roles(*TALK) == {"Ann": Role.INTERVIEWER, "Zora": Role.INTERVIEWEE}


def test_labels_in_another_script_are_aliases() -> None:
    """A transliterated label goes to the one person who does the same."""
    texts = (
        "Ann: Why?",
        "Zora: Bread.",
        "安: 还有呢？",
        "佐拉: 没有了。",
        "Ann: Really?",
        "Zora: Yes.",
        "安: 好吗？",
        "佐拉: 好。",
    )
    found = resolve_people(label_speakers(blocks(*texts), (ZORA,)), (ZORA,))
    assert [(person.name, person.role, person.aliases) for person in found] == [
        ("Zora Quill", Role.INTERVIEWEE, ("Zora", "佐拉")),
        ("Ann", Role.INTERVIEWER, ("安",)),
    ]


def test_role_labels_name_nobody() -> None:
    """`Interviewer:` without a known interviewer makes no person; with one it is an alias."""
    texts = ("Interviewer: Why?", "Zora: Bread.", "Interviewer: And?", "Zora: Rolls.")
    assert roles(*texts) == {"Zora": Role.INTERVIEWEE}
    host = Person(name="Ann Lee", role=Role.INTERVIEWER)
    assert resolve_people(label_speakers(blocks(*texts), (host,)), (host,))[0].aliases == ("Interviewer",)


def test_where_all_ask_alike_roles_stay_unknown() -> None:
    """Two hosts in conversation are not divided into host and guest; an author who asks is the interviewer."""
    assert set(roles("Ann: One.", "Bob: Two.", "Ann: Three.", "Bob: Four.").values()) == {Role.UNKNOWN}
    author = Person(name="Ann Lee", role=Role.AUTHOR)
    assert roles(*TALK, people=(author,))["Ann Lee"] is Role.INTERVIEWER
    asked = ("Ann: Why?", "Bread.", "Ann: And?", "Rolls.")
    assert roles(*asked) == {"Ann": Role.INTERVIEWER}
