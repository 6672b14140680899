// lobby.js: the rows of the services: how many wait, how long, what is closed and why. The hall says; nothing is counted here.

import { get } from "../shared/api.js"
import { dateOf, timeOfDay } from "../shared/clock.js"
import { _ } from "../shared/words.js"
import { say } from "./said.js"
import { speak } from "./voice.js"

const WHY_MS = 4_000
const LOOK_MS = 30_000    // hours and quotas change without a ticket being taken

export function lobby({ hall, clock, home }) {
  let fingers = 0
  let waiting = null

  const row = (id) => document.querySelector(`.row[data-service="${CSS.escape(id)}"]`)

  /** Put what the hall said on the rows, but never while a finger is down: no number jumps about under it. */
  function put(services) {
    if (fingers > 0) { waiting = services; return }
    waiting = null
    for (const service of services) {
      const button = row(service.id)
      if (button) draw(button, service, { clock })
    }
    sums(services)
  }

  async function look() {
    const [now, offered] = await Promise.all([get("/api/hall"), get(`/api/services?area=${encodeURIComponent(hall.area ?? "")}`)])
    if (now.open !== hall.open && document.body.dataset.view === "start") return home({ afresh: true })
    put(offered.services)
  }

  const quietly = () => look().catch(() => {})       // the link's own banner says when nobody answers

  function hear(message) {
    if (message.kind === "waiting") {
      const turned = message.services.some((service) => row(service.id) && service.open === row(service.id).hasAttribute("aria-disabled"))
      if (turned) quietly(); else put(message.services.filter((service) => service.open))
    } else if (/^(hall|session|notice|settings)\./.test(message.kind)) quietly()
  }

  /** A touch on a closed row: its reason, aloud and large, for a while. */
  function whyNot(button) {
    const { why, opens } = button.dataset
    const text = breath([button.querySelector(".name").textContent, why, opens && again(opens, clock)])
    say(text)
    speak(text)
    button.classList.add("telling")
    setTimeout(() => button.classList.remove("telling"), WHY_MS)
  }

  function only(group) {
    for (const section of document.querySelectorAll(".group")) section.hidden = section.dataset.group !== group
  }

  addEventListener("pointerdown", () => { fingers += 1 })
  for (const kind of ["pointerup", "pointercancel"]) {
    addEventListener(kind, () => {
      fingers = Math.max(0, fingers - 1)
      if (waiting) setTimeout(() => waiting && put(waiting))
    })
  }
  for (const button of document.querySelectorAll(".row")) name(button, clock)
  setInterval(quietly, LOOK_MS)
  return { hear, whyNot, only }
}

function draw(button, { open, ahead, wait, why, opens_at: opens }, { clock }) {
  Object.assign(button.dataset, { ahead: ahead ?? "", low: wait?.low_min ?? "", high: wait?.high_min ?? "", why: why?.detail ?? "", opens: opens ?? "" })
  button.classList.toggle("off", !open)
  if (open) button.removeAttribute("aria-disabled"); else button.setAttribute("aria-disabled", "true")
  const parts = open ? openParts({ ahead, wait }) : closedParts({ why, opens, clock })
  button.replaceChildren(button.querySelector(".name"), ...parts)
  name(button, clock)
}

function openParts({ ahead, wait }) {
  const range = piece("span", "range", wait && ahead ? _("%(low)s–%(high)s min", { low: wait.low_min, high: wait.high_min }) : "")
  const count = piece("span", "ahead", "")
  const [before, after] = _("%(n)s waiting", { n: "|" }).split("|")
  if (ahead) count.append(piece("span", "", before), piece("b", "", String(ahead)), piece("span", "", after))
  else count.append(piece("span", "nobody", _("No one is waiting")))
  return [range, count]
}

function closedParts({ why, opens, clock }) {
  const reason = piece("span", "why", "")
  reason.append(piece("b", "", shortly(why)), piece("span", "again", opens ? again(opens, clock) : ""))
  return [reason]
}

/** Why, beside the name: the name is not said again. */
function shortly(why) {
  if (!why) return _("Closed")
  return why.error === "service_closed" ? _("Not offered now") : why.detail
}

/** The whole row in one breath: "Business registration, 6 people ahead, about 18 to 30 minutes". */
function name(button, clock) {
  const { ahead, low, high, why, opens } = button.dataset
  const said = [button.querySelector(".name").textContent]
  if (button.getAttribute("aria-disabled") === "true") said.push(why || _("Closed"), opens && again(opens, clock))
  else if (!ahead || ahead === "0") said.push(_("No one is waiting"))
  else said.push(_("%(n)s people ahead", { n: ahead }), low && _("about %(low)s to %(high)s minutes", { low, high }))
  button.setAttribute("aria-label", breath(said))
}

/** What there is to say, in one sentence: a reason that ends in a full stop of its own loses it. */
function breath(pieces) {
  return pieces.filter(Boolean).map((piece) => piece.replace(/[。.]$/, "")).join(_(", "))
}

function again(opens, clock) {
  const time = timeOfDay(new Date(opens), clock.zone)
  const day = dateOf(new Date(opens), clock.zone)
  return day === clock.date() ? _("Again from %(time)s", { time }) : _("Again %(day)s from %(time)s", { day, time })
}

function sums(services) {
  for (const place of document.querySelectorAll("[data-group-waiting]")) {
    const here = new Set(Array.from(document.querySelectorAll(`.group[data-group="${CSS.escape(place.dataset.groupWaiting)}"] .row`), (one) => one.dataset.service))
    const known = services.filter((service) => here.has(service.id))
    if (known.length === here.size) place.querySelector("b").textContent = String(known.reduce((sum, service) => sum + service.waiting, 0))
  }
}

function piece(tag, className, text) {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.textContent = text
  return element
}
