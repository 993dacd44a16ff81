// The page's own words in the reader's language, and names of languages and dates as that language writes them.

const LANGUAGES = ["en", "zh", "es", "de", "fr", "pt", "ru", "ja", "hi", "ar"];
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

let catalogue = {};

/** The interface language: the first of the browser's languages that the page speaks. */
export const reader = navigator.languages.map(base).find((code) => LANGUAGES.includes(code)) ?? "en";

// With its region where the browser names one: Britons and Americans write dates differently.
const regional = navigator.languages.find((code) => base(code) === reader) ?? reader;

/** Fetch the catalogue; call once before anything is shown. */
export async function loadWords() {
  const response = await fetch(new URL("strings.json", import.meta.url));
  if (!response.ok) throw new Error(`strings.json: ${response.status}`);
  catalogue = await response.json();
}

/** The string `key` with its {placeholders} filled in, in `language` if the page speaks it, else in the reader's. */
export function say(key, values = {}, language = reader) {
  const words = catalogue[base(language)] ?? catalogue[reader] ?? {};
  const template = words[key] ?? catalogue.en?.[key] ?? key;
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Whether there are words for `key`: roles come from the server and may be new. */
export function known(key) {
  return catalogue.en?.[key] !== undefined;
}

/** Fill in every element that names its string. */
export function translatePage() {
  const root = document.documentElement;
  root.lang = reader;
  root.dir = direction(reader);
  document.title = say("title");
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = say(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-placeholder]")) element.placeholder = say(element.dataset.tPlaceholder);
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", say(element.dataset.tLabel));
    if (element.matches("button")) element.title = say(element.dataset.tLabel);
  }
}

/** The ten languages as [code, name in itself]. */
export function languages() {
  return LANGUAGES.map((code) => [code, languageName(code, code)]);
}

/** What `language` calls the language `code`; the code itself where nobody knows it. */
export function languageName(code, language = reader) {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;
  } catch {
    return String(code);
  }
}

/** "rtl" or "ltr". */
export function direction(code) {
  return RIGHT_TO_LEFT.has(base(code)) ? "rtl" : "ltr";
}

/** A language tag fit for a `lang` attribute, or null. */
export function tag(code) {
  return /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(code ?? "") ? code : null;
}

/** An ISO date as the reader writes it; as it is where it is none. */
export function date(iso) {
  const day = new Date(`${iso}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return String(iso);
  return new Intl.DateTimeFormat(regional, { dateStyle: "long", timeZone: "UTC" }).format(day);
}

/** Nodes as the reader's language lists things: "A, B and C". */
export function listing(nodes) {
  const places = new Intl.ListFormat(regional).formatToParts([...nodes.keys()].map(String));
  return places.map(({ type, value }) => (type === "element" ? nodes[Number(value)] : value));
}

function base(code) {
  return String(code ?? "").split(/[-_]/)[0].toLowerCase();
}
