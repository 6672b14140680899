// setup-items.js: what there can be several of: lines, parts and days are added and taken away; help belongs to its control.

import { _ } from "../shared/words.js"

const DAY_MS = 86_400_000
const DAYS_AT_MOST = 62          // nobody closes for longer by one click
const WEEKDAYS = [_("Sun"), _("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat")]
const ICON_X = '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true"><path d="M5.5 5.5l13 13M18.5 5.5l-13 13"/></svg>'

let described = 0

export function growing(form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]")
    if (button && ACTS[button.dataset.act]) { ACTS[button.dataset.act](button); button.dispatchEvent(new Event("changed", { bubbles: true })) }
  })
  form.addEventListener("input", ({ target }) => {
    if (["date", "time", "datetime-local"].includes(target.type)) target.classList.toggle("empty", target.value === "")
    if ("there" in target.dataset) target.closest("[data-field]").querySelector("[data-fields]").hidden = !target.checked
    if ("all" in target.dataset) for (const box of target.closest("[data-field]").querySelectorAll(".boxes input")) box.disabled = target.checked
  })
  describe(form)
}

const ACTS = {
  add(button) {
    const field = button.closest("[data-field]")
    const fresh = field.querySelector("template").content.cloneNode(true).firstElementChild
    field.querySelector("[data-items]").append(fresh)
    describe(fresh)
    fresh.querySelector("input, select, textarea")?.focus()
  },
  take(button) {
    const item = button.closest("[data-item]")
    const next = item.nextElementSibling ?? item.previousElementSibling
    const field = item.closest("[data-field]")
    const list = item.parentElement
    item.remove()
    ;(next?.querySelector("input, select, textarea") ?? field.querySelector("[data-act=add]")).focus()
    list.dispatchEvent(new Event("changed", { bubbles: true }))
  },
  adopt(button) {
    const { year } = button.dataset
    const field = button.closest("form").querySelector('[data-field="year"][data-kind="parts"]')
    const fresh = document.querySelector(`template[data-adopt="${year}"]`).content.cloneNode(true).firstElementChild
    field.querySelector("[data-items]").append(fresh)
    describe(fresh)
    button.closest("p").hidden = true
    fresh.querySelector("input").focus()
  },
  date(button) {
    const place = button.closest("[data-adddate]")
    const from = place.querySelector("[data-from]")
    const through = place.querySelector("[data-through]")
    for (const day of daysOf(from.value, through.value || from.value)) putDay(button.closest("[data-field]"), day)
    for (const one of [from, through]) { one.value = ""; one.classList.add("empty") }
    from.focus()
  },
  undate(button) {
    const chip = button.closest("[data-date]")
    const list = chip.parentElement
    const next = chip.nextElementSibling ?? chip.previousElementSibling
    chip.remove()
    ;(next?.querySelector("button") ?? list.closest("[data-field]").querySelector("[data-from]")).focus()
    list.dispatchEvent(new Event("changed", { bubbles: true }))
  },
}

function daysOf(from, through) {
  const days = []
  for (let at = Date.parse(from); at <= Date.parse(through) && days.length < DAYS_AT_MOST; at += DAY_MS) days.push(new Date(at).toISOString().slice(0, 10))
  return days
}

/** One more day, where it belongs in the calendar's order. */
function putDay(field, day) {
  const list = field.querySelector("[data-dates]")
  if (list.querySelector(`[data-date="${day}"]`)) return
  const chip = document.createElement("li")
  chip.dataset.date = day
  const said = document.createElement("span")
  const weekday = document.createElement("small")
  weekday.textContent = WEEKDAYS[new Date(day).getUTCDay()]
  said.append(`${day.slice(5)} `, weekday)
  const take = document.createElement("button")
  take.type = "button"
  take.dataset.act = "undate"
  take.setAttribute("aria-label", `${_("Remove")} ${day}`)
  take.innerHTML = ICON_X
  chip.append(said, take)
  list.insertBefore(chip, [...list.children].find((one) => one.dataset.date > day) ?? null)
}

/** Each control is described by the help and the problem below it. */
function describe(root) {
  for (const field of [root, ...root.querySelectorAll("[data-field], [data-serves]")]) {
    const said = [...field.children].filter((one) => one.matches(".help, .problem, .effect"))
    for (const one of said) one.id ||= `said-${described += 1}`
    const target = field.getAttribute("role") === "group" ? field : field.querySelector(":scope > label :is(input, select, textarea), :scope > input")
    if (said.length && target) target.setAttribute("aria-describedby", said.map((one) => one.id).join(" "))
  }
}
