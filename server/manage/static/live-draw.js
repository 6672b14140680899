// live-draw.js: summary, tiles and counters, each kept right in its place.

import { _ } from "../shared/words.js"
import { numberSign } from "../shared/parts.js"
import { mss } from "../shared/clock.js"

const put = (element, text) => { if (element && element.textContent !== String(text)) element.textContent = text }

/** The icon of a kind, from the page's own store of icons. */
export function icon(kind) {
  const kept = document.getElementById("icons").content.querySelector(`[data-kind="${kind}"]`)
  return kept ? [...kept.cloneNode(true).children] : []
}

export function drawFloor(seen, clock) {
  drawSums(seen.summary)
  for (const service of seen.services) drawTile(service, seen.scale_s)
  for (const counter of seen.counters) drawCounter(counter, clock)
}

function drawSums(sums) {
  const share = sums.within_target === null ? "–" : `${Math.round(sums.within_target * 100)}%`
  for (const [name, value] of Object.entries({ ...sums, within_target: share })) put(document.querySelector(`[data-sum="${name}"]`), value)
  document.querySelector("[data-late]").classList.toggle("late", sums.late_services > 0)
  put(document.querySelector("[data-paused]"), sums.paused ? _("counters at work, %(n)s paused", { n: sums.paused }) : _("counters at work"))
}

function drawTile(service, scale_s) {
  const tile = document.querySelector(`[data-service="${CSS.escape(service.id)}"]`)
  if (!tile) return
  tile.dataset.state = service.state
  put(tile.querySelector(".waiting"), service.waiting)
  for (const said of tile.querySelectorAll(".said")) put(said, service.said)
  put(tile.querySelector(".again"), service.again)
  const share = service.waiting ? Math.min((service.longest_s / scale_s) * 100, 100) : 0
  tile.querySelector(".fill").setAttribute("width", `${share.toFixed(1)}%`)
}

function drawCounter(one, clock) {
  const seat = document.querySelector(`[data-counter="${one.number}"]`)
  if (!seat) return
  const look = one.late ? "overdue" : one.state
  if (seat.dataset.look !== look) seat.querySelector(".sign").replaceChildren(...icon(look))
  seat.dataset.look = look
  seat.dataset.state = one.state
  seat.toggleAttribute("data-late", one.late)
  seat.querySelector(".pl").classList.toggle("out", ["paused", "closed", "not_in_use"].includes(one.state))
  put(seat.querySelector("[data-word]"), one.word)
  drawWhat(seat.querySelector(".what"), one)
  const since = seat.querySelector(".since")
  since.dataset.since = one.since ?? ""
  put(since, one.since ? mss(clock.since(one.since)) : "")
}

function drawWhat(place, { ticket, reason }) {
  const now = JSON.stringify([ticket, reason])
  if (place.dataset.now === now) return
  place.dataset.now = now
  if (ticket) { place.replaceChildren(numberSign(ticket)); return }
  const words = document.createElement("span")
  words.className = "reason"
  words.textContent = reason ?? ""
  place.replaceChildren(...(reason ? [words] : []))
}
