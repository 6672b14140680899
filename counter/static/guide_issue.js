// guide_issue.js: a number for somebody at the desk: service, class with its reason, language, where the slip is printed.

import { _ } from "../shared/words.js"

const STORE = "jiaohao-guide-printer"

/** Keep a form's reason in step with its class: asked for with any but the ordinary one, with the usual ones ready to press. */
export function classChoice(form) {
  const box = form.querySelector(".reason")
  const input = form.elements.reason
  const draw = () => {
    const { value } = form.elements.priority
    box.hidden = value === "normal"
    for (const ready of box.querySelectorAll("[data-for]")) ready.hidden = ready.dataset.for !== value
  }
  form.addEventListener("change", ({ target }) => { if (target.name === "priority") { input.value = ""; draw() } })
  form.addEventListener("click", ({ target }) => {
    const ready = target.closest("[data-reason]")
    if (!ready) return
    input.value = ready.dataset.reason
    form.dispatchEvent(new Event("input"))
    form.querySelector('[type="submit"]').focus()
  })
  form.addEventListener("reset", () => setTimeout(draw))
  draw()
}

/** Whether a class is chosen that needs a reason, and none is given. */
export const lacksReason = ({ elements }) => elements.priority.value !== "normal" && elements.reason.value.trim() === ""

/** `issue(body, refuse)` takes the number; `issued(ticket)` hears of it. */
export function issuing({ form, issue, issued }) {
  const button = form.querySelector('[type="submit"]')
  const note = button.querySelector(".note")
  const { elements } = form
  elements.slip_at.value = remembered(elements.slip_at)

  const service = () => form.querySelector('[name="service"]:checked')
  const why = () => {
    if (!service()) return _("Choose a service")
    if (service().dataset.why) return service().dataset.why
    return lacksReason(form) ? _("Say why, for this class") : null
  }

  function draw(sentence = why()) {
    if (sentence) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled")
    button.classList.toggle("act", !sentence)
    note.textContent = sentence ?? service().dataset.name
  }

  form.addEventListener("change", ({ target }) => { if (target.name === "slip_at") remember(target.value); draw() })
  form.addEventListener("input", () => draw())
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const sentence = why()
    if (sentence) { note.textContent = sentence; return (service() && !service().dataset.why ? elements.reason : form.querySelector('[name="service"]')).focus() }
    const priority = elements.priority.value
    const body = { service: service().value, priority, locale: elements.locale.value, channel: "desk" }
    if (priority !== "normal") body.reason = elements.reason.value.trim()
    if (elements.slip_at.value) body.slip_at = elements.slip_at.value
    let refused = ""
    const ticket = await issue(body, (said) => { refused = said })
    if (!ticket) { note.textContent = refused; return }
    const { value } = elements.slip_at
    form.reset()
    elements.slip_at.value = value
    draw()
    await issued(ticket)
  })
  draw()
}

function remembered(select) {
  try {
    const kept = localStorage.getItem(STORE)
    return [...select.options].some((option) => option.value === kept) ? kept : select.value
  } catch { return select.value }
}

function remember(value) {
  try { localStorage.setItem(STORE, value) } catch { /* a browser that keeps nothing: the choice lasts for this page */ }
}
