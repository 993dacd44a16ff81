"""Follow-ups stand alone, in nobody's words but the asker's and the conversation's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from invented_values import citation, source, turn
from scripted import ScriptedModel

from bot.condense import condense
from bot.errors import CancelledError, ModelError
from bot.llm import Cancellation

if TYPE_CHECKING:
    from bot.llm import LanguageModel

HISTORY = (turn("How did Kit Marsh learn programming?", [citation()]),)
FOLLOW_UP = "and what hardware did he use back in those days?"


def follow(question: str, model: LanguageModel | None = None) -> str:
    """Condense against the invented history."""
    return condense(question, HISTORY, model, Cancellation())


def test_a_question_that_refers_to_nothing_is_left_alone() -> None:
    """A whole question is not changed, and no model is asked."""
    asked = "Which programming languages should beginners learn before looking for jobs?"
    assert follow(asked, ScriptedModel()) == asked


def test_the_rule_adds_what_is_left_out() -> None:
    """Without a model a follow-up with words of its own gets the person, one without any the topic too."""
    assert follow(FOLLOW_UP) == f"{FOLLOW_UP} (Kit Marsh)"
    assert follow("and in Berlin?") == "and in Berlin? (Kit Marsh, learn programming)"
    assert follow("who else?") == "who else? (learn programming)"
    assert follow("and Nora Vale?") == "and Nora Vale? (learn programming)"


def test_a_remark_takes_the_topic_and_nobody() -> None:
    """What somebody says of themselves is said to the last question, not about whoever was cited."""
    assert follow("I have a degree in physics.") == "I have a degree in physics. (kit marsh learn programming)"
    assert follow("I meant sewing") == "I meant sewing (kit marsh learn programming)"


def test_a_faithful_rewriting_is_used() -> None:
    """The model's words are used when they are the follow-up's and the conversation's."""
    written = "What hardware did Kit Marsh use back in those days?"
    model = ScriptedModel([f"{written}\nAnd more."])
    assert follow(FOLLOW_UP, model) == written
    assert "Kit Marsh" in model.prompts[0].asked


@pytest.mark.parametrize(
    "written",
    [
        "What hardware did Kit Marsh use back in those days at Google?",
        "What did Kit Marsh use?",
        "How did Kit Marsh learn programming?",
        "",
        "\n",
    ],
)
def test_an_unfaithful_rewriting_is_not(written: str) -> None:
    """A rewriting that adds a word from outside, loses one of the asker's, or is empty leaves the rule standing."""
    assert follow(FOLLOW_UP, ScriptedModel([written])) == follow(FOLLOW_UP)


def test_a_failing_model_leaves_the_rule() -> None:
    """A model that cannot be reached does not stop the conversation."""
    assert follow(FOLLOW_UP, ScriptedModel([ModelError("gone")])) == follow(FOLLOW_UP)


def test_cancellation_goes_through() -> None:
    """Who stops the answer while a follow-up is rewritten is obeyed."""
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(CancelledError):
        condense(FOLLOW_UP, HISTORY, ScriptedModel(["x"]), cancellation)


def test_unmarked_speakers_are_the_guests() -> None:
    """Where no citation names a speaker, the guest of the source is meant; where nobody is known, only the topic helps."""
    unmarked = (turn("How do radios work?", [citation(speaker=None)]),)
    assert condense("why does he think so?", unmarked, None, Cancellation()) == "why does he think so? (Kit Marsh, radios work)"
    nobody = (turn("How do radios work?", [citation(source(people=()), speaker=None)]),)
    assert condense("why?", nobody, None, Cancellation()) == "why? (radios work)"


def test_a_refused_turn_still_names_somebody() -> None:
    """Who asked in vain about a person's salary may go on about the person, without the salary."""
    refused = (turn("What salary does Kit Marsh earn?", []),)
    assert condense("and what does he work on?", refused, None, Cancellation()) == "and what does he work on? (Kit Marsh)"
    assert condense("and what does he do there all day?", refused, None, Cancellation()).endswith("(Kit Marsh)")
    unknown = (turn("基特的薪水是多少？", []),)
    assert "基特" in condense("那他做什么工作？", unknown, None, Cancellation())


