"""Answers that the stand-in server gives. Every person, text and address in them is invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

MARKUP = "<img src=x onerror=\"window.executed='image'\"><script>window.executed='script'</script>"
MARKDOWN = "[click me](javascript:window.executed='markdown') **bold** <b>bold</b>"
RIGHT_TO_LEFT_OVERRIDE = "\u202egnorw yaw eht\u202c"
LONG_WORD = "Donaudampfschifffahrtsgesellschaft" * 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What one question gets: events in order, then nothing, a cut, or silence until the asker leaves."""

    events: tuple[tuple[str, Json], ...] = ()
    silent: bool = False
    """Keep the connection open after the last event."""
    status: int = 200
    problem: Json = field(default_factory=dict)
    retry_after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A quote with its surroundings, in one language."""

    language: str
    quote: str
    before: str = ""
    after: str = ""


def citation(n: int, words: Words, **changes: Any) -> Json:
    """Return a citation of an invented interview; `changes` replace its fields."""
    made = {
        "n": n,
        "source_id": f"source-{n}",
        "path": None,
        "title": "From the harbour office to image models",
        "speaker": "Ada Example",
        "role": "interviewee",
        "url": "https://interviews.example/ada",
        "published": "2021-04-14",
        "language": words.language,
        "quote": words.quote,
        "char_start": 100,
        "char_end": 100 + len(words.quote),
        "time_start": None,
        "translation_of": None,
        "also_in": [],
        "passage_id": f"passage-{n}",
    }
    return made | changes


def claim(text: str, *numbers: int, support: str = "paraphrase") -> Json:
    """Return a claim resting on the citations with these numbers."""
    return {"text": text, "citations": list(numbers), "support": support}


def whole(question: str, claims: list[Json], citations: list[Json], **changes: Any) -> Json:
    """Return the payload of a finished answer."""
    made = {
        "schema": 1,
        "id": "answer-1",
        "question": question,
        "language": "en",
        "status": "answered",
        "answer": "\n\n".join(item["text"] for item in claims),
        "claims": claims,
        "citations": citations,
        "voices": {"speaking": 3, "of": 12, "names": ["Ada Example", "Bo Sample", "Chen Invented"]},
        "nearest_topics": [],
        "timings_ms": {"retrieve": 20, "first_claim": 900, "total": 2100},
        "models": {"embedder": "invented", "llm": "invented"},
        "index": {"generation": "g1", "passages": 120},
    }
    return made | changes


def streamed(payload: Json, final: str = "done") -> tuple[tuple[str, Json], ...]:
    """Return the events that lead to `payload`."""
    by_number = {item["n"]: item for item in payload["citations"]}
    keys = ("source_id", "title", "speaker", "quote", "language")
    quotes = [{key: item[key] for key in keys} for item in payload["citations"]]
    claims = [("claim", {"claim": item, "citations": [by_number[n] for n in item["citations"]]}) for item in payload["claims"]]
    return (("searching", {"language": payload["language"]}), ("evidence", {"quotes": quotes}), *claims, (final, payload))


ADA = Words(
    language="en",
    before="I was counting containers by hand when somebody lent me a camera.\n\n",
    quote="Pick one small thing that annoys you every day, film it for a week, and make a model that can see it.",
    after=" That was my whole portfolio, and it was enough for the first interview.",
)
BO = Words(
    language="es",
    before="Al principio nadie me contestaba. ",
    quote="Lo que abrió la puerta fue enseñar el proyecto funcionando en mi teléfono, no el título.",
    after=" Después todo fue más fácil.",
)
BO_IN_ENGLISH = Words(
    language="en",
    before="At first nobody answered me. ",
    quote="What opened the door was showing the project running on my phone, not the degree.",
    after=" After that it all got easier.",
)
CHEN = Words(
    language="en",
    before="so yeah people ask me that a lot and ",
    quote="you read one paper a week and you write down in three lines what you would do with it",
    after=" and after a year you have fifty of those",
)
ARABIC = Words(
    language="ar", before="في البداية كنت أتعلم وحدي. ", quote="ابدأ بمشروع صغير يهمك أنت.", after=" ثم شاركه مع الناس."
)
HOSTILE = Words(language="en", before=f"{MARKUP} before ", quote=f"{MARKUP} {MARKDOWN} {LONG_WORD}", after=f" after {MARKUP}")

PASSAGES = {"passage-1": ADA, "passage-2": BO, "passage-3": CHEN, "passage-4": HOSTILE, "passage-5": ARABIC}
TRANSLATIONS = {"passage-2": {"source-2-en": BO_IN_ENGLISH}}

CITATIONS = {
    1: citation(1, ADA),
    2: citation(
        2,
        BO,
        title="Del taller a la visión por computador",
        speaker="Bo Sample",
        url="https://interviews.example/bo",
        also_in=[{"source_id": "source-2-en", "language": "en", "machine_translated": False, "quote": BO_IN_ENGLISH.quote}],
    ),
    3: citation(
        3,
        CHEN,
        title="Chen Invented on reading papers (recording)",
        speaker="Chen Invented",
        role="unknown",
        url="https://www.youtube.com/watch?v=invented",
        published="2020-03-24",
        time_start=754.0,
    ),
    4: citation(
        4,
        HOSTILE,
        title=f"{MARKUP} {RIGHT_TO_LEFT_OVERRIDE}",
        speaker=f"{MARKUP}{RIGHT_TO_LEFT_OVERRIDE}",
        role=MARKUP,
        url="javascript:window.executed='link'",
        published=MARKUP,
        language="en",
    ),
    5: citation(5, ARABIC, title="مقابلة مع نور", speaker="نور المثال", url="https://interviews.example/nour"),
}

QUESTION = "How do I get into computer vision?"


def _answered(question: str) -> Json:
    claims = [
        claim("Ada Example advises choosing one small daily annoyance, filming it for a week and building a model for it.", 1),
        claim(f"Bo Sample, Engineer at Invented Works, said in 2021: “{BO.quote}” (in Spanish)", 2, support="quote"),
        claim(f"In the interview with Chen Invented (2020): “{CHEN.quote}”", 3, support="quote"),
    ]
    return whole(question, claims, [CITATIONS[n] for n in (1, 2, 3)])


def _hostile(question: str) -> Json:
    claims = [
        claim(f"{MARKUP} {MARKDOWN} {RIGHT_TO_LEFT_OVERRIDE}", 4),
        claim(f"{MARKUP} said: “{HOSTILE.quote}”", 4, support="quote"),
    ]
    voices = {"speaking": 1, "of": 2, "names": [MARKUP]}
    return whole(question, claims, [CITATIONS[4]], voices=voices)


def _arabic(question: str) -> Json:
    claims = [claim(f"قالت نور المثال عام 2021: «{ARABIC.quote}»", 5, support="quote")]
    voices = {"speaking": 1, "of": 12, "names": ["نور المثال"]}
    return whole(question, claims, [CITATIONS[5]], language="ar", voices=voices)


NO_ANSWER = "The interviews I have do not answer this.\nNearest topics they cover:"
GREETING = "Hello from the stand-in.\nYou could ask, say:"


def _refused(question: str, topics: list[str], said: str = NO_ANSWER) -> Json:
    answer = "\n- ".join([said, *topics])
    voices = {"speaking": 0, "of": 12, "names": []}
    return whole(question, [], [], status="refused", answer=answer, nearest_topics=topics, voices=voices)


def script_for(question: str) -> Script:
    """Return what the stand-in does with a question: chosen by a word in it."""
    full = streamed(_answered(question))
    scripts = {
        "[queue]": Script(events=(("queued", {"position": 2}), ("queued", {"position": 1}), *full)),
        "[hostile]": Script(events=streamed(_hostile(question))),
        "[arabic]": Script(events=streamed(_arabic(question))),
        "[greet]": Script(events=streamed(_refused(question, [QUESTION], GREETING), "refused")),
        "[refuse]": Script(events=streamed(_refused(question, [QUESTION, f"{MARKUP} topic"]), "refused")),
        "[fail]": Script(events=(*full[:3], ("error", problem(500, "The model stopped.")))),
        "[cut]": Script(events=full[:3]),
        "[slow]": Script(events=full[:3], silent=True),
        "[evidence]": Script(events=full[:2], silent=True),
        "[busy]": Script(status=429, problem=problem(429, "Too many requests."), retry_after=7),
        "[unready]": Script(status=503, problem=problem(503, "Nothing has been ingested yet.")),
        "[full]": Script(status=503, problem=problem(503, "The queue is full.", "urn:careerbot:problem:queue-full")),
        "[long]": Script(status=422, problem=problem(422, "The question is too long.")),
    }
    return next((script for word, script in scripts.items() if word in question), Script(events=full))


def problem(status: int, detail: str, kind: str = "about:blank") -> Json:
    """Return a problem+json body (RFC 9457)."""
    return {"type": kind, "title": "Problem", "status": status, "detail": detail, "request_id": f"request-{status}"}


def passage(identity: str) -> Json | None:
    """Return the body of `GET /v1/passages/{id}`, or None for an unknown one."""
    words = PASSAGES.get(identity)
    if words is None:
        return None
    cited = next(item for item in CITATIONS.values() if item["passage_id"] == identity)
    others = TRANSLATIONS.get(identity, {})
    return {
        "passage_id": identity,
        "source": {
            "id": cited["source_id"],
            "title": cited["title"],
            "url": cited["url"],
            "published": cited["published"],
            "language": cited["language"],
            "people": [{"name": cited["speaker"], "role": "interviewee", "position": "Engineer at Invented Works"}],
        },
        "before": words.before,
        "quote": words.quote,
        "after": words.after,
        "speaker": cited["speaker"],
        "language": words.language,
        "translations": [
            {
                "source_id": source,
                "language": other.language,
                "before": other.before,
                "quote": other.quote,
                "after": other.after,
                "machine_translated": True,
            }
            for source, other in others.items()
        ],
    }
