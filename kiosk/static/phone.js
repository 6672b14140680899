// phone.js: one ticket, live. The server draws each state; this page only asks for it when something happened.

import { post, put } from "../shared/api.js"
import { follow } from "../shared/live.js"
import { hallClock } from "../shared/clock.js"
import { _, given } from "../shared/words.js"
import { armed, arm, remind } from "./remind.js"
import { say } from "./said.js"

const REMIND_AHEAD = 3
const AGAIN_MS = 5_000      // a page that could not be fetched is asked for again

const ticket = given()
const clock = hallClock(ticket)
const root = document.documentElement
let reminded = false
let drawing = 0

root.dataset.script = ""

const main = () => document.querySelector("main")
const updated = () => { document.querySelector("[data-updated]").textContent = _("as of %(time)s", { time: clock.time() }) }

/** Fetch the page as it now is and put its parts in place of the old ones. */
async function redraw() {
  clearTimeout(drawing)
  let fresh
  try {
    const answer = await fetch(location.href, { cache: "no-store" })
    if (!answer.ok) throw new Error(answer.statusText)
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html")
  } catch {
    drawing = setTimeout(redraw, AGAIN_MS)
    return
  }
  const before = { state: main().dataset.state, calls: Number(main().dataset.calls) }
  const asked = asking(), at = document.activeElement?.dataset.act
  root.className = fresh.documentElement.className
  main().replaceWith(document.adoptNode(fresh.querySelector("main")))
  document.querySelector("footer").replaceWith(document.adoptNode(fresh.querySelector("footer")))
  if (asked && document.querySelector(".confirm")) ask(true, at)     // the line moved on while somebody was deciding
  shown(before)
}

const asking = () => document.querySelector(".confirm")?.hidden === false

/** Show or hide the question whether the number is given back, with the focus on one of its answers. */
function ask(now, focus) {
  const confirm = document.querySelector(".confirm")
  confirm.hidden = !now
  document.querySelector(".acts:not(.confirm)").hidden = now
  confirm.querySelector(`[data-act="${focus}"]`)?.focus()
}

/** Say and sound what is new. */
function shown(before) {
  const { state, calls } = main().dataset
  dress()
  if (state === before.state && Number(calls) === before.calls) return
  const headline = main().querySelector("[data-headline]")?.textContent.trim()
  if (headline) say([ticket.number, headline, state === "called" && main().querySelector(".counter").textContent].filter(Boolean).join(_(", ")))
  if (state === "called") remind(_("Number %(no)s: please go to the counter", { no: ticket.number }), { urgent: true })
  else if (state === "next") remind(_("You are next"))
}

function position({ ahead, wait }) {
  const place = main().querySelector("[data-ahead]")
  if (ahead == null) return
  if (ahead === 0 || !place) return redraw()
  place.textContent = String(ahead)
  const box = main().querySelector("[data-wait]")
  box.hidden = !wait
  if (wait) box.querySelector("b").textContent = `${wait.low_min}–${wait.high_min}`
  updated()
  if (ahead <= REMIND_AHEAD && !reminded) { reminded = true; remind(_("%(n)s people are ahead of you", { n: ahead })) }
}

function link(up, since) {
  root.dataset.link = up ? "up" : "lost"
  const line = document.querySelector(".foot-line")
  line.classList.toggle("away", !up)
  if (up) return updated()
  const at = new Date(clock.now().getTime() - (Date.now() - since))
  document.querySelector("[data-updated]").textContent = _("Offline: this is how it was at %(time)s", { time: clock.time(at) })
}

/** Put what only scripts know on a freshly drawn page. */
function dress() {
  const button = document.querySelector('[data-act="remind"]')
  if (button && armed()) {
    button.querySelector("span").textContent = _("Reminder is on")
    button.setAttribute("aria-pressed", "true")
  }
}

async function act(doing) {
  const refusal = document.querySelector(".refusal")
  refusal.hidden = true
  try {
    await doing()
    await redraw()
  } catch (failure) {
    refusal.textContent = failure.detail ?? _("The system does not answer just now")
    refusal.hidden = false
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button")
  if (!button) return
  switch (button.dataset.act) {
    case "remind": arm(); dress(); break
    case "cancel": ask(true, "cancel-no"); break
    case "cancel-no": ask(false); break
    case "cancel-yes": act(() => put(`/api/follow/${ticket.follow}/cancellation`)); break
  }
  const rate = button.closest(".rate")
  if (rate) {
    button.classList.add("pressed")
    act(() => post(`/api/follow/${ticket.follow}/ratings`, { act: rate.dataset.actId, level: Number(button.dataset.level) }))
      .finally(() => button.classList.remove("pressed"))
  }
})

follow({
  topics: `ticket:${ticket.follow}`, journal: ticket.journal, seq: ticket.seq,
  onEvent: (message) => (message.kind === "position" ? position(message) : redraw()),
  onNow: (now) => { clock.set(now); if (root.dataset.link === "up") updated() },
  onLink: link,
})
