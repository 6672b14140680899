// acts.js: each act of the desk as one HTTP request, with one key for one press.

import { newKey, post, put, Refusal, remove } from "../shared/api.js"
import { _ } from "../shared/words.js"

const DEAF_MS = 600          // after an act Enter is deaf, so that a double press cannot finish and call in one go
const SEEN_MS = 300          // and, however slow the answer, until a person can have seen what it changed
const PATIENCE_MS = 2_500    // for the picture after an act; longer, and the desk is free again without it

const counter = (desk) => `/api/counters/${desk.counter}`
const ticket = (desk) => `/api/tickets/${desk.ticket.id}`
const state = (wanted) => (desk, { reason }, key) => put(`${counter(desk)}/state`, { state: wanted, ...(reason && { reason }) }, key)

/** act → (desk, what was chosen, key) → the request. */
const REQUESTS = {
  open: state("open"),
  pause: state("paused"),
  close: state("closed"),
  call: (desk, _chosen, key) => post(`${counter(desk)}/calls`, {}, key),
  choose: (desk, { number }, key) => post(`${counter(desk)}/calls`, { number }, key),
  recall: (desk, _chosen, key) => post(`${counter(desk)}/recalls`, {}, key),
  start: (desk, _chosen, key) => put(`${ticket(desk)}/service`, {}, key),
  finish: (desk, _chosen, key) => put(`${ticket(desk)}/completion`, {}, key),
  next_step: (desk, { service, place }, key) => put(`${ticket(desk)}/completion`, { next: service, place }, key),
  no_show: (desk, _chosen, key) => put(`${ticket(desk)}/no-show`, {}, key),
  hold: (desk, { reason, note }, key) => put(`${ticket(desk)}/hold`, { reason, ...(note && { note }) }, key),
  transfer: (desk, { service, to, place }, key) =>
    post(`${ticket(desk)}/transfers`, { ...(to ? { to_counter: to } : { to_service: service }), place }, key),
  resume: (desk, { id }, key) => remove(`/api/tickets/${id}/hold?counter=${desk.counter}`, key),
  restore: (_desk, { id }, key) => remove(`/api/tickets/${id}/no-show`, key),
  ask_rating: (desk, _chosen, key) => post(`${counter(desk)}/rating-requests`, {}, key),
  undo: (desk, _chosen, key) => post(`${counter(desk)}/undo`, {}, key),
  help: (desk, _chosen, key) => post(`${counter(desk)}/help`, {}, key),
}

/**
 * Acts of one desk. `say(sentence)` shows a refusal under the card, and clears it with "".
 *
 * perform(act, chosen) answers whether it was done. While one act is on its way further presses do nothing.
 */
export function acting({ hall, say }) {
  let busy = false
  let deafUntil = -Infinity

  async function perform(act, chosen = {}) {
    if (busy) return false
    busy = true
    deafUntil = performance.now() + DEAF_MS
    mark(act, true)
    say("")
    let sentence = ""
    try {
      const answer = await REQUESTS[act](hall.desk, chosen, newKey())
      if (act === "call" && answer === null) sentence = _("No one in line")
      if (act === "help") sentence = _("The duty leader has been asked to come.")
    } catch (failure) {
      if (failure.status === 401) return signInAgain()
      sentence = failure instanceof Refusal ? failure.detail : _("The hall does not answer; it is not known whether this was done.")
      return false
    } finally {
      await Promise.race([hall.refresh({ own: true }).catch(() => {}), new Promise((go) => setTimeout(go, PATIENCE_MS))])
      busy = false
      deafUntil = Math.max(deafUntil, performance.now() + SEEN_MS)
      mark(act, false)
      say(sentence)
    }
    return true
  }

  return { perform, get busy() { return busy }, get deaf() { return busy || performance.now() < deafUntil } }
}

function mark(act, on) {
  for (const button of document.querySelectorAll(`[data-act="${act}"]`)) button.classList.toggle("pressed", on)
}

function signInAgain() {
  const base = document.documentElement.dataset.base || ""
  location.assign(`${base}/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`)
  return false
}
