// setup-standing.js: the bar to save with: nothing to save, so many changes, being saved, in force since.

import { timeOfDay } from "../shared/clock.js"
import { _ } from "../shared/words.js"

const SAVED = "setup-saved"      // handed on to the page that comes after saving

/** Leave word for the next page that the change is in force. */
export function afterwards(clock) {
  sessionStorage.setItem(SAVED, timeOfDay(clock.now(), clock.zone))
}

export function standing(form) {
  const bar = form.querySelector(".saving")
  const line = bar.querySelector("[data-standing]")
  const save = bar.querySelector('[data-act="save"]')
  const drop = bar.querySelector('[data-act="drop"]')

  function put(state, text) {
    bar.dataset.state = state
    line.textContent = text
    const able = state === "changed" || state === "refused"
    if (able) save.removeAttribute("aria-disabled"); else save.setAttribute("aria-disabled", "true")
    drop.hidden = !able
  }

  return {
    begin() {
      const at = sessionStorage.getItem(SAVED)
      sessionStorage.removeItem(SAVED)
      put("rest", _("Nothing is changed."))
      if (at) requestAnimationFrame(() => put("saved", _("In force since %(time)s", { time: at })))
    },
    changed: (count) => (count ? put("changed", _("%(n)s changes are not saved yet", { n: count })) : put("rest", _("Nothing is changed."))),
    busy: () => put("busy", _("Saving …")),
    refused: () => put("refused", _("Not saved.")),
    nothing: () => put("rest", _("Nothing is changed.")),
    say: (text) => { line.textContent = text },
  }
}
