// Addresses that come from documents: only http and https may become a link.

/** The address of a citation, to the second where it is a YouTube video; null where no safe address is known. */
export function addressOf({ url, time_start: second = null }) {
  const address = safe(url);
  if (!address) return null;
  if (second !== null && isYouTube(address)) address.searchParams.set("t", `${Math.trunc(second)}s`);
  return address.href;
}

/** Whether the link of a citation leads to a second. */
export function leadsToSecond({ url, time_start: second = null }) {
  const address = safe(url);
  return address !== null && second !== null && isYouTube(address);
}

/** Seconds as h:mm:ss or m:ss. */
export function clock(second) {
  const whole = Math.trunc(second);
  const [hours, minutes, seconds] = [Math.trunc(whole / 3600), Math.trunc(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** The link under which a question is asked again. */
export function linkToQuestion(question) {
  const address = new URL(location.href);
  address.hash = `q=${encodeURIComponent(question)}`;
  return address.href;
}

/** The question that the page's address asks, or "". */
export function questionInAddress() {
  return (new URLSearchParams(location.hash.slice(1)).get("q") ?? "").trim().slice(0, 1000);
}

function safe(url) {
  try {
    const address = new URL(url);
    return address.protocol === "http:" || address.protocol === "https:" ? address : null;
  } catch {
    return null;
  }
}

function isYouTube(address) {
  return /(^|\.)(youtube\.com|youtu\.be)$/.test(address.hostname);
}
