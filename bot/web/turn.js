// One question and what came of it: progress, claims as they arrive, sources, a refusal or a problem.

import { citationButton, renderClaim } from "./claim.js";
import { icon, isolated, joined, make } from "./dom.js";
import { renderFeedback } from "./feedback.js";
import { addressOf, clock, leadsToSecond, linkToQuestion } from "./links.js";
import { blockquote } from "./quote.js";
import { rememberKey } from "./server.js";
import { date, direction, languageName, listing, say, tag } from "./words.js";

const PREVIEWS = 3;
const ESCAPED = /\\([\\`*_{}[\]<>#|~&])/g;
let turns = 0;

export class Turn {
  /** `ask` is called with a question when the reader chooses a topic; `retry` asks this one again. */
  constructor(question, { ask, retry }) {
    turns += 1;
    this.question = question;
    this.language = null;
    this.claims = 0;
    this.ask = ask;
    this.retry = retry;
    this.heading = make("h2", { class: "asked", id: `turn-${turns}`, tabindex: "-1", dir: "auto" }, question);
    this.status = make("p", { class: "status busy", role: "status" }, say("status_sent"));
    this.reading = make("div", { class: "reading", hidden: true });
    this.list = make("ol", { class: "claims", role: "list", "aria-live": "polite", "aria-relevant": "additions" });
    this.rest = make("div", { class: "rest" });
    this.element = make(
      "article",
      { class: "turn", "aria-labelledby": this.heading.id, "aria-busy": "true" },
      this.heading,
      this.status,
      this.list,
      this.reading,
      this.rest,
    );
  }

  /** Show one event of the stream. */
  show(name, data) {
    const handlers = {
      queued: () => this.say("status_queued", { position: data.position }),
      searching: () => this.#searching(data),
      evidence: () => this.#evidence(data.quotes),
      claim: () => this.#claim(data),
      done: () => this.#done(data),
      refused: () => this.#refused(data),
    };
    handlers[name]?.();
  }

  say(key, values = {}) {
    this.status.textContent = say(key, values);
  }

  /** The reader stopped the answer: what is there stays. */
  stopped() {
    this.#end("status_stopped");
    this.status.classList.remove("hidden");
    this.rest.replaceChildren(this.#again());
  }

  /** Say in one line what went wrong and what to do about it. */
  failed(problem) {
    this.#end(null);
    const key = problem.kind === "busy" && problem.seconds ? "error_busy_seconds" : `error_${problem.kind}`;
    const line = make("p", { class: "problem", role: "alert" }, say(key, { seconds: problem.seconds }));
    if (problem.request) line.append(" ", make("small", {}, say("request_id", { id: problem.request })));
    this.rest.replaceChildren(line, problem.kind === "key" ? this.#keyForm() : this.#again());
  }

  #searching(data) {
    this.language = data.language ?? null;
    this.say("status_searching");
  }

  #evidence(quotes) {
    if (!quotes?.length) return;
    this.say("status_evidence", { count: quotes.length });
    const seen = quotes.slice(0, PREVIEWS).map((quote) => make("li", {}, blockquote(quote)));
    this.reading.replaceChildren(make("p", { class: "kicker" }, say("reading")), make("ul", { role: "list" }, seen));
    this.reading.hidden = false;
  }

  #claim({ claim, citations }) {
    this.claims += 1;
    this.reading.hidden = true;
    this.say("status_claims");
    this.list.append(renderClaim(claim, citations ?? [], this.language));
  }

  #done(answer) {
    this.#end("status_done");
    const byNumber = new Map(answer.citations.map((citation) => [citation.n, citation]));
    // Claims that did not come one by one (or not all of them) are taken from the whole answer.
    for (const claim of answer.claims.slice(this.claims)) {
      const citations = claim.citations.map((n) => byNumber.get(n)).filter(Boolean);
      this.list.append(renderClaim(claim, citations, answer.language));
    }
    const feedback = renderFeedback(answer);
    this.rest.replaceChildren(
      ...[voices(answer.voices), sources(answer.citations), make("div", { class: "actions" }, this.#share(), feedback.buttons), feedback.form].filter(Boolean),
    );
  }

  #refused(answer) {
    this.#end("status_refused");
    const { language, nearest_topics: topics = [] } = answer;
    const feedback = renderFeedback(answer);
    const box = make("div", { class: "refusal", lang: tag(language), dir: direction(language) });
    const { said, heading } = refusalLines(answer);
    for (const line of said) box.append(make("p", {}, make("bdi", {}, line)));
    if (topics.length) {
      const buttons = topics.map((topic) => make("li", {}, make("button", { type: "button", dir: "auto", onclick: () => this.ask(topic) }, topic)));
      box.append(make("p", { class: "kicker" }, heading), make("ul", { role: "list", class: "topics" }, buttons));
    }
    this.list.replaceChildren();
    this.rest.replaceChildren(box, make("div", { class: "actions" }, this.#share(), feedback.buttons), feedback.form);
  }

  #end(key) {
    this.element.removeAttribute("aria-busy");
    this.reading.remove();
    this.status.classList.remove("busy");
    // The end is said aloud to those who cannot see it; to those who can, the answer says so itself.
    this.status.classList.add("hidden");
    this.status.textContent = key ? say(key) : "";
  }

  #again() {
    return make("p", { class: "row" }, make("button", { type: "button", class: "plain strong", onclick: () => this.retry() }, icon("again"), say("retry")));
  }

  #share() {
    const label = make("span", {}, say("share"));
    const button = make("button", { type: "button", class: "tool" }, icon("link"), label);
    const heard = make("span", { class: "hidden", role: "status" });
    button.addEventListener("click", async () => {
      const address = linkToQuestion(this.question);
      try {
        await navigator.clipboard.writeText(address);
        label.textContent = say("copied");
        heard.textContent = say("copied");
      } catch {
        // No clipboard outside a secure context: the link is laid out to be copied by hand.
        const field = make("input", { class: "address", readonly: true, value: address, "aria-label": say("copy_this") });
        button.replaceWith(field);
        field.select();
      }
    });
    return [button, heard];
  }

  #keyForm() {
    const id = `key-${this.heading.id}`;
    const field = make("input", { id, type: "password", autocomplete: "off", required: true });
    const form = make("form", { class: "row key" }, make("label", { for: id }, say("key_label")), field, make("button", { class: "plain strong" }, say("key_continue")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      rememberKey(field.value.trim());
      this.retry();
    });
    return form;
  }
}

function voices({ speaking, of, names } = {}) {
  if (!speaking) return null;
  const line = say(speaking === 1 ? "voices_one" : "voices_many", { speaking, of });
  return make("p", { class: "voices" }, line, names?.length ? [" · ", listing(names.map((name) => isolated(name)))] : null);
}

/** Each source once, with the numbers of the quotes taken from it. */
function sources(citations) {
  if (!citations.length) return null;
  const grouped = Map.groupBy ? Map.groupBy(citations, ({ source_id: id }) => id) : group(citations);
  return make(
    "section",
    { class: "sources" },
    make("h3", {}, say("sources")),
    make("ul", { role: "list" }, [...grouped.values()].map(source)),
  );
}

function source(citations) {
  const [first] = citations;
  const alone = citations.length === 1 ? first : { ...first, time_start: null };
  const address = addressOf(alone);
  const title = isolated(first.title || first.source_id, tag(first.language));
  const facts = [...new Set(citations.map(({ speaker }) => speaker).filter(Boolean))].map((speaker) => isolated(speaker));
  if (first.published) facts.push(make("time", { datetime: first.published }, date(first.published)));
  facts.push(languageName(first.language));
  if (leadsToSecond(alone)) facts.push(say("watch_at", { time: clock(alone.time_start) }));
  return make(
    "li",
    {},
    make("span", { class: "numbers" }, citations.map(citationButton)),
    make(
      "div",
      {},
      make("p", { class: "source-title" }, address ? make("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, title) : title),
      make("p", { class: "facts" }, joined(facts, " · ")),
    ),
  );
}

function group(citations) {
  const groups = new Map();
  for (const citation of citations) groups.set(citation.source_id, [...(groups.get(citation.source_id) ?? []), citation]);
  return groups;
}

/** What the refusal says before its list of topics, which the page shows as buttons, and the heading of that list. */
function refusalLines({ answer, nearest_topics: topics = [], language }) {
  const lines = answer.split("\n").map((line) => line.replace(ESCAPED, "$1").trim());
  const list = lines.findIndex((line) => line.startsWith("- "));
  const listed = topics.length && list > 0;
  const said = (listed ? lines.slice(0, list - 1) : lines).filter(Boolean);
  return { said: said.length ? said : [say("status_refused", {}, language)], heading: listed ? lines[list - 1] : say("nearest", {}, language) };
}
