// The HTTP API as the page uses it: ask (a stream of events), passages, feedback; every failure is a `Problem`.

const KINDS = { 400: "question", 401: "key", 403: "key", 408: "slow", 413: "question", 414: "question", 422: "question", 429: "busy", 503: "unready", 504: "slow" };
const FULL = "urn:careerbot:problem:queue-full";
const FINAL = new Set(["done", "refused"]);

/** Something went wrong. `kind` is busy, cut, key, offline, question, server, slow or unready: it chooses the words shown. */
export class Problem extends Error {
  constructor(kind, { seconds = null, request = null } = {}) {
    super(kind);
    this.kind = kind;
    this.seconds = seconds;
    this.request = request;
  }

  static from(body, status, retryAfter = null) {
    const seconds = Number.parseInt(retryAfter ?? body?.retry_after, 10);
    return new Problem(body?.type === FULL ? "busy" : (KINDS[status] ?? "server"), {
      seconds: Number.isFinite(seconds) ? seconds : null,
      request: body?.request_id ?? null,
    });
  }
}

/**
 * Ask, and hand each event to `on(name, data)` as it arrives. Resolves after `done` or `refused`.
 * Throws a `Problem`, or the signal's AbortError.
 */
export async function ask(body, { signal, on }) {
  const response = await send("v1/ask", { body, signal, accept: "text/event-stream" });
  try {
    for await (const { name, data } of events(response.body)) {
      if (name === "error") throw Problem.from(data, data.status);
      on(name, data);
      if (FINAL.has(name)) return;
    }
  } catch (error) {
    if (error instanceof Problem || error.name === "AbortError") throw error;
    throw new Problem("cut");
  }
  throw new Problem("cut");
}

/** The passage around a citation's quote. Throws a `Problem`. */
export async function fetchPassage(citation) {
  const range = new URLSearchParams({ quote_start: citation.char_start, quote_end: citation.char_end });
  const response = await send(`v1/passages/${encodeURIComponent(citation.passage_id)}?${range}`);
  return response.json();
}

/** Store a vote. Throws a `Problem`. */
export async function vote({ answer, claim = null, up, reason = null }) {
  await send("v1/feedback", { body: { answer_id: answer, claim, vote: up ? "up" : "down", reason } });
}

/** Keep the access key until the tab is closed. */
export function rememberKey(key) {
  sessionStorage.setItem("key", key);
}

async function send(path, { body = null, signal = null, accept = "application/json" } = {}) {
  const headers = { accept };
  const key = sessionStorage.getItem("key");
  if (key) headers.authorization = `Bearer ${key}`;
  if (body) headers["content-type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method: body ? "POST" : "GET", headers, signal, body: body && JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("offline");
  }
  if (response.ok) return response;
  throw Problem.from(await response.json().catch(() => null), response.status, response.headers.get("retry-after"));
}

/** Server-sent events of a byte stream (HTML Living Standard 9.2.6), their data read as JSON. */
async function* events(bytes) {
  let [name, lines] = ["message", []];
  for await (const line of linesOf(bytes)) {
    if (line === "") {
      if (lines.length) yield { name, data: JSON.parse(lines.join("\n")) };
      [name, lines] = ["message", []];
      continue;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") name = value;
    if (field === "data") lines.push(value);
  }
}

async function* linesOf(bytes) {
  const reader = bytes.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const text = rest + decoder.decode(value, { stream: true });
      // A carriage return at the very end may be half of a line break: it waits for the next chunk.
      const held = text.endsWith("\r") ? "\r" : "";
      const lines = text.slice(0, text.length - held.length).split(/\r\n|\r|\n/);
      rest = lines.pop() + held;
      yield* lines;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
