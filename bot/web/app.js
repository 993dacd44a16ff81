// The page: a question box, a conversation of turns, and what the address asks.

import { make, reveal } from "./dom.js";
import { linkToQuestion, questionInAddress } from "./links.js";
import { ask as askServer, Problem } from "./server.js";
import { Turn } from "./turn.js";
import { languages, loadWords, say, tag, translatePage } from "./words.js";

const REMEMBERED = 6;

const at = (id) => document.getElementById(id);
const [form, field, conversation] = [at("composer"), at("question"), at("conversation")];

/** Settles when the page's words are there in the visitor's language; a question that is sent sooner waits for them. */
const ready = loadWords();

let history = [];
let running = null;

async function ask(question, { focus = true } = {}) {
  const words = question.trim();
  if (!words || running) return;
  const controller = new AbortController();
  const turn = new Turn(words, { ask, retry: () => again(turn) });
  begin(turn, controller, focus);
  try {
    await askServer(bodyOf(words), { signal: controller.signal, on: (name, data) => take(turn, name, data) });
  } catch (error) {
    if (controller.signal.aborted) turn.stopped();
    else turn.failed(error instanceof Problem ? error : new Problem("server"));
  } finally {
    if (running === controller) running = null;
    showRunning();
  }
}

function bodyOf(question) {
  return {
    question,
    language: at("language").value || null,
    sources: null,
    history: history.slice(-REMEMBERED),
    quotes_only_when_busy: at("quotes-only").checked,
  };
}

function take(turn, name, data) {
  if (!turn.element.isConnected) return;
  turn.show(name, data);
  if (name === "done" || name === "refused") history.push(memoryOf(turn.question, data));
}

/** What a follow-up needs of an earlier turn: who was spoken of, not the words. */
function memoryOf(question, answer) {
  const citations = answer.citations.map(({ source_id, speaker }) => ({ source_id, speaker }));
  return { question, answer: { language: answer.language, citations } };
}

function begin(turn, controller, focus) {
  if (!conversation.childElementCount) {
    window.history.replaceState(null, "", linkToQuestion(turn.question));
    document.title = `${turn.question} · ${say("title")}`;
  }
  running = controller;
  document.body.classList.remove("empty");
  field.placeholder = say("follow_up_placeholder");
  conversation.append(turn.element);
  if (focus) turn.heading.focus({ preventScroll: true });
  reveal(turn.element, "start");
  showRunning();
}

/** A turn that failed or was stopped makes room for another try. */
function again(turn) {
  if (running) return;
  turn.element.remove();
  ask(turn.question);
}

function showRunning() {
  const stopHadFocus = document.activeElement === at("stop");
  at("ask").hidden = running !== null;
  at("stop").hidden = running === null;
  at("new").hidden = !conversation.childElementCount;
  if (stopHadFocus && running === null) field.focus();
}

function startOver() {
  running?.abort();
  running = null;
  history = [];
  conversation.replaceChildren();
  document.body.classList.add("empty");
  field.placeholder = say("question_placeholder");
  window.history.replaceState(null, "", location.pathname + location.search);
  document.title = say("title");
  showRunning();
}

function askAddress() {
  const question = questionInAddress();
  if (!question) return;
  startOver();
  ask(question);
}

function listen() {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await ready;
    if (running || !field.value.trim()) return;
    const question = field.value;
    field.value = "";
    // On a phone the keyboard makes way for the answer.
    ask(question, { focus: !matchMedia("(hover: hover)").matches });
  });
  field.addEventListener("keydown", (event) => {
    // Enter also ends a word in the input methods of Chinese and Japanese.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  at("stop").addEventListener("click", () => running?.abort());
  at("new").addEventListener("click", () => {
    startOver();
    field.focus();
  });
  at("home").addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    startOver();
  });
  at("skip").addEventListener("click", (event) => {
    event.preventDefault();
    field.focus();
  });
  for (const button of document.querySelectorAll("#examples button")) button.addEventListener("click", () => ready.then(() => ask(button.textContent)));
  window.addEventListener("hashchange", () => ready.then(askAddress));
}

function chooseTheme() {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const label = () => {
    const words = say(isDark() ? "theme_light" : "theme_dark");
    at("theme").setAttribute("aria-label", words);
    at("theme").title = words;
    root.classList.toggle("dark", isDark());
  };
  at("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // Storage is switched off: the choice lasts as long as the page.
    }
    label();
  });
  system.addEventListener("change", label);
  label();
}

async function start() {
  listen();
  try {
    await ready;
    translatePage();
  } finally {
    document.documentElement.classList.remove("translating");
  }
  at("language").append(...languages().map(([code, name]) => make("option", { value: code, lang: tag(code) }, name)));
  chooseTheme();
  askAddress();
  // On a phone focus would call up the keyboard over the page.
  if (!location.hash && matchMedia("(hover: hover)").matches) field.focus({ preventScroll: true });
}

start();
