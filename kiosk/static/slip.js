// slip.js: did the slip come, and here? Without an outcome in four seconds, or with a bad one, the page says so; a late slip takes
// it back. Where the neighbour's printer takes over, the page says at which kiosk the slip comes out.

import { _ } from "../shared/words.js"
import { slot } from "./views.js"

const OUTCOME_MS = 4_000

export function slipWatch({ lost }) {
  const view = document.querySelector('[data-view="ticket"]')
  const warn = view?.querySelector(".warn")
  const here = document.documentElement.dataset.station
  let timer = 0
  let number = ""
  let told = false
  let printed = false

  function begin(ticket) {
    end()
    number = ticket.number
    told = printed = false
    without(null)
    timer = setTimeout(() => without(_("No slip has come out this time")), OUTCOME_MS)
    hear(ticket.slip, ticket.slip_detail)
  }

  /** An outcome: none, queued or pending, sending, printed, not_sent, unknown; `station` is whose printer it is about. */
  function hear(outcome, detail, station) {
    if (printed) return
    if (station && station !== here && ["queued", "pending", "sending", "printed"].includes(outcome)) without(elsewhere(station))
    else if (outcome === "printed") { printed = true; clearTimeout(timer); without(null) }
    else if (outcome === "not_sent") without(/paper|纸|紙/i.test(detail ?? "") ? _("The printer is out of paper: no slip this time") : _("The printer is away: no slip this time"))
    else if (outcome === "unknown") without(_("The slip may not have come out"))
    else if (outcome === "none") without(_("There is no printer here: no slip this time"))
  }

  function elsewhere(station) {
    const no = /(\d+)$/.exec(station)
    return no ? _("Your slip comes out at kiosk %(no)s", { no: no[1] }) : _("Your slip comes out at %(place)s", { place: station })
  }

  function without(reason) {
    if (!view) return
    view.classList.toggle("no-slip", reason !== null)
    warn.hidden = reason === null
    if (reason === null) return
    clearTimeout(timer)
    slot("warn").textContent = reason
    slot("valid").textContent = _("Your number %(no)s is valid and will be called as usual.", { no: number })
    if (!told) { told = true; lost() }
  }

  function end() { clearTimeout(timer) }

  return { begin, hear, end }
}
