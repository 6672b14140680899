// card.js: the current ticket, or who is next, or why there is none. Three clocks, never mixed.

import { mss, timeOfDay } from "../shared/clock.js"
import { showNumber } from "../shared/parts.js"
import { _ } from "../shared/words.js"
import { otherHands } from "./can.js"
import { put, slot } from "./slots.js"
import { whyCalled } from "./why.js"

const card = document.getElementById("card")

/** Draw the card whole; `last` is the ticket finished before: { number, at } or null. */
export function drawCard({ desk, page, clock, last }) {
  const { ticket } = desk
  const look = ticket ? ticket.state : desk.state !== "open" ? (desk.state === "paused" ? "paused" : "closed") : desk.next ? "ready" : "empty"
  card.dataset.look = look
  over(desk)
  if (ticket) ticketCard(ticket, { desk, page, clock })
  else if (look === "ready") nextCard(desk.next, { page, clock, last })
  else messageCard(look, { desk, page, clock, last })
  tickCard({ desk, clock })
}

/** Once a second: what counts on the card. */
export function tickCard({ desk, clock }) {
  const { ticket } = desk
  if (ticket) {
    const runs = ticket.state === "called" ? "walk" : "serve"
    const seconds = { wait: ticket.wait_s, walk: ticket.walk_s, serve: ticket.serve_s }
    seconds[runs] += clock.since(desk.now)
    for (const item of card.querySelectorAll("[data-run]")) clockItem(item, { runs, seconds, ticket, targets: desk.targets })
  } else if (card.dataset.look === "ready") put("more", readyLine(desk.next.ticket, { desk, clock, last: card.dataset.last }))
  if (desk.state === "paused" && desk.since) put("over-since", sinceLine(desk, clock))
}

function ticketCard(ticket, { desk, page, clock }) {
  const service = page.services.find((one) => one.id === ticket.service)
  showNumber(slot("number"), ticket.number)
  put("label", "")
  put("service", service?.name ?? ticket.service)
  put("calls", _("Call no. %(n)s", { n: ticket.calls }))
  const issued = ticket.issued_at && issuedLine(ticket, clock)
  const about = [kindOf(service), service && _("usually %(n)s min", { n: service.minutes }), issued].filter(Boolean).join(" · ")
  put("why", ticket.state === "called" ? whyCalled(ticket.reason, page) : about)
  put("more", ticket.hold?.note ?? "")
}

function nextCard({ ticket, reason }, { page, clock, last }) {
  showNumber(slot("number"), ticket.number)
  put("label", _("Next in line"))
  put("service", page.services.find((one) => one.id === ticket.service)?.name ?? ticket.service)
  put("why", whyCalled(reason, page))
  card.dataset.last = last ? _("%(number)s finished at %(time)s", { number: last.number, time: timeOfDay(new Date(last.at), clock.zone) }) : ""
}

function messageCard(look, { desk, page, clock, last }) {
  const stranger = otherHands(desk, page)
  const before = last ? _("Last one: %(number)s, finished at %(time)s.", { number: last.number, time: timeOfDay(new Date(last.at), clock.zone) }) : ""
  const said = {
    empty: [_("The counter is free, no one is waiting"), [_("When someone takes a number there is one soft tone and “Call next” can be pressed."), before].filter(Boolean).join(" ")],
    paused: [_("Paused"), _("Nobody is called to this counter until you go on.")],
    closed: [desk.state === "not_in_use" ? _("Not in use") : _("The counter is closed"), _("Start the day and the sign over the window shows your name; nobody is called by itself.")],
  }[look]
  put("title", said[0])
  put("text", stranger ?? said[1])
  put("open-word", look === "paused" ? _("Go on") : _("Start the day"))
  card.querySelector(".message .button").hidden = look === "empty" || stranger !== null
}

function over(desk) {
  const line = slot("over")
  line.hidden = desk.state !== "paused"
  if (!line.hidden) put("over-what", desk.reason || _("Paused"))
}

function clockItem(item, { runs, seconds, ticket, targets }) {
  const which = item.dataset.run
  const figure = item.querySelector("dd")
  const begun = which !== "serve" || ticket.state === "serving"
  const target = targets?.[`${which}_s`]
  const late = begun && target && seconds[which] > target
  item.classList.toggle("running", which === runs)
  item.classList.toggle("late", Boolean(late))
  item.classList.toggle("unbegun", !begun)
  const text = begun ? mss(seconds[which]) : _("not begun")
  if (figure.textContent !== text) figure.textContent = text
  const word = item.querySelector("dt")
  word.dataset.plain ??= word.textContent
  const label = late ? `${word.dataset.plain} · ${_("overdue")}` : word.dataset.plain
  if (word.textContent !== label) word.textContent = label
}

const readyLine = (ticket, { desk, clock, last }) =>
  [_("Has waited %(time)s", { time: mss(ticket.wait_s + clock.since(desk.now)) }), last].filter(Boolean).join(" · ")

const sinceLine = (desk, clock) =>
  _("since %(time)s, for %(long)s", { time: timeOfDay(new Date(desk.since), clock.zone), long: mss(clock.since(desk.since)) })

function issuedLine({ issued_at: at, channel }, clock) {
  const time = timeOfDay(new Date(at), clock.zone)
  switch (channel) {
    case "kiosk": return _("taken at %(time)s at a kiosk", { time })
    case "desk": return _("taken at %(time)s at the guide desk", { time })
    case "phone": return _("taken at %(time)s by phone", { time })
    case "booking": return _("booked, taken at %(time)s", { time })
    default: return _("taken at %(time)s", { time })
  }
}

function kindOf(service) {
  return { instant: _("Done at once"), promised: _("Within a promised time"), joint: _("Joint case"), escalated: _("Sent up") }[service?.kind] ?? null
}
