// asking.js: five buttons about one service act. One touch is the answer; leaving is none.

import { newKey, post, Refusal } from "../shared/api.js"
import { showNumber } from "../shared/parts.js"
import { _ } from "../shared/words.js"
import { put, slot } from "./slots.js"

const THANKS_MS = 4_000
const DEAF_MS = 600          // a hand that was on its way to the glass has not answered
const TICK_MS = 250

export function asking({ sign, page, clock }) {
  const buttons = [...document.querySelectorAll("[data-level]")]
  const hint = slot("hint").textContent
  let asked = null           // { act, ends, keys: level → Idempotency-Key }
  let shownAt = 0
  let timer = 0
  let busy = false

  /** Ask about an act from the moment it was asked; `at` of the event, or reckoned from its end. */
  function ask({ act, number, service, until, at }) {
    const ends = Math.min(Date.parse(until), Date.parse(at) + sign.screen_seconds * 1000)
    if (ends <= clock.now().getTime()) return
    asked = { act, ends, keys: {} }
    shownAt = performance.now()
    showNumber(slot("number"), number)
    put("service", page.services[service] ?? service)
    put("hint", hint)
    show("ask")
    clearInterval(timer)
    timer = setInterval(tick, TICK_MS)
    tick()
  }

  /** A page that was opened while a question stood goes on with what is left of it; never while the next one is here. */
  function goOn({ rating, ticket }) {
    if (!rating || (ticket?.state === "serving" && ticket.number !== rating.number)) return
    ask({ ...rating, at: new Date(Date.parse(rating.until) - page.window_s * 1000).toISOString() })
  }

  function tick() {
    const left = Math.ceil((asked.ends - clock.now().getTime()) / 1000)
    if (left <= 0) { if (!busy) drop(); return }
    put("left", _("%(n)s s", { n: left }))
  }

  async function touch(button) {
    if (!asked || busy || performance.now() - shownAt < DEAF_MS) return
    busy = true
    const { act, keys } = asked
    const level = Number(button.dataset.level)
    button.classList.add("pressed")
    try {
      await post(`/api/counters/${sign.counter}/ratings`, { act, level }, (keys[level] ??= newKey()))
      if (asked?.act === act) thank(button, level)
    } catch (failure) {
      if (failure instanceof Refusal && failure.status !== 503) { put("hint", failure.detail); end(THANKS_MS) }
      else put("hint", _("That did not get through. Please touch once more."))
    } finally {
      button.classList.remove("pressed")
      busy = false
    }
  }

  function thank(button, level) {
    for (const face of document.querySelectorAll("[data-face]")) face.hidden = face.dataset.face !== String(level)
    put("chosen", _("Your rating: %(level)s", { level: button.textContent.trim() }))
    show("thanks")
    end(THANKS_MS)
  }

  /** Nothing is asked any more; the card again, at once or after `ms`. */
  function end(ms) {
    clearInterval(timer)
    asked = null
    timer = setTimeout(() => { if (!asked) show("rest") }, ms)
  }

  function drop() {
    if (!asked) return
    end(0)
  }

  const ratedElsewhere = (act) => { if (asked?.act === act && !busy) drop() }

  for (const button of buttons) button.addEventListener("click", () => touch(button))
  return { ask, goOn, drop, ratedElsewhere }
}

function show(view) {
  document.body.dataset.view = view
  for (const section of document.querySelectorAll(".view")) section.hidden = !section.classList.contains(view)
  document.querySelector(`.view.${view} h2`)?.focus({ preventScroll: true })
}
