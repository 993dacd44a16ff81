"""Words with what alignment needs to know of them, for languages with and without spaces."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.verify.forms import readings
from bot.verify.numerals import chinese_number, joined_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.verify.language import Language
    from bot.verify.values import Subject

NAME = "§name"
_WORD = re.compile(r"[$€£¥]?\d+(?:[.,:]\d+)*[%\w]*|[^\W\d_][\w’'+#-]*(?<![-'’])|[^\s\w]")
_PART = re.compile(r"[$€£¥]?\d+(?:[.,:]\d+)*%?|[A-Za-z][A-Za-z0-9+#-]*|[^\s]")
_OPEN, _CLOSE = "“«「『„", "”»」』"
_ENDS = ".!?。！？…"
_APOSTROPHES = str.maketrans("’ʼ‘", "'''")
_CONTRACTIONS = (
    ("won't", "will not"),
    ("can't", "can not"),
    ("shan't", "shall not"),
    ("let's", "let us"),
    ("n't", " not"),
    ("'m", " am"),
    ("'re", " are"),
    ("'ve", " have"),
    ("'ll", " will"),
    ("'d", " would"),
)
_ELISIONS = {"j": "je", "n": "ne", "qu": "que", "d": "de", "l": "le", "c": "ce", "s": "se", "m": "me", "t": "te"}
_IS = frozenset({"it", "he", "she", "that", "there", "what", "here", "who", "this", "how", "where"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One unit of alignment: a word, a fixed phrase, a number, a mention of the speaker."""

    text: str
    raw: str
    before: str = ""
    """Punctuation between this word and the one before: "", ",", ";" or "." (sentence start)."""
    ends: str = ""
    """The mark that ends the sentence this word stands in: "?" for a question."""
    quoted: bool = False
    """Inside quotation marks."""
    group: str = ""
    """Grammatical person of a pronoun ("i", "you", "he", ...) or "name" for the speaker's name."""
    cases: frozenset[str] = frozenset()
    forms: frozenset[tuple[str, str]] = frozenset()
    advised: bool = False
    """In a sentence that gives advice, where "read" may turn into "reading"."""
    index: int = -1


def _expand(word: str, language: Language) -> str:
    """Write contractions and elisions out in full."""
    head, _, tail = word.partition("'")
    if language.code == "fr" and tail and head in _ELISIONS:
        return f"{_ELISIONS[head]} {tail}"
    if language.code != "en":
        return word
    for short, long in _CONTRACTIONS:
        if word == short or (short.startswith(("n'", "'")) and word.endswith(short)):
            return word[: -len(short)] + long
    if word.endswith("'s") and word[:-2] in _IS:
        return word[:-2] + " is"
    return word


def _pieces(text: str, language: Language) -> Iterator[str]:
    """Split text into words, numbers and punctuation; a language without spaces into its lexicon's units and characters."""
    if not language.characters:
        for match in _WORD.finditer(text):
            yield match.group()
        return
    longest = max(map(len, language.lexicon), default=1)
    position = 0
    while position < len(text):
        for size in range(min(longest, len(text) - position), 1, -1):
            if text[position : position + size] in language.lexicon:
                yield text[position : position + size]
                position += size
                break
        else:
            found = _PART.match(text, position)
            if found:
                yield found.group()
            position = found.end() if found else position + 1


def _mark(piece: str, previous: str) -> str:
    """Fold a punctuation mark into what stands before the next word."""
    if piece in _ENDS:
        return "."
    if piece in ";；:：—–" and previous != ".":
        return ";"
    if piece in ",，、()（）" and not previous:
        return ","
    return previous


def tokenise(text: str, language: Language) -> list[Token]:
    """Turn a sentence into tokens without pronoun, name or number analysis."""
    tokens: list[Token] = []
    before, quoted = ".", False
    start = 0
    for piece in _pieces(text.translate(_APOSTROPHES), language):
        if piece in _OPEN or piece in _CLOSE or piece == '"':
            quoted = piece in _OPEN or (piece == '"' and not quoted)
            continue
        if piece == "%":
            tokens.append(Token(text="percent", raw=piece))
            continue
        if not (piece[0].isalnum() or piece[0] in "$€£¥"):
            before = _mark(piece, before)
            if piece in _ENDS:
                tokens[start:] = [replace(token, ends=token.ends or piece) for token in tokens[start:]]
                start = len(tokens)
            continue
        words = [piece.lower()] if language.characters else _expand(piece.lower(), language).split()
        for word in words:
            tokens.append(Token(text=word, raw=piece, before=before, quoted=quoted))
            before = ""
    return tokens


