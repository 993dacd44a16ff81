"""Every word gets its speaker, its role and its exact place. All texts here are invented."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ingest.blocks import Block, BlockKind, Loaded, Metadata
from ingest.cast import cast
from ingest.segment import is_list_item, segment
from ingest.values import Kind, Person, Role, Segment

NORA = Person(name="Nora Quill", role=Role.INTERVIEWEE, aliases=("诺拉",))
OTTO = Person(name="Otto Finch", role=Role.INTERVIEWER, aliases=("奥托",))
INTERVIEW = Metadata(kind=Kind.INTERVIEW, people=(NORA, OTTO))


def paragraph(text: str, speaker: str | None = None, *, emphasised: bool = False) -> Block:
    """Return a paragraph."""
    return Block(kind=BlockKind.PARAGRAPH, text=text, speaker=speaker, emphasised=emphasised)


def heading(text: str) -> Block:
    """Return a heading."""
    return Block(kind=BlockKind.HEADING, text=text, level=2)


def item(text: str) -> Block:
    """Return a list item."""
    return Block(kind=BlockKind.LIST_ITEM, text=text)


def cue(text: str, second: float | None = None, speaker: str | None = None) -> Block:
    """Return a caption cue."""
    return Block(kind=BlockKind.CUE, text=text, second=second, speaker=speaker)


RULE = Block(kind=BlockKind.RULE, text="")


def segmented(
    *blocks: Block, metadata: Metadata = INTERVIEW, marked: bool = True, punctuated: bool = True
) -> dict[str, Segment]:
    """Return the segments by their text."""
    loaded = Loaded(blocks=blocks, metadata=metadata, marked_speakers=marked, punctuated=punctuated)
    text, segments = segment(loaded, metadata.people)
    return {each.span.of(text): each for each in segments}


def roles(*blocks: Block, metadata: Metadata = INTERVIEW) -> list[tuple[Role, str | None]]:
    """Return whose each segment is."""
    return [(each.role, each.speaker) for each in segmented(*blocks, metadata=metadata).values()]


ASKED, ANSWERED, WROTE = (Role.INTERVIEWER, "Otto Finch"), (Role.INTERVIEWEE, "Nora Quill"), (Role.AUTHOR, "Otto Finch")


def test_text_joins_paragraphs_items_and_cues() -> None:
    """Paragraphs are an empty line apart, items a line break, cues of one speaker a space."""
    loaded = Loaded(
        blocks=(heading("Tools"), paragraph("I use:"), item("a saw"), item("a plane"), paragraph("Yes.")), metadata=Metadata()
    )
    text, segments = segment(loaded, ())
    assert text == "Tools\n\nI use:\na saw\na plane\n\nYes."
    assert [each.span.of(text) for each in segments if is_list_item(text, each.span)] == ["a saw", "a plane"]
    assert segments[0].is_heading
    assert segment(Loaded(blocks=(cue("One and"), cue("two.")), metadata=Metadata()), ())[0] == "One and two."


def test_labels_hold_until_the_next() -> None:
    """Paragraphs without a label go on with the speaker before them."""
    blocks = (
        paragraph("Where do you work?", "Otto"),
        paragraph("At sea.", "Nora"),
        paragraph("Mostly."),
        paragraph("Why?", "Otto"),
    )
    assert roles(*blocks) == [ASKED, ANSWERED, ANSWERED, ASKED]


def test_labels_in_another_script_and_as_initials() -> None:
    """Labels resolve by alias, by initials, and by what a speaker is."""
    blocks = (
        paragraph("你在哪里工作？", "奥托"),
        paragraph("在海上。", "诺拉"),
        paragraph("Why?", "OF"),
        paragraph("Because.", "A"),
    )
    assert roles(*blocks) == [ASKED, ANSWERED, ASKED, ANSWERED]


def test_answers_without_labels_after_a_rule() -> None:
    """Between rules a labelled question is followed by the interviewee's words even where they have no label."""
    blocks = (
        paragraph("Where do you work?", "Otto"),
        paragraph("At sea, mostly."),
        paragraph("And in port."),
        RULE,
        paragraph("Why do you stay?", "Otto"),
        paragraph("I like it.", "Nora"),
        RULE,
        paragraph("What is hard?"),
        paragraph("The cold."),
    )
    assert roles(*blocks) == [ASKED, ANSWERED, ANSWERED, ASKED, ANSWERED, ASKED, ANSWERED]


