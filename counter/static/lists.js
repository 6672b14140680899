// lists.js: who waits, in the order they will be called, and what is set aside. Rows are kept, so that the focus stays on them.

import { mss } from "../shared/clock.js"
import { showNumber } from "../shared/parts.js"
import { _ } from "../shared/words.js"
import { otherHands, whyNot } from "./can.js"
import { put, slot } from "./slots.js"

const MARK = "\n"

const waiting = document.querySelector('[data-list="waiting"]')
const shelf = document.querySelector('[data-list="shelf"]')

/** Draw both lists whole, and the day's figures. */
export function drawLists(context) {
  const { desk } = context
  keep(waiting, "waiting-row", desk.waiting, (item, ticket) => waitingRow(item, ticket, context))
  slot("nobody").hidden = desk.waiting.length > 0
  const most = Math.max(desk.waiting_count, desk.waiting.length)
  count(slot("waiting-count"), most, most > desk.waiting.length
    ? _("%(n)s, the first %(shown)s shown", { n: MARK, shown: desk.waiting.length }) : _("%(n)s can be called here", { n: MARK }))
  roving()
  keep(shelf, "shelf-row", [...desk.held, ...desk.no_show], (item, ticket) => shelfRow(item, ticket, context))
  put("shelf-count", desk.held.length + desk.no_show.length === 0 ? _("nothing held or passed") : _("held %(held)s · passed %(passed)s", { held: desk.held.length, passed: desk.no_show.length }))
  const tally = { ...desk.tally, serve_mean_s: desk.tally.serve_mean_s === null ? "–" : mss(desk.tally.serve_mean_s) }
  for (const figure of document.querySelectorAll("[data-tally]")) figure.textContent = String(tally[figure.dataset.tally])
  tickLists(context)
}

/** Once a second: the times in the rows. */
export function tickLists({ desk, clock }) {
  const later = clock.since(desk.now)
  for (const ticket of desk.waiting) {
    const time = row(waiting, ticket.id)?.querySelector(".time")
    if (!time) continue
    const waited = ticket.wait_s + later
    const late = waited > desk.targets.wait_s
    text(time, late ? _("%(time)s overdue", { time: mss(waited) }) : mss(waited))
    time.classList.toggle("late", late)
  }
  for (const ticket of desk.held) text(row(shelf, ticket.id)?.querySelector(".time"), mss(clock.since(ticket.hold.since)))
  for (const ticket of desk.no_show) text(row(shelf, ticket.id)?.querySelector(".what"), passedLine(ticket, clock))
}

/** Move to the row `by` further in the waiting list; answers whether there was one. */
export function moveInList(by) {
  const rows = [...waiting.querySelectorAll(".row")]
  if (rows.length === 0) return false
  const at = rows.indexOf(document.activeElement)
  const target = at === -1 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))
  selectRow(rows[target])
  return true
}

/** Point at a row: it has the focus, and "Choose" starts from it. */
export function selectRow(chosen) {
  for (const one of waiting.querySelectorAll(".row")) {
    one.tabIndex = one === chosen ? 0 : -1
    one.classList.toggle("selected", one === chosen)
  }
  chosen.focus({ preventScroll: true })
  chosen.closest("li").scrollIntoView({ block: "nearest" })
}

/** The number pointed at, or "". */
export const selectedNumber = () => waiting.querySelector(".row.selected")?.dataset.number ?? ""

function waitingRow(item, ticket, { page }) {
  const button = item.querySelector(".row")
  button.dataset.number = ticket.number
  showNumber(item.querySelector(".no"), ticket.number)
  text(item.querySelector(".service"), serviceName(ticket, page))
  const tag = item.querySelector(".tag")
  text(tag, page.classes[ticket.priority] ?? "")
  tag.hidden = !page.classes[ticket.priority]
}

