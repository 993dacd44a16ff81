"""The JSON bodies of the API: pydantic models at its edge, with the descriptions and examples of its documentation."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.question import LONGEST_QUESTION
from bot.strings import LANGUAGES

MOST_TURNS = 12
MOST_SOURCES = 12
_LANGUAGE = "^(" + "|".join(LANGUAGES) + ")$"
Language = Annotated[str, Field(pattern=_LANGUAGE)]
Short = Annotated[str, Field(max_length=300)]


def _number(value: object) -> object:
    """Refuse what only looks like a number: `true`, "5"."""
    if isinstance(value, (bool, str)):
        raise ValueError("a number is needed")  # noqa: TRY004 - pydantic takes no TypeError for an invalid body
    return value


WHOLE = BeforeValidator(_number)
"""For JSON numbers without a fraction; 5.0 is one."""
Words = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION, pattern=r"[^\W_]")]
"""A question: it has a letter or a digit."""


class Closed(BaseModel):
    """A body in which unknown fields are an error."""

    model_config = ConfigDict(extra="forbid")


class PastCitation(BaseModel):
    """A citation of an earlier answer. Other fields of the answer's JSON may stand here and are not read."""

    source_id: Short = ""
    speaker: Short | None = None


class PastAnswer(BaseModel):
    """An earlier answer of the conversation: its JSON as it came, or at least its language and citations."""

    language: Language = "en"
    citations: Annotated[list[PastCitation], Field(max_length=MOST_SOURCES * 2)] = []


class PastTurn(Closed):
    """An earlier question with its answer."""

    question: Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]
    answer: PastAnswer = PastAnswer()


class AskRequest(Closed):
    """A question."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"question": "How do I get into computer vision?", "sources": 3}]}
    )

    question: Annotated[Words, Field(description="In any of the languages.")]
    language: Annotated[Language | None, Field(description="Language to answer in; null for the question's.")] = None
    sources: Annotated[
        Annotated[int, Field(ge=1, le=MOST_SOURCES), WHOLE] | None, Field(description="Claims at most; null for 5.")
    ] = None
    history: Annotated[list[PastTurn], Field(max_length=MOST_TURNS, description="Earlier turns, oldest first.")] = []
    quotes_only_when_busy: Annotated[
        bool,
        Field(
            strict=True, description="Where the model has no time, answer at once with exact quotes instead of being refused."
        ),
    ] = False


class ClaimBody(BaseModel):
    """One statement, and the numbers of the citations it rests on."""

    text: str
    citations: list[int]
    support: Literal["quote", "paraphrase", "translation"]


class AlsoIn(BaseModel):
    """The same words in a linked translation, original or copy."""

    source_id: str
    language: str
    machine_translated: bool
    quote: str


class CitationBody(BaseModel):
    """The exact words behind a claim and where they stand."""

    n: int
    source_id: str
    path: str | None
    title: str
    speaker: str | None
    role: str
    url: str | None
    published: str | None
    language: str
    quote: str
    char_start: int
    char_end: int
    time_start: float | None
    translation_of: str | None
    machine_translated: Annotated[bool, Field(description="Whether the source is a machine translation.")]
    also_in: list[AlsoIn]
    passage_id: Annotated[str | None, Field(description="For `GET /v1/passages/{passage_id}`.")]


class VoicesBody(BaseModel):
    """How many people of the corpus speak to the question; counted, not generated."""

    speaking: int
    of: int
    names: list[str]


class TimingsBody(BaseModel):
    """Milliseconds from the start of the answer."""

    retrieve: int
    first_claim: int
    total: int


class ModelsBody(BaseModel):
    """What made the answer; `llm` is "none" for exact quotes only."""

    embedder: str
    llm: str


class IndexBody(BaseModel):
    """Which index was searched."""

    generation: str
    passages: int


class AnswerBody(BaseModel):
    """An answer, or a refusal that names the nearest topics: the same object as `ask --json`, with an id."""

    model_config = ConfigDict(title="Answer")

    schema_: Annotated[Literal[1], Field(alias="schema")]
    id: Annotated[str, Field(description="For `POST /v1/feedback`.")]
    question: str
    language: str
    status: Literal["answered", "refused"]
    answer: Annotated[str, Field(description="Markdown with [1] markers.")]
    claims: list[ClaimBody]
    citations: list[CitationBody]
    voices: VoicesBody
    nearest_topics: list[str]
    timings_ms: TimingsBody
    models: ModelsBody
    index: IndexBody


class PersonBody(BaseModel):
    """Somebody named in a source."""

    name: str
    role: str
    position: str | None


class SourceBody(BaseModel):
    """One ingested text."""

    id: str
    kind: Literal["interview", "transcript", "article", "digest"]
    title: str
    language: str
    people: list[PersonBody]
    url: str | None
    published: str | None
    licence: str | None
    translation_of: str | None
    copy_of: Annotated[str | None, Field(description="Source id of the same text from another place, in the same language.")]
    machine_translated: bool
    topics: list[str]


class SourcesBody(BaseModel):
    """All sources of the index."""

    sources: list[SourceBody]
    generation: str


class RenditionBody(BaseModel):
    """The quote's place in a linked translation or original."""

    source_id: str
    language: str
    machine_translated: bool
    before: str
    quote: str
    after: str


