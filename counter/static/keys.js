// keys.js: the eleven keys. They never move; the one expected now is filled, what cannot be done is dashed with its reason.

import { _ } from "../shared/words.js"
import { expected, whyNot } from "./can.js"

const keys = [...document.querySelectorAll(".key[data-act]")]
const others = [...document.querySelectorAll(".states [data-act], .band [data-act='help']")]

/** Draw all keys; answers the act that is expected now. */
export function drawKeys(context) {
  const wanted = expected(context)
  for (const key of keys) {
    const { act } = key.dataset
    const why = whyNot(act, context)
    set(key, "aria-disabled", why ? "true" : null)
    key.classList.toggle("act", act === wanted)
    say(key.querySelector(".note"), why ? why.short : note(act, context, act === wanted))
  }
  for (const button of others) set(button, "aria-disabled", whyNot(button.dataset.act, context) ? "true" : null)
  for (const button of document.querySelectorAll(".states button")) {
    const on = button.dataset.state === context.desk.state || (button.dataset.state === "closed" && context.desk.state === "not_in_use")
    set(button, "aria-pressed", String(on))
  }
  return wanted
}

/** The key of an act; the filled one may also be the card's own button. */
export const keyOf = (act) => (act === "open" ? document.querySelector("#card [data-act='open']") : document.querySelector(`.key[data-act="${act}"]`))

function note(act, { desk, page, clock }, filled) {
  const number = desk.ticket?.number
  switch (act) {
    case "call": return _("%(number)s to counter %(n)s", { number: desk.next.ticket.number, n: desk.counter })
    case "start": return filled ? _("Enter too, when they are here") : ""
    case "finish": return filled ? _("Enter too, then they may rate") : ""
    case "recall": return _("%(n)s left", { n: desk.calls_left })
    case "choose": return _("Pick one from the list")
    case "no_show": return _("%(number)s did not come", { number })
    case "hold": return _("Without, with papers, waiting")
    case "transfer": return _("To a service or counter")
    case "next_step": return nextStep(desk.ticket, page)
    case "ask_rating": return rating({ desk, clock })
    case "undo": return _("%(n)s s to undo: %(what)s", { n: clock.until(desk.undo.until), what: undone(desk.undo) })
    default: return ""
  }
}

function nextStep(ticket, { services }) {
  const steps = services.find((one) => one.id === ticket?.service)?.next_steps ?? []
  const names = steps.map((id) => services.find((one) => one.id === id)?.name ?? id)
  return names.length ? _("Finish, then %(steps)s", { steps: names.join(_("/")) }) : _("Finish and send on")
}

function rating({ desk, clock }) {
  if (desk.ticket?.state === "serving") return _("The tablet asks now")
  const left = desk.rating ? clock.until(desk.rating.until) : 0
  return left > 60 ? _("%(n)s min left to rate", { n: Math.floor(left / 60) }) : left > 0 ? _("%(n)s s left to rate", { n: left }) : ""
}

function undone({ act }) {
  switch (act) {
    case "ticket.called": return _("the call")
    case "ticket.resumed": return _("the return to the counter")
    case "ticket.no_show": return _("the no-show")
    case "ticket.restored": return _("the return to the line")
    case "service.started": return _("the start")
    case "ticket.held": return _("the hold")
    case "ticket.transferred": return _("the transfer")
    case "service.finished": return _("the finish")
    default: return _("the last act")
  }
}

function set(element, attribute, value) {
  if (element.getAttribute(attribute) === value) return
  if (value === null) element.removeAttribute(attribute)
  else element.setAttribute(attribute, value)
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text
}