_SHORTEST_NAME_PART = 3


def _name_forms(subject: Subject, language: Language) -> list[tuple[str, ...]]:
    names = [subject.name, *subject.aliases]
    forms = {tuple(token.text for token in tokenise(name, language)) for name in names}
    if not language.characters:
        forms |= {
            (part,)
            for form in forms
            if len(form) > 1 and subject.name[:1].isupper()
            for part in form
            if len(part) >= _SHORTEST_NAME_PART
        }
    return sorted(filter(None, forms), key=len, reverse=True)


def mark_names(tokens: Sequence[Token], subject: Subject, language: Language) -> list[Token]:
    """Fold each mention of the speaker's name into one token."""
    forms = _name_forms(subject, language)
    result: list[Token] = []
    position = 0
    while position < len(tokens):
        for form in forms:
            texts = [token.text for token in tokens[position : position + len(form)]]
            bare = [*texts[:-1], texts[-1].removesuffix("'s").removesuffix("'")] if texts else []
            if tuple(bare) == form and not any(token.before for token in tokens[position + 1 : position + len(form)]):
                possessive = texts[-1] != bare[-1]
                cases = frozenset({"possessive"} if possessive else {"nominative", "object"})
                if language.characters:
                    cases = frozenset({"nominative", "object", "possessive"})
                result.append(replace(tokens[position], text=NAME, group="name", cases=cases))
                position += len(form)
                if position < len(tokens) and language.has("honorifics", tokens[position].text):
                    position += 1
                break
        else:
            result.append(tokens[position])
            position += 1
    return result


def rewrite(tokens: Sequence[Token], language: Language) -> list[Token]:
    """Replace fixed phrases by one canonical form, in quote and claim alike."""
    if not language.rewrites:
        return list(tokens)
    longest = max(map(len, language.rewrites))
    result: list[Token] = []
    position = 0
    while position < len(tokens):
        for size in range(min(longest, len(tokens) - position), 0, -1):
            window = tokens[position : position + size]
            new = language.rewrites.get(tuple(token.text for token in window))
            if new is not None and not any(token.before for token in window[1:]):
                result.extend(
                    replace(window[0], text=word, before=window[0].before if not number else "")
                    for number, word in enumerate(new)
                )
                position += size
                break
        else:
            result.append(tokens[position])
            position += 1
    return result


def _analysed(token: Token, language: Language) -> Token:
    if token.group:
        return token
    by_group = language.pronouns.get(token.text)
    if by_group and "generic" not in by_group:
        group = next(iter(by_group))
        return replace(token, group=group, cases=by_group[group])
    if language.code == "en":
        return replace(token, forms=readings(token.text, language))
    return token


def _genitives(tokens: Sequence[Token], language: Language) -> list[Token]:
    """Bring "el jefe de Ana" to the order of "su jefe": the name as a possessive, then what is hers."""
    result = list(tokens)
    for n in range(len(tokens) - 3):
        article, owned, of, name = tokens[n : n + 4]
        if (
            language.genitive
            and of.text == language.genitive
            and name.group == "name"
            and language.has("definite", article.text)
        ):
            owner = replace(name, before=article.before, cases=frozenset({"possessive"}))
            result[n : n + 4] = [owner, replace(owned, before="")]
            break
    return result


def analyse(text: str, subject: Subject, language: Language) -> list[Token]:
    """Tokenise a quote or claim and mark names, pronouns, numbers and verb forms."""
    tokens = mark_names(tokenise(text, language), subject, language)
    if language.characters:
        tokens = [replace(t, text=chinese_number(t.text) or t.text) for t in _merge_numerals(tokens, language)]
    else:
        tokens = _genitives(joined_numbers(rewrite(tokens, language), language), language)
    return [_analysed(token, language) for token in tokens]


def _merge_numerals(tokens: Sequence[Token], language: Language) -> Iterator[Token]:
    held: Token | None = None
    for token in tokens:
        numeral = language.has("numerals", token.text)
        if held and numeral and not token.before:
            held = replace(held, text=held.text + token.text)
            continue
        if held:
            yield held
        held = token if numeral else None
        if not numeral:
            yield token
    if held:
        yield held