function shelfRow(item, ticket, context) {
  const { desk, page, clock } = context
  const passed = ticket.state === "no_show"
  showNumber(item.querySelector(".no"), ticket.number)
  if (passed) text(item.querySelector(".what"), passedLine(ticket, clock)); else heldLine(item.querySelector(".what"), ticket)
  item.querySelector(".time").hidden = passed
  item.title = serviceName(ticket, page)
  const button = item.querySelector("button")
  button.dataset.shelf = passed ? "restore" : "resume"
  button.dataset.id = ticket.id
  text(button, passed ? _("Bring back") : _("Take it back"))
  button.setAttribute("aria-label", `${button.textContent} ${ticket.number}`)
  const why = passed ? whyNoRestore(ticket, context) : whyNoResume(context)
  button.toggleAttribute("data-off", why !== null)
  if (why === null) button.removeAttribute("aria-disabled"); else button.setAttribute("aria-disabled", "true")
  button.dataset.why = why ?? ""
  if (desk.counter !== ticket.counter && !passed) item.title = _("%(service)s, held at counter %(n)s", { service: item.title, n: ticket.counter })
}

function whyNoResume(context) {
  const why = whyNot("call", context)
  const { error } = context.desk.can.call ?? {}
  return otherHands(context.desk, context.page) ?? (["still_serving", "counter_not_open"].includes(error) ? why.detail : null)
}

/** Why a passed number cannot come back from here, or null. */
export function whyNoRestore(ticket, { desk, page, clock }) {
  if (!desk.clerk) return _("The counter is closed")
  if (ticket.restore_until && clock.until(ticket.restore_until) === 0) return _("The time to bring %(number)s back is over", { number: ticket.number })
  return otherHands(desk, page)
}

/** Why it is held, and the note in whatever language it was written. */
function heldLine(what, { hold }) {
  const reason = { no_papers: _("No papers here"), with_papers: _("Papers stay here"), next_step: _("Waits for a step") }[hold.reason] ?? hold.reason
  if (what.textContent === [reason, hold.note].filter(Boolean).join(" · ")) return
  const note = document.createElement("span")
  note.lang = ""
  note.textContent = hold.note
  what.replaceChildren(reason, ...(hold.note ? [" · ", note] : []))
}

function passedLine({ restore_until: until }, clock) {
  const left = until ? clock.until(until) : null
  const may = left === null ? null : left === 0 ? _("time is over") : left < 60 ? _("back within %(n)s s", { n: left }) : _("back within %(n)s min", { n: Math.floor(left / 60) })
  return [_("No-show"), may].filter(Boolean).join(" · ")
}

const serviceName = (ticket, { services }) => services.find((one) => one.id === ticket.service)?.name ?? ticket.service

/** `sentence` with the number `n` in bold where its mark stands. */
function count(element, n, sentence) {
  const figure = document.createElement("b")
  figure.textContent = String(n)
  const [before, after] = sentence.split(MARK)
  element.replaceChildren(before, figure, after)
}

/** Make `list` hold one item for each ticket, in their order; an item that was there is used again. */
function keep(list, template, tickets, draw) {
  const there = new Map([...list.children].map((item) => [item.dataset.ticket, item]))
  const focused = list.contains(document.activeElement) ? document.activeElement : null
  const fresh = document.getElementById(template).content.firstElementChild
  const items = tickets.map((ticket) => {
    const item = there.get(ticket.id) ?? fresh.cloneNode(true)
    item.dataset.ticket = ticket.id
    draw(item, ticket)
    return item
  })
  const same = items.length === list.children.length && items.every((item, at) => item === list.children[at])
  if (!same) list.replaceChildren(...items)
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true })
}

/** One row of the waiting list is in the tab order: the one that has the focus, else the first. */
function roving() {
  const rows = [...waiting.querySelectorAll(".row")]
  const current = rows.find((one) => one === document.activeElement) ?? rows.find((one) => one.classList.contains("selected")) ?? rows[0]
  for (const one of rows) one.tabIndex = one === current ? 0 : -1
}

const row = (list, id) => [...list.children].find((item) => item.dataset.ticket === id)

function text(element, said) {
  if (element && element.textContent !== said) element.textContent = said
}
