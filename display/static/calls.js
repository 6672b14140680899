// calls.js: the newest call in the hero, the ones before it in the list, one row a ticket.

import { _ } from "../shared/words.js"
import { numberSign, plateSign, showNumber, showPlate } from "../shared/parts.js"

const KEPT = 12          // more than the list shows, so that an undone call leaves no hole

export function callsOf(calls) {
  const hero = document.querySelector(".hero")
  const more = hero.querySelector(".more")
  const rows = [...document.querySelectorAll(".recent tbody tr")]
  const arrow = document.getElementById("way").content
  let shown = [...calls]
  let announced = null    // the call that is yellow now

  const others = (call) => shown.filter(({ number }) => number !== call.number)

  function draw({ slide = false } = {}) {
    const [first, ...rest] = shown
    if (first) {
      hero.querySelector(".service").textContent = first.service_name
      showNumber(hero.querySelector(".figure .no"), first.number)
      showPlate(hero.querySelector(".pl"), first.counter)
    }
    hero.dataset.state = first ? (announced === first ? "calling" : "calm") : "none"
    hero.classList.toggle("pulsing", announced === first && Boolean(first))
    rows.forEach((row, place) => drawRow(row, rest[place], { slide: slide && place === 0 }))
  }

  function drawRow(row, call, { slide }) {
    const key = call ? `${call.number} ${call.counter}` : ""
    row.classList.toggle("new", slide)
    if (row.dataset.key === key) return
    row.dataset.key = key
    const [number, way] = row.children
    number.replaceChildren(...(call ? [numberSign(call.number)] : []))
    way.replaceChildren(...(call ? [wayTo(call.counter)] : []))
  }

  function wayTo(counter) {
    const way = document.createElement("span")
    way.className = "way"
    way.append(arrow.cloneNode(true), plateSign(counter))
    return way
  }

  return {
    /** Call out: to the hero, yellow; what stood there moves to the top of the list. */
    announce(call) {
      const before = shown[0]
      shown = [call, ...others(call)].slice(0, KEPT)
      announced = call
      hero.classList.remove("pulsing")
      void hero.offsetWidth            // the pulse begins anew when one call follows another
      draw({ slide: Boolean(before) && before.number !== call.number })
    },
    /** The announcement is over; the number stays. */
    calm() { announced = null; draw() },
    /** Show a call nobody is to be sent off by any more: behind the one that is being announced. */
    late(call) {
      const rest = others(call)
      shown = (announced && rest[0] === announced ? [announced, call, ...rest.slice(1)] : [call, ...rest]).slice(0, KEPT)
      draw()
    },
    /** The call with this seq no longer holds. */
    drop(seq) {
      shown = shown.filter((call) => call.call_seq !== seq)
      draw()
    },
    /** How many more announcements wait. */
    left(n) {
      more.hidden = n === 0
      if (n) more.textContent = n === 1 ? _("1 more call") : _("%(n)s more calls", { n })
    },
  }
}
