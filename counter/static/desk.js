// desk.js: the counter's desk, put together.

import { everySecond, hallClock, runClocks } from "../shared/clock.js"
import { follow, whenFree } from "../shared/live.js"
import { linkBanner } from "../shared/parts.js"
import { _, given } from "../shared/words.js"
import { acting } from "./acts.js"
import { alarm } from "./alarm.js"
import { drawBand } from "./band.js"
import { otherHands, whyNot } from "./can.js"
import { drawCard, tickCard } from "./card.js"
import { dialogs } from "./dialogs.js"
import { drawKeys, keyOf } from "./keys.js"
import { keyboard } from "./keyboard.js"
import { drawLists, selectRow, tickLists, whyNoRestore } from "./lists.js"
import { snapshots } from "./model.js"
import { readyTone, softTone } from "./tone.js"

const page = given()
const first = given("desk")
const clock = hallClock({ now: first.now, zone: first.timezone, speed: first.speed || 1 })
const hall = snapshots({ first, clock })
const said = document.getElementById("said")
const refusal = document.getElementById("refusal")

let wanted = null      // the filled act
let last = null        // the ticket finished last, as far as this page has heard

const context = () => ({ desk: hall.desk, page, clock, last })
const say = (sentence) => { refusal.textContent = sentence }
const acts = acting({ hall, say })
const questions = dialogs({ perform, context })
const setAlarm = alarm({ refresh: hall.quietly })

/** What pressing a key means, by hand or by keyboard: do it, ask what it needs to know, or say why it cannot be. */
function press(act) {
  if (acts.busy) return undefined
  if (act === "restore") return restore()
  if (act === "pause" && hall.desk.state === "paused") return press("open")
  const why = whyNot(act, context())
  if (why) return say(why.detail)
  if (questions.asks(act)) { say(""); return questions.ask(act) }
  return perform(act)
}

async function perform(act, chosen) {
  await acts.perform(act, chosen)
  focusWanted()
}

function restore() {
  const passed = hall.desk.no_show
  const possible = passed.filter((one) => whyNoRestore(one, context()) === null)
  if (possible.length === 1) return perform("restore", { id: possible[0].id })
  if (possible.length > 1) return questions.ask("restore")
  return say(passed.length ? whyNoRestore(passed[0], context()) : _("No number was passed here"))
}

/** The focus stands on the act expected now, so that Enter is what it looks like; with none, on the card. */
function focusWanted() {
  if (questions.open) return
  const target = (wanted && keyOf(wanted)) ?? document.getElementById("card")
  target.focus({ preventScroll: true })
}

hall.onChange((desk, before, { own }) => {
  const resting = document.activeElement === document.body || document.activeElement === (keyOf(wanted ?? "") ?? document.getElementById("card"))
  drawBand(context())
  drawCard(context())
  drawLists(context())
  wanted = drawKeys(context())
  setAlarm(desk)
  if (resting && !own && wanted) focusWanted()
  if (!own && desk.state === "open" && !desk.ticket && before.waiting_count === 0 && desk.waiting_count > 0) softTone()
  announce(desk, before)
})

everySecond(() => { tickCard(context()); tickLists(context()); wanted = drawKeys(context()) })
runClocks(clock)
readyTone()
keyboard({
  press, wanted: () => wanted, deaf: () => acts.deaf, dialogOpen: () => questions.open,
  back: () => { say(""); focusWanted() },
})

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-act], [data-shelf], .rows .row[data-number]")
  if (!target || target.closest("dialog")) return
  const { act, shelf, number, id, why } = target.dataset
  if (act) press(act)
  else if (shelf) { if (why) say(why); else perform(shelf, { id }) }
  else if (event.detail === 1) selectRow(target)      // one touch points at a row; Enter, or a second touch, calls it
  else chooseRow(number)
})
for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", focusWanted)

function chooseRow(number) {
  const why = whyNot("choose", context())
  if (why) say(why.detail)
  else perform("choose", { number })
}

function announce(desk, before) {
  const of = ({ ticket, state }) => `${state} ${ticket?.number} ${ticket?.state}`
  if (of(desk) === of(before)) return
  const { ticket } = desk
  said.textContent = ticket?.state === "called" ? _("%(number)s is called", { number: ticket.number })
    : ticket ? _("%(number)s is in service", { number: ticket.number }) : desk.next ? _("Next: %(number)s", { number: desk.next.ticket.number }) : ""
}

follow({
  topics: otherHands(first, page) ? "hall" : `counter:${page.counter}`,      // a colleague's counter is heard over the hall
  journal: first.journal, seq: first.seq,
  onEvent(message) {
    if (message.counter !== undefined && message.counter !== page.counter && message.kind.startsWith("counter.")) return
    if (message.kind === "service.finished" && message.counter === page.counter) last = { number: message.number, at: message.at }
    if (message.kind === "ticket.undone" && message.undid === "service.finished") last = null
    hall.quietly()
  },
  onNow: (now) => clock.set(now),
  onLink: linkBanner(clock),
  onSetup: () => { hall.quietly(); whenFree(() => !questions.open && !acts.busy) },
})