def test_an_interviewer_who_goes_on_is_not_the_interviewee() -> None:
    """An interviewer's second paragraph stays hers where the answer carries its own label."""
    blocks = (paragraph("Where do you work?", "Otto"), paragraph("I mean on weekdays."), paragraph("At sea.", "Nora"))
    assert roles(*blocks) == [ASKED, ASKED, ANSWERED]
    assert roles(paragraph("You were ill.", "Otto"), paragraph("So I read."), paragraph("How was it?", "Otto"))[1] == ASKED


def test_an_unlabelled_question_before_a_labelled_answer() -> None:
    """Where only answers have labels, a paragraph that asks "you" right in front of one is the interviewer's."""
    blocks = (
        paragraph("Hello Nora. What do you build?"),
        paragraph("Boats.", "Nora"),
        paragraph("And oars."),
        paragraph("You sail too, I hear. Is it hard? I could not."),
        paragraph("It is.", "Nora"),
        paragraph("Do you see?"),
    )
    assert roles(*blocks) == [ASKED, ANSWERED, ANSWERED, ASKED, ANSWERED, ANSWERED]


def test_text_around_the_conversation_is_the_authors() -> None:
    """Before the first label, after a closing heading, and after the last answer's rule, the author speaks."""
    blocks = (
        paragraph("I met Nora in May."),
        paragraph("Why?", "Otto"),
        paragraph("So.", "Nora"),
        heading("Summary"),
        paragraph("Nora sails."),
    )
    assert roles(*blocks) == [WROTE, ASKED, ANSWERED, WROTE, WROTE]
    assert roles(*blocks[:3], RULE, paragraph("She left at noon."))[-1] == WROTE
    assert roles(*blocks[:3], heading("At home"), paragraph("It is warm there."), paragraph("When?", "Otto"))[-2] == ANSWERED


def test_questions_as_headings_and_emphasis() -> None:
    """Question headings and emphasised lines are the interviewer's, what follows is the interviewee's."""
    blocks = (
        paragraph("Meet Nora."),
        heading("What hardware do you use?"),
        paragraph("A saw."),
        paragraph("Tell us about your dog.", emphasised=True),
        paragraph("She is old."),
        heading("More"),
        paragraph("Very old."),
    )
    found = segmented(*blocks)
    assert [each.role for each in found.values()] == [
        Role.AUTHOR,
        Role.INTERVIEWER,
        Role.INTERVIEWEE,
        Role.INTERVIEWER,
        Role.INTERVIEWEE,
        Role.AUTHOR,
        Role.AUTHOR,
    ]
    assert found["What hardware do you use?"].is_heading
    assert found["What hardware do you use?"].is_question
    assert found["A saw."].speaker == "Nora Quill"


def test_question_headings_alone_make_an_interview() -> None:
    """A text of unknown kind whose headings mostly ask "you" is an interview with somebody unknown."""
    asking = [
        heading("Who are you?"),
        paragraph("A smith."),
        heading("What do you use?"),
        paragraph("Iron."),
        heading("What do you want?"),
    ]
    found = segmented(*asking, paragraph("Coal."), metadata=Metadata())
    assert found["Coal."].role is Role.INTERVIEWEE
    assert found["Coal."].speaker is None
    assert segmented(*asking[:2], metadata=Metadata())["A smith."].role is Role.AUTHOR
    person = Metadata(people=(NORA,))
    assert segmented(*asking[:2], metadata=person)["A smith."].speaker == "Nora Quill"


def test_articles_are_the_authors() -> None:
    """In an article every paragraph is the author's, and only headings with a question mark ask."""
    author = Person(name="Ida Moss", role=Role.AUTHOR)
    article = Metadata(kind=Kind.ARTICLE, people=(author,))
    found = segmented(
        heading("How to saw"), paragraph("Slowly."), heading("Why saw?"), paragraph("To build."), metadata=article
    )
    assert {each.role for each in found.values()} == {Role.AUTHOR}
    assert {each.speaker for each in found.values()} == {"Ida Moss"}
    assert [text for text, each in found.items() if each.is_question] == ["Why saw?"]


