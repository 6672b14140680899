// guide.js: the guide desk, put together. The page is the server's; here it is kept up to date, and presses become acts.

import { hallClock, runClocks } from "../shared/clock.js"
import { freshen } from "../shared/freshen.js"
import { follow, whenFree } from "../shared/live.js"
import { linkBanner } from "../shared/parts.js"
import { _, given } from "../shared/words.js"
import { guideActs } from "./guide_acts.js"
import { questions } from "./guide_asks.js"
import { classChoice, issuing } from "./guide_issue.js"

const GATHER_MS = 1_000        // what happens together is asked for once
const LOOK_MS = 20_000         // estimates age, and times to come back run out, without anything happening
const DEAF_KINDS = ["picture", "input", "beat"]

const page = given()
const clock = hallClock(page)
const said = document.getElementById("said")
const refusal = document.getElementById("refusal")
const field = document.getElementById("number")
const say = (sentence) => { refusal.textContent = sentence }

let looking = null
let again = false
let timer = 0

/** Take the page over as it is now. While one look is on its way, further ones become a single next one. */
function look() {
  clearTimeout(timer)
  timer = 0
  if (looking) { again = true; return looking }
  looking = freshen().then((fresh) => {
    if (!fresh) return
    const now = JSON.parse(fresh.getElementById("given").textContent)
    clock.set(now.now, now.speed)
  }).finally(() => {
    looking = null
    if (again) { again = false; return look() }
  })
  return looking
}

const quietly = () => look().catch(() => {})         // the link's own banner says when nobody answers
const soon = () => { timer ||= setTimeout(quietly, GATHER_MS) }

/** Change what the address asks for, and look. */
async function turn(changes) {
  const address = new URL(location.href)
  for (const [name, value] of Object.entries(changes)) {
    if (value) address.searchParams.set(name, value); else address.searchParams.delete(name)
  }
  history.replaceState(null, "", address)
  await look()
  if (looking) await looking
}

/** Lay a ticket on the table. */
async function open(number) {
  say("")
  field.value = number
  await turn({ number }).catch(() => say(_("The hall does not answer just now.")))
  const ticket = document.getElementById("ticket")
  ticket.scrollIntoView({ block: "nearest" })
  if (ticket.dataset.number !== number) say(_("There is no %(number)s today", { number }))
  return ticket
}

/** What was typed as the hall writes it: "a7" is A007. */
function written(typed) {
  const [, letter, digits] = /^\s*([A-Za-z]?)\s*0*(\d{1,8})\s*$/.exec(typed) ?? []
  return digits ? letter.toUpperCase() + digits.padStart(page.digits, "0") : null
}

const acts = guideActs({ say, look: quietly, announce: (sentence) => { said.textContent = sentence } })
const ask = questions({ perform: acts.perform, say })
classChoice(document.getElementById("issue"))
issuing({
  form: document.getElementById("issue"),
  issue: acts.issue,
  async issued({ number, ahead }) {
    await open(number)
    said.textContent = _("%(number)s is issued, %(n)s ahead", { number, n: ahead })
  },
})

document.getElementById("look").addEventListener("submit", (event) => {
  event.preventDefault()
  const number = written(field.value)
  if (!number) { say(_("A number is a letter and digits, for example A007.")); return field.select() }
  open(number).then(() => field.select())
})

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-ask], [data-help], [data-open], [data-filter-state], [data-act='sign-out']")
  if (!target || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  const { why, help, open: number, filterState, ask: act } = target.dataset
  if (why) say(why)
  else if (help) acts.perform("help", { counter: help })
  else if (number) open(number)
  else if (filterState !== undefined) turn({ state: filterState }).catch(() => {})
  else if (act) ask(act)
  else acts.signOut()
})
document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-filter='service']")) turn({ service: target.value }).catch(() => {})
})
addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return
  if (event.key === "F2") { event.preventDefault(); field.focus(); field.select() }
  else if (event.key === "F4") { event.preventDefault(); toIssue() }
  else if (event.key === "Escape") { say(""); field.focus(); field.select() }
  else if (/^Arrow(Up|Down)$/.test(event.key) && event.target.closest(".rows")) step(event)
})

function toIssue() {
  const services = [...document.querySelectorAll('#issue [name="service"]')]
  ;(services.find((one) => one.checked) ?? services[0])?.focus()
}

/** Arrows go through the list. */
function step(event) {
  const rows = [...document.querySelectorAll(".rows .row")]
  const to = rows.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)
  event.preventDefault()
  rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus()
}

runClocks(clock)
setInterval(quietly, LOOK_MS)
follow({
  topics: "hall", journal: page.journal, seq: page.seq,
  onEvent: ({ kind }) => { if (!DEAF_KINDS.includes(kind)) soon() },
  onNow: (now) => clock.set(now),
  onLink: linkBanner(clock),
  onSetup() { soon(); whenFree(() => !document.querySelector('dialog[open], #issue [name="service"]:checked') && field.value === "") },
})
if (!matchMedia("(pointer: coarse)").matches) field.focus()
