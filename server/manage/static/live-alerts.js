// live-alerts.js: what needs somebody, and the devices that are not in order; a new one is said once.

import { _ } from "../shared/words.js"
import { icon } from "./live-draw.js"

const blank = document.getElementById("alert")
const said = document.getElementById("said")
const known = new Set([...document.querySelectorAll("[data-alerts] [data-id]")].map((item) => item.dataset.id))

export function drawAlerts({ alerts, devices }) {
  list(document.querySelector("[data-alerts]"), alerts)
  list(document.querySelector("[data-ill]"), devices.ill.map((device) => ({
    id: `${device.station}/${device.name}`, kind: "device", level: "plain", title: device.title, detail: device.detail, href: "/manage/devices",
  })))
  document.querySelector("[data-count]").textContent = alerts.length ? _("%(n)s to see to", { n: alerts.length }) : ""
  document.querySelector("[data-calm]").hidden = alerts.length > 0
  document.querySelector("[data-well]").textContent = _("%(n)s devices in order", { n: devices.ok })
  tell(alerts)
}

/** Items stand in the order given; one that is there already stays, and whoever stands on it. */
function list(place, wanted) {
  const old = new Map([...place.children].map((item) => [item.dataset.id, item]))
  const items = wanted.map((alert) => fill(old.get(alert.id) ?? blank.content.firstElementChild.cloneNode(true), alert))
  for (const item of place.querySelectorAll(":scope > li")) if (!items.includes(item)) item.remove()
  items.forEach((item, at) => { if (place.children[at] !== item) place.insertBefore(item, place.children[at] ?? null) })
}

function fill(item, { id, kind, level, title, detail, href }) {
  if (item.dataset.id !== id) item.querySelector(".sign").replaceChildren(...icon(kind))
  item.dataset.id = id
  item.dataset.level = level
  const link = item.querySelector("a")
  const to = (document.documentElement.dataset.base || "") + href
  if (link.getAttribute("href") !== to) link.setAttribute("href", to)
  if (link.textContent !== title) link.textContent = title
  const words = item.querySelector(".detail")
  if (words.textContent !== detail) words.textContent = detail
  return item
}

function tell(alerts) {
  const fresh = alerts.filter(({ id }) => !known.has(id))
  known.clear()
  for (const { id } of alerts) known.add(id)
  if (fresh.length) said.textContent = fresh.map(({ title }) => title).join(" ")
}
