// The side panel: a quote inside its passage, in the original and in its translations, and the way to the source.

import { icon, isolated, make, reveal } from "./dom.js";
import { addressOf, clock, leadsToSecond } from "./links.js";
import { byline, isSummary } from "./quote.js";
import { fetchPassage } from "./server.js";
import { direction, languageName, reader, say, tag } from "./words.js";

const panel = document.getElementById("panel");
let opener = null;

/** Open the panel on a citation: its quote at once, the words around it as soon as they arrive. */
export async function openCitation(citation) {
  opener = document.activeElement;
  const passage = make("div", { class: "passage", tabindex: "-1" });
  const note = make("p", { class: "status", role: "status" }, citation.passage_id ? say("passage_loading") : "");
  const versions = make("div", { class: "versions" });
  const who = make("p", { class: "who" }, byline(citation));
  panel.replaceChildren(...[heading(citation), who, versions, passage, note, way(citation)].filter(Boolean));
  panel.showModal();
  const show = (known) => showVersions(known, { citation, versions, passage });
  show(fromCitation(citation));
  if (!citation.passage_id) return;
  try {
    const fetched = await fetchPassage(citation);
    if (!passage.isConnected) return;
    who.replaceChildren(...byline(citation, { position: positionOf(citation, fetched) }));
    show(fromPassage(citation, fetched));
    note.textContent = "";
  } catch {
    note.textContent = say("passage_failed");
  }
}

panel.addEventListener("close", () => {
  panel.replaceChildren();
  opener?.focus();
  opener = null;
});
// A press on the backdrop has the dialog itself as target; one inside has a child.
panel.addEventListener("pointerdown", (event) => {
  const box = panel.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (event.target === panel && !inside) panel.close();
});

function heading(citation) {
  return make(
    "div",
    { class: "panel-head" },
    make(
      "div",
      {},
      make("p", { class: "kicker" }, isSummary(citation) ? say("summary_note") : say("quote_heading", { n: citation.n })),
      make("h2", { id: "panel-title" }, isolated(citation.title || say("quote_heading", { n: citation.n }), tag(citation.language))),
    ),
    make("button", { type: "button", class: "tool", "aria-label": say("close"), title: say("close"), onclick: () => panel.close() }, icon("close")),
  );
}

/** The link to the source, to the second where it is a video. */
function way(citation) {
  const address = addressOf(citation);
  if (!address) return null;
  const words = leadsToSecond(citation) ? say("watch_at", { time: clock(citation.time_start) }) : say("open_source");
  return make(
    "p",
    { class: "way" },
    make(
      "a",
      { href: address, target: "_blank", rel: "noopener noreferrer nofollow" },
      words,
      icon("out"),
      make("span", { class: "hidden" }, ` (${say("new_tab")})`),
    ),
    make("span", { class: "host" }, isolated(new URL(address).hostname)),
  );
}

/** What the citation alone tells: quotes without their surroundings. */
function fromCitation(citation) {
  const own = { ...citation, before: "", after: "", original: !citation.translation_of };
  const others = (citation.also_in ?? []).map((other) => ({
    ...other,
    before: "",
    after: "",
    ...kinship(citation, other),
  }));
  return [own, ...others];
}

/** What another version is to the cited one: its original, the same text from another place, or a translation. */
function kinship(citation, other) {
  const original = citation.translation_of === other.source_id;
  return { original, copy: !original && other.language === citation.language };
}

/** The same with the words around each quote. */
function fromPassage(citation, fetched) {
  const own = {
    ...citation,
    before: fetched.before,
    quote: fetched.quote || citation.quote,
    after: fetched.after,
    original: !citation.translation_of,
    machine_translated: fetched.source?.machine_translated ?? citation.machine_translated,
  };
  const others = (fetched.translations ?? []).map((other) => ({ ...other, ...kinship(citation, other) }));
  return [own, ...others];
}

function showVersions(known, { citation, versions, passage }) {
  const shown = known.find((version) => version.source_id === versions.dataset.shown) ?? known[0];
  const focused = versions.contains(document.activeElement);
  versions.replaceChildren();
  if (known.length > 1) {
    const pick = (version) => {
      versions.dataset.shown = version.source_id;
      showVersions(known, { citation, versions, passage });
    };
    versions.append(make("div", { class: "switch", role: "group", "aria-label": say("version") }, known.map((version) => choice(version, version === shown, pick))));
  } else if (!shown.original || shown.language !== reader) {
    versions.append(make("p", { class: "mark" }, nameOf(shown)));
  }
  if (focused) versions.querySelector('[aria-pressed="true"]')?.focus();
  const mark = make("mark", {}, shown.quote);
  passage.replaceChildren(
    make("p", { lang: tag(shown.language), dir: direction(shown.language) }, shown.before ?? "", mark, shown.after ?? ""),
  );
  reveal(mark, "center");
}

function choice(version, pressed, pick) {
  return make("button", { type: "button", "aria-pressed": String(pressed), onclick: () => pick(version) }, nameOf(version));
}

function nameOf(version) {
  const translation = version.machine_translated ? "machine_translation" : "translation";
  const kind = version.original ? "original" : version.copy ? "copy" : translation;
  return `${languageName(version.language)} · ${say(kind)}`;
}

/** What the speaker did at the time, where the source tells. */
function positionOf(citation, fetched) {
  const people = fetched.source?.people ?? [];
  return people.find((person) => person?.name && person.name === citation.speaker)?.position ?? null;
}
