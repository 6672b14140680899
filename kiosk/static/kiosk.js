// kiosk.js: the kiosk's page, put together.

import { given } from "../shared/words.js"
import { follow, whenFree } from "../shared/live.js"
import { hallClock, runClocks } from "../shared/clock.js"
import { linkBanner } from "../shared/parts.js"
import { arrows } from "./arrows.js"
import { cardOf } from "./ticket.js"
import { greeting } from "./greeting.js"
import { go, homeAddress } from "./leave.js"
import { idleReset } from "./idle.js"
import { lobby } from "./lobby.js"
import { notices } from "./notices.js"
import { presented } from "./presented.js"
import { show, onShow } from "./views.js"
import { ask } from "./voice.js"
import { taking } from "./taking.js"
import { wedge } from "./wedge.js"

const hall = given()
const clock = hallClock(hall)
runClocks(clock)

let stale = false
const home = ({ afresh = stale } = {}) => {
  take.queueAs(null)
  return onlyHome() && !afresh ? show("start", { quietly: true }) : go(homeAddress())
}
const card = cardOf({ hall, clock, home })
const rows = lobby({ hall, clock, home })
const take = taking({ card })
const greet = greeting({ names: hall.priorities, chosen: (id, label) => take.queueAs({ id, label }) })
const before = presented({ card, home, greet, open: hall.open })
const idle = idleReset({ large: hall.large, home, atRest: () => onlyHome() && document.body.dataset.view === "start" && !take.queueing() })
wedge({ scanned: before.scanned })

arrows()
notices()
onShow((view, { heading, quietly }) => {
  idle.restart({ off: view === "ticket" })          // the ticket counts its own time
  if (view !== "person") greet.forget()
  else return                                     // a name is not said aloud
  if (heading && view !== "ticket" && (hall.large || !quietly)) ask(heading)     // a kiosk that comes home by itself asks nobody
})

document.addEventListener("click", (event) => {
  const target = event.target.closest("button, a")
  if (!target) return
  const { act, service, chooseGroup } = target.dataset
  if (target.closest(".languages") || act === "size") { event.preventDefault(); go(target.href) }
  else if (target.getAttribute("aria-disabled") === "true") rows.whyNot(target)
  else if (service) take.touch(target)
  else if (chooseGroup) { rows.only(chooseGroup); show("services") }
  else if (act === "guide") show("guide")
  else if (act === "home") { card.leave(); home() }
  else if (act === "stay") idle.restart()
})

follow({
  topics: [`station:${document.documentElement.dataset.station}`, `board:${hall.area}`], journal: hall.journal, seq: hall.seq,
  onEvent: (message) => (message.kind === "presented" ? before.hear(message) : rows.hear(message)),
  onNow: (now) => clock.set(now),
  onLink: linkBanner(clock),
  onResync: () => { stale = true; if (!card.standing()) go(location.href) },     // a ticket on show stays, the page is renewed after it
  onSetup() { stale = true; whenFree(atRest, () => go(location.href)) },         // whoever is choosing goes on; home is renewed
})
show("start", { quietly: true })

/** Whether nobody is at it: the home page, and no hand on the glass. */
function atRest() {
  return document.body.dataset.view === "start" && idle.untouched() && !document.querySelector("main").inert
}

/** Whether this page is the plain home: the hall's language and this kiosk's own size of text. */
function onlyHome() {
  const asked = new URLSearchParams(location.search)
  return !asked.has("lang") && !asked.has("size")
}
