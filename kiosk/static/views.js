// views.js: one view of the kiosk stands at a time; its heading takes the focus, so that it is read out.

const DEAF_MS = 600    // a double tap must not fall through to what appears under the finger

const listeners = []
let shownAt = -Infinity

/** Show the view `name`; `quietly` leaves the focus where it is. */
export function show(name, { quietly = false } = {}) {
  const change = document.body.dataset.view !== name
  for (const view of document.querySelectorAll(".view")) view.hidden = view.dataset.view !== name
  document.body.dataset.view = name
  if (change) { shownAt = performance.now(); scrollTo(0, 0) }
  const heading = document.querySelector(`.view[data-view="${name}"] [tabindex="-1"]`)
  if (!quietly && heading) heading.focus({ preventScroll: true })
  for (const hear of listeners) hear(name, { heading: heading?.textContent.trim(), quietly })
}

export const onShow = (hear) => { listeners.push(hear) }

/** What `name` on the ticket's and refusal's cards says. */
export const slot = (name) => document.querySelector(`[data-put="${name}"]`)

addEventListener("click", (event) => {
  if (event.isTrusted && performance.now() - shownAt < DEAF_MS && document.body.dataset.view !== "start") {
    event.stopPropagation()
    event.preventDefault()
  }
}, { capture: true })