def test_a_topic_goes_back_to_the_question_that_stands_alone() -> None:
    """A chain of "what about …" keeps the question it began with."""
    cited = [citation()]
    history = (turn("How heavy are lathes?", cited), turn("Do I need a PhD?", cited), turn("what about a licence?", cited))
    assert condense("and a workshop?", history, None, Cancellation()) == "and a workshop? (phd licence)"


@pytest.mark.parametrize(
    "asked",
    [
        "How do I negotiate salary?",
        "And how can engineers negotiate a better salary offer?",
        "What is it like to be a data scientist?",
        "Is it worth doing a PhD?",
        "If I learn Python and Rust, does it help me?",
        "¿Cómo negocio mi salario?",
        "Wie verhandle ich mein Gehalt?",
        "如何谈薪水才能拿到更高的工资？",
    ],
)
def test_a_change_of_topic_drags_nothing_along(asked: str) -> None:
    """A question that says what it is about is searched for as it stands, even where it opens as if it went on."""
    assert follow(asked) == asked


@pytest.mark.parametrize(
    ("first", "asked", "alone"),
    [
        ("¿Qué estudió Kit Marsh?", "¿y dónde trabajó antes del taller?", "Kit Marsh"),
        ("Was hat Kit Marsh studiert?", "und sein zweiter Computer?", "Kit Marsh"),
        ("Brauche ich einen Doktortitel?", "warum?", "doktortitel"),
        ("Qu'a étudié Kit Marsh ?", "et son deuxième ordinateur ?", "Kit Marsh"),
        ("Preciso de um doutorado?", "e um mestrado?", "doutorado"),
        ("Нужна ли степень доктора?", "почему?", "степень доктора"),
        ("Что изучал Кит?", "а где он работал раньше?", "Kit Marsh"),
        ("需要博士学位吗？", "那硕士呢？", "需要博士学位吗？"),
        ("Kit Marsh 用什么电脑？", "那他的第二台电脑呢？", "Kit Marsh"),
        ("博士号は必要ですか？", "なぜですか？", "博士号は必要ですか？"),
        ("Kit Marshは何を勉強しましたか？", "彼の二台目のコンピュータは？", "Kit Marsh"),
        ("क्या मुझे पीएचडी चाहिए?", "क्यों?", "पीएचडी चाहिए"),
        ("Kit Marsh ने क्या पढ़ा?", "और उनका दूसरा कंप्यूटर?", "Kit Marsh"),
        ("هل أحتاج إلى دكتوراه؟", "لماذا؟", "أحتاج دكتوراه"),
        ("ماذا درس Kit Marsh؟", "وأين عمل قبل الورشة؟", "Kit Marsh"),
        ("ماذا درس Kit Marsh؟", "وحاسوبه الثاني؟", "Kit Marsh"),
    ],
)
def test_follow_ups_of_other_languages_stand_alone(first: str, asked: str, alone: str) -> None:
    """Pronouns, words that go on and sentences without a subject are understood in each language."""
    assert condense(asked, (turn(first, [citation()]),), None, Cancellation()) == f"{asked} ({alone})"


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("and why not radios?", "Why radios of Kit Marsh?"),
        ("and where did he work?", "What did Kit Marsh work?"),
        ("and where did he work?", "Where did he work?"),
    ],
)
def test_a_rewriting_keeps_negation_question_and_person(asked: str, written: str) -> None:
    """What small words say is kept too: not, where, and whom it is about."""
    history = (turn("Why did Kit Marsh mend radios?", [citation()]),)
    assert condense(asked, history, ScriptedModel([written]), Cancellation()) == condense(asked, history, None, Cancellation())


def test_a_chinese_rewriting_is_compared_by_characters() -> None:
    """Where a pronoun becomes a name every pair of characters around it changes; the characters do not."""
    history = (turn("Kit Marsh 怎样学编程？", [citation()]),)
    written = "Kit Marsh 现在做什么工作？"
    assert condense("那他现在做什么工作？", history, ScriptedModel([written]), Cancellation()) == written
