"""Ask the configured model what `bot/data/calibration.toml` holds, and decide what it may be asked to do.

A handful of cases a language cannot tell a good model from a very good one; it tells one that can from one that cannot.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot import __version__
from bot.abilities import Ability
from bot.calibration.cases import load_cases
from bot.calibration.identity import Identity, prompts_fingerprint
from bot.calibration.judging import decide, judge_all, spread
from bot.calibration.record import Record
from bot.calibration.watched import Watched
from bot.calibration.writing import condensing, prose, restating, translating

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.llm import LanguageModel

WRITING = {
    Ability.RESTATE: restating,
    Ability.CONDENSE: condensing,
    Ability.TRANSLATE_QUESTION: translating,
    Ability.PROSE: prose,
}


def calibrate(model: LanguageModel, identity: Identity, *, say: Callable[[str], None]) -> Record:
    """Measure everything; takes one or two minutes with a small model on two cores.

    Args:
        model: the configured model.
        identity: which one it is.
        say: told what is being measured, one line each.

    Raises:
        ModelError: the model cannot be reached.
    """
    cases, watched = load_cases(), Watched(model)
    say(Ability.JUDGE.value)
    watched.work = Ability.JUDGE.value
    judged = judge_all(cases.judge, watched)
    watched.check()
    measured = decide(judged)
    for ability, measure in WRITING.items():
        say(ability.value)
        watched.work = ability.value
        measured += measure(cases, watched)
        watched.check()
    return Record(
        fingerprint=identity.fingerprint,
        name=identity.name,
        date=datetime.now(UTC).date().isoformat(),
        careerbot=__version__,
        prompts=prompts_fingerprint(),
        seconds=watched.usual_seconds(),
        measured=tuple(measured),
        spread=spread(judged),
    )
