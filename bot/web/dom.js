// Elements without markup strings: whatever comes from a document or a server is only ever text.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element. `properties` holds attributes, `on*` listeners, and `class`; null and false leave an attribute out.
 * Children are nodes or strings; strings become text nodes, never markup.
 */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** An icon of the sprite; decoration only, its button carries the words. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `static/icons/sprite.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Words of unknown direction inside a line of ours: isolated, so that they cannot reorder what stands beside them. */
export function isolated(text, language = null) {
  return make("bdi", { lang: language }, String(text));
}

/** Put `separator` between nodes. */
export function joined(nodes, separator) {
  return nodes.flatMap((node, place) => (place ? [separator, node] : [node]));
}

/** Smooth where the reader likes motion, at once where not. */
export function reveal(element, block = "nearest") {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block, behavior: calm ? "instant" : "smooth" });
}
