// halls.js: choose a hall: the figures stay true; cards change places only while nobody is at them.

import { get } from "./api.js"
import { hallClock } from "./clock.js"
import { freshen } from "./freshen.js"
import { linkBanner } from "./parts.js"
import { _, given } from "./words.js"

const LOOK_MS = 10_000
const STILL_MS = 20_000     // nothing has been touched or scrolled for so long: cards may change places
const HANDS = ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "focusin"]

const hall = given()
const clock = hallClock(hall)
const linked = linkBanner(clock)
const list = document.querySelector(".cards")
let seen = Date.now()
let touched = -STILL_MS

const card = (id) => list.querySelector(`[data-key="${CSS.escape(id)}"]`)
const known = ({ id, open, counters }) => card(id)?.matches(`[data-open="${open}"][data-counters="${counters.all}"]`)

async function look() {
  if (document.hidden) return
  try {
    const { halls } = await get("/api/halls")
    if (halls.length === list.children.length && halls.every(known)) halls.forEach(show)
    else await freshen()      // a hall opened, closed, changed or is new: the server draws it
    seen = Date.now()
    linked(true)
    settle(halls)
    document.querySelector("[data-updated]").textContent = _("as of %(time)s", { time: clock.time() })
  } catch {
    linked(false, seen)
  }
}

function show({ id, waiting, longest_wait_s: longest, counters }) {
  const figures = { waiting, longest: Math.max(1, Math.floor(longest / 60)), open: counters.open, all: counters.all }
  for (const place of card(id).querySelectorAll("[data-load]")) {
    const text = String(figures[place.dataset.load])
    if (place.textContent !== text) place.textContent = text
  }
  for (const line of card(id).querySelectorAll("[data-when]")) line.hidden = waiting === 0
  card(id).querySelectorAll(".seats i").forEach((seat, n) => seat.classList.toggle("out", n >= counters.open))
}

/** The least busy first, unless somebody reads or aims just now. */
function settle(halls) {
  if (performance.now() - touched < STILL_MS || list.contains(document.activeElement)) return
  const order = halls.map(({ id }) => card(id)).filter(Boolean)
  if (order.some((one, n) => list.children[n] !== one)) list.append(...order)
}

async function again() {
  await look()
  setTimeout(again, LOOK_MS)
}

for (const hand of HANDS) addEventListener(hand, () => { touched = performance.now() }, { passive: true })
document.addEventListener("visibilitychange", look)
setTimeout(again, LOOK_MS)
