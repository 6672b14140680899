// can.js: what can be done now, and in few words why not. The hall decides; here its reasons become short enough for a key.

import { timeOfDay } from "../shared/clock.js"
import { _ } from "../shared/words.js"

/** Null when `act` is possible now, else { short, detail }: for the key, and to be said when it is pressed all the same. */
export function whyNot(act, { desk, page, clock }) {
  const stranger = otherHands(desk, page)
  if (stranger) return { short: stranger, detail: stranger }
  const refusal = desk.can[act] ?? null
  const over = refusal?.again_at && clock.until(refusal.again_at) === 0
  if (refusal && !over) {
    return { short: short(act, refusal, { desk, clock }) ?? refusal.detail, detail: refusal.detail }
  }
  const own = unsaid(act, { desk, clock })
  return own && { short: own, detail: own }
}

/** The one act expected now: Enter does it. Null when nothing is expected. */
export function expected({ desk, page, clock }) {
  const act = desk.state !== "open" ? "open" : desk.ticket === null ? "call" : desk.ticket.state === "serving" ? "finish" : "start"
  return whyNot(act, { desk, page, clock }) === null ? act : null
}

/** Whose desk this is, when it is neither mine nor mine to lead. */
export function otherHands(desk, page) {
  if (!desk.clerk || desk.clerk.id === page.me.id || page.me.acts_anywhere) return null
  return _("%(name)s is at this counter", { name: desk.clerk.name })
}

/** What is no refusal of the hall, and yet nothing to press for. */
function unsaid(act, { desk, clock }) {
  if (act === "choose" && desk.waiting_count === 0) return _("No one in line")
  if (act === "undo" && (!desk.undo || clock.until(desk.undo.until) === 0)) return _("Too late to undo")
  return null
}

function short(act, { error, facts = {}, again_at: again }, { desk, clock }) {
  const number = desk.ticket?.number
  const called = desk.ticket?.state === "called"
  const serving = desk.ticket?.state === "serving"
  switch (error) {
    case "nobody_waiting": return _("No one in line")
    case "already_open": return _("Open already")
    case "moved_on": return _("Has moved on since")
    case "counter_not_open": return desk.state === "paused" ? _("The counter is paused") : _("The counter is closed")
    case "still_serving":
      if (act === "call") return called ? _("%(number)s has not come yet", { number }) : _("Finish %(number)s first, then call", { number })
      return called ? _("Deal with %(number)s first", { number }) : _("Finish %(number)s first", { number })
    case "nobody_called": return serving ? _("Only while called") : _("No one is called")
    case "recalled_too_soon": return _("%(left)s left, in %(n)s s", { left: desk.calls_left, n: clock.until(again) })
    case "recall_limit": return _("Called %(n)s times already", { n: facts.calls })
    case "not_called":
      if (!serving) return _("No one is called")
      return act === "start" ? _("Started at %(time)s", { time: timeOfDay(new Date(desk.ticket.started_at), clock.zone) }) : _("The applicant has come")
    case "too_few_calls": return _("After %(n)s more calls", { n: facts.left })
    case "not_serving": return called ? _("Not started yet") : _("No ticket in service")
    case "nothing_to_rate": return called ? _("Once service has started") : _("Nothing to rate")
    case "nothing_to_undo": return _("Nothing to undo")
    case "undo_too_late": return _("More than %(n)s s, too late to undo", { n: facts.seconds })
    default: return null
  }
}
