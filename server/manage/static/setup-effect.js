// setup-effect.js: what a head start does, in words, while it is being written.

import { _ } from "../shared/words.js"

export function headStart(form) {
  const line = form.querySelector('[data-effect="head-start"]')
  if (!line) return
  const minutes = form.querySelector('[data-field="head_start_min"] input')
  const name = form.querySelector(`[data-field="label"] [data-key="${document.documentElement.lang}"]`)

  const draw = () => {
    const who = name?.value.trim() || _("This class")
    const n = Number(minutes.value)
    line.textContent = n > 0 ? _("%(who)s: %(n)s min ahead of those who come at the same time", { who, n }) : _("%(who)s: in the order of coming", { who })
  }
  form.addEventListener("input", draw)
  draw()
}
