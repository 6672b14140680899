// setup-effect.js: what a number does, while it is being written: a head start in words, quotas of sessions as a day's.

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

/** The quotas of a service's sessions together; nothing where one is without limit. */
export function wholeDays(form) {
  const rows = [...form.querySelectorAll("tr")].filter((row) => row.querySelector("[data-sum]"))
  const draw = () => {
    for (const row of rows) {
      const quotas = [...row.querySelectorAll("[data-key]")].map((one) => one.value)
      row.querySelector("[data-sum]").textContent = quotas.includes("") ? "" : String(quotas.reduce((sum, one) => sum + Number(one), 0))
    }
  }
  form.addEventListener("input", draw)
  draw()
}
