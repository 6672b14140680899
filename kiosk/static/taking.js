// taking.js: a touch becomes a ticket. One key a touch, so that a double tap is one ticket.

import { newKey, post, Refusal } from "../shared/api.js"
import { _, given } from "../shared/words.js"
import { show, slot } from "./views.js"
import { speak } from "./voice.js"

export function taking({ card }) {
  let busy = false
  let last = null           // what a further try repeats, with its key
  let queue = null          // { id, label } of whoever was greeted and chose

  /** A service was touched: its classes where one may be claimed, else the ticket. */
  async function touch(button) {
    const service = { id: button.dataset.service, name: button.querySelector(".name").textContent }
    const classes = claims(service.id)
    const chosen = queue?.id === "normal" ? queue : classes.find((one) => one.id === queue?.id)
    if (chosen) return take({ service, button, priority: queue.id, label: queue.label })
    if (classes.length === 0) return take({ service, button })
    choose(service, classes)
  }

  /** How the next number is taken without being asked again; null: as usual. */
  function queueAs(chosen) {
    queue = chosen
    const line = document.querySelector(".queueing")
    line.hidden = !chosen?.label
    line.textContent = chosen?.label ?? ""
  }

  function choose(service, classes) {
    const view = document.querySelector('[data-view="classes"]')
    view.querySelector(".chosen").textContent = service.name
    view.querySelector(".choices").replaceChildren(...[{ id: "normal", name: _("Standard queue") }, ...classes].map((one) => {
      const item = document.getElementById("class-choice").content.cloneNode(true)
      const button = item.querySelector("button")
      button.querySelector(".name").textContent = one.name
      button.addEventListener("click", () => take({ service, button, priority: one.id, label: one.id === "normal" ? "" : one.name }))
      return item
    }))
    show("classes")
  }

  async function take(asked) {
    if (busy) return
    busy = true
    const act = { key: newKey(), ...asked }
    last = act
    const { service, button, priority } = act
    button?.classList.add("pressed")
    const stage = document.querySelector("main")
    stage.inert = true
    try {
      const body = { service: service.id, locale: document.documentElement.lang, channel: "kiosk", slip_at: document.documentElement.dataset.station, ...(priority && { priority }) }
      const ticket = await post("/api/tickets", body, act.key)
      stage.inert = false
      queueAs(null)
      card.stand(ticket, { service: service.name, label: act.label })
    } catch (failure) {
      stage.inert = false
      refuse(service, failure)
    } finally {
      button?.classList.remove("pressed")
      busy = false
    }
  }

  function refuse(service, failure) {
    const refused = failure instanceof Refusal
    const title = refused ? failure.detail : _("The system does not answer just now")
    slot("refused-service").textContent = service.name
    slot("refused-title").textContent = title
    slot("refused-text").textContent = refused ? _("The guide desk is glad to help.") : _("Please try again, or take your number at the guide desk.")
    document.querySelector('[data-act="again"]').hidden = refused
    show("refused")
    speak(title)
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-act="again"]')) take({ ...last, button: null })
  })
  return { touch, queueAs, queueing: () => queue !== null }
}

/** The classes a person may claim for a service, as the page was given them. */
function claims(service) {
  return given("claims")[service] ?? []
}
