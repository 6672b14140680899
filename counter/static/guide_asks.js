// guide_asks.js: the questions of the guide desk. Esc goes back, a digit answers where there are digits.

import { showNumber } from "../shared/parts.js"
import { _ } from "../shared/words.js"
import { classChoice, lacksReason } from "./guide_issue.js"

const DIALOGS = { prioritise: "ask-prioritise", move: "ask-move", reprint: "ask-reprint", cancel: "ask-cancel", duty: "ask-duty" }

/** Answers ask(act): put the act's question, or do it when it has none. */
export function questions({ perform, say }) {
  let act = null
  const classes = document.querySelector("#ask-prioritise form")
  const refuse = (sentence) => { classes.querySelector(".refusal").textContent = sentence }
  classChoice(classes)

  function ask(wanted) {
    say("")
    act = wanted
    if (!(act in DIALOGS)) return perform(act)
    const dialog = document.getElementById(DIALOGS[act])
    const ticket = document.getElementById("ticket").dataset
    const number = dialog.querySelector("[data-number]")
    if (number) showNumber(number, ticket.number ?? "")
    if (act === "prioritise") toClass(ticket.priority)
    if (act === "move") toMove(dialog, ticket)
    dialog.showModal()
    ;(act === "prioritise" ? classes.querySelector(":checked") : dialog.querySelector(".options button:not([aria-disabled])")).focus()
  }

  function toClass(priority) {
    classes.reset()
    refuse("")
    const now = classes.querySelector(`[value="${priority}"]`)
    if (now) now.checked = true
  }

  function toMove(dialog, { service, serves, bound }) {
    dialog.querySelector('[name="place"][value="kept"]').checked = true
    const able = serves.split(" ")
    for (const button of dialog.querySelectorAll("[data-counter]")) {
      const out = !able.includes(button.dataset.counter)
      button.querySelector(".pl").classList.toggle("out", out)
      button.setAttribute("aria-label", out ? _("%(counter)s does not serve this", { counter: button.dataset.name }) : button.dataset.name)
      if (out) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled")
    }
    for (const button of dialog.querySelectorAll("[data-service]")) {
      button.closest("li").hidden = button.dataset.service === service && !bound     // its own service: only away from one counter
    }
  }

  function pressed(dialog, button) {
    if (button.getAttribute("aria-disabled") === "true") return
    const { service, counter, station, staff } = button.dataset
    const place = dialog.querySelector('[name="place"]:checked')?.value
    dialog.close()
    perform(act, { service, counter: counter && Number(counter), station, staff, place })
  }

  classes.addEventListener("submit", (event) => {
    event.preventDefault()
    const { priority, reason } = classes.elements
    if (lacksReason(classes)) { refuse(_("Say why, for this class")); return reason.focus() }
    classes.closest("dialog").close()
    perform("prioritise", { priority: priority.value, reason: reason.value.trim() || _("The ordinary class again") })
  })

  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) return dialog.close()
      const button = event.target.closest("li button")
      if (button) pressed(dialog, button)
    })
    dialog.addEventListener("keydown", (event) => {
      if (event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key.startsWith("Arrow") && event.target.closest("li button")) return arrows(dialog, event)
      const button = /^[1-9]$/.test(event.key) && !event.target.matches("input") && dialog.querySelector(`button[data-digit="${event.key}"]`)
      if (button) { event.preventDefault(); pressed(dialog, button) }
    })
    dialog.addEventListener("close", () => document.querySelector(`[data-ask="${act}"]`)?.focus({ preventScroll: true }))
  }
  return ask
}

/** Arrows go through the choices. */
function arrows(dialog, event) {
  const buttons = [...dialog.querySelectorAll("li:not([hidden]) button")]
  const by = event.key === "ArrowDown" || event.key === "ArrowRight" ? 1 : -1
  event.preventDefault()
  buttons[(buttons.indexOf(event.target) + by + buttons.length) % buttons.length].focus()
}
