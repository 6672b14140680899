// rating.js: the tablet at the window, put together. At rest the clerk's card; when asked, five buttons; then thanks.

import { get } from "../shared/api.js"
import { hallClock } from "../shared/clock.js"
import { follow, whenFree } from "../shared/live.js"
import { linkBanner } from "../shared/parts.js"
import { given } from "../shared/words.js"
import { asking } from "./asking.js"
import { drawClerk } from "./clerk.js"

const page = given()
let sign = given("sign")
const clock = hallClock({ now: sign.now, zone: sign.timezone, speed: sign.speed || 1 })
const question = asking({ sign, page, clock })

async function look() {
  const fresh = await get(`/api/counters/${sign.counter}/sign`)
  if (fresh.journal === sign.journal && fresh.seq < sign.seq) return
  sign = fresh
  clock.set(sign.now, sign.speed || 1)
  drawClerk(sign)
}

function hear(message) {
  if (message.counter !== undefined && message.counter !== sign.counter) return     // another counter's, of a ticket that was here
  switch (message.kind) {
    case "rating.asked": question.ask(message); break
    case "service.rated": question.ratedElsewhere(message.act); break
    case "ticket.undone": question.drop(); break
    case "service.started": question.drop(); break         // the next one is here: never asked about the one before
    default:
  }
  if (/^counter\./.test(message.kind)) look().catch(() => {})
}

drawClerk(sign)
question.goOn(sign)
follow({
  topics: `counter:${sign.counter}`, journal: sign.journal, seq: sign.seq,
  onEvent: hear, onNow: (now) => clock.set(now), onLink: linkBanner(clock),
  onSetup: () => whenFree(() => document.body.dataset.view === "rest"),      // never a question away from under a finger
})
