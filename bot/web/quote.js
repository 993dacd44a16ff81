// How a quote and the person behind it are set; the same under a claim, in the source list and in the side panel.

import { isolated, joined, make } from "./dom.js";
import { clock } from "./links.js";
import { date, direction, known, languageName, say, tag } from "./words.js";

const SUMMARY = "summary";

/** Whether the words are our summary: shown without quotation marks and named as one. */
export function isSummary(citation) {
  return citation.role === SUMMARY;
}

/** The words of a citation as a block of their own, in their own language and direction. */
export function blockquote(citation, words = citation.quote) {
  const inner = isSummary(citation) ? words : make("q", {}, words);
  return make("blockquote", { lang: tag(citation.language), dir: direction(citation.language) }, make("p", {}, inner));
}

/** Who, in which role, when, at which second: whatever of it is known, as one line. */
export function byline(citation, { position = null, title = false } = {}) {
  const parts = [];
  if (citation.speaker) parts.push(make("strong", {}, isolated(citation.speaker)));
  const role = position ?? (known(`role_${citation.role}`) ? say(`role_${citation.role}`) : citation.role);
  if (role) parts.push(isolated(role));
  if (title && citation.title) parts.push(make("cite", {}, isolated(citation.title, tag(citation.language))));
  if (citation.published) parts.push(make("time", { datetime: citation.published }, date(citation.published)));
  if (citation.time_start !== null && citation.time_start !== undefined) {
    parts.push(make("span", {}, say("at_time", { time: clock(citation.time_start) })));
  }
  return joined(parts, " · ");
}

/** "Spanish · machine translation": what a reader should know about the words' language; null where it is the expected one. */
export function languageMark(citation, expected) {
  const marks = [];
  if (citation.language !== expected) marks.push(languageName(citation.language));
  if (citation.machine_translated) marks.push(say("machine_translation"));
  else if (citation.translation_of) marks.push(say("translation"));
  return marks.length ? make("span", { class: "mark" }, marks.join(" · ")) : null;
}