class PassageBody(BaseModel):
    """A quote inside its passage; `before + quote + after` is a stretch of the source's text."""

    passage_id: str
    source: SourceBody
    before: str
    quote: str
    after: str
    speaker: str | None
    language: str
    translations: list[RenditionBody]


class FeedbackRequest(Closed):
    """A vote on an answer, or on one claim of it (counted from 0)."""

    answer_id: Annotated[str, Field(min_length=1, max_length=64, examples=["4f0c2a9be1d87c53"])]
    claim: Annotated[int, Field(ge=0, le=100), WHOLE] | None = None
    vote: Literal["up", "down"]
    reason: Annotated[str | None, Field(max_length=1000)] = None


class IngestRequest(Closed):
    """What to read again: files or folders on the server under folders it knows; null for all of them."""

    paths: Annotated[list[Annotated[str, Field(min_length=1, max_length=1000)]] | None, Field(min_length=1, max_length=50)] = (
        None
    )
    rebuild: Annotated[bool, Field(strict=True, description="Read and embed everything again.")] = False


class AddedPerson(Closed):
    """Somebody who speaks in a document that is added."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^=\x00-\x1f]*[^=\s\x00-\x1f][^=\x00-\x1f]*$")]
    role: Literal["interviewee", "interviewer", "author"] = "interviewee"


class AddRequest(Closed):
    """A web page or a YouTube video to fetch, and what is to be stated of it instead of what it states itself."""

    url: Annotated[str, Field(min_length=8, max_length=2000, pattern=r"^https?://[^\s\x00-\x1f]+$")]
    title: Annotated[str | None, Field(max_length=300, pattern=r"^[^\x00-\x1f]*$")] = None
    people: Annotated[list[AddedPerson], Field(max_length=20)] = []
    published: Annotated[date | None, Field(description="ISO 8601, as 2024-05-31.")] = None
    language: Annotated[str | None, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1.")] = None
    translation_of: Annotated[
        str | None, Field(max_length=2000, pattern=r"^[^\s\x00-\x1f]+$", description="Source id or URL of the original.")
    ] = None


class JobBody(BaseModel):
    """Work on the index, on its way or over."""

    id: str
    kind: Literal["sync", "add", "forget"]
    status: Literal["queued", "running", "done", "failed"]
    created: str
    finished: str | None = None
    result: Annotated[dict[str, Any] | None, Field(description="What `ingest sync`, `add` or `forget` said with `--json`.")] = (
        None
    )
    detail: Annotated[str | None, Field(description="Why it failed.")] = None


class HealthBody(BaseModel):
    """The process is alive."""

    status: Literal["ok"]


class PingBody(BaseModel):
    """One thing that has to work."""

    name: str
    ok: bool
    detail: str


class ReadyBody(BaseModel):
    """Whether questions can be answered, and what is missing."""

    ready: bool
    checks: list[PingBody]


class ProblemBody(BaseModel):
    """A failure (RFC 9457)."""

    model_config = ConfigDict(title="Problem", extra="allow")

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    retry_after: int | None = None
    errors: list[dict[str, str]] = []
