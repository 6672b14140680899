// parts.js: the two signs that carry the whole hall, and the banner of a lost link, kept right from scripts.

import { _ } from "./words.js"
import { timeOfDay } from "./clock.js"

const LONG_FROM_DIGITS = 4    // A1023: the hero is one step smaller

/** Show ticket number `number` in a `.no`; its accessible name stays in one piece. */
export function showNumber(element, number) {
  const [, prefix, digits] = /^(\D*)(.*)$/.exec(number ?? "")
  const letter = document.createElement("i")
  letter.textContent = prefix
  element.replaceChildren(letter, digits)
  element.setAttribute("role", "img")
  element.setAttribute("aria-label", number ?? "")
  element.classList.toggle("long", digits.length >= LONG_FROM_DIGITS)
}

/** A fresh open figure. */
export function numberSign(number) {
  const element = document.createElement("span")
  element.className = "no"
  showNumber(element, number)
  return element
}

/** Show counter `n` on a `.pl`. */
export function showPlate(element, n) {
  element.textContent = String(n)
  element.classList.toggle("two", String(n).length > 1)
  element.setAttribute("role", "img")
  element.setAttribute("aria-label", _("Counter %(n)s", { n }))
}

/** A fresh solid plate; `out` for a counter that does not serve. */
export function plateSign(n, { out = false } = {}) {
  const element = document.createElement("span")
  element.className = out ? "pl out" : "pl"
  showPlate(element, n)
  return element
}

/** For follow's onLink: show or hide the page's banner, with the time the picture is true at; `html[data-link]` says it to CSS. */
export function linkBanner(clock, banner = document.getElementById("link-lost")) {
  return (up, since) => {
    document.documentElement.dataset.link = up ? "up" : "lost"
    if (!banner) return
    banner.hidden = up
    if (up) return
    const at = new Date(clock.now().getTime() - (Date.now() - since))
    banner.querySelector(".since").textContent =
      _("As of %(time)s, reconnecting", { time: timeOfDay(at, clock.zone) })
  }
}
