"""Cleaning. All texts are invented."""

from __future__ import annotations

import pytest

from ingest.blocks import Block, BlockKind
from ingest.clean import drop_furniture, tidy_characters
from ingest.clean.boilerplate import is_furniture
from ingest.clean.characters import tidy


def paragraph(text: str, speaker: str | None = None) -> Block:
    """Return a paragraph."""
    return Block(kind=BlockKind.PARAGRAPH, text=text, speaker=speaker)


def heading(text: str) -> Block:
    """Return a heading of the second level."""
    return Block(kind=BlockKind.HEADING, text=text, level=2)


def texts(*blocks: Block, broken_lines: bool = False) -> list[str]:
    """Return the texts of blocks."""
    return [block.text for block in drop_furniture(blocks, broken_lines=broken_lines).blocks]


def test_mojibake_is_mended_and_quotes_are_kept() -> None:
    """Mis-decoded bytes are mended; curly quotation marks stay curly; a stray letter goes."""
    assert tidy("Itâ€™s mine. “Really”").text == "It’s mine. “Really”"
    assert tidy("I wrote it myself.Â").text == "I wrote it myself."
    assert tidy("“Curly’s” quotes").mojibake == 0
    assert tidy("Ânimo").text == "Ânimo"


def test_invisible_characters_go_where_they_join_nothing() -> None:
    """Zero-width and bidirectional marks go, and are counted; a Hindi joiner stays."""
    hidden = tidy("a\u200bb\u202ec\u200dd \ufb01le\u2029x\x0cy")
    assert hidden.text == "abcd file x y"
    assert (hidden.invisible, hidden.reordering) == (3, 1)
    assert tidy("क्‍ष").text == "क्‍ष"


def test_what_was_removed_is_noted() -> None:
    """Notes tell of invisible, reordering and mis-encoded characters; an emptied block goes, a rule stays."""
    cleaned = tidy_characters(
        [paragraph("x\u202ey"), paragraph("\u200b"), paragraph("donâ€™t"), Block(kind=BlockKind.RULE, text="")]
    )
    assert [block.text for block in cleaned.blocks] == ["xy", "don’t", ""]
    assert len(cleaned.notes) == 3


def test_sections_of_furniture_end_at_the_next_heading() -> None:
    """A newsletter form goes with its section; the next heading brings the text back."""
    kept = texts(
        paragraph("Text."),
        heading("Join the Acme Newsletter today"),
        paragraph("Whatever."),
        heading("Coda"),
        paragraph("End."),
    )
    assert kept == ["Text.", "Coda", "End."]


def test_comments_run_to_the_end() -> None:
    """Headings among the comments bring nothing back."""
    assert texts(
        paragraph("Text."), paragraph("Comment section"), paragraph("Hi!"), heading("Bob Lee"), paragraph("Nice.")
    ) == ["Text."]


def test_a_speaker_ends_a_section_of_furniture_and_is_never_dropped() -> None:
    """What a labelled speaker says stays, whatever words it holds."""
    said = paragraph("I started a newsletter: enter your email address below, I said.", "Ann")
    assert texts(heading("Related posts"), paragraph("A post"), said) == [said.text]


@pytest.mark.parametrize(
    "text",
    [
        "Photo by Ann Lee on Unsplash",
        "Image from Acme Design",
        "Some Hero, Image from example.com",
        "Eye Emoji from emoji.example",
        "Dots by Ann Lee. (Image Licence held by the author)",
        "Ann Lee Jul 3, 2021 · 9 min read ★",
        "Share",
        "July 3, 2021",
        "Enter your email address below to get it.",
        "Click here to browse my shop.",
        "We use cookies.",
        "Feel free to subscribe to my channel here.",
        "This page was last modified on 1 May 2020.",
        "Break: [13:19] to [13:39]",
    ],
)
def test_single_lines_of_furniture(text: str) -> None:
    """Image credits, bylines, buttons, forms and notices are furniture."""
    assert is_furniture(paragraph(text))


@pytest.mark.parametrize(
    "text",
    [
        "My newsletter taught me to write every week.",
        "Images from the camera are resized before training.",
        "I share what I learn.",
        "Follow the data and you will learn.",
        "The cookies of our baker paid for my studies.",
        "We took photos on the roof, and I learned Python by sorting them.",
    ],
)
def test_words_of_furniture_inside_a_text_stay(text: str) -> None:
    """The words of furniture in ordinary sentences are not furniture."""
    assert not is_furniture(paragraph(text))
    assert texts(paragraph(text), paragraph("And so on.")) == [text, "And so on."]


def test_menus_before_the_first_heading_go() -> None:
    """A page that opens with its menu begins at its first top heading."""
    top = Block(kind=BlockKind.HEADING, text="Life", level=1)
    assert texts(paragraph("Toggle navigation"), paragraph("Home page"), top, paragraph("Text.")) == ["Life", "Text."]


def test_the_last_call_to_the_reader_goes_with_rules_around_it() -> None:
    """Trailing requests and rules go; remnants of links inside a text go too."""
    rule = Block(kind=BlockKind.RULE, text="")
    assert texts(rule, paragraph("See Home(#Home_page) now."), rule, rule, paragraph("Tip: Follow me for more")) == [
        "See Home now."
    ]


def test_a_paragraph_cut_by_a_page_is_joined_by_one_space() -> None:
    """An unfinished paragraph and its rest in lower case become one, over an image credit too; a heading does not."""
    cut = [
        paragraph("I like to read papers about vision and"),
        paragraph("Photo by Ann Lee on Unsplash"),
        paragraph("speech."),
        heading("A heading of five words"),
        paragraph("iPhones too."),
    ]
    assert texts(*cut, broken_lines=True)[0] == "I like to read papers about vision and speech."
    assert len(texts(*cut, broken_lines=True)) == 3
    assert len(texts(*cut)) == 4


def test_dropped_characters_are_counted() -> None:
    """The count is the text that went."""
    assert drop_furniture([paragraph("Share"), paragraph("Text.")], broken_lines=False).dropped_characters == 5
