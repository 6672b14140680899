// presented.js: something was held before the kiosk: a slip's code, a phone, a card. It is shown, or why it is nothing.

import { get, post, Refusal } from "../shared/api.js"
import { _ } from "../shared/words.js"
import { show, slot } from "./views.js"
import { speak } from "./voice.js"

const SAID_S = 8
const OURS = /^\s*(?:https?:\/\/|Q)/i      // nothing else leaves this page: a card that types its number is nobody's business

export function presented({ card, home, greet, open }) {
  const station = document.documentElement.dataset.station
  const stage = document.querySelector("main")
  const at = (id, more = "") => `/api/stations/${encodeURIComponent(station)}/presented/${encodeURIComponent(id)}${more}`
  let turn = 0
  let then = 0

  /** The station's own scanner or card reader has something. */
  async function hear({ id }) {
    if (stage.inert) return                  // somebody's number is being taken just now
    await doing(async (mine) => {
      const { what, ticket, person, error } = await get(at(id))
      if (mine !== turn) return
      if (what === "ticket") await showTicket(id, ticket, mine)
      else if (what === "person" && open) { card.leave(); greet(person) }
      else if (what === "refused") tell(error.detail)
    })
  }

  /** A scanner typed into this page. */
  async function scanned(text) {
    if (stage.inert) return
    if (!OURS.test(text)) { turn += 1; return tell(_("This code belongs to no ticket of this hall.")) }
    await doing(async (mine) => {
      const { id } = await post(`/api/stations/${encodeURIComponent(station)}/scans`, { text, tell: false })
      const { ticket } = await get(at(id))
      if (mine === turn && ticket) await showTicket(id, ticket, mine)
    })
  }

  /** Only the newest counts, and a failure is said. */
  async function doing(act) {
    const mine = turn += 1
    clearTimeout(then)
    try {
      await act(mine)
    } catch (failure) {
      if (mine === turn) tell(failure instanceof Refusal ? failure.detail : _("The system does not answer just now"))
    }
  }

  async function showTicket(id, ticket, mine) {
    const number = ticket.number
    if (ticket.state === "waiting" || ticket.state === "called") {
      const first = ticket.state === "waiting" && ["none", "not_sent"].includes(ticket.slip)
      const taken = first ? { ...ticket, ...await post(at(id, "/slips")) } : ticket
      if (mine !== turn) return
      const again = !first && ticket.state === "waiting" ? () => post(at(id, "/slips")) : null
      card.stand(taken, { service: ticket.service_name, scanned: true, again })
    } else if (ticket.counter != null && ["serving", "held"].includes(ticket.state)) {
      tell(_("%(no)s is at counter %(n)s.", { no: number, n: ticket.counter }))
    } else if (ticket.state === "no_show") {
      tell(_("%(no)s was called and nobody came. The guide desk can let it wait again.", { no: number }))
    } else {
      tell(_("%(no)s is done with.", { no: number }))
    }
  }

  function tell(title) {
    card.leave()
    slot("refused-service").textContent = ""
    slot("refused-title").textContent = title
    slot("refused-text").textContent = _("The guide desk is glad to help.")
    document.querySelector('[data-act="again"]').hidden = true
    show("refused")
    speak(title)
    clearTimeout(then)
    then = setTimeout(() => { if (document.body.dataset.view === "refused") home() }, SAID_S * 1000)
  }

  document.addEventListener("click", () => clearTimeout(then))
  return { hear, scanned }
}
