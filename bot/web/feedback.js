// Thumbs: up is sent at once, down asks what could be better first.

import { icon, make } from "./dom.js";
import { vote } from "./server.js";
import { say } from "./words.js";

let forms = 0;

/** The two thumbs and the line that answers them; `answer` is the payload of a finished answer. */
export function renderFeedback(answer) {
  const said = make("span", { class: "said", role: "status" });
  const form = make("form", { class: "reason", hidden: true });
  const up = thumb("thumb-up", "helpful");
  const down = thumb("thumb-down", "not_helpful");
  down.setAttribute("aria-expanded", "false");
  const send = async (values, pressed) => {
    try {
      await vote({ answer: answer.id, ...values });
    } catch {
      said.textContent = say("feedback_failed");
      return;
    }
    for (const button of [up, down]) button.setAttribute("aria-pressed", String(button === pressed));
    open(false);
    said.textContent = say("thanks");
  };
  const open = (wanted) => {
    form.hidden = !wanted;
    down.setAttribute("aria-expanded", String(wanted));
    if (wanted) form.querySelector("textarea").focus();
  };
  up.addEventListener("click", () => send({ up: true }, up));
  down.addEventListener("click", () => open(form.hidden));
  form.append(...fields(answer, () => {
    open(false);
    down.focus();
  }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const about = form.elements.about?.value ?? "";
    down.focus();
    send({ up: false, claim: about === "" ? null : Number(about), reason: form.elements.reason.value.trim() || null }, down);
  });
  return { buttons: [up, down, said], form };
}

function thumb(name, key) {
  return make("button", { type: "button", class: "tool", "aria-pressed": "false", "aria-label": say(key), title: say(key) }, icon(name));
}

function fields(answer, cancel) {
  forms += 1;
  const about = make("select", { id: `about-${forms}`, name: "about" }, make("option", { value: "" }, say("whole_answer")));
  for (const place of answer.claims.keys()) about.append(make("option", { value: place }, say("statement", { n: place + 1 })));
  return [
    answer.claims.length > 1 ? make("p", {}, make("label", { for: about.id }, say("about_label")), about) : null,
    make(
      "p",
      {},
      make("label", { for: `reason-${forms}` }, say("reason_label")),
      make("textarea", { id: `reason-${forms}`, name: "reason", rows: 2, maxlength: 1000 }),
    ),
    make(
      "p",
      { class: "row" },
      make("button", { class: "plain strong" }, say("send")),
      make("button", { type: "button", class: "plain", onclick: cancel }, say("cancel")),
    ),
  ].filter(Boolean);
}
