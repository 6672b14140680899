// staff.js: the board of who serves today, kept up to date; more people than stand on it take turns.

import { hallClock, runClocks } from "../shared/clock.js"
import { freshen } from "../shared/freshen.js"
import { follow } from "../shared/live.js"
import { linkBanner } from "../shared/parts.js"
import { given } from "../shared/words.js"
import { hideCursor } from "./cursor.js"

const GATHER_MS = 1_000     // one look for what happens together
const LOOK_MS = 60_000      // who signs in without a counter is no news of any board
const PAGE_MS = 12_000
const CONCERNS = /^(counter|duty|day|hall|setup|staff|settings)\./

const hall = given()
const clock = hallClock(hall)
let gathering = 0
let page = 0

function turn(by) {
  const people = [...document.querySelectorAll(".person")]
  const pages = 1 + Math.max(0, ...people.map((one) => Number(one.dataset.page)))
  page = (page + by) % pages
  for (const one of people) one.hidden = Number(one.dataset.page) !== page
}

async function look() {
  gathering = 0
  try {
    const fresh = await freshen()
    const now = fresh && JSON.parse(fresh.getElementById("given").textContent)
    if (now) clock.set(now.now, now.speed)
    turn(0)
  } catch { /* the link's own banner says when nobody answers */ }
}

hideCursor()
runClocks(clock)
turn(0)
setInterval(() => turn(1), PAGE_MS)
setInterval(look, LOOK_MS)
follow({
  topics: hall.areas.map((area) => `board:${area}`), journal: hall.journal, seq: hall.seq,
  onEvent: ({ kind }) => { if (CONCERNS.test(kind)) gathering ||= setTimeout(look, GATHER_MS) },
  onNow: (now) => clock.set(now),
  onLink: linkBanner(clock),
})
