"""Passages are parts of one answer with its question. All texts here are invented."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.blocks import Block, BlockKind, Loaded, Metadata
from ingest.chunk import LARGEST, LONGEST_QUESTION, SMALLEST, chunk
from ingest.segment import segment
from ingest.sentences import word_count
from ingest.values import Kind, Passage, Person, Role, Source

NORA = Person(name="Nora Quill", role=Role.INTERVIEWEE, position="boat builder, Quill Yard")
OTTO = Person(name="Otto Finch", role=Role.INTERVIEWER)
PEOPLE = (NORA, OTTO)
LONG = " ".join(f"This is plank number {n} of the seventh boat in our yard." for n in range(30))


def block(text: str, speaker: str | None = None, kind: BlockKind = BlockKind.PARAGRAPH, second: float | None = None) -> Block:
    """Return a block."""
    return Block(kind=kind, text=text, speaker=speaker, second=second)


def chunked(*blocks: Block, kind: Kind = Kind.INTERVIEW, marked: bool = True) -> tuple[str, tuple[Passage, ...]]:
    """Segment and chunk blocks of one talk."""
    loaded = Loaded(blocks=blocks, metadata=Metadata(kind=kind, people=PEOPLE), marked_speakers=marked)
    text, segments = segment(loaded, PEOPLE)
    return text, chunk(Source(id="boats", kind=kind, title="Boats", language="en", people=PEOPLE), text, segments)


def test_an_answer_keeps_its_question() -> None:
    """The question is a key, not evidence, and the header says who speaks about what."""
    text, passages = chunked(
        block("Work", kind=BlockKind.HEADING),
        block("Hello. What do you build?", "Otto"),
        block("Small boats of oak.", "Nora"),
        block("And oars."),
    )
    (passage,) = passages
    assert passage.span.of(text) == "Small boats of oak.\n\nAnd oars."
    assert [sentence.span.of(text) for sentence in passage.sentences] == ["Small boats of oak.", "And oars."]
    assert passage.question == "Hello. What do you build?"
    assert passage.header == "Boats — Nora Quill (boat builder, Quill Yard) — Work"
    assert (passage.section, passage.speaker, passage.role) == ("Work", "Nora Quill", Role.INTERVIEWEE)
    assert passage.marked_speakers


def test_a_long_answer_repeats_its_question() -> None:
    """Parts are of the wanted size, cut between sentences, and each has the question."""
    text, passages = chunked(block("How was it?", "Otto"), block(LONG, "Nora"))
    assert len(passages) > 2
    assert {passage.question for passage in passages} == {"How was it?"}
    assert all(SMALLEST <= word_count(passage.span.of(text)) <= LARGEST for passage in passages)
    assert all(passage.span.of(text).endswith("yard.") for passage in passages)


def test_cuts_prefer_paragraphs() -> None:
    """Two paragraphs of a good size become two passages."""
    paragraph = " ".join(["We planed the long grey plank by hand again today."] * 8)
    text, passages = chunked(block("How was it?", "Otto"), block(paragraph, "Nora"), block(paragraph))
    assert [passage.span.of(text) for passage in passages] == [paragraph, paragraph]
    assert passages[0].id != passages[1].id


def test_list_items_are_passages_with_their_lead_in() -> None:
    """Long items stand alone, short ones together, all under the words that lead into the list."""
    long_item = "Buy a good plane first, " + "and keep it sharp and dry " * 4 + "always."
    item = BlockKind.LIST_ITEM
    text, passages = chunked(
        block("Any advice?", "Otto"),
        block("Yes, here it is. In this order:", "Nora"),
        block(long_item, kind=item),
        block("A saw.", kind=item),
        block("A mallet.", kind=item),
        block("That is all of it."),
    )
    assert [passage.span.of(text) for passage in passages] == [
        "Yes, here it is. In this order:",
        long_item,
        "A saw.\nA mallet.",
        "That is all of it.",
    ]
    assert [sentence.span.of(text) for sentence in passages[0].sentences] == ["Yes, here it is."]
    assert passages[1].header.endswith("Nora Quill (boat builder, Quill Yard) — In this order:")
    assert not passages[3].header.endswith("In this order:")


def test_rhetorical_questions_stay_in_the_span_only() -> None:
    """A question inside an answer is not offered as evidence but not torn out of it either."""
    text, (passage,) = chunked(block("Why boats?", "Otto"), block("Why not build boats? I like the sea.", "Nora"))
    assert passage.span.of(text) == "Why not build boats? I like the sea."
    assert [sentence.span.of(text) for sentence in passage.sentences] == ["I like the sea."]


def test_what_says_nothing_is_no_passage() -> None:
    """One-word answers, mere questions and texts of the interviewer yield nothing."""
    assert chunked(block("Why boats?", "Otto"), block("Yes.", "Nora"), block("I love boats very much.", "Otto"))[1] == ()
    assert chunked(block("Why boats?", "Otto"), block("Why do you ask that?", "Nora"))[1] == ()


def test_short_remarks_leave_the_question_in_force() -> None:
    """A host's "I see." between two parts of an answer does not become their question; a longer statement does."""
    remark = "That is a very long remark that I make about the grey sea and all of its many birds."
    blocks = [
        block("Why boats?", "Otto"),
        block("I like the sea.", "Nora"),
        block("I see.", "Otto"),
        block("And I like oak.", "Nora"),
    ]
    assert [passage.question for passage in chunked(*blocks)[1]] == ["Why boats?", "Why boats?"]
    _, passages = chunked(*blocks[:2], block(remark, "Otto"), blocks[3])
    assert passages[1].question == remark


