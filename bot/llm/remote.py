"""Any OpenAI-compatible server (llama-server, vLLM, Ollama, a provider) through LangChain's `init_chat_model`."""

from __future__ import annotations

import math
from typing import Any

from bot.errors import ModelError
from bot.llm import Cancellation, Message, Prompt

TIMEOUT_SECONDS = 60.0
_LOGPROBS = 20
_KEY_REFUSED, _NOT_FOUND = (401, 403), 404


class RemoteModel:
    """A chat model behind an HTTP address.

    Args:
        url: base address of the API, such as http://127.0.0.1:8080/v1.
        model: the model's name there.
        key: the API key; local servers take any.

    Raises:
        ModelError: the package for it is not installed.
    """

    def __init__(self, url: str, *, model: str | None = None, key: str | None = None) -> None:
        try:
            from langchain.chat_models import init_chat_model  # noqa: PLC0415 - half a second that local runs should not pay

            self._chat: Any = init_chat_model(
                model or "default",
                model_provider="openai",
                base_url=url,
                api_key=key or "none",
                temperature=0,
                timeout=TIMEOUT_SECONDS,
                max_retries=1,
            )
        except ImportError as error:
            raise ModelError(
                f'a remote model needs one more package; run: pip install "careerbot[remote]" ({error})'
            ) from error
        self._url, self._model = url, model or "default"
        self._tells_odds = True

    @property
    def name(self) -> str:
        """The model's name on its server."""
        return f"{self._model} at {self._url}"

    def write(self, prompt: Prompt, *, max_tokens: int, cancellation: Cancellation) -> str:
        """See `LanguageModel.write`; the reply is read as a stream, so that a cancelled one stops early."""
        written: list[str] = []
        try:
            for piece in self._chat.stream(_turns(prompt.messages()), max_tokens=max_tokens):
                cancellation.check()
                written.append(str(piece.text))
        except Exception as error:
            raise self._failure(error) from error
        return "".join(written).strip()

    def yes_probability(self, prompt: Prompt, *, cancellation: Cancellation) -> float | None:
        """See `LanguageModel.yes_probability`; None where the server gives no log-probabilities.

        One that says so is not asked again; one that leaves them out without a word is.
        """
        cancellation.check()
        if not self._tells_odds:
            return None
        try:
            reply = self._chat.bind(logprobs=True, top_logprobs=_LOGPROBS, max_tokens=1).invoke(_turns(prompt.messages()))
        except Exception as error:
            if _status(error) and "logprob" in str(error):
                self._tells_odds = False
                return None
            raise self._failure(error) from error
        content = (reply.response_metadata.get("logprobs") or {}).get("content") or []
        return _yes_share(content[0].get("top_logprobs", [])) if content else None

    def close(self) -> None:
        """Nothing is held."""

    def _failure(self, error: Exception) -> Exception:
        from bot.errors import CancelledError  # noqa: PLC0415 - one name, only on the way out

        if isinstance(error, CancelledError):
            return error
        status = _status(error)
        if status in _KEY_REFUSED:
            return ModelError(f"the model server at {self._url} does not accept the key (HTTP {status}); set CAREERBOT_LLM_KEY")
        if status == _NOT_FOUND:
            return ModelError(f"the model server at {self._url} has no {self._model!r} (HTTP 404); set CAREERBOT_LLM_MODEL")
        if status:
            return ModelError(f"the model server at {self._url} failed with HTTP status {status}; its log says why")
        return ModelError(f"the model server at {self._url} did not answer ({type(error).__name__}); is it running?")


def _status(error: Exception) -> int | None:
    """Return the HTTP status that an error of the client library stands for; None where no response came."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def _turns(messages: object) -> list[tuple[str, str]]:
    roles = {"system": "system", "user": "human", "assistant": "ai"}
    return [(roles[message.role], message.content) for message in messages if isinstance(message, Message)]  # type: ignore[attr-defined]


def _yes_share(alternatives: list[dict[str, Any]]) -> float | None:
    """Return how much of the two words' mass is "Yes". A word that is not listed counts as much as the last one that is."""
    mass = {"yes": 0.0, "no": 0.0}
    for alternative in alternatives:
        word = str(alternative["token"]).strip().lower()
        if word in mass:
            mass[word] += math.exp(alternative["logprob"])
    if not any(mass.values()):
        return None
    least = math.exp(min(alternative["logprob"] for alternative in alternatives))
    yes, no = (found or least for found in mass.values())
    return yes / (yes + no)
