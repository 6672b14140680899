// ticket.js: the ticket just taken. The number stands until the time is over; people ahead move while it stands.

import { get, put } from "../shared/api.js"
import { follow } from "../shared/live.js"
import { timeOfDay } from "../shared/clock.js"
import { plateSign, showNumber } from "../shared/parts.js"
import { _ } from "../shared/words.js"
import { countdown } from "./countdown.js"
import { say } from "./said.js"
import { slipWatch } from "./slip.js"
import { show, slot } from "./views.js"
import { speak } from "./voice.js"

const STAND_S = 30
const STAND_LARGE_S = 60
const GIVEN_BACK_S = 6

export function cardOf({ hall, clock, home }) {
  const base = document.documentElement.dataset.base
  const confirm = document.querySelector(".confirm")
  const acts = document.querySelector(".leave .acts:not(.confirm)")
  let ticket = null
  let live = null
  let then = null
  let printing = null       // what prints the slip of a scanned ticket again

  const time = countdown({ over: () => leave() && home() })
  const slip = slipWatch({ lost: () => time.double() })

  /** Put `taken` on the card and follow it; `scanned`: it was taken before, and `again` prints its slip once more. */
  function stand(taken, { service, label, scanned = false, again = null }) {
    leave()
    hold(scanned && again !== null, again)
    ticket = taken
    slot("service").textContent = service
    slot("taken").textContent = _("taken at %(time)s", { time: timeOfDay(new Date(taken.issued_at), clock.zone) })
    showNumber(document.querySelector(".hero .no"), taken.number)
    const labelled = document.querySelector(".class-label")
    labelled.hidden = !label
    labelled.textContent = label ?? ""
    place(taken)
    ahead(taken)
    const code = document.querySelector(".qr")
    code.hidden = true
    code.onload = () => { code.hidden = false }
    code.src = `${base}${taken.follow}/qr.svg`
    document.querySelector('[data-act="cancel"]').hidden = false
    asking(false)
    slip.begin(taken)
    time.begin(hall.large ? STAND_LARGE_S : STAND_S)
    show("ticket")
    const text = scanned ? spoken(taken) : taken.ahead == null ? _("You have taken number %(no)s.", { no: taken.number })
      : _("You have taken number %(no)s. %(n)s people are ahead of you.", { no: taken.number, n: taken.ahead })
    say(text)
    speak(text)
    if (taken.state === "called") called(taken)
    listen(taken.follow)
  }

  /** The slip is in the hand already, and may be printed again, once. */
  function hold(slipped, again) {
    printing = again
    document.querySelector('.view[data-view="ticket"]').classList.toggle("has-slip", slipped)
    document.querySelector('[data-act="print"]').hidden = !again
  }

  function spoken({ number, ahead: count }) {
    return count == null ? _("Number %(no)s.", { no: number }) : _("Number %(no)s. %(n)s people are ahead of you.", { no: number, n: count })
  }

  async function printAgain() {
    const print = printing
    hold(false, null)
    try {
      const { number } = ticket
      const printed = await print()
      if (ticket?.number === number) slip.begin(printed)
    } catch (failure) {
      const text = failure.detail ?? _("The system does not answer just now")
      say(text)
      speak(text)
    }
  }

  /** Follow the ticket from a snapshot on; without one the card stands as it was given out. */
  async function listen(address) {
    const id = address.split("/").pop()
    const snapshot = await get(`/api/follow/${id}`).catch(() => null)
    if (!snapshot || ticket?.follow !== address) return
    ahead(snapshot)
    slip.hear(snapshot.slip, snapshot.slip_detail, snapshot.slip_at)
    live = follow({
      topics: `ticket:${id}`, journal: snapshot.journal, seq: snapshot.seq,
      onEvent: (message) => {
        if (message.kind === "position") ahead(message)
        else if (message.kind.startsWith("slip.")) slip.hear(message.kind.slice("slip.".length), message.detail, message.station)
        else if (message.kind === "ticket.called") called(message)
      },
      onResync: () => {},
    })
  }

  function ahead({ ahead: count, wait }) {
    if (count != null) {
      slot("ahead").textContent = String(count)
      slot("ahead-unit").textContent = count === 1 ? _("person") : _("people")
    }
    slot("wait-box").hidden = !wait || count === 0
    if (wait) slot("wait").textContent = `${wait.low_min}–${wait.high_min}`
  }

  function place({ area, counters }) {
    const here = hall.areas.find((one) => one.id === area)
    slot("where").textContent = here ? `${_("Floor %(n)s", { n: here.floor })}\u3000${here.name}` : ""
    slot("who-calls").textContent = counters.length > 1 ? _("One of these counters will call you") : ""
    slot("plates").replaceChildren(...counters.map((n) => plateSign(n)))
    slot("plates").classList.toggle("many", counters.length > 8)
  }

  function called({ counter }) {
    ahead({ ahead: 0, wait: null })
    document.querySelector('[data-act="cancel"]').hidden = true       // it is too late to give it back here
    slot("plates").replaceChildren(plateSign(counter))
    slot("who-calls").textContent = _("You are being called now")
    say(_("Number %(no)s, please go to counter %(n)s.", { no: ticket.number, n: counter }))
  }

  async function giveBack() {
    try {
      await put(`/api${ticket.follow.replace(/.*\/t\//, "/follow/")}/cancellation`)
      ended(_("%(no)s has been given back", { no: ticket.number }), _("Thank you: the next person moves up."))
    } catch (failure) {
      ended(failure.detail ?? _("The system does not answer just now"), _("Number %(no)s stays valid.", { no: ticket.number }))
    }
  }

  function ended(title, text) {
    slot("refused-service").textContent = slot("service").textContent
    slot("refused-title").textContent = title
    slot("refused-text").textContent = text
    document.querySelector('[data-act="again"]').hidden = true
    leave()
    show("refused")
    then = setTimeout(home, GIVEN_BACK_S * 1000)
  }

  function asking(now) {
    confirm.hidden = !now
    acts.hidden = now
    slot("cancel-ask").textContent = _("Give %(no)s back?", { no: ticket.number })
    if (now) { time.begin(hall.large ? STAND_LARGE_S : STAND_S); confirm.querySelector('[data-act="cancel-no"]').focus() }
  }

  /** Let go of the ticket; true when there was one. */
  function leave() {
    const stood = ticket !== null
    live?.stop()
    live = ticket = null
    time.end()
    slip.end()
    clearTimeout(then)
    return stood
  }

  document.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act
    if (!ticket) return
    if (act === "cancel") asking(true)
    else if (act === "cancel-no") asking(false)
    else if (act === "cancel-yes") giveBack()
    else if (act === "print") printAgain()
    else if (act === "done") { leave(); home() }
  })

  return { stand, leave, standing: () => ticket !== null }
}