def test_questions_of_several_turns_are_joined_and_bounded() -> None:
    """What the host asks in a row is one key; of a very long question the end is kept."""
    _, (passage,) = chunked(block("You build.", "Otto"), block("Why boats?", "Otto"), block("I like the sea.", "Nora"))
    assert passage.question == "You build. Why boats?"
    _, (passage,) = chunked(block(LONG, "Otto"), block("Why boats?", "Otto"), block("I like the sea.", "Nora"))
    assert passage.question.endswith("Why boats?")
    assert word_count(passage.question) <= LONGEST_QUESTION


def test_question_headings_are_keys_in_articles_too() -> None:
    """A heading that asks is the key of its section; the next heading ends it."""
    heading = BlockKind.HEADING
    _, passages = chunked(
        block("Why oak?", kind=heading),
        block("Oak is very strong."),
        block("Pine", kind=heading),
        block("Pine is quite soft."),
        kind=Kind.ARTICLE,
    )
    assert [(passage.question, passage.section) for passage in passages] == [("Why oak?", ""), ("", "Pine")]


def test_text_after_a_closing_heading_has_no_question() -> None:
    """The author's closing words are not an answer."""
    closing = (block("Summary", kind=BlockKind.HEADING), block("Nora builds many boats."))
    _, passages = chunked(block("Why boats?", "Otto"), block("I like the sea.", "Nora"), *closing)
    assert [(passage.speaker, passage.question) for passage in passages] == [("Nora Quill", "Why boats?"), ("Otto Finch", "")]


def test_captions_name_the_guest_in_the_header_only() -> None:
    """Where speakers are not marked nobody is quoted by name, and sentences have their seconds."""
    cue = BlockKind.CUE
    text, (passage,) = chunked(
        block("I like the sea.", kind=cue, second=2.0), block("It is big.", kind=cue, second=5.0), marked=False
    )
    assert (passage.speaker, passage.role, passage.marked_speakers) == (None, Role.UNKNOWN, False)
    assert "Nora Quill" in passage.header
    assert [(sentence.span.of(text), sentence.second) for sentence in passage.sentences] == [
        ("I like the sea.", 2.0),
        ("It is big.", 5.0),
    ]
    assert passage.second == 2.0


def test_a_sentence_without_end_is_cut() -> None:
    """Text without full stops falls back to commas and spaces, with exact offsets."""
    endless = ", ".join(f"plank {n} of oak" for n in range(120))
    text, passages = chunked(block("How was it?", "Otto"), block(endless, "Nora"))
    sentences = [sentence.span.of(text) for passage in passages for sentence in passage.sentences]
    assert " ".join(sentences) == endless
    assert all(word_count(sentence) <= LARGEST for sentence in sentences)


def test_ids_depend_on_content_only() -> None:
    """Text added elsewhere changes no other passage's id; the same words twice get two ids."""
    answers = (block("Why?", "Otto"), block("I like the sea.", "Nora"))
    _, (alone,) = chunked(*answers)
    _, shifted = chunked(block("An introduction by Otto."), *answers)
    _, twice = chunked(*answers, *answers)
    assert shifted[-1].id == alone.id
    assert alone.id.startswith("p-")
    assert len(alone.id) == 18
    assert [passage.id == alone.id for passage in twice] == [True, False]


TEXTS = st.sampled_from(
    [
        "Why do you sail?",
        "Because I like it. It is calm! Is it?",
        "是的，我喜欢。为什么？我们造船。",
        "Summary",
        "In this order:",
        LONG,
        "Hm.",
    ]
)
BLOCKS = st.builds(block, TEXTS, st.sampled_from([None, "Otto", "Nora"]), st.sampled_from(list(BlockKind)))


@given(st.lists(BLOCKS, max_size=10), st.booleans())
def test_evidence_never_touches_questions(blocks: list[Block], marked: bool) -> None:
    """Whatever the layout, sentences lie in their passage and no interviewer's turn, question or heading in either."""
    text, passages = chunked(*blocks, marked=marked)
    _, segments = segment(Loaded(blocks=tuple(blocks), metadata=Metadata(kind=Kind.INTERVIEW), marked_speakers=marked), PEOPLE)
    keys = [each.span for each in segments if each.is_heading or each.is_question or each.role is Role.INTERVIEWER]
    for passage in passages:
        assert passage.sentences
        assert passage.span.of(text) in passage.key(text)
        assert not any(key.overlaps(passage.span) for key in keys)
        assert all(passage.span.contains(sentence.span) for sentence in passage.sentences)
    assert len({passage.id for passage in passages}) == len(passages)
