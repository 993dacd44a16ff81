// Runs before the first paint, so that neither the other theme nor the other language flashes by.
"use strict";
(() => {
  const root = document.documentElement;
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // Storage is switched off: the system's theme it is.
  }
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  if (!navigator.language.toLowerCase().startsWith("en")) root.classList.add("translating");
})();
