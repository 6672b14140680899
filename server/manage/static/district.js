// district.js: the halls of a district: today's page asks for itself again each minute.

import { hallClock, runClocks } from "../shared/clock.js"
import { freshen } from "../shared/freshen.js"
import { linkBanner } from "../shared/parts.js"
import { given } from "../shared/words.js"
import { showsChosenDay } from "./day.js"

const LOOK_MS = 60_000

const shown = given()
const clock = hallClock(shown)
const linked = linkBanner(clock)
let seen = Date.now()

async function look() {
  if (document.hidden) return
  try {
    await freshen()
    seen = Date.now()
    linked(true)
  } catch {
    linked(false, seen)
  }
}

runClocks(clock)
showsChosenDay()
if (shown.live) {
  setInterval(look, LOOK_MS)
  document.addEventListener("visibilitychange", look)
}
