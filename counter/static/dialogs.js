// dialogs.js: the few questions of the desk. A digit answers, Esc goes back to the card, nothing asks "are you sure".

import { plateSign, showNumber } from "../shared/parts.js"
import { _ } from "../shared/words.js"
import { selectedNumber, whyNoRestore } from "./lists.js"

const ASKING = { pause: "ask-pause", hold: "ask-hold", choose: "ask-number", transfer: "ask-transfer", next_step: "ask-next", restore: "ask-restore" }
const DIGITS = 9

/** `perform(act, chosen)` does it; `context()` is the desk as it is now. */
export function dialogs({ perform, context }) {
  let act = null

  const fill = {
    transfer: (dialog) => fillTransfer(dialog, context()),
    next_step: (dialog) => services(dialog.querySelector("[data-services]"), nextFirst(context())),
    restore: (dialog) => fillPassed(dialog, context()),
    choose: () => { input.value = selectedNumber(); lookUp() },
    hold: (dialog) => { dialog.querySelector("input").value = "" },
  }

  /** Ask what `act` needs to know. */
  function ask(wanted) {
    act = wanted
    const dialog = document.getElementById(ASKING[act])
    const number = dialog.querySelector("[data-number]")
    if (number) showNumber(number, context().desk.ticket?.number ?? "")
    const kept = dialog.querySelector('[name="place"][value="kept"]')
    if (kept) kept.checked = true
    fill[act]?.(dialog)
    dialog.showModal()
    dialog.querySelector(act === "choose" ? "input" : ".options button:not([aria-disabled])")?.focus()
    if (act === "choose") input.select()
  }

  function answer(dialog, chosen) {
    const place = dialog.querySelector('[name="place"]:checked')?.value
    dialog.close()
    perform(act, { ...chosen, ...(place && { place }) })
  }

  function pressed(dialog, button) {
    const { choose, service, to, id } = button.dataset
    if (button.getAttribute("aria-disabled") === "true") return
    if (act === "pause") answer(dialog, { reason: choose })
    else if (act === "hold") answer(dialog, { reason: choose, note: dialog.querySelector('[name="note"]').value.trim() })
    else if (act === "restore") answer(dialog, { id })
    else answer(dialog, { service, to: to && Number(to) })
  }

  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) return dialog.close()
      const button = event.target.closest("li button")
      if (button) pressed(dialog, button)
    })
    dialog.addEventListener("keydown", (event) => {
      if (event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key.startsWith("Arrow") && event.target.closest("li button")) return arrows(dialog, event)
      if (event.target.matches('input[type="text"]')) return
      const button = /^[1-9]$/.test(event.key) && dialog.querySelector(`button[data-digit="${event.key}"]`)
      if (button) { event.preventDefault(); pressed(dialog, button) }
    })
  }

  const choosing = document.getElementById(ASKING.choose)
  const input = choosing.querySelector("input")
  const lookUp = () => { choosing.querySelector(".found").textContent = sentence(match(input.value, context()), context()) }
  input.addEventListener("input", lookUp)
  choosing.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault()
    const { number } = match(input.value, context())
    if (number) answer(choosing, { number })
  })

  return { asks: (wanted) => wanted in ASKING, ask, get open() { return document.querySelector("dialog[open]") !== null } }
}

/** Arrows go through the choices, also from one column to the other. */
function arrows(dialog, event) {
  const buttons = [...dialog.querySelectorAll("li button")]
  const by = event.key === "ArrowDown" || event.key === "ArrowRight" ? 1 : -1
  event.preventDefault()
  buttons[(buttons.indexOf(event.target) + by + buttons.length) % buttons.length].focus()
}

function fillTransfer(dialog, { desk, page }) {
  services(dialog.querySelector("[data-services]"), page.services.filter((one) => one.id !== desk.ticket.service))
  const items = page.counters.filter((one) => one.number !== desk.counter).map((one) => {
    const serves = one.services.includes(desk.ticket.service)
    const item = choice({ to: String(one.number) }, [plateSign(one.number, { out: one.state !== "open" || !serves })])
    const button = item.firstElementChild
    const name = _("Counter %(n)s", { n: one.number })
    button.setAttribute("aria-label", serves ? name : _("%(counter)s does not serve this", { counter: name }))
    if (!serves) button.setAttribute("aria-disabled", "true")
    return item
  })
  dialog.querySelector("[data-counters]").replaceChildren(...items)
}

function fillPassed(dialog, context) {
  const { desk, page } = context
  const possible = desk.no_show.filter((one) => whyNoRestore(one, context) === null)
  dialog.querySelector("[data-passed]").replaceChildren(...possible.map((one, at) => {
    const name = page.services.find((service) => service.id === one.service)?.name ?? one.service
    return choice({ id: one.id }, [...digit(at), `${one.number} ${name}`], at)
  }))
}

function services(list, offered) {
  list.replaceChildren(...offered.map((one, at) => {
    const usual = one.usual ? [tag(_("usually next"))] : []
    return choice({ service: one.id }, [...digit(at), one.name, ...usual], at)
  }))
}

/** The usual next steps of the ticket's service, then all others. */
function nextFirst({ desk, page }) {
  const own = page.services.find((one) => one.id === desk.ticket.service)
  const usual = (own?.next_steps ?? []).map((id) => page.services.find((one) => one.id === id)).filter(Boolean)
  return [...usual.map((one) => ({ ...one, usual: true })), ...page.services.filter((one) => one !== own && !usual.includes(one))]
}

function choice(data, content, at = DIGITS) {
  const item = document.createElement("li")
  const button = document.createElement("button")
  button.type = "button"
  Object.assign(button.dataset, data, at < DIGITS ? { digit: String(at + 1) } : {})
  button.append(...content)
  item.append(button)
  return item
}

function digit(at) {
  if (at >= DIGITS) return []
  const cap = document.createElement("kbd")
  cap.textContent = String(at + 1)
  return [cap, " "]
}

function tag(word) {
  const element = document.createElement("span")
  element.className = "tag"
  element.textContent = word
  return element
}

/** What was typed as a number of the hall: "a7" and "A007" alike; digits alone, when one waiting ticket has them. */
function match(typed, { desk }) {
  const [, letter, digits] = /^\s*([A-Za-z]?)\s*0*(\d{1,7})\s*$/.exec(typed) ?? []
  if (!digits) return { number: null, ticket: null }
  const same = desk.waiting.filter((one) => Number(one.number.slice(1)) === Number(digits) && (!letter || one.number.startsWith(letter.toUpperCase())))
  if (same.length === 1) return { number: same[0].number, ticket: same[0] }
  return { number: letter ? letter.toUpperCase() + digits.padStart(3, "0") : null, ticket: null, several: same.length > 1 }
}

function sentence({ number, ticket, several }, { page }) {
  if (several) return _("Several have these digits; type the letter too.")
  if (ticket) return `${number} · ${page.services.find((one) => one.id === ticket.service)?.name ?? ""}`
  return number ? _("%(number)s is not in this counter's list", { number }) : ""
}
