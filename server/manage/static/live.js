// live.js: the live hall, put together: what happens in the hall is looked at anew, at most once a second.

import { given } from "../shared/words.js"
import { get } from "../shared/api.js"
import { follow } from "../shared/live.js"
import { hallClock, runClocks } from "../shared/clock.js"
import { linkBanner } from "../shared/parts.js"
import { drawAlerts } from "./live-alerts.js"
import { drawFloor } from "./live-draw.js"
import { refresher } from "./fresh.js"

const REST_MS = 1_000        // between two looks
const LOOK_MS = 15_000       // waits grow and devices fall silent without an event
const CURVE_MS = 5_000       // between two drawings of the curve

const page = given()
const clock = hallClock(page)
const part = refresher({ drawn: () => {} })
let due = 0
let busy = false
let again = false
let curve = JSON.stringify({ ...page.curve, at: null })
let drawnAt = 0

function soon() {
  if (busy) { again = true; return }
  if (!due) due = setTimeout(look, 0)
}

async function look() {
  busy = true
  due = 0
  again = false
  try {
    const seen = await get("/api/reports/live")
    clock.set(seen.now, seen.speed)
    drawFloor(seen, clock)
    drawAlerts(seen)
    redraw(seen.curve)
  } catch { /* the link's own banner says when nobody answers */ }
  await new Promise((done) => setTimeout(done, REST_MS))
  busy = false
  if (again) soon()
}

/** The curve is drawn by the server, in one place; it is fetched when its numbers have changed. */
function redraw(numbers) {
  const now = JSON.stringify({ ...numbers, at: null })
  if (now === curve || performance.now() - drawnAt < CURVE_MS || document.querySelector(".numbers[open]")) return
  curve = now
  drawnAt = performance.now()
  part.soon()
}

runClocks(clock)
follow({
  topics: "hall", journal: page.journal, seq: page.seq,
  onEvent: soon,
  onNow: (now) => clock.set(now),
  onLink: linkBanner(clock),
})
setInterval(soon, LOOK_MS)