def test_a_hosts_introduction_is_not_the_guests() -> None:
    """An introduction that speaks of the author in the third person has no named speaker; one in the first person has."""
    guest = Metadata(kind=Kind.ARTICLE, people=(Person(name="WoodOwl", role=Role.AUTHOR, aliases=("W_Owl",)),))
    introduction = (paragraph("W_Owl is a carver; I trust him."), paragraph("Find his chairs here."))
    found = segmented(heading("Introduction"), *introduction, heading("Wood"), paragraph("I carve."), metadata=guest)
    assert found["W_Owl is a carver; I trust him."].speaker is None
    assert found["Find his chairs here."].speaker is None
    assert found["I carve."].speaker == "WoodOwl"
    own = segmented(paragraph("I am WoodOwl and she is my owl."), heading("Wood"), metadata=guest)
    assert own["I am WoodOwl and she is my owl."].speaker == "WoodOwl"
    later = segmented(heading("Wood"), paragraph("I carve."), heading("He"), paragraph("WoodOwl, he said."), metadata=guest)
    assert later["WoodOwl, he said."].speaker == "WoodOwl"


def test_captions_have_no_speakers_and_exact_seconds() -> None:
    """Sentences run across cues, each with the second of the cue it begins in; the host's question is marked."""
    cues = (
        cue("I started in the", 1.0),
        cue("harbour as a child. What did", 4.0),
        cue("you build there first? Small", 7.5),
        cue("boats and oars.", 9.0),
    )
    found = segmented(*cues, metadata=Metadata(kind=Kind.TRANSCRIPT), marked=False)
    assert {text: each.second for text, each in found.items()} == {
        "I started in the harbour as a child.": 1.0,
        "What did you build there first?": 4.0,
        "Small boats and oars.": 7.5,
    }
    assert [text for text, each in found.items() if each.is_question] == ["What did you build there first?"]
    assert {(each.role, each.speaker) for each in found.values()} == {(Role.UNKNOWN, None)}


def test_unpunctuated_captions_become_units() -> None:
    """Speech without full stops is cut into clauses and the host's question found."""
    talk = (
        "so i built boats for ten years and i sold them and how long did it take you to learn so i would say nine years or ten"
    )
    found = segmented(cue(talk, 0.0), metadata=Metadata(), marked=False, punctuated=False)
    assert [text for text, each in found.items() if each.is_question] == ["and how long did it take you to learn"]


def test_labelled_cues_keep_their_speakers() -> None:
    """Cues without a label go on with the speaker before them, and never change sides."""
    found = segmented(
        cue("How was it?", 0.0, "Otto"), cue("Do tell.", 2.0), cue("It was", 3.0, "Nora"), cue("very cold there.", 5.0)
    )
    assert [(each.role, each.second) for each in found.values()] == [(Role.INTERVIEWER, 0.0), (Role.INTERVIEWEE, 3.0)]


def test_transcripts_without_labels_are_nobodys() -> None:
    """A dialogue in plain paragraphs without labels names no speaker."""
    found = segmented(paragraph("I like it. Do you like it too?"), metadata=Metadata(kind=Kind.TRANSCRIPT))
    assert [(each.role, each.is_question) for each in found.values()] == [(Role.UNKNOWN, False), (Role.UNKNOWN, True)]


def test_strangers_get_roles_by_who_asks() -> None:
    """Of labels that name nobody known, the one who asks is the interviewer."""
    blocks = (
        paragraph("How are you?", "Uma Reed"),
        paragraph("Fine.", "Lars Holt"),
        paragraph("Why?", "Uma Reed"),
        paragraph("So.", "Lars Holt"),
    )
    found = cast(Loaded(blocks=blocks, metadata=Metadata()), ())
    assert {person.name: person.role for person in found.people} == {
        "Uma Reed": Role.INTERVIEWER,
        "Lars Holt": Role.INTERVIEWEE,
    }
    assert found.guessed == ("Uma Reed", "Lars Holt")
    known = cast(Loaded(blocks=blocks, metadata=Metadata()), (replace(NORA, name="Lars Holt"),))
    assert known.guessed == ("Uma Reed",)
    assert known.speaker("Uma Reed").role is Role.INTERVIEWER


