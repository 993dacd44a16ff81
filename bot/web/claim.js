// One verified statement: our words as prose, somebody's exact words set as a quote, and the numbers that open them.

import { make } from "./dom.js";
import { openCitation } from "./panel.js";
import { blockquote, byline, isSummary, languageMark } from "./quote.js";
import { direction, say, tag } from "./words.js";

const OPENING = /[\s"“”„«»‹›「『《]+$/u;
const CLOSING = /^[\s"“”„«»‹›」』》]+/u;

/** The button [n] that opens a citation. */
export function citationButton(citation) {
  return make(
    "button",
    {
      type: "button",
      class: "number",
      "aria-label": say("open_citation", { n: citation.n }),
      "aria-haspopup": "dialog",
      onclick: () => openCitation(citation),
    },
    `[${citation.n}]`,
  );
}

/** A claim as a list item; `citations` are those it rests on. */
export function renderClaim(claim, citations, language) {
  const buttons = citations.map(citationButton);
  const item = make("li", { class: "claim", lang: tag(language), dir: direction(language) });
  const quoted = citations.find((citation) => citation.quote && claim.text.includes(citation.quote));
  if (quoted) item.append(...verbatim(claim.text, quoted, buttons, language));
  else item.append(make("p", { class: "statement" }, make("bdi", {}, claim.text), " ", buttons), ...support(citations, language));
  return item;
}

/** A lead-in with the words themselves: the words are taken out of the sentence and set large. */
function verbatim(text, citation, buttons, language) {
  const at = text.indexOf(citation.quote);
  const lead = text.slice(0, at).replace(OPENING, "");
  const note = text.slice(at + citation.quote.length).replace(CLOSING, "");
  const quote = blockquote(citation);
  quote.classList.add("large");
  return [
    lead ? make("p", { class: "lead" }, make("bdi", {}, lead)) : null,
    quote,
    make("p", { class: "under" }, buttons, note ? make("bdi", {}, note) : languageMark(citation, language)),
  ].filter(Boolean);
}

/** The words behind a restatement, smaller, with who said them. */
function support(citations, language) {
  return citations.map((citation) => {
    const quote = blockquote(citation);
    const marks = [isSummary(citation) ? make("span", { class: "mark" }, say("summary_note")) : null, languageMark(citation, language)];
    return make(
      "figure",
      { class: "support" },
      quote,
      make("figcaption", {}, byline(citation), ...marks.filter(Boolean).flatMap((mark) => [" ", mark])),
    );
  });
}
