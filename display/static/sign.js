// sign.js: the sign over one window. A call is shown at once; all else is what the hall says it is now.

import { _, given } from "../shared/words.js"
import { get } from "../shared/api.js"
import { follow } from "../shared/live.js"
import { hallClock, timeOfDay } from "../shared/clock.js"
import { plateSign, showNumber } from "../shared/parts.js"
import { hideCursor } from "./cursor.js"
import { say } from "./said.js"

const LAST_STATE_MS = 60_000     // cut off for longer: nobody is sent by what may be over
const LOOK_MS = 30_000           // other counters open and pause without this one hearing of it
const GATHER_MS = 120            // one look for what happens together
const PULSES_MS = 3_000
const TURN_MS = 8_000          // what the counter serves, then each notice in its turn
const OTHERS_MOST = 6

const given_ = given()
const clock = hallClock(given_)
const page = document.documentElement
const cut = document.querySelector(".cut-off")
let seq = given_.seq
let gathering = 0
let giveUp = 0
let pulses = 0
let notices = given_.notices
let turn = 0

hideCursor()
follow({
  topics: `counter:${given_.counter}`, journal: given_.journal, seq,
  onEvent: hear,
  onNow: (now) => clock.set(now),
  onLink: link,
})
setInterval(look, LOOK_MS)
setInterval(() => { turn += 1; tell() }, TURN_MS)

function hear(message) {
  if ("seq" in message) seq = message.seq
  if (["ticket.called", "ticket.recalled", "ticket.resumed"].includes(message.kind) && message.counter === given_.counter) call(message.number)
  clearTimeout(gathering)
  gathering = setTimeout(look, GATHER_MS)
}

function call(number) {
  numbers(number)
  show("calling")
  page.classList.remove("pulsing")
  void page.offsetWidth                // the pulse begins anew when one is called twice
  page.classList.add("pulsing")
  clearTimeout(pulses)
  pulses = setTimeout(() => page.classList.remove("pulsing"), PULSES_MS)
  say(_("%(number)s, please go to counter %(n)s", { number, n: given_.counter }))
}

async function look() {
  try {
    const sign = await get(`/api/counters/${given_.counter}/sign`)
    if (sign.seq >= seq && page.dataset.link !== "lost") put(sign)       // an older answer than what was heard since says nothing
  } catch { /* the mark of a lost link says it */ }
}

function put({ state, ticket, clerk, others = [], notices: told = [] }) {
  clerkCard(clerk)
  notices = told
  tell()
  if (ticket) numbers(ticket.number)
  const place = document.querySelector(".others")
  place.hidden = others.length === 0
  place.querySelector(".plates").replaceChildren(...others.slice(0, OTHERS_MOST).map((n) => plateSign(n)))
  if (state === "paused") show("paused")
  else if (state !== "open") show("closed")
  else show({ called: "calling", serving: "serving" }[ticket?.state] ?? "idle")
}

/** Below the idle sign's words: what the counter serves, or a notice. */
function tell() {
  const notice = [null, ...notices][turn % (notices.length + 1)]
  document.querySelector(".groups").hidden = Boolean(notice)
  const line = document.querySelector(".notice")
  line.hidden = !notice
  line.classList.toggle("urgent", notice?.level === "urgent")
  line.textContent = notice?.text ?? ""
}

/** Who sits here, shown openly while nobody is called. */
function clerkCard(clerk) {
  const card = document.querySelector(".clerk")
  portrait(clerk?.photo)
  card.hidden = !clerk
  if (!clerk) return
  card.querySelector(".name").textContent = clerk.name
  card.querySelector(".job").textContent = _("No. %(job)s", { job: clerk.job_no })
  const post = card.querySelector(".post")
  post.textContent = clerk.post
  post.lang = clerk.post_lang
  const stars = card.querySelector(".stars")
  stars.hidden = !clerk.star
  stars.setAttribute("aria-label", _("%(n)s of 5 stars", { n: clerk.star }))
  ;[...stars.children].forEach((star, at) => star.classList.toggle("rest", at >= clerk.star))
}

/** The face beside the words, where there is one. */
function portrait(photo) {
  const image = document.querySelector(".portrait")
  const address = photo ? (page.dataset.base || "") + photo : ""
  if (image.getAttribute("src") !== address) image.src = address
  image.hidden = !photo
  image.parentElement.classList.toggle("with-portrait", Boolean(photo))
}

function show(face) {
  if (page.dataset.face !== face) page.dataset.face = face
}

function numbers(number) {
  for (const figure of document.querySelectorAll(".figure .no")) showNumber(figure, number)
}

function link(up, since) {
  page.dataset.link = up ? "up" : "lost"
  cut.hidden = up
  clearTimeout(giveUp)
  if (up) return look()
  const at = new Date(clock.now().getTime() - (Date.now() - since))
  cut.querySelector(".since").textContent = timeOfDay(at, clock.zone)
  giveUp = setTimeout(() => show("idle"), Math.max(0, LAST_STATE_MS - (Date.now() - since)))
}