def test_a_stranger_who_never_asks_is_no_interviewer() -> None:
    """A second guest is not taken for the host."""
    blocks = (paragraph("I sail.", "Nora"), paragraph("Me too.", "Lars Holt"))
    assert cast(Loaded(blocks=blocks, metadata=INTERVIEW), (NORA,)).speaker("Lars Holt").role is Role.INTERVIEWEE


def test_nameless_labels_name_nobody() -> None:
    """Where "Q" and "A" stand for nobody known, roles are kept and no name is made up."""
    found = segmented(paragraph("How are you?", "Q"), paragraph("Fine.", "A"), metadata=Metadata())
    assert [(each.role, each.speaker) for each in found.values()] == [(Role.INTERVIEWER, None), (Role.INTERVIEWEE, None)]


def test_an_author_who_asks_is_the_interviewer() -> None:
    """A labelled author in an interview is its interviewer."""
    metadata = Metadata(kind=Kind.INTERVIEW, people=(NORA, Person(name="Otto Finch", role=Role.AUTHOR)))
    assert roles(paragraph("Hello. Why?", "Otto Finch"), paragraph("So.", "Nora"), metadata=metadata) == [ASKED, ANSWERED]


KINDS = st.sampled_from([kind for kind in BlockKind if kind is not BlockKind.RULE])
TEXTS = st.sampled_from(
    ["Why do you sail?", "Because I like it. It is calm!", "是的，我喜欢。为什么？", "Summary", "so i said yes", "Tools:"]
)
BLOCKS = st.builds(
    Block,
    kind=KINDS,
    text=TEXTS,
    speaker=st.sampled_from([None, None, "Otto", "Nora", "Lars"]),
    second=st.sampled_from([None, 1.0]),
)


@given(st.lists(BLOCKS, max_size=12), st.booleans(), st.booleans())
def test_spans_are_exact_for_any_layout(blocks: list[Block], marked: bool, punctuated: bool) -> None:
    """Segments follow each other without overlap, hold all words, and start and end on ink."""
    loaded = Loaded(blocks=tuple(blocks), metadata=INTERVIEW, marked_speakers=marked, punctuated=punctuated)
    text, segments = segment(loaded, INTERVIEW.people)
    end = 0
    for each in segments:
        assert not text[end : each.span.start].strip()
        assert each.span.of(text).strip() == each.span.of(text) != ""
        end = each.span.end
    assert not text[end:].strip()
    assert "".join(block.text for block in blocks).replace(" ", "") == "".join(text.split())


def test_a_quotation_starts_no_turn() -> None:
    """What a block quote attributes to somebody is theirs alone, and an editor's words are nobody's by name."""
    quote = Block(kind=BlockKind.BLOCK_QUOTE, text="Wood is warm.", speaker="Old Carver")
    note = Block(kind=BlockKind.BLOCK_QUOTE, text="Ida carves.", speaker="Editor")
    article = Metadata(kind=Kind.ARTICLE, people=(Person(name="Ida Moss", role=Role.AUTHOR),))
    assert roles(quote, note, paragraph("I carve."), metadata=article) == [
        (Role.UNKNOWN, "Old Carver"),
        (Role.AUTHOR, None),
        (Role.AUTHOR, "Ida Moss"),
    ]
    talk = roles(paragraph("Why?", "Otto"), paragraph("So.", "Nora"), quote, paragraph("He was right."))
    assert talk == [ASKED, ANSWERED, (Role.UNKNOWN, "Old Carver"), ANSWERED]
    own = Block(kind=BlockKind.BLOCK_QUOTE, text="I said so.", speaker="Nora")
    assert roles(paragraph("Why?", "Otto"), own)[1] == ANSWERED
